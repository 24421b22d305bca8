import { basename, resolve } from "node:path";
import type { Client } from "dsdn";

/** One backup of a folder, as it lies on the network under a name of its own. */
export interface Snapshot {
  /** What the network knows it by: `backup-<folder>-<time>`. */
  readonly name: string;
  /** As in the name: 20261121T093000123Z. */
  readonly time: string;
}

const TIME = /^\d{8}T\d{9}Z$/;

/** What the snapshots of a folder are called before their time. */
export function prefixOf(folder: string): string {
  return `backup-${basename(resolve(folder))}-`;
}

/** The name of a snapshot made at this moment. */
export function snapshotName(folder: string, at: Date): string {
  return `${prefixOf(folder)}${at.toISOString().replace(/[-:.]/g, "")}`;
}

/** The snapshots of a folder, the newest first. They are found by their names, so a new machine finds them too. */
export async function listSnapshots({ storage }: Pick<Client, "storage">, folder: string): Promise<Snapshot[]> {
  const prefix = prefixOf(folder);
  const names = (await storage.list()).flatMap(({ name }) => (name?.startsWith(prefix) ? [name] : []));
  const snapshots = names.map((name) => ({ name, time: name.slice(prefix.length) }));
  return snapshots.filter(({ time }) => TIME.test(time)).sort((left, right) => (left.time < right.time ? 1 : -1));
}

/** Where the client connects to: the network DSDN_INGRESS_ENDPOINT names, otherwise the devnet of this machine. */
export function networkOf(env: NodeJS.ProcessEnv): string {
  return env["DSDN_INGRESS_ENDPOINT"] || "devnet";
}
