import { expect, test } from "vitest";
import { hostLabelOf, parseDeploymentId } from "../../../src/protocol/index.ts";
import { createSiteTargets } from "../../../src/roles/ingress/site-targets.ts";

const DEPLOYMENT = "ab".repeat(32);
const spec = { intent: { visibility: "public" } };
const versions = new Map([
  ["old", { id: "old", status: "assigned", node: "n1", spec }],
  ["now", { id: "now", status: "running", node: "n2", spec }],
]);
const nodes = new Map([
  ["n1", { status: "active", httpUrl: "http://n1" }],
  ["n2", { status: "active", httpUrl: "http://n2" }],
]);

/** Finds where a deployment answers that is going back from `now` to `old`, which answered before and ended since. */
function goingBack(ready: Set<string>) {
  const deployment = { id: DEPLOYMENT, removedMs: null, createdMs: 1, latest: "old", current: "now", aliases: [] };
  const state = {
    listDeployments: () => [deployment],
    findWorkload: (id: string) => versions.get(id),
    findNode: (id: string) => nodes.get(id),
  };
  const newVersions = { isReady: ({ workload }: { workload: string }) => ready.has(workload), forget: () => {} };
  // Only what is looked at is there.
  return createSiteTargets({ replica: { height: 1, state } as never, newVersions });
}

test("what is known of a version that ended since may be old: its requests may wait, and go to the one that runs", async () => {
  const label = hostLabelOf(parseDeploymentId(DEPLOYMENT));
  const ready = new Set(["old"]);
  const find = goingBack(ready);
  expect(find(label)).toEqual({ workload: "old", nodeUrl: "http://n1", hasAnswered: true });
  // Its node refused it.
  ready.clear();
  expect(find(label)).toEqual({ workload: "now", nodeUrl: "http://n2", hasAnswered: true });
});
