import { describe, expect, test } from "vitest";
import { isError, toHex } from "../../../src/base/index.ts";
import { createReplica, createVerifiedEvents, type Replica, stateErrors } from "../../../src/state/index.ts";
import { tellStory } from "./story.ts";
import { type DiskStep, TestDisk, TestLog } from "./test-log.ts";
import { actor, content, rootHex, verdictOf, World } from "./world.ts";

const PATH = "/data/state";

async function follow(world: World, log: TestLog, extra: Partial<Parameters<typeof createReplica>[1]> = {}) {
  const replica = createReplica({ genesis: world.genesis }, { log, ...extra });
  await replica.start();
  return replica;
}

function caughtUp(replica: Replica, height: number): Promise<boolean> {
  return replica.waitFor((state) => state.height >= height);
}

describe("a replica", () => {
  test("follows the log to the same roots and remembers them", async () => {
    const world = tellStory();
    const log = new TestLog(world.log);
    const cache = createVerifiedEvents();
    const first = await follow(world, log, { cache });
    const second = await follow(world, log, { cache });
    await Promise.all([first, second].map((replica) => caughtUp(replica, world.state.height)));
    expect(toHex(first.state.root)).toBe(rootHex(world.state));
    for (let height = 0; height <= world.state.height; height++) {
      expect(first.rootAt(height)).toEqual(second.rootAt(height));
      expect(first.rootAt(height)).toBeDefined();
    }
    expect(first.rootAt(world.state.height + 1)).toBeUndefined();
    expect(first.logTimeMs).toBe(world.nowMs);
    await Promise.all([first.stop(), second.stop()]);
    await first.stop();
  });

  test("tells listeners every height in order, and one that throws disturbs nobody", async () => {
    const world = new World();
    for (let at = 0; at < 5; at++) world.wait(1000);
    const log = new TestLog();
    const replica = await follow(world, log);
    const heights: number[] = [];
    replica.onHeight(() => {
      throw new RangeError("listener");
    });
    const end = replica.onHeight(({ height }) => heights.push(height));
    log.append(...world.log);
    await caughtUp(replica, 5);
    expect(heights).toEqual([1, 2, 3, 4, 5]);
    end();
    world.wait(1000);
    log.append(...world.log.slice(-1));
    await caughtUp(replica, 6);
    expect(heights).toHaveLength(5);
    await replica.stop();
  });

  test("says what became of an event", async () => {
    const world = new World();
    const session = world.session();
    world.publish(session, content("a"));
    world.publish(session, { ...content("b"), sizeBytes: 1 });
    const replica = await follow(world, new TestLog(world.log));
    await caughtUp(replica, world.state.height);
    expect(verdictOf(replica.outcomeOf(session.id, 1))).toBe("accepted");
    expect(replica.outcomeOf(session.id, 1)?.position).toEqual({ height: 2, blob: 0, event: 0 });
    expect(verdictOf(replica.outcomeOf(session.id, 2))).toBe("object-malformed");
    expect(replica.outcomeOf(session.id, 3)).toBeUndefined();
    await replica.stop();
  });

  test("forgets old roots and outcomes", async () => {
    const world = new World();
    const session = world.session();
    world.publish(session, content("a"));
    world.publish(session, content("b"));
    const replica = createReplica(
      { genesis: world.genesis, rootsKept: 2, outcomesKept: 1 },
      { log: new TestLog(world.log) },
    );
    await replica.start();
    await caughtUp(replica, 3);
    expect([0, 1, 2, 3].map((height) => replica.rootAt(height) !== undefined)).toEqual([false, false, true, true]);
    expect(replica.outcomeOf(session.id, 1)).toBeUndefined();
    expect(replica.outcomeOf(session.id, 2)).toBeDefined();
    await replica.stop();
  });

  test("lets a wait end by its signal, by its own error and by the stop", async () => {
    const world = new World();
    world.wait(1000);
    const log = new TestLog();
    const replica = await follow(world, log);
    const abort = new AbortController();
    const waits = [
      replica.waitFor(() => false, abort.signal),
      replica.waitFor((state) => {
        if (state.height > 0) throw new RangeError("mine");
        return false;
      }),
      replica.waitFor(() => undefined),
    ].map((wait) =>
      wait.then(
        () => "resolved",
        (error: unknown) => error,
      ),
    );
    abort.abort(new RangeError("enough"));
    expect(await waits[0]).toEqual(new RangeError("enough"));
    log.append(...world.log);
    expect(await waits[1]).toEqual(new RangeError("mine"));
    await replica.stop();
    expect(isError(await waits[2], stateErrors.replicaStopped)).toBe(true);
    await expect(replica.waitFor(() => true, abort.signal)).rejects.toEqual(new RangeError("enough"));
  });

  test("halts at an upgrade it does not know, at a skipped height and at the log's end, and says why", async () => {
    const world = new World({ validators: 1 });
    const [validator] = world.validators;
    if (!validator) throw new Error("the validator is missing");
    world.say(validator, "UpgradeActivated", { version: 9, height: 3 });
    world.wait(1000);
    const upgrade = { height: 3, timeMs: world.nowMs, blobs: [] };
    const cases = [
      { steps: [...world.log, upgrade], spec: stateErrors.upgradeRequired, height: 2 },
      { steps: [...world.log.slice(0, 1), upgrade], spec: stateErrors.heightOutOfOrder, height: 1 },
    ];
    for (const { steps, spec, height } of cases) {
      const replica = await follow(world, new TestLog(steps));
      const reason = await replica.waitFor(() => false).catch((error: unknown) => error);
      expect(isError(reason, spec)).toBe(true);
      expect(replica.halted).toBe(reason);
      expect(replica.height).toBe(height);
      await expect(replica.waitFor(() => false)).rejects.toBe(reason);
      await replica.stop();
    }
    const log = new TestLog(world.log);
    const replica = await follow(world, log);
    await caughtUp(replica, 2);
    log.hasEnded = true;
    log.wake();
    const reason = await replica.waitFor(() => false).catch((error: unknown) => error);
    expect(isError(reason, stateErrors.logEnded)).toBe(true);
    log.hasEnded = false;
    await replica.stop();
    await replica.start();
    expect(replica.halted).toBeUndefined();
    await replica.stop();
  });
});

