import { fail } from "../../../base/index.ts";
import type { Client } from "../../../client/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { OpenNetwork } from "../destination/network.ts";
import type { Summary } from "../schemas/index.ts";
import { deploymentErrors } from "./deployment-errors.ts";
import { getDeployment } from "./get-deployment.ts";

type Details = Awaited<ReturnType<Client["deployments"]["get"]>>;
type Version = Details["workloads"][number];

const texts = {
  promoting: {
    en: "Giving the requests of {name} to version {version}",
    id: "Mengalihkan permintaan {name} ke versi {version}",
  },
} as const;

const TIMEOUT_MS = 120_000;
const PAUSE_MS = 40;

/**
 * Gives the requests of a deployment to one of its versions and waits until its address is answered by that version.
 *
 * @param pick - chooses among the versions, newest first; `serving` has the requests or is about to.
 * @throws DSDN_COMMANDS_VERSION_UNKNOWN, DSDN_COMMANDS_DEPLOY_FAILED, DSDN_COMMANDS_DEPLOY_NOT_ANSWERING, DSDN_CLIENT_*
 */
export async function promoteVersion(
  context: CommandContext,
  { client, ingressUrl }: OpenNetwork,
  {
    name,
    pick,
  }: { readonly name: string; readonly pick: (details: Details, serving: Version | undefined) => Version | undefined },
): Promise<Summary<"promote">> {
  const { ui, clock, signal } = context;
  const { findServing } = await import("../../../client/index.ts");
  const before = await getDeployment(client, name, signal);
  const serving = findServing(before);
  const chosen = pick(before, serving);
  if (chosen === undefined || chosen.mode === "batch") throw unknownVersion(before);
  const { number: version } = chosen;
  const startMs = clock.monotonicMs();
  const workload = await ui.progress.run(ui.say(texts.promoting, { name, version }), async (step) => {
    const promoted = await giveRequests(client, name, { chosen, signal });
    await waitUntilAnswered(context, { client, ingressUrl, name, workload: promoted }, (state) => step.note(state));
    return promoted;
  });
  return {
    name,
    from: serving?.number ?? null,
    version,
    workload,
    url: before.url,
    tookMs: Math.round(clock.monotonicMs() - startMs),
  };
}

/**
 * One whose keys and secrets are sealed to nodes that are all away is submitted once more, sealed to others.
 * @returns the version that gets the requests.
 */
async function giveRequests(
  client: Client,
  name: string,
  { chosen, signal }: { readonly chosen: Version; readonly signal: AbortSignal },
): Promise<string> {
  const { workload, sealedTo } = chosen;
  const nodes = sealedTo.length === 0 ? [] : await client.nodes(signal);
  const canRun = sealedTo.length === 0 || nodes.some((row) => row.status === "active" && sealedTo.includes(row.node));
  if (!canRun) return (await client.settings.renew(name, workload, signal)).workload;
  await client.deployments.promote(name, workload, signal);
  return workload;
}

async function waitUntilAnswered(
  { clock, signal }: CommandContext,
  target: Pick<OpenNetwork, "client" | "ingressUrl"> & { readonly name: string; readonly workload: string },
  note: (state: string) => void,
): Promise<void> {
  const { probeSite } = await import("../../../client/index.ts");
  const { client, ingressUrl, name, workload } = target;
  const deadlineMs = clock.monotonicMs() + TIMEOUT_MS;
  for (;;) {
    const details = await client.deployments.get(name, signal);
    const answer = await probeSite(ingressUrl, details, { signal });
    if (answer.workload === workload) return;
    const row = details.workloads.find((one) => one.workload === workload);
    const state = row?.status ?? "-";
    // Of what is private it has to be enough that it runs.
    if (answer.isAbsent && details.current === workload && state === "running") return;
    // What was read may be older than the promotion: only what the log wants now can have failed.
    if (details.latest === workload && (state === "failed" || state === "refused")) {
      throw fail(deploymentErrors.deployFailed, { name, reason: row?.reason ?? "" });
    }
    if (clock.monotonicMs() >= deadlineMs) {
      throw fail(deploymentErrors.deployNotAnswering, { name, seconds: TIMEOUT_MS / 1000, state });
    }
    note(state);
    await clock.sleep(PAUSE_MS, signal);
  }
}

/** The version with this number, or the newest preview of this name. @throws DSDN_COMMANDS_VERSION_UNKNOWN */
export function findVersion(details: Details, wanted: string): Version {
  const { workloads } = details;
  // A preview may be called by a number: versions come first.
  const found =
    workloads.find(({ number }) => String(number) === wanted) ??
    workloads.find(({ preview }) => preview?.name === wanted);
  if (found === undefined) throw unknownVersion(details);
  return found;
}

/** Errors that name the versions there are. */
export function unknownVersion(details: Details) {
  return fail(deploymentErrors.versionUnknown, { name: details.name, versions: listVersions(details) });
}

export function noEarlierVersion(details: Details) {
  return fail(deploymentErrors.noEarlierVersion, { name: details.name, versions: listVersions(details) });
}

function listVersions({ workloads }: Details): string {
  const versions = workloads.map(({ number, preview }) =>
    preview === null ? `${number}` : `${number} (${preview.name})`,
  );
  return versions.join(", ") || "-";
}
