import { describe, expect, test } from "vitest";
import { crashModes } from "../../simulation/simulated-disk.ts";
import { OutboxWorld } from "./outbox-world.ts";

async function started(): Promise<OutboxWorld> {
  const world = new OutboxWorld();
  await world.outbox.start();
  return world;
}

describe("an outbox", () => {
  test("resolves when the log accepted the event, and not before", async () => {
    const world = await started();
    let verdict: unknown;
    const published = world.say().then((found) => (verdict = found));
    await world.clock.advance(10);
    expect(world.handedOver).toEqual([[0]]);
    expect(verdict).toBeUndefined();
    await world.mine();
    await published;
    expect(verdict).toMatchObject({ isAccepted: true, position: { height: 11 } });
    expect(world.outbox.pendingCount).toBe(0);
  });

  test("says why the log rejected an event, and goes on with the next number", async () => {
    const world = await started();
    const first = world.say();
    const refused = expect(first).rejects.toMatchObject({
      code: "DSDN_NET_EVENT_REJECTED",
      facts: { kind: "NodeReturned", reason: "because" },
    });
    await world.clock.advance(10);
    await world.mine(() => "reject");
    await refused;
    const second = world.say();
    await world.clock.advance(10);
    await world.mine();
    await expect(second).resolves.toMatchObject({ isAccepted: true });
    expect(world.next).toBe(2);
  });

  test("numbers calls in their order, whatever else happens at the same time", async () => {
    const world = await started();
    const all = Promise.all(Array.from({ length: 20 }, (_, at) => world.say(`http://127.0.0.1:${at + 1}`)));
    await world.clock.advance(50);
    await world.mine();
    await world.clock.advance(50);
    await world.mine();
    expect((await all).every(({ isAccepted }) => isAccepted)).toBe(true);
    expect(world.next).toBe(20);
  });

  test("hands over again after a fault of the sink, later and later but never slower than every 5 s", async () => {
    const world = await started();
    world.sinkFault = new Error("no coordinator");
    const published = world.say();
    await world.clock.advance(60_000);
    expect(world.handedOver).toEqual([]);
    world.sinkFault = undefined;
    await world.clock.advance(5_000);
    expect(world.handedOver).toEqual([[0]]);
    await world.mine();
    await expect(published).resolves.toMatchObject({ isAccepted: true });
  });

  test("hands over again what a coordinator took and lost", async () => {
    const world = await started();
    const published = world.say();
    await world.clock.advance(10);
    world.waiting.clear();
    await world.clock.advance(6_000);
    expect(world.handedOver).toEqual([[0], [0]]);
    await world.mine();
    await expect(published).resolves.toMatchObject({ isAccepted: true });
    await world.clock.advance(20_000);
    expect(world.handedOver).toHaveLength(2);
  });

  test("refuses to publish before start and after stop", async () => {
    const world = new OutboxWorld();
    await expect(world.say()).rejects.toMatchObject({ code: "DSDN_BASE_UNREACHABLE" });
    await world.outbox.start();
    await world.outbox.stop();
    await expect(world.say()).rejects.toMatchObject({ code: "DSDN_BASE_UNREACHABLE" });
  });

  test("fails the call and acknowledges nothing when the disk fails", async () => {
    const world = await started();
    world.disk.fault = (operation) => (operation === "fsync" ? "EIO" : undefined);
    await expect(world.say()).rejects.toMatchObject({ code: "DSDN_BASE_FILE_FAILED" });
    await world.clock.advance(10_000);
    expect(world.handedOver).toEqual([]);
  });
});

