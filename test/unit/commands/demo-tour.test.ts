import { expect, test } from "vitest";
import { VirtualClock } from "../../../src/base/index.ts";
import { untilNamed } from "../../../src/commands/framework/demo/demo-tour.ts";

/** Lists objects; `photos` is among them from the look with this number on. */
function namedAtLook(first: number) {
  let looks = 0;
  const other = { object: "b", name: null, row: undefined, onLog: undefined };
  const list = async () => (++looks >= first ? [other, { ...other, name: "photos" }] : [other]);
  // Only what is looked at is there.
  return { client: { storage: { list } } as never, looks: () => looks };
}

const signal = new AbortController().signal;

test("the tour uses a name in another profile once the log has it, not before", async () => {
  const { client, looks } = namedAtLook(3);
  const clock = passing();
  await untilNamed(client, "photos", { clock, signal });
  expect(looks()).toBe(3);
});

test("a name that never comes is not waited for longer than a minute: what uses it says so", async () => {
  const { client } = namedAtLook(Number.POSITIVE_INFINITY);
  const clock = passing();
  await untilNamed(client, "photos", { clock, signal });
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(60_000);
});

/** Sleeping is what makes time pass. */
function passing() {
  const clock = new VirtualClock();
  return Object.assign(clock, { sleep: (forMs: number) => clock.advance(forMs) });
}
