import { DsdnError, readBytes } from "../../../base/index.ts";
import type { Estimate } from "../../../client/index.ts";
import type { BuiltPackage, PackageChanges } from "../../../packager/index.ts";
import type { CommandContext } from "../base-command.ts";
import { openAccountAccess } from "../destination/account.ts";
import { type OpenNetwork, openNetwork } from "../destination/network.ts";
import type { BuildWish } from "./build-flags.ts";
import { type BuiltProject, buildProject } from "./build-project.ts";

/** What a deployment would send, cost and change. */
export interface DeploymentPlan {
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  readonly mode: "service" | "batch";
  readonly framework: string | null;
  readonly build: BuiltProject["output"];
  /** Files and dependencies that decided what the project is. */
  readonly because: readonly string[];
  /** SHA-256 of the package's manifest. */
  readonly digest: string;
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly sizeBytes: number;
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** What it costs to keep for a month. */
  readonly cost: Pick<Estimate, "storagePerMonth" | "bandwidthPerMonth" | "totalPerMonth" | "usdPerNusa">;
  /** Against the version that runs now; null when there is none, or no network to ask. */
  readonly changes: (PackageChanges & { readonly version: number }) | null;
  /** False when no network answered, so that nothing could be compared. */
  readonly isCompared: boolean;
}

export interface PlanWish extends BuildWish {
  readonly passphraseFile?: string | undefined;
}

/** Builds and packs as a deployment would, and says what it would do. Sends nothing and makes no account. */
export async function planDeployment(context: CommandContext, wish: PlanWish): Promise<DeploymentPlan> {
  const { built, output, name } = await buildProject(context, wish);
  const { packageDigest, packageSize } = await import("../../../packager/index.ts");
  const { estimatePublic } = await import("../../../client/index.ts");
  const { detection, spec, files, skipped } = built;
  const { storagePerMonth, bandwidthPerMonth, totalPerMonth, usdPerNusa } = estimatePublic(
    files.map(({ size }) => size),
  );
  const running = await compareWithRunning(context, { built, name, passphraseFile: wish.passphraseFile });
  return {
    name,
    type: detection.type,
    kind: spec.kind,
    mode: spec.mode,
    framework: detection.framework,
    build: output,
    because: detection.because,
    digest: packageDigest(built),
    files: files.map(({ path, size }) => ({ path, sizeBytes: size })),
    sizeBytes: packageSize(built),
    skipped,
    cost: { storagePerMonth, bandwidthPerMonth, totalPerMonth, usdPerNusa },
    changes: running?.changes ?? null,
    isCompared: running !== undefined,
  };
}

interface Comparison {
  readonly changes: DeploymentPlan["changes"];
}

const FIRST: Comparison = { changes: null };

/** How the package differs from what runs under the name; undefined when that cannot be read. */
async function compareWithRunning(
  context: CommandContext,
  plan: { readonly built: BuiltPackage; readonly name: string; readonly passphraseFile: string | undefined },
): Promise<Comparison | undefined> {
  const { passphraseFile } = plan;
  const { keeper } = openAccountAccess(context, { passphraseFile });
  // Opening the network's client with no account there would make one.
  const hasAccount = (await keeper.findStatus()) !== undefined;
  try {
    const network = await openNetwork(context, { passphraseFile });
    return hasAccount ? await compare(context, network, plan) : FIRST;
  } catch (error) {
    if (error instanceof DsdnError && isUnreadable(error)) return undefined;
    throw error;
  }
}

async function compare(
  { signal }: CommandContext,
  { client }: OpenNetwork,
  { built, name }: { readonly built: BuiltPackage; readonly name: string },
): Promise<Comparison> {
  const [{ comparePackages }, { findServing }] = await Promise.all([
    import("../../../packager/index.ts"),
    import("../../../client/index.ts"),
  ]);
  const known = await client.deployments.list(signal);
  const deployment = known.find((one) => one.name === name && !one.isRemoved);
  const row = deployment && findServing(deployment);
  if (row === undefined) return FIRST;
  const running = await readBytes(client.storage.read(`${row.package}/package.dsdn`, { signal }));
  return { changes: { version: row.number, ...comparePackages(built, running) } };
}

/** True when there is no network to ask, it cannot be reached, or what runs is not what this program can read. */
function isUnreadable({ code, spec }: DsdnError): boolean {
  return code === "DSDN_DEVNET_NOT_RUNNING" || code.startsWith("DSDN_PROTOCOL_") || spec.kind === "network";
}
