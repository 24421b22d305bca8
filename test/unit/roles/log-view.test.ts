import { expect, test } from "vitest";
import { logViewOf } from "../../../src/roles/surface/index.ts";
import { createReplica } from "../../../src/state/index.ts";
import { TestLog } from "../state/test-log.ts";
import { content, World } from "../state/world.ts";

test("what a height carries beyond what is remembered has no verdict, and still counts as taken and as refused", async () => {
  const world = new World();
  const session = world.session();
  const publication = (name: string, facts: object = {}) => {
    const body = { content: { ...content(name), ...facts }, createdMs: world.nowMs, expiresMs: null };
    return world.sign(session, "ObjectPublished", body);
  };
  world.post(publication("a", { sizeBytes: 1 }), publication("b"), publication("c"));
  const replica = createReplica({ genesis: world.genesis, outcomesKept: 1 }, { log: new TestLog(world.log) });
  await replica.start();
  await replica.waitFor((state) => state.height >= world.state.height);
  const view = logViewOf(replica);
  expect(view.nextSequenceOf(session.id)).toBe(4);
  expect([1, 2, 3].map((sequence) => view.findVerdict(session.id, sequence)?.isAccepted)).toEqual([
    undefined,
    undefined,
    true,
  ]);
  expect(view.rejectedOf(session.id)).toBe(1);
  await replica.stop();
});
