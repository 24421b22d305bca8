import { type DsdnError, fail } from "../../../base/index.ts";
import type { SiteAnswer, VersionLook, VersionOutcome, VersionTarget } from "../../../client/index.ts";
import type { ProgressStep } from "../../../ui/index.ts";
import type { CommandContext } from "../base-command.ts";
import type { OpenNetwork } from "../destination/network.ts";
import { describeUnplaced, listRefused, unplaced } from "../no-node.ts";
import { deploymentErrors } from "./deployment-errors.ts";

/** What is waited for. */
type WaitTarget = Omit<VersionTarget, "wanted">;

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

/** A node that restarts is back sooner than this. */
const NO_NODE_PATIENCE_MS = 15_000;

type Step = Pick<ProgressStep, "note">;
type There = Extract<VersionOutcome, { kind: "there" }>;

/** The HTTP status with which this very version answered at the deployment's URL. Errors as `deployProject`. */
export function waitForAnswer(context: CommandContext, network: OpenNetwork) {
  return async (target: WaitTarget, step: Step): Promise<number> => {
    const { site } = await wait(context, network, { ...target, wanted: "answering", step });
    const status = site?.answer.status ?? 0;
    if (status >= 500) context.ui.remark(context.ui.say(texts.faulty, { status, name: target.name }));
    return status;
  };
}

/** Resolves when the script has finished, whatever its exit code. Errors as `deployProject`. */
export function waitForEnd(context: CommandContext, network: OpenNetwork) {
  return async (target: WaitTarget, step: Step): Promise<null> => {
    await wait(context, network, { ...target, wanted: "finished", step });
    return null;
  };
}

/** Resolves when a node runs it: what is private has no address that could be asked. Errors as `deployProject`. */
export function waitForStart(context: CommandContext, network: OpenNetwork) {
  return async (target: WaitTarget, step: Step): Promise<null> => {
    await wait(context, network, { ...target, wanted: "running", step });
    return null;
  };
}

async function wait(
  context: CommandContext,
  { client, ingressUrl }: OpenNetwork,
  { step, ...target }: VersionTarget & { readonly step: Step },
): Promise<There> {
  const { waitForVersion } = await import("../../../client/index.ts");
  const { clock, signal, ui } = context;
  const { name } = target;
  let state = "";
  const outcome = await waitForVersion({ deployments: client.deployments, ingressUrl, clock }, target, {
    signal,
    noNodeMs: NO_NODE_PATIENCE_MS,
    onLook: (look) => {
      state = describe(context, look);
      step.note(state);
    },
  });
  switch (outcome.kind) {
    case "there":
      return outcome;
    case "refused":
      throw fail(deploymentErrors.deployRefused, { name, reason: outcome.reason });
    case "failed":
      throw fail(deploymentErrors.deployFailed, { name, reason: outcome.reason });
    case "cancelled":
      throw fail(deploymentErrors.deployFailed, { name, reason: ui.say(texts.replaced) });
    case "unplaced":
      throw refuseUnplaced(context, target, outcome.row);
    case "late":
      throw fail(deploymentErrors.deployNotAnswering, { name, seconds: outcome.seconds, state });
  }
}

/** Names each node and the rule against it before the error counts them. */
function refuseUnplaced({ ui }: CommandContext, { name }: WaitTarget, row: VersionLook["row"]): DsdnError {
  const placement = row?.placement ?? { total: 0, suitable: 0, refused: [] };
  for (const line of listRefused(placement, ui.say)) ui.remark(`  ${line}`);
  return unplaced(name, placement, ui.say);
}

function describe({ ui }: CommandContext, { row, site }: VersionLook): string {
  if (row === undefined || row.status === "submitted") return ui.say(texts.submitted);
  if (row.placement !== null) return describeUnplaced(row.placement, ui.say);
  const { attempts, reason } = row;
  const again = attempts > 1 && reason !== "" ? ui.say(texts.again, { attempts, reason }) : "";
  const node = (row.node ?? "").slice(0, 12);
  if (row.status === "assigned") return ui.say(texts.assigned, { node, again });
  const answered = site === undefined ? "" : ui.say(texts.answered, { answer: describeAnswer(site.answer) });
  return `${ui.say(texts.running, { node, again })}${answered}`;
}

function describeAnswer({ status, refusal }: SiteAnswer): string {
  return refusal === undefined ? `HTTP ${status}` : `${status === 0 ? "" : `HTTP ${status} `}${refusal}`;
}
