import { type DsdnError, fail } from "../../base/index.ts";
import type { Say } from "../../ui/index.ts";
import { deploymentErrors } from "./deploying/deployment-errors.ts";
import type { Summary } from "./schemas/index.ts";

type WorkloadPlacement = NonNullable<Summary<"jobs show">["job"]["workloads"][number]["placement"]>;

const texts = {
  state: {
    en: "no node can take it now: {total} nodes, {suitable} suitable ({reasons})",
    id: "belum ada node yang dapat menjalankannya: {total} node, {suitable} cocok ({reasons})",
  },
  "not-active": { en: "is not in service", id: "sedang tidak aktif" },
  "not-sealed-to": {
    en: "cannot open what was sealed to other nodes",
    id: "tidak dapat membuka yang disegel untuk node lain",
  },
  "failed-before": { en: "failed to run it before", id: "pernah gagal menjalankannya" },
  none: { en: "the network has no node", id: "jaringan belum punya node" },
  count: { en: "{count} x {rule}", id: "{count} x {rule}" },
} as const;

const SHOWN = 40;

/** Why nothing runs it, in one line. */
export function describeUnplaced(placement: WorkloadPlacement, say: Say): string {
  const { total, suitable } = placement;
  return say(texts.state, { total, suitable, reasons: countRules(placement, say) });
}

/** A line for each node: which it is and the rule that refused it. */
export function listRefused({ refused }: WorkloadPlacement, say: Say): string[] {
  const more = refused.length > SHOWN ? [`... ${refused.length - SHOWN}`] : [];
  return [
    ...refused.slice(0, SHOWN).map(({ node, zone, rule }) => `${node.slice(0, 12)} (${zone}): ${say(texts[rule])}`),
    ...more,
  ];
}

/** The error for a deployment that no node can take; its facts list every node with the rule. */
export function unplaced(name: string, placement: WorkloadPlacement, say: Say): DsdnError {
  const { total, suitable, refused } = placement;
  const reasons = countRules(placement, say);
  const facts = { name, total, suitable, reasons };
  return fail(deploymentErrors.deployNoNode, { ...facts, refused: refused.map((row) => ({ ...row })) });
}

function countRules({ refused, total }: WorkloadPlacement, say: Say): string {
  if (total === 0) return say(texts.none);
  const counts = Map.groupBy(refused, ({ rule }) => rule);
  return [...counts].map(([rule, rows]) => say(texts.count, { count: rows.length, rule: say(texts[rule]) })).join(", ");
}
