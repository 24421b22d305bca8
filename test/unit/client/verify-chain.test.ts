import { afterEach, describe, expect, test } from "vitest";
import { verifyChain } from "../../../src/client/index.ts";
import { networkIdOf, signEvent } from "../../../src/protocol/index.ts";
import { signed } from "../chain/chain-fixture.ts";
import { PostedLog, runSequencer, sequencerGenesis, sequencerKey } from "../sequencer/sequencer-world.ts";
import { TestDisk } from "../state/test-log.ts";

const genesis = await sequencerGenesis();
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const role of running.splice(0)) await role.stop();
});

async function runWithTransfers(posted: PostedLog, values: readonly bigint[]) {
  const role = await runSequencer({ genesis, posted, disk: new TestDisk() });
  running.push(role);
  for (const [nonce, value] of values.entries()) {
    await role.mined(await role.send(await signed({ nonce, value, gas: 21_000n })));
  }
  return role;
}

describe("verifying the chain", () => {
  test("replays the log to the root the sequencer shows, and needs no sequencer for it", async () => {
    const posted = new PostedLog(genesis);
    const role = await runWithTransfers(posted, [1n, 2n]);
    await role.allPosted();
    const facts = await role.describe();
    const toHeight = posted.log.steps.length;
    const rpcUrl = role.sequencer.url;
    const report = await verifyChain({ genesis, toHeight, rpcUrl }, { log: posted.log });
    expect(report).toMatchObject({
      block: 3,
      stateRoot: facts.stateRoot,
      sequencerRoot: facts.stateRoot,
      isEqual: true,
    });
    await role.stop();
    const alone = await verifyChain({ genesis, toHeight, rpcUrl }, { log: posted.log });
    expect(alone).toMatchObject({ block: 3, stateRoot: facts.stateRoot, sequencerRoot: undefined, isEqual: undefined });
  });

  test("stands at the genesis contracts while there is no batch", async () => {
    const posted = new PostedLog(genesis);
    expect(await verifyChain({ genesis, toHeight: 1 }, { log: posted.log })).toMatchObject({ block: 1, batches: 0 });
  });

  test("names a sequencer that shows another history than it posted", async () => {
    const [posted, other] = [new PostedLog(genesis), new PostedLog(genesis)];
    await (await runWithTransfers(posted, [1n])).allPosted();
    const liar = await runWithTransfers(other, [2n]);
    const toHeight = posted.log.steps.length;
    const report = await verifyChain({ genesis, toHeight, rpcUrl: liar.sequencer.url }, { log: posted.log });
    expect(report.isEqual).toBe(false);
    expect(report.sequencerRoot).not.toBe(report.stateRoot);
  });

  test("stops at a batch on the log that is none", async () => {
    const posted = new PostedLog(genesis);
    const body = {
      number: 0,
      previous: genesis.chain.genesisDigest,
      stateRoot: new Uint8Array(32),
      batch: new Uint8Array(8),
    };
    posted.append([signEvent(sequencerKey, { network: networkIdOf(genesis), sequence: 0, kind: "ChainBatch", body })]);
    const verdict = verifyChain({ genesis, toHeight: posted.log.steps.length }, { log: posted.log });
    await expect(verdict).rejects.toMatchObject({ code: "DSDN_CHAIN_BATCH_MALFORMED" });
  });
});
