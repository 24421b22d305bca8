import { type DsdnError, fail } from "../../base/index.ts";
import type { SiteAnswer } from "../../client/index.ts";
import type { ProgressStep } from "../../ui/index.ts";
import type { CommandContext } from "./base-command.ts";
import { deploymentErrors } from "./deployment-errors.ts";
import type { OpenNetwork } from "./network.ts";
import { describeUnplaced, listRefused, unplaced } from "./no-node.ts";

/** What is waited for. */
export interface WaitTarget {
  /** The preview it was deployed as; its address is asked instead of the deployment's. */
  readonly preview?: string | undefined;
  readonly name: string;
  readonly workload: string;
}

const texts = {
  submitted: { en: "the validators have not decided on it yet", id: "validator belum memutuskannya" },
  assigned: { en: "node {node} is starting it{again}", id: "node {node} sedang memulainya{again}" },
  running: { en: "node {node} runs it{again}", id: "node {node} menjalankannya{again}" },
  again: { en: " (try {attempts}: {reason})", id: " (percobaan {attempts}: {reason})" },
  answered: { en: "; its address answers with {answer}", id: "; alamatnya menjawab {answer}" },
  faulty: {
    en: "It is deployed, but answers `GET /` with HTTP status {status}; `dsdn logs {name}` shows why.",
    id: "Sudah di-deploy, tetapi menjawab `GET /` dengan status HTTP {status}; `dsdn logs {name}` menunjukkan sebabnya.",
  },
  replaced: { en: "a newer version or its owner ended it", id: "versi yang lebih baru atau pemiliknya mengakhirinya" },
} as const;

/** How long a site or a program may take to answer once it is on the log. */
const ANSWER_TIMEOUT_MS = 120_000;
/** A script may run five minutes, and five nodes may try it. */
const END_TIMEOUT_MS = 1_800_000;
/** A node that restarts is back sooner than this. */
const NO_NODE_PATIENCE_MS = 15_000;
/** A change is told of at once; without one the wait is looked at anew so often. */
const LOOK_MS = 1_000;
const FIRST_PAUSE_MS = 15;
const LAST_PAUSE_MS = 500;

type Client = OpenNetwork["client"];
type Row = Awaited<ReturnType<Client["deployments"]["workload"]>>;

/** The HTTP status with which this very version answered at the deployment's URL. Errors as `deployProject`. */
export function waitForAnswer(context: CommandContext, network: OpenNetwork) {
  return async (target: WaitTarget, step: Pick<ProgressStep, "note">): Promise<number> => {
    const { probeSite, siteUrls } = await import("../../client/index.ts");
    const { client, ingressUrl } = network;
    let url: string | undefined;
    let answered = 0;
    await poll(context, client, { target, step, timeoutMs: ANSWER_TIMEOUT_MS }, async ({ status }) => {
      // Its node answers before the log has its address, which takes a block more.
      if (status !== "running" && status !== "assigned") return { isDone: false };
      if (url === undefined) {
        const details = await client.deployments.get(target.name, context.signal);
        url = (target.preview === undefined ? details : siteUrls(details, target.preview)).url;
      }
      const answer = await probeSite(ingressUrl, { url }, { signal: context.signal });
      answered = answer.status;
      return { isDone: answer.workload === target.workload, answer: describeAnswer(answer) };
    });
    if (answered >= 500) context.ui.remark(context.ui.say(texts.faulty, { status: answered, name: target.name }));
    return answered;
  };
}

/** Resolves when the script has finished, whatever its exit code. Errors as `deployProject`. */
export function waitForEnd(context: CommandContext, network: OpenNetwork) {
  return async (target: WaitTarget, step: Pick<ProgressStep, "note">): Promise<null> => {
    await poll(context, network.client, { target, step, timeoutMs: END_TIMEOUT_MS }, async ({ status }) => ({
      isDone: status === "finished",
    }));
    return null;
  };
}

