import { afterEach, describe, expect, test } from "vitest";
import { toHex } from "../../../src/base/index.ts";
import { alice, signed } from "../chain/chain-fixture.ts";
import { type DiskStep, TestDisk } from "../state/test-log.ts";
import { diskWith, JOURNAL, PostedLog, replayFromLog, runSequencer, sequencerGenesis } from "./sequencer-world.ts";

const genesis = await sequencerGenesis();
const transfer = (nonce: number) => signed({ nonce, value: 1n, gas: 21_000n });

/** A run whose every disk write, log height and acknowledgement is known in their common order. */
interface Recording {
  readonly trace: readonly DiskStep[];
  /** Writes done when a height stood on the log. */
  readonly heights: readonly number[];
  readonly posted: PostedLog;
  /** Writes done when the client had its answer, and the transaction's hash. */
  readonly acknowledged: readonly { readonly at: number; readonly hash: string }[];
  /** Writes done when a client saw the block, and its hash. */
  readonly seen: readonly { readonly at: number; readonly number: number; readonly hash: string }[];
}

async function record(): Promise<Recording> {
  const [posted, disk] = [new PostedLog(genesis), new TestDisk()];
  const heights = [0];
  posted.onAppend = () => heights.push(disk.trace.length);
  const role = await runSequencer({ genesis, posted, disk });
  const acknowledged: { at: number; hash: string }[] = [];
  const seen: { at: number; number: number; hash: string }[] = [];
  for (let nonce = 0; nonce < 4; nonce++) {
    const hash = await role.send(await transfer(nonce));
    acknowledged.push({ at: disk.trace.length, hash });
    const block = await role.mined(hash);
    seen.push({ at: disk.trace.length, number: Number(block.blockNumber), hash: block.blockHash });
    // Two blocks on the log, two that go into one batch.
    if (nonce < 2) await role.allPosted();
  }
  await role.allPosted();
  await role.stop();
  return { trace: disk.trace, heights, posted, acknowledged, seen };
}

/** The disk after `writes` whole writes and `extra` bytes of what the next one added. */
function diskAfter(trace: readonly DiskStep[], writes: number, extra: number): TestDisk {
  const disk = new TestDisk();
  for (const step of trace.slice(0, writes)) disk.do(step);
  const torn = trace[writes];
  if (torn?.kind === "write" && extra > 0) {
    const before = disk.files.get(torn.path)?.length ?? 0;
    if (torn.bytes.length > before) disk.files.set(torn.path, torn.bytes.slice(0, before + extra));
  }
  return diskWith(disk.files);
}

const recording = await record();
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const role of running.splice(0)) await role.stop();
});

describe("a sequencer that is killed", () => {
  const points = recording.trace.flatMap((_, writes) => [
    { writes, extra: 0 },
    { writes, extra: 7 },
  ]);

  test.each(points)(
    "after $writes writes and $extra bytes keeps what it acknowledged and forks nothing",
    async (point) => {
      const { trace, heights, acknowledged, seen } = recording;
      const steps = recording.posted.log.steps.filter((_, index) => (heights[index] ?? 0) <= point.writes);
      const posted = new PostedLog(genesis, steps);
      const role = await runSequencer({ genesis, posted, disk: diskAfter(trace, point.writes, point.extra) });
      running.push(role);
      for (const { at, hash } of acknowledged) {
        if (at <= point.writes) expect((await role.mined(hash)).status).toBe("0x1");
      }
      for (const { at, number, hash } of seen) if (at <= point.writes) expect(await role.blockHash(number)).toBe(hash);
      const nonce = Number((await role.call("eth_getTransactionCount", alice.address, "pending")).result);
      await role.mined(await role.send(await transfer(nonce)));
      await role.allPosted();
      const [{ position }, facts] = [await replayFromLog(genesis, posted), await role.describe()];
      expect([position.block, toHex(position.stateRoot), facts.isForked]).toEqual([
        facts.block,
        facts.stateRoot,
        false,
      ]);
    },
  );

  test("finds what the log holds when any tail of its journal is lost", async () => {
    const { trace, posted, seen } = recording;
    const whole = diskAfter(trace, trace.length, 0);
    const journal = whole.files.get(JOURNAL) ?? new Uint8Array(0);
    const last = seen.at(-1);
    for (let size = 0; size < journal.length; size += 97) {
      const disk = diskWith([[JOURNAL, journal.slice(0, size)]]);
      const role = await runSequencer({ genesis, posted: new PostedLog(genesis, posted.log.steps), disk });
      running.push(role);
      expect(await role.blockHash(last?.number ?? 0)).toBe(last?.hash);
      expect((await role.describe()).isForked).toBe(false);
    }
  });
});