describe("an outcome that was forgotten before anybody asked, because one height carried too much", () => {
  test("was acceptance when the log has refused nothing of this author since", async () => {
    const world = await started();
    const early = world.say().catch(() => {});
    await world.clock.advance(10);
    await world.mine(() => "reject");
    await early;
    world.isForgetful = true;
    const both = Promise.all([world.say(), world.say()]);
    await world.clock.advance(10);
    await world.mine();
    await expect(both).resolves.toEqual([
      { isAccepted: true, reason: undefined, position: null },
      { isAccepted: true, reason: undefined, position: null },
    ]);
    expect(world.outbox.pendingCount).toBe(0);
  });

  test("ends with an error that says so when one of several was refused", async () => {
    const world = await started();
    world.isForgetful = true;
    const both = Promise.allSettled([world.say(), world.say()]);
    await world.clock.advance(10);
    await world.mine(({ sequence }) => (sequence === 0 ? "reject" : "accept"));
    const code = "DSDN_NET_OUTCOME_FORGOTTEN";
    expect(await both).toMatchObject([
      { status: "rejected", reason: { code, facts: { kind: "NodeReturned" } } },
      { status: "rejected", reason: { code } },
    ]);
    const next = world.say();
    await world.clock.advance(10);
    await world.mine();
    await expect(next).resolves.toMatchObject({ isAccepted: true });
  });
});

describe("an introduction that the log refuses without using its number", () => {
  test("fails every event that was numbered after it, and the next one begins at the same number", async () => {
    const world = await started();
    const outcomes = Promise.allSettled([world.say(), world.say()]);
    await world.clock.advance(10);
    await world.mine(() => "refuse");
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const again = world.say();
    await world.clock.advance(10);
    expect(world.handedOver.at(-1)).toEqual([0]);
    await world.mine();
    await expect(again).resolves.toMatchObject({ isAccepted: true });
  });

  test("does not leave behind a number nobody can fill when another call is being written just then", async () => {
    const world = await started();
    const first = expect(world.say()).rejects.toMatchObject({ code: "DSDN_NET_EVENT_REJECTED" });
    await world.clock.advance(10);
    let isRefused = false;
    // The refusal arrives between the write and its fsync.
    world.disk.fault = (operation) => {
      if (operation !== "fsync" || isRefused) return undefined;
      isRefused = true;
      void world.mine(() => "refuse");
      return undefined;
    };
    const second = world.say();
    await world.clock.advance(10);
    await first;
    expect(isRefused).toBe(true);
    await world.clock.advance(10_000);
    await world.mine();
    await expect(second).resolves.toMatchObject({ isAccepted: true });
    expect(world.next).toBe(1);
  });
});

describe("a crash", () => {
  test("at any step of a life with acceptance and refusal loses no event that was handed over", async () => {
    const world = await started();
    const handedOverAt: { steps: number; sequence: number }[] = [];
    const note = () => {
      for (const sequence of world.handedOver.flat()) {
        if (!handedOverAt.some((entry) => entry.sequence === sequence))
          handedOverAt.push({ steps: world.disk.steps.length, sequence });
      }
    };
    const all = Promise.allSettled([world.say(), world.say(), world.say()]);
    await world.clock.advance(10);
    await world.clock.advance(10);
    note();
    const before = world.disk;
    for (let steps = 0; steps <= before.steps.length; steps++) {
      for (const mode of crashModes) {
        const after = new OutboxWorld(before.crash(steps, mode));
        await after.outbox.start();
        await after.clock.advance(10);
        const kept = after.handedOver.flat();
        const promised = handedOverAt.filter((entry) => entry.steps <= steps).map(({ sequence }) => sequence);
        expect(kept).toEqual(expect.arrayContaining(promised));
        expect(kept).toEqual(kept.toSorted((left, right) => left - right));
        await after.outbox.stop();
      }
    }
    await world.mine();
    await all;
  });

  test("before the event was read back sends the same event again, and nothing twice after that", async () => {
    const world = await started();
    void world.say("http://127.0.0.1:77");
    await world.clock.advance(10);
    await world.restartOn(world.disk.crash(world.disk.steps.length, "dropped"));
    expect(world.handedOver).toEqual([[0], [0]]);
    await world.mine();
    await world.restartOn(world.disk.crash(world.disk.steps.length, "dropped"));
    await world.clock.advance(20_000);
    expect(world.handedOver).toHaveLength(2);
    const next = world.say();
    await world.clock.advance(10);
    await world.mine();
    await next;
    expect([...world.kinds.keys()]).toEqual([0, 1]);
  });
});
