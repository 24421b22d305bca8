import { beforeAll, describe, expect, test } from "vitest";
import { toHex } from "../../../src/base/index.ts";
import {
  type ChainBatchBody,
  type ChainGenesis,
  chainBatchHash,
  chainErrors,
  chainGenesisDigest,
  createChainFollower,
  packBatch,
  replayBatches,
  unpackBatch,
} from "../../../src/chain/index.ts";
import { sampleHistory, signed } from "./chain-fixture.ts";

let genesis: ChainGenesis;
let batches: ChainBatchBody[];
let finalRoot: string;

beforeAll(async () => {
  const history = await sampleHistory();
  ({ genesis, batches } = history);
  finalRoot = toHex((await history.engine.head()).stateRoot);
});

const refusal = (spec: { code: string }, facts: object = {}) =>
  expect.objectContaining({
    spec: expect.objectContaining({ code: spec.code }),
    facts: expect.objectContaining(facts),
  });

/** The batch at `index` with something changed, links kept. */
function altered(
  index: number,
  change: (batch: ReturnType<typeof unpackBatch>) => Partial<Parameters<typeof packBatch>[0]>,
) {
  const body = batches[index];
  if (body === undefined) throw new Error("unreachable");
  const batch = unpackBatch(body);
  return packBatch({ ...batch, ...change(batch) });
}

describe("a replay", () => {
  test("of all batches reaches the sequencer's state root", async () => {
    const follower = await replayBatches(genesis, batches);
    const position = await follower.position();
    expect(position).toMatchObject({ block: 5, nextBatch: 3 });
    expect(toHex(position.stateRoot)).toBe(finalRoot);
    expect(position.hash).toEqual(chainBatchHash(batches[2] as ChainBatchBody));
  });

  test("of no batch stands at block 1 and names the genesis", async () => {
    const position = await (await replayBatches(genesis, [])).position();
    expect(position).toMatchObject({ block: 1, nextBatch: 0, hash: chainGenesisDigest(genesis) });
  });

  test("passes over a batch that was posted twice", async () => {
    const [first, second, third] = batches as [ChainBatchBody, ChainBatchBody, ChainBatchBody];
    const follower = await replayBatches(genesis, [first, first, second, first, third, second, third]);
    expect(toHex((await follower.position()).stateRoot)).toBe(finalRoot);
  });

  test("stops at a claimed root that is not the replayed one, and says after which block", async () => {
    const lie = altered(1, () => ({ stateRoot: new Uint8Array(32).fill(6) }));
    const follower = createChainFollower(genesis);
    await follower.apply(batches[0] as ChainBatchBody);
    const mismatch = refusal(chainErrors.rootMismatch, { block: 4, batch: 1, claimed: `0x${"06".repeat(32)}` });
    await expect(follower.apply(lie)).rejects.toEqual(mismatch);
    await expect(follower.apply(batches[1] as ChainBatchBody)).rejects.toEqual(mismatch);
    await expect(follower.position()).rejects.toEqual(mismatch);
  });

  test("stops at a transaction left out, put in, swapped or changed, and at a changed time", async () => {
    const extra = await signed({ nonce: 40 });
    const dropped = altered(1, ({ records }) => ({
      records: records.map((entry) => ({ ...entry, rawTxs: entry.rawTxs.slice(0, -1) })),
    }));
    const gapped = altered(1, ({ records }) => ({
      records: records.map((entry) => ({ ...entry, rawTxs: [...entry.rawTxs, extra] })),
    }));
    const swapped = altered(1, ({ records }) => ({
      records: records.map((entry) => ({ ...entry, rawTxs: entry.rawTxs.toReversed() })),
    }));
    const broken = altered(1, ({ records }) => ({
      records: records.map((entry) => ({ ...entry, rawTxs: [Uint8Array.of(2, 0xc0)] })),
    }));
    const late = altered(1, ({ records }) => ({ records: records.map((entry) => ({ ...entry, timestamp: 5 })) }));
    for (const [body, spec] of [
      [dropped, chainErrors.rootMismatch],
      [gapped, chainErrors.batchInvalid],
      [swapped, chainErrors.batchInvalid],
      [broken, chainErrors.batchInvalid],
      [late, chainErrors.batchInvalid],
    ] as const) {
      const attempt = replayBatches(genesis, [batches[0] as ChainBatchBody, body]);
      await expect(attempt).rejects.toEqual(refusal(spec, { block: 4 }));
    }
  });

  test("stops at a second history, a missing batch, another predecessor and another chain", async () => {
    const [first, second, third] = batches as [ChainBatchBody, ChainBatchBody, ChainBatchBody];
    const rival = altered(0, ({ records }) => ({ records: records.slice(0, 1) }));
    const strange = altered(1, () => ({ previous: new Uint8Array(32) }));
    const foreign = altered(0, () => ({ chainId: 5 }));
    const forked = refusal(chainErrors.batchForked);
    await expect(replayBatches(genesis, [first, rival])).rejects.toEqual(forked);
    await expect(replayBatches(genesis, [first, third])).rejects.toEqual(forked);
    await expect(replayBatches(genesis, [first, strange, second])).rejects.toEqual(forked);
    await expect(replayBatches(genesis, [foreign])).rejects.toEqual(refusal(chainErrors.batchInvalid));
    await expect(replayBatches({ ...genesis, timestamp: genesis.timestamp + 1 }, [first])).rejects.toEqual(forked);
  });

  test("stops at a damaged batch", async () => {
    const damaged = { ...(batches[0] as ChainBatchBody), batch: new Uint8Array(40).fill(9) };
    await expect(replayBatches(genesis, [damaged])).rejects.toEqual(refusal(chainErrors.batchMalformed));
  });
});
