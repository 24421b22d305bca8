import { DsdnError, fail } from "../../base/index.ts";
import type { SiteAnswer } from "../../client/index.ts";
import type { ProgressStep } from "../../ui/index.ts";
import type { CommandContext } from "./base-command.ts";
import { commandErrors } from "./errors.ts";
import type { OpenNetwork } from "./network.ts";

/** What is waited for. */
export interface WaitTarget {
  readonly name: string;
  readonly workload: string;
}

const texts = {
  submitted: { en: "the validators have not decided on it yet", id: "validator belum memutuskannya" },
  approved: {
    en: "it is approved, but no node can take it now ({total} nodes, {suitable} suitable)",
    id: "sudah disetujui, tetapi belum ada node yang dapat menjalankannya ({total} node, {suitable} cocok)",
  },
  sealedAway: {
    en: "none of the {total} nodes its keys are sealed to is active; deploy it again to seal them to others",
    id: "tidak satu pun dari {total} node penerima kuncinya aktif; deploy lagi agar disegel untuk node lain",
  },
  assigned: { en: "node {node} is starting it{again}", id: "node {node} sedang memulainya{again}" },
  running: { en: "node {node} runs it{again}", id: "node {node} menjalankannya{again}" },
  again: { en: " (try {attempts}: {reason})", id: " (percobaan {attempts}: {reason})" },
  answered: { en: "; its address answers with {answer}", id: "; alamatnya menjawab {answer}" },
  replaced: { en: "a newer version or its owner ended it", id: "versi yang lebih baru atau pemiliknya mengakhirinya" },
} as const;

/** How long a site or a program may take to answer once it is on the log. */
const ANSWER_TIMEOUT_MS = 120_000;
/** A script may run five minutes, and five nodes may try it. */
const END_TIMEOUT_MS = 1_800_000;
const FIRST_PAUSE_MS = 40;
const LAST_PAUSE_MS = 500;

type Client = OpenNetwork["client"];
type Row = Awaited<ReturnType<Client["deployments"]["workload"]>>;

/** Resolves when the deployment's URL was answered by this very version. Errors as `deployProject`. */
export function waitForAnswer(context: CommandContext, network: OpenNetwork) {
  return async (target: WaitTarget, step: ProgressStep): Promise<void> => {
    const { probeSite } = await import("../../client/index.ts");
    const { client, ingressUrl } = network;
    const details = await client.deployments.get(target.name, context.signal);
    let answer: SiteAnswer | undefined;
    await poll(context, client, { target, step, timeoutMs: ANSWER_TIMEOUT_MS }, async () => {
      answer = await probeSite(ingressUrl, details, { signal: context.signal });
      return { isDone: answer.workload === target.workload, answer: describeAnswer(answer) };
    });
  };
}

/** Resolves when the script has finished, whatever its exit code. Errors as `deployProject`. */
export function waitForEnd(context: CommandContext, network: OpenNetwork) {
  return (target: WaitTarget, step: ProgressStep): Promise<void> =>
    poll(context, network.client, { target, step, timeoutMs: END_TIMEOUT_MS }, async (row) => ({
      isDone: row?.status === "finished",
    }));
}

/** Resolves when a node runs it: what is private has no address that could be asked. Errors as `deployProject`. */
export function waitForStart(context: CommandContext, network: OpenNetwork) {
  return (target: WaitTarget, step: ProgressStep): Promise<void> =>
    poll(context, network.client, { target, step, timeoutMs: ANSWER_TIMEOUT_MS }, async (row) => ({
      isDone: row?.status === "running",
    }));
}

type Check = (row: Row | undefined) => Promise<{ readonly isDone: boolean; readonly answer?: string }>;

async function poll(
  context: CommandContext,
  client: Client,
  wait: { readonly target: WaitTarget; readonly step: ProgressStep; readonly timeoutMs: number },
  check: Check,
): Promise<void> {
  const { clock, signal } = context;
  const { target, step, timeoutMs } = wait;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  let pauseMs = FIRST_PAUSE_MS;
  for (let row: Row | undefined; ; ) {
    const { isDone, answer } = await check(row);
    if (isDone) return;
    row = await findRow(client, target.workload, signal);
    refuseEnded(context, target.name, row);
    const state = await describe(context, client, { row, answer });
    step.note(state);
    if (clock.monotonicMs() >= deadlineMs) {
      const seconds = Math.round(timeoutMs / 1000);
      throw fail(commandErrors.deployNotAnswering, { name: target.name, seconds, state });
    }
    // A script's end is seen by the next check, without a pause.
    if (row?.status !== "finished") await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 1.5, LAST_PAUSE_MS);
  }
}

/** Undefined while the ingress has not read the submission. */
async function findRow(client: Client, workload: string, signal: AbortSignal): Promise<Row | undefined> {
  try {
    return await client.deployments.workload(workload, signal);
  } catch (error) {
    if (error instanceof DsdnError && error.spec.httpStatus === 404) return undefined;
    throw error;
  }
}

function refuseEnded(context: CommandContext, name: string, row: Row | undefined): void {
  const reason = row?.reason.replace(/[.\s]+$/, "") ?? "";
  if (row?.status === "refused") throw fail(commandErrors.deployRefused, { name, reason });
  if (row?.status === "failed") throw fail(commandErrors.deployFailed, { name, reason });
  if (row?.status === "cancelled") {
    throw fail(commandErrors.deployFailed, { name, reason: context.ui.say(texts.replaced) });
  }
}

async function describe(
  context: CommandContext,
  client: Client,
  facts: { readonly row: Row | undefined; readonly answer: string | undefined },
): Promise<string> {
  const { ui, signal } = context;
  const { row, answer } = facts;
  if (row === undefined || row.status === "submitted") return ui.say(texts.submitted);
  if (row.status === "approved") {
    const nodes = await client.nodes(signal);
    const { sealedTo } = row;
    const canOpen = (node: string) => sealedTo.length === 0 || sealedTo.includes(node);
    const suitable = nodes.filter(({ node, status }) => status === "active" && canOpen(node)).length;
    if (suitable === 0 && sealedTo.length > 0) return ui.say(texts.sealedAway, { total: sealedTo.length });
    return ui.say(texts.approved, { total: nodes.length, suitable });
  }
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
