import { readFileSync } from "node:fs";
import { createBlock } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTxFromRLP } from "@ethereumjs/tx";
import { createAccount, createAddressFromString } from "@ethereumjs/util";
import { createVM, runTx, type VM } from "@ethereumjs/vm";
import { describe, expect, test } from "vitest";
import { toHex } from "../../../src/base/index.ts";
import { CREATE2_DEPLOYER, create2DeployerCode } from "../../../src/chain/deployment.ts";
import {
  type BlockRecord,
  type ChainGenesis,
  chainGenesisDigest,
  createChainFollower,
  decodeChainGenesis,
  planGenesisDeployments,
  unpackBatch,
} from "../../../src/chain/index.ts";
import { bytes, sampleHistory } from "./chain-fixture.ts";

const golden = JSON.parse(readFileSync(new URL("../../vectors/chain/golden-log.json", import.meta.url), "utf8")) as {
  genesis: string;
  genesisDigest: string;
  batches: { number: number; previous: string; stateRoot: string; batch: string; lastBlock: number }[];
};
const genesis = decodeChainGenesis(bytes(golden.genesis));
const bodies = golden.batches.map((entry) => ({
  number: entry.number,
  previous: bytes(entry.previous),
  stateRoot: bytes(entry.stateRoot),
  batch: bytes(entry.batch),
}));

describe("the golden log", () => {
  test("replays to the roots written beside it", async () => {
    expect(toHex(chainGenesisDigest(genesis))).toBe(golden.genesisDigest);
    const follower = createChainFollower(genesis);
    for (const [index, body] of bodies.entries()) {
      await follower.apply(body);
      const { block, stateRoot } = await follower.position();
      expect([block, toHex(stateRoot)]).toEqual([golden.batches[index]?.lastBlock, golden.batches[index]?.stateRoot]);
    }
  });

  test("is what the same keys and calls make today, but for the compression", async () => {
    const { batches } = await sampleHistory();
    expect(batches.map((body) => ({ ...unpackBatch(body), previous: "" }))).toEqual(
      bodies.map((body) => ({ ...unpackBatch(body), previous: "" })),
    );
  });

  test("gives the same root after every batch on an independent engine", async () => {
    const replayer = await IndependentChain.create(genesis);
    const roots: string[] = [];
    for (const body of bodies) {
      for (const record of unpackBatch(body).records) await replayer.mine(record);
      roots.push(await replayer.stateRoot());
    }
    expect(roots).toEqual(golden.batches.map((entry) => entry.stateRoot));
  });
});

/** The chain's rules once more, on @ethereumjs/vm: Prague transactions, no system contracts, EIP-1559 base fee. */
class IndependentChain {
  readonly #vm: VM;
  readonly #common: Common;
  readonly #genesis: ChainGenesis;
  #baseFee: bigint;
  #parentGasUsed = 0n;

  private constructor(vm: VM, common: Common, genesis: ChainGenesis) {
    this.#vm = vm;
    this.#common = common;
    this.#genesis = genesis;
    this.#baseFee = genesis.baseFeeWei;
  }

  static async create(genesis: ChainGenesis): Promise<IndependentChain> {
    const common = new Common({ chain: { ...Mainnet, chainId: genesis.chainId }, hardfork: Hardfork.Prague });
    const state = new MerkleStateManager({ common });
    const { nusa } = await planGenesisDeployments(genesis);
    const funded = [
      ...genesis.accounts.map((account) => [account.address, account.balanceWei] as const),
      [nusa.payer, nusa.payerWei] as const,
    ];
    for (const [address, balance] of funded) {
      await state.putAccount(createAddressFromString(`0x${address}`), createAccount({ balance }));
    }
    await state.putCode(createAddressFromString(`0x${CREATE2_DEPLOYER}`), create2DeployerCode());
    const chain = new IndependentChain(await createVM({ common, stateManager: state }), common, genesis);
    const first = { n: 1, timestamp: genesis.timestamp, prevRandao: new Uint8Array(32), rawTxs: [nusa.rawTransaction] };
    await chain.mine(first);
    return chain;
  }

  async mine(record: BlockRecord): Promise<void> {
    const target = BigInt(this.#genesis.gasLimit) / 2n;
    const change = ((this.#parentGasUsed - target) * this.#baseFee) / target / 8n;
    this.#baseFee += change;
    const header = {
      number: record.n,
      timestamp: record.timestamp,
      mixHash: record.prevRandao,
      gasLimit: this.#genesis.gasLimit,
      baseFeePerGas: this.#baseFee,
      coinbase: createAddressFromString(`0x${this.#genesis.feeRecipient}`),
    };
    const block = createBlock({ header }, { common: this.#common, skipConsensusFormatValidation: true });
    this.#parentGasUsed = 0n;
    for (const raw of record.rawTxs) {
      const tx = createTxFromRLP(raw, { common: this.#common });
      this.#parentGasUsed += (await runTx(this.#vm, { tx, block })).totalGasSpent;
    }
  }

  async stateRoot(): Promise<string> {
    return toHex(await this.#vm.stateManager.getStateRoot());
  }
}
