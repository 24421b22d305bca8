import { expect, test } from "vitest";
import { type DsdnError, isError } from "../../../src/base/index.ts";
import { waitForStart } from "../../../src/commands/framework/deploying/deploy-waiting.ts";
import { deploymentErrors } from "../../../src/commands/framework/index.ts";
import { createSay } from "../../../src/ui/index.ts";

const NODE = "a".repeat(64);
const refused = [{ node: NODE, zone: "zone-1", rule: "not-active" as const }];

/** Waits for a workload; asking for a change of its row, and sleeping, are what makes time pass. */
async function wait(rowAt: (nowMs: number) => { readonly status: string }) {
  let nowMs = 0;
  const remarks: string[] = [];
  const notes: string[] = [];
  const clock = {
    monotonicMs: () => nowMs,
    sleep: async (forMs: number) => {
      nowMs += forMs;
    },
  };
  const ui = { say: createSay("en"), remark: (line: string) => remarks.push(line) };
  const context = { ui, clock, signal: new AbortController().signal };
  const workloadAfter = async (_: string, seen: string | undefined, { waitMs }: { waitMs: number }) => {
    for (const endMs = nowMs + waitMs; rowAt(nowMs).status === seen && nowMs < endMs; ) nowMs += 100;
    return rowAt(nowMs);
  };
  const network = { client: { deployments: { workloadAfter } } };
  const step = { note: (text: string) => notes.push(text), update: () => {} };
  // Only what waiting uses is there.
  const waiting = waitForStart(context as never, network as never)({ name: "shop", workload: "w" }, step as never);
  const error: DsdnError | undefined = await waiting.then(
    () => undefined,
    (caught) => caught,
  );
  return { error, remarks, notes, tookMs: nowMs };
}

const row = (facts: object) => ({ status: "approved", reason: "", node: null, attempts: 0, placement: null, ...facts });
const unplaced = row({ placement: { total: 1, suitable: 0, refused } });

test("a workload that no node can take is given up after fifteen seconds, with the rule against each node", async () => {
  const { error, remarks, notes, tookMs } = await wait(() => unplaced);
  expect(error).toSatisfy((caught) => isError(caught, deploymentErrors.deployNoNode));
  expect(error?.facts).toMatchObject({ name: "shop", total: 1, suitable: 0, refused });
  expect(remarks).toEqual(["  aaaaaaaaaaaa (zone-1): is not in service"]);
  expect(notes[0]).toContain("1 nodes, 0 suitable");
  expect(tookMs).toBeGreaterThanOrEqual(15_000);
  expect(tookMs).toBeLessThan(16_000);
});

test("a node that comes back in the meantime ends the count, and the wait when it runs it", async () => {
  const back = row({ status: "assigned", node: NODE });
  const comesAndGoes = (nowMs: number) => (nowMs < 14_000 || (nowMs > 14_600 && nowMs < 28_000) ? unplaced : back);
  const { error, tookMs } = await wait((nowMs) => (nowMs < 30_000 ? comesAndGoes(nowMs) : row({ status: "running" })));
  expect(error).toBeUndefined();
  expect(tookMs).toBeGreaterThan(29_000);
});
