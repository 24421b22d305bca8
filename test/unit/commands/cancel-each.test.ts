import { expect, test } from "vitest";
import { fail } from "../../../src/base/index.ts";
import { clientErrors } from "../../../src/client/index.ts";
import { cancelEach } from "../../../src/commands/framework/index.ts";

const { signal } = new AbortController();
const rejected = (reason: string) => fail(clientErrors.eventRejected, { kind: "WorkloadCancelled", reason });
const rows = ["a", "b", "c"].map((workload, index) => ({ workload, number: index + 1 }));

/** A network that answers for each workload as said. */
function networkOf(answers: { readonly [workload: string]: { isDone: boolean } | Error }) {
  const cancel = async (workload: string) => {
    const answer = answers[workload];
    if (answer === undefined || answer instanceof Error) throw answer;
    return answer;
  };
  return { deployments: { cancel } };
}

test("a run that ended by itself before the request came is left out, and the others are ended", async () => {
  const network = networkOf({ a: { isDone: true }, b: rejected("workload-final"), c: { isDone: true } });
  expect(await cancelEach(network, rows, signal)).toEqual({ ended: [rows[0], rows[2]], isDone: true });
});

test("what the log has not taken yet is ended and not done", async () => {
  const network = networkOf({ a: { isDone: false }, b: { isDone: true }, c: { isDone: true } });
  expect(await cancelEach(network, rows, signal)).toEqual({ ended: rows, isDone: false });
  expect(await cancelEach(network, [], signal)).toEqual({ ended: [], isDone: true });
});

test("whatever else the network says against it is told", async () => {
  const network = networkOf({ a: { isDone: true }, b: rejected("not-owner") });
  await expect(cancelEach(network, rows, signal)).rejects.toMatchObject({ facts: { reason: "not-owner" } });
});