/** Resolves when a node runs it: what is private has no address that could be asked. Errors as `deployProject`. */
export function waitForStart(context: CommandContext, network: OpenNetwork) {
  return async (target: WaitTarget, step: Pick<ProgressStep, "note">): Promise<null> => {
    await poll(context, network.client, { target, step, timeoutMs: ANSWER_TIMEOUT_MS }, async ({ status }) => ({
      isDone: status === "running",
    }));
    return null;
  };
}

/** With an answer the check is made again soon; without one when the log tells of something new. */
type Check = (row: Row) => Promise<{ readonly isDone: boolean; readonly answer?: string }>;

async function poll(
  context: CommandContext,
  client: Client,
  wait: { readonly target: WaitTarget; readonly step: Pick<ProgressStep, "note">; readonly timeoutMs: number },
  check: Check,
): Promise<void> {
  const { clock, signal } = context;
  const { target, step, timeoutMs } = wait;
  const startMs = clock.monotonicMs();
  const deadlineMs = startMs + timeoutMs;
  let placeableMs = clock.monotonicMs();
  let askedMs: number | undefined;
  for (let row: Row | undefined, seen: string | undefined; ; ) {
    row = await client.deployments.workloadAfter(target.workload, seen, { waitMs: LOOK_MS, signal });
    refuseEnded(context, target.name, row);
    const { isDone, answer = undefined } = row === undefined ? { isDone: false } : await check(row);
    if (isDone) return;
    const state = describe(context, { row, answer });
    step.note(state);
    const isUnplaced = row?.placement?.suitable === 0;
    if (!isUnplaced) placeableMs = clock.monotonicMs();
    if (isUnplaced && clock.monotonicMs() - placeableMs >= NO_NODE_PATIENCE_MS)
      throw refuseUnplaced(context, target, row);
    if (clock.monotonicMs() >= deadlineMs) {
      const seconds = Math.round(timeoutMs / 1000);
      throw fail(deploymentErrors.deployNotAnswering, { name: target.name, seconds, state });
    }
    seen = answer === undefined ? row?.status : undefined;
    if (answer === undefined) continue;
    askedMs ??= clock.monotonicMs();
    // A small part of the time it was asked in, so that nobody waits much longer than it took.
    const pauseMs = Math.min(Math.max((clock.monotonicMs() - askedMs) / 10, FIRST_PAUSE_MS), LAST_PAUSE_MS);
    await clock.sleep(pauseMs, signal);
  }
}

function refuseEnded(context: CommandContext, name: string, row: Row | undefined): void {
  const reason = row?.reason.replace(/[.\s]+$/, "") ?? "";
  if (row?.status === "refused") throw fail(deploymentErrors.deployRefused, { name, reason });
  if (row?.status === "failed") throw fail(deploymentErrors.deployFailed, { name, reason });
  if (row?.status === "cancelled") {
    throw fail(deploymentErrors.deployFailed, { name, reason: context.ui.say(texts.replaced) });
  }
}

/** Names each node and the rule against it before the error counts them. */
function refuseUnplaced({ ui }: CommandContext, { name }: WaitTarget, row: Row | undefined): DsdnError {
  const placement = row?.placement ?? { total: 0, suitable: 0, refused: [] };
  for (const line of listRefused(placement, ui.say)) ui.remark(`  ${line}`);
  return unplaced(name, placement, ui.say);
}

function describe(
  { ui }: CommandContext,
  { row, answer }: { readonly row: Row | undefined; readonly answer: string | undefined },
): string {
  if (row === undefined || row.status === "submitted") return ui.say(texts.submitted);
  if (row.placement !== null) return describeUnplaced(row.placement, ui.say);
  const { attempts, reason } = row;
  const again = attempts > 1 && reason !== "" ? ui.say(texts.again, { attempts, reason }) : "";
  const node = (row.node ?? "").slice(0, 12);
  if (row.status === "assigned") return ui.say(texts.assigned, { node, again });
  const answered = answer === undefined ? "" : ui.say(texts.answered, { answer });
  return `${ui.say(texts.running, { node, again })}${answered}`;
}

function describeAnswer({ status, refusal }: SiteAnswer): string {
  return refusal === undefined ? `HTTP ${status}` : `${status === 0 ? "" : `HTTP ${status} `}${refusal}`;
}