describe("a replica with checkpoints", () => {
  test("starts from its checkpoint and reads only what follows", async () => {
    const world = tellStory();
    const disk = new TestDisk();
    const checkpoints = { disk, path: PATH };
    const early = await follow(world, new TestLog(world.log.slice(0, -5)), { checkpoints });
    await caughtUp(early, world.state.height - 5);
    await early.stop();
    expect(disk.files.has(PATH)).toBe(true);
    const late = await follow(world, new TestLog(world.log.slice(-5)), { checkpoints });
    await caughtUp(late, world.state.height);
    expect(toHex(late.state.root)).toBe(rootHex(world.state));
    expect(late.rootAt(1)).toEqual(early.rootAt(1));
    const session = actor("alice-key").id;
    expect(early.outcomeOf(session, 1)).toBeDefined();
    expect(late.outcomeOf(session, 1)).toEqual(early.outcomeOf(session, 1));
    await late.stop();
  });

  test("writes one every so many heights with events", async () => {
    const world = tellStory();
    const disk = new TestDisk();
    const replica = await follow(world, new TestLog(world.log), { checkpoints: { disk, path: PATH, everyHeights: 4 } });
    await caughtUp(replica, world.state.height);
    await replica.saveCheckpoint();
    const writes = disk.trace.filter(({ kind }) => kind === "rename").length;
    expect(writes).toBeGreaterThan(2);
    await replica.stop();
  });

  test("goes on and stops cleanly when the disk is full", async () => {
    const world = tellStory();
    const disk = new TestDisk();
    disk.write = () => Promise.reject(new RangeError("disk full"));
    const replica = await follow(world, new TestLog(world.log), { checkpoints: { disk, path: PATH, everyHeights: 3 } });
    await caughtUp(replica, world.state.height);
    expect(toHex(replica.state.root)).toBe(rootHex(world.state));
    await replica.stop();
    expect(disk.files.size).toBe(0);
  });

  test("writes one after many empty heights too, so that a restart does not read them all again", async () => {
    const world = new World();
    for (let at = 0; at < 50; at++) world.wait(1000);
    const disk = new TestDisk();
    const replica = await follow(world, new TestLog(world.log), { checkpoints: { disk, path: PATH, everyHeights: 2 } });
    await caughtUp(replica, 50);
    await replica.saveCheckpoint();
    expect(disk.trace.filter(({ kind }) => kind === "rename").length).toBe(2);
    await replica.stop();
  });

  test("lets others in the process have their turn during a long replay", async () => {
    const world = new World();
    for (let at = 0; at < 300; at++) world.wait(1000);
    const replica = await follow(world, new TestLog(world.log));
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await caughtUp(replica, 300);
    isDone = true;
    expect(turns).toBeGreaterThan(2);
    await replica.stop();
  });

  test("comes to the same root from every moment a crash can leave (crash points 10 and 11)", async () => {
    const world = tellStory();
    const disk = new TestDisk();
    const replica = await follow(world, new TestLog(world.log), { checkpoints: { disk, path: PATH, everyHeights: 6 } });
    await caughtUp(replica, world.state.height);
    await replica.stop();
    expect(disk.trace.length).toBeGreaterThan(4);
    for (let cut = 0; cut <= disk.trace.length; cut++) {
      for (const torn of [false, true]) {
        const left = new TestDisk();
        for (const [at, step] of disk.trace.slice(0, cut).entries())
          left.do(torn && at === cut - 1 ? tear(step) : step);
        const again = await follow(world, new TestLog(world.log), { checkpoints: { disk: left, path: PATH } });
        await caughtUp(again, world.state.height);
        expect(toHex(again.state.root)).toBe(rootHex(world.state));
        await again.stop();
      }
    }
  });

  test("replays the log when the file is torn, foreign or of a newer format", async () => {
    const world = tellStory();
    const disk = new TestDisk();
    const checkpoints = { disk, path: PATH };
    const first = await follow(world, new TestLog(world.log), { checkpoints });
    await caughtUp(first, world.state.height);
    await first.stop();
    const good = disk.files.get(PATH) ?? new Uint8Array(0);
    const newer = Uint8Array.from(good);
    newer[8] = 2;
    for (const bytes of [good.subarray(0, good.length / 2), new Uint8Array(0), newer]) {
      disk.files.set(PATH, bytes);
      const again = await follow(world, new TestLog(world.log), { checkpoints });
      await caughtUp(again, world.state.height);
      expect(again.rootAt(0)).toBeDefined();
      expect(toHex(again.state.root)).toBe(rootHex(world.state));
      await again.stop();
    }
  });
});

/** The same write, half done: the bytes, or for a rename the whole of it, as a power cut may leave them. */
function tear(step: DiskStep): DiskStep {
  return step.kind === "write" ? { ...step, bytes: step.bytes.subarray(0, step.bytes.length / 2) } : step;
}
