import type { SettingsChange } from "../../../client/index.ts";
import type { Block, Say } from "../../../ui/index.ts";
import type { CommandContext } from "../base-command.ts";
import { type OpenNetwork, openNetwork } from "../destination/network.ts";
import { switchFlag } from "../flags.ts";
import { nextStep } from "../next-step.ts";
import type { Summary } from "../schemas/index.ts";
import { waitForAnswer, waitForStart } from "./deploy-waiting.ts";

/** `--no-wait`, for commands that make a new version. */
export const noWaitFlag = switchFlag({
  text: { en: "Do not wait until it answers.", id: "Jangan tunggu sampai menjawab." },
});

/** What became of a change of values or secrets. */
export type SettingsChanged = Summary<"env set">;

const texts = {
  waiting: { en: "Waiting for nodes", id: "Menunggu node" },
  same: { en: "{name} has that already; nothing was changed.", id: "{name} sudah demikian; tidak ada yang diubah." },
  serves: { en: "Version {number} of {name} answers with it.", id: "{name} versi {number} menjawab dengannya." },
  runs: { en: "It runs as version {number} of {name}.", id: "Berjalan sebagai {name} versi {number}." },
  nextRun: { en: "Its next run has it.", id: "Run berikutnya memakainya." },
  comes: { en: "Version {number} of {name} starts with it.", id: "{name} versi {number} dimulai dengannya." },
} as const;

/**
 * Makes the change a new version of the deployment and waits until that answers. A script is not run by it.
 *
 * @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN, DSDN_CLIENT_ENV_REFUSED, DSDN_CLIENT_NO_NODE_TO_SEAL_TO,
 *   DSDN_CLIENT_SPEC_ALTERED, and as `deployProject`
 */
export async function changeSettings(
  context: CommandContext,
  network: OpenNetwork,
  wish: {
    readonly name: string;
    /** The names that change, for the report. */
    readonly names: readonly string[];
    readonly change: SettingsChange;
    readonly isWaiting: boolean;
  },
): Promise<SettingsChanged> {
  const { name, names, change, isWaiting } = wish;
  const { client } = network;
  const { ui, signal } = context;
  const made = await client.settings.change(name, change, signal);
  const nothing = { workload: null, version: null, status: null, mode: null };
  if (made === undefined) return { name, names, isChanged: false, ...nothing };
  const { workload, mode } = made;
  if (workload === null) return { name, names, isChanged: true, ...nothing, mode };
  const isAwaited = isWaiting && mode === "service";
  if (isAwaited) {
    const wait = (made.visibility === "public" ? waitForAnswer : waitForStart)(context, network);
    await ui.progress.run(ui.say(texts.waiting), (step) => wait({ name, workload }, step));
  }
  const row = await client.deployments.workload(workload, signal);
  // It answers as soon as its node runs it; the log says so a moment later.
  const status = isAwaited ? "running" : row.status;
  return { name, names, isChanged: true, workload, version: row.number, status, mode };
}

/** Takes values or secrets of these names away. Errors as `changeSettings`, and DSDN_CLIENT_ENV_REFUSED for a name. */
export async function removeSettings(
  context: CommandContext,
  kind: "env" | "secrets",
  wish: {
    readonly name: string;
    readonly names: readonly string[];
    readonly isWaiting: boolean;
    readonly passphraseFile: string | undefined;
  },
): Promise<SettingsChanged> {
  const { checkEnvName } = await import("../../../client/index.ts");
  for (const name of wish.names) checkEnvName(name);
  const network = await openNetwork(context, { passphraseFile: wish.passphraseFile });
  const gone = new Map(wish.names.map((name) => [name, null]));
  return changeSettings(context, network, { ...wish, change: kind === "env" ? { env: gone } : { secrets: gone } });
}

/** A line that says what changed, and what it means for the deployment. */
export function drawSettingsChange(
  { name, version, status, mode, isChanged }: SettingsChanged,
  { say, done }: { readonly say: Say; readonly done: string },
): readonly Block[] {
  if (!isChanged) return [say(texts.same, { name }), nextStep(["status", name])];
  const essential = { essential: String(version ?? "") };
  if (mode === "batch") return [done, say(texts.nextRun), essential, nextStep(["exec", name])];
  const text = status === "running" ? texts.serves : texts.comes;
  return [done, say(text, { name, number: version ?? 0 }), essential, nextStep(["status", name])];
}
