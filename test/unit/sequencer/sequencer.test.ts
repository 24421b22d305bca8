import { afterEach, describe, expect, test } from "vitest";
import { openRecordLog, systemClock, toHex, toUtf8 } from "../../../src/base/index.ts";
import { hexId, type KeyId, networkIdOf, signEvent } from "../../../src/protocol/index.ts";
import { openSequencerJournal } from "../../../src/roles/sequencer/journal.ts";
import { bob, signed } from "../chain/chain-fixture.ts";
import { TestDisk } from "../state/test-log.ts";
import { START_MS } from "../state/world.ts";
import {
  diskWith,
  JOURNAL,
  PostedLog,
  replayFromLog,
  runSequencer,
  sequencerGenesis,
  sequencerKey,
} from "./sequencer-world.ts";

const genesis = await sequencerGenesis();
const sequencerId = hexId<KeyId>(sequencerKey.publicKey);
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const role of running.splice(0).reverse()) await role.stop();
});

async function run(posted: PostedLog, disk: TestDisk, options: Partial<Parameters<typeof runSequencer>[0]> = {}) {
  const role = await runSequencer({ genesis, posted, disk, ...options });
  running.push(role);
  return role;
}

/** Sends `count` transfers one after another, each in a block of its own. */
async function sendTransfers(role: Awaited<ReturnType<typeof run>>, count: number, from = 0): Promise<string[]> {
  const hashes: string[] = [];
  for (let nonce = from; nonce < from + count; nonce++) {
    const hash = await role.send(await signed({ nonce, value: 1n, gas: 21_000n }));
    await role.mined(hash);
    hashes.push(hash);
  }
  return hashes;
}

