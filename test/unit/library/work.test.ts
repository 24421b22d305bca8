import { describe, expect, test } from "vitest";
import { VirtualClock } from "../../../src/base/index.ts";
import type { ProgressStage } from "../../../src/library/index.ts";
import { Work } from "../../../src/library/work.ts";

describe("work that tells how far it is", () => {
  test("begins when it is first awaited and runs once, whoever asks and however often", async () => {
    let runs = 0;
    const work = new Work(async () => ++runs);
    expect(runs).toBe(0);
    expect(await Promise.all([work, work.catch(() => 0), work.finally(), work.waitWithProgress()])).toEqual([
      1, 1, 1, 1,
    ]);
    expect(await work).toBe(1);
  });

  test("tells rate and time left of a stage once they mean something, and ends each stage once", async () => {
    const clock = new VirtualClock();
    const work = new Work<string, "sending" | "publishing">(
      async (stages) => {
        stages.enter("sending");
        await clock.advance(400);
        stages.update(100, 1000);
        await clock.advance(600);
        stages.update(250, 1000);
        stages.enter("publishing");
        stages.enter("publishing");
        await clock.advance(50);
        return "done";
      },
      { clock },
    );
    const told: ProgressStage[] = [];
    expect(await work.waitWithProgress((progress) => told.push(progress))).toBe("done");
    const sending = { stage: "sending", totalBytes: 1000 };
    expect(told).toMatchObject([
      { stage: "sending", isDone: false, elapsedMs: 0, doneBytes: undefined, leftMs: undefined },
      { ...sending, isDone: false, doneBytes: 100, bytesPerSecond: undefined, leftMs: undefined },
      { ...sending, isDone: false, doneBytes: 250, bytesPerSecond: 250, leftMs: 3000 },
      { ...sending, isDone: true, elapsedMs: 1000, leftMs: 0 },
      { stage: "publishing", isDone: false, doneBytes: undefined, totalBytes: undefined },
      { stage: "publishing", isDone: true, elapsedMs: 50, leftMs: 0 },
    ]);
  });

  test("knows a rate and no time left where nobody knows the whole", async () => {
    const clock = new VirtualClock();
    const work = new Work(
      async (stages) => {
        stages.enter("sending");
        await clock.advance(1000);
        stages.update(500, undefined);
      },
      { clock },
    );
    const told: ProgressStage[] = [];
    await work.waitWithProgress((progress) => told.push(progress));
    expect(told[1]).toMatchObject({ bytesPerSecond: 500, leftMs: undefined });
  });

  test("keeps what was told for a reader that is slower, and gives the failure after it", async () => {
    const work = new Work(async (stages) => {
      for (const stage of ["one", "two", "three"]) stages.enter(stage);
      throw new TypeError("broken");
    });
    const run = work.waitWithProgress();
    await work.catch(() => {});
    const read: string[] = [];
    const reading = (async () => {
      for await (const { stage, isDone } of run) if (isDone) read.push(stage);
    })();
    await expect(reading).rejects.toThrow("broken");
    expect(read).toEqual(["one", "two"]);
    await expect(Promise.resolve(run)).rejects.toThrow("broken");
  });

  test("fails with what its listener throws", async () => {
    const work = new Work(async (stages) => stages.enter("one"));
    const run = work.waitWithProgress(() => {
      throw new RangeError("the listener is broken");
    });
    await expect(Promise.resolve(run)).rejects.toThrow("the listener is broken");
  });
});