describe("the sequencer", () => {
  test("mines on demand and brings blocks to the log, from which anyone replays the same root", async () => {
    const posted = new PostedLog(genesis);
    const role = await run(posted, new TestDisk());
    expect(await role.describe()).toMatchObject({ block: 1, batches: 0, unpostedBlocks: 0 });
    await sendTransfers(role, 3);
    await role.allPosted();
    const { position, batches } = await replayFromLog(genesis, posted);
    const facts = await role.describe();
    expect(batches.length).toBeGreaterThan(0);
    expect([position.block, toHex(position.stateRoot)]).toEqual([facts.block, facts.stateRoot]);
    expect(role.replica.state.chain.stateRoot).toEqual(position.stateRoot);
    expect(facts.block).toBe(4);
  });

  test("serves health, readiness, metrics and the state beside JSON-RPC, and refuses the engine's own methods", async () => {
    const role = await run(new PostedLog(genesis), new TestDisk());
    expect((await role.get("/health")).status).toBe(200);
    expect(await (await role.get("/ready")).json()).toEqual({ ready: true, role: "sequencer" });
    expect(await (await role.get("/metrics")).text()).toContain("dsdn_sequencer_head_block 1");
    expect((await role.get("/v1/state/root")).status).toBe(200);
    for (const method of ["hardhat_setBalance", "evm_mine", "debug_traceTransaction"]) {
      expect((await role.call(method)).error?.code).toBe(-32601);
    }
  });

  test("stands at the same block after a restart and goes on from there", async () => {
    const [posted, disk] = [new PostedLog(genesis), new TestDisk()];
    const before = await run(posted, disk);
    await sendTransfers(before, 2);
    const left = await before.describe();
    const hash = await before.blockHash(left.block);
    await before.stop();
    const after = await run(posted, disk);
    expect(await after.describe()).toMatchObject({ block: left.block, stateRoot: left.stateRoot });
    expect(await after.blockHash(left.block)).toBe(hash);
    await sendTransfers(after, 1, 2);
    await after.allPosted();
    expect((await replayFromLog(genesis, posted)).position.block).toBe(left.block + 1);
  });

  test("mines after a restart what it had accepted and not mined", async () => {
    const [posted, disk] = [new PostedLog(genesis), new TestDisk()];
    const before = await run(posted, disk);
    const late = await signed({ nonce: 1, value: 7n, gas: 21_000n });
    const hash = await before.send(late);
    expect(await before.describe()).toMatchObject({ pendingTransactions: 1, block: 1 });
    await before.stop();
    const after = await run(posted, disk);
    await sendTransfers(after, 1);
    expect((await after.mined(hash)).status).toBe("0x1");
    expect((await after.call("eth_getBalance", bob.address, "latest")).result).toBe("0x8");
  });

  test("forgets an accepted transaction that was replaced", async () => {
    const [posted, disk] = [new PostedLog(genesis), new TestDisk()];
    const before = await run(posted, disk);
    await before.send(await signed({ nonce: 1, value: 1n, gas: 21_000n, maxFeePerGas: 1_500_000_000n }));
    await before.send(await signed({ nonce: 1, value: 2n, gas: 21_000n, priorityFee: 5n }));
    await before.mined(await before.send(await signed({ nonce: 0, value: 3n, gas: 21_000n })));
    await before.stop();
    const { waiting } = await openSequencerJournal(
      { path: JOURNAL, genesisDigest: genesis.chain.genesisDigest },
      { disk, onBlock: async () => {} },
    );
    expect(waiting).toHaveLength(1);
    const after = await run(posted, disk);
    expect(await after.describe()).toMatchObject({ pendingTransactions: 0 });
    await after.stop();
    const kept = await openSequencerJournal(
      { path: JOURNAL, genesisDigest: genesis.chain.genesisDigest },
      { disk, onBlock: async () => {} },
    );
    expect(kept.waiting).toHaveLength(0);
  });

  test("is rebuilt from the log when its journal is gone or older", async () => {
    const [posted, disk] = [new PostedLog(genesis), new TestDisk()];
    const before = await run(posted, disk);
    await sendTransfers(before, 2);
    await before.allPosted();
    const older = new Map(disk.files);
    await sendTransfers(before, 2, 2);
    await before.allPosted();
    const left = await before.describe();
    const hash = await before.blockHash(left.block);
    await before.stop();
    for (const files of [new Map<string, Uint8Array>(), older]) {
      const again = await run(new PostedLog(genesis, posted.log.steps), diskWith(files));
      expect(await again.describe()).toMatchObject({ block: left.block, stateRoot: left.stateRoot, isForked: false });
      expect(await again.blockHash(left.block)).toBe(hash);
    }
  });

  test("goes on from its journal while the log cannot be read, and does not begin a chain without either", async () => {
    const [posted, disk] = [new PostedLog(genesis), new TestDisk()];
    const before = await run(posted, disk);
    await sendTransfers(before, 1);
    await before.stop();
    posted.isReachable = false;
    await expect(run(posted, new TestDisk())).rejects.toMatchObject({ code: "DSDN_BASE_UNREACHABLE" });
    const after = await run(posted, disk);
    await sendTransfers(after, 1, 1);
    expect(await after.describe()).toMatchObject({ block: 3 });
  });

  test("keeps taking transactions while nothing can be posted, and posts them all later", async () => {
    const [posted, disk] = [new PostedLog(genesis), new TestDisk()];
    const role = await run(posted, disk);
    posted.isHeld = true;
    await sendTransfers(role, 4);
    expect(await role.describe()).toMatchObject({ block: 5, batches: 0, unpostedBlocks: 4 });
    posted.isHeld = false;
    await role.allPosted();
    const { position } = await replayFromLog(genesis, posted);
    expect([position.block, toHex(position.stateRoot)]).toEqual([5, (await role.describe()).stateRoot]);
  });

  test("posts again what the log refused because its key had used up the hour", async () => {
    const tight = await sequencerGenesis({ governed: { eventsPerAuthorHour: 1 } });
    const posted = new PostedLog(tight);
    const { sleep, ...rest } = systemClock();
    // The pause after a refusal, without the waiting.
    const clock = { ...rest, sleep: (delayMs: number, signal?: AbortSignal) => sleep(Math.min(delayMs, 2), signal) };
    const role = await run(posted, new TestDisk(), { genesis: tight, clock });
    await sendTransfers(role, 1);
    await role.allPosted();
    await sendTransfers(role, 1, 1);
    await role.replica.waitFor((state) => (state.findAuthor(sequencerId)?.rejected[0]?.count ?? 0) > 1);
    expect(await role.describe()).toMatchObject({ batches: 1, unpostedBlocks: 1 });
    posted.aheadMs = 3_600_000;
    await role.allPosted();
    expect((await replayFromLog(tight, posted)).position.block).toBe(3);
  });

  test("refuses a journal that tells another history than the log", async () => {
    const [posted, other] = [new PostedLog(genesis), new PostedLog(genesis)];
    const [disk, otherDisk] = [new TestDisk(), new TestDisk()];
    const first = await run(posted, disk);
    await sendTransfers(first, 1);
    await first.allPosted();
    const second = await run(other, otherDisk);
    other.isHeld = true;
    await second.mined(await second.send(await signed({ nonce: 0, value: 2n, gas: 21_000n })));
    await second.stop();
    await expect(run(posted, otherDisk)).rejects.toMatchObject({ code: "DSDN_SEQUENCER_JOURNAL_FORKED" });
  });

  test("stops posting when a batch of another sequencer with its key stands on the log", async () => {
    const posted = new PostedLog(genesis);
    const role = await run(posted, new TestDisk());
    const body = {
      number: 0,
      previous: genesis.chain.genesisDigest,
      stateRoot: new Uint8Array(32),
      batch: new Uint8Array(8),
    };
    const network = networkIdOf(genesis);
    posted.append([signEvent(sequencerKey, { network, sequence: 0, kind: "ChainBatch", body })]);
    await expect.poll(async () => (await role.describe()).isForked).toBe(true);
    expect(await (await role.get("/metrics")).text()).toContain("dsdn_sequencer_forked 1");
    expect((await role.get("/health")).status).toBe(503);
  });

  test("refuses a journal of another chain", async () => {
    const disk = new TestDisk();
    const other = await sequencerGenesis({}, START_MS + 1000);
    await (await runSequencer({ genesis: other, posted: new PostedLog(other), disk })).stop();
    await expect(run(new PostedLog(genesis), disk)).rejects.toMatchObject({ code: "DSDN_SEQUENCER_JOURNAL_DAMAGED" });
  });

  test("refuses a file that is no journal", async () => {
    const disk = new TestDisk();
    await (await openRecordLog(disk, JOURNAL)).append([toUtf8("noise")]);
    await expect(run(new PostedLog(genesis), disk)).rejects.toMatchObject({ code: "DSDN_SEQUENCER_JOURNAL_DAMAGED" });
  });

  test("answers nobody once it is stopped, and start and stop may be repeated", async () => {
    const role = await run(new PostedLog(genesis), new TestDisk());
    await role.sequencer.start();
    await role.sequencer.stop();
    await role.sequencer.stop();
    await expect(role.call("eth_chainId")).rejects.toThrow();
  });
});
