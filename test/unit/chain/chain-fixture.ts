import { readFileSync } from "node:fs";
import { type Abi, encodeFunctionData, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { findHex } from "../../../src/base/index.ts";
import {
  type ChainBatchBody,
  type ChainEngine,
  type ChainGenesis,
  chainBatchHash,
  chainGenesisDigest,
  createChainEngine,
  createChainGenesis,
  DEVNET_CHAIN_ID,
  devnetAllocation,
  packBatch,
  type SealedBlock,
} from "../../../src/chain/index.ts";
import { parseAddress } from "../../../src/protocol/index.ts";

/** Two throw-away accounts; the keys are SHA-256-like constants nobody funds anywhere else. */
export const alice = privateKeyToAccount(`0x${"a1".repeat(32)}`);
export const bob = privateKeyToAccount(`0x${"b2".repeat(32)}`);
export const GENESIS_MS = 1_760_000_000_000;
export const GENESIS_SECONDS = GENESIS_MS / 1000;

export const nusaArtifact = JSON.parse(
  readFileSync(new URL("../../../contracts/artifacts/Nusa.json", import.meta.url), "utf8"),
) as { abi: Abi; bytecode: Hex; digest: string };

export function testGenesis(): Promise<ChainGenesis> {
  return createChainGenesis({
    chainId: DEVNET_CHAIN_ID,
    createdMs: GENESIS_MS,
    allocation: devnetAllocation([parseAddress(alice.address)]),
  });
}

export function bytes(hex: string): Uint8Array {
  const found = findHex(hex.replace(/^0x/, ""));
  if (found === undefined) throw new Error("not hex");
  return found;
}

interface TransferOptions {
  readonly nonce: number;
  readonly to?: Hex;
  /** Creates a contract: there is no recipient. */
  readonly create?: boolean;
  readonly value?: bigint;
  readonly data?: Hex;
  readonly gas?: bigint;
  readonly maxFeePerGas?: bigint;
  readonly priorityFee?: bigint;
  readonly from?: typeof alice;
}

/** A signed EIP-1559 transaction; the signature is deterministic (RFC 6979). */
export async function signed(options: TransferOptions): Promise<Uint8Array> {
  const { nonce, from = alice, to = bob.address, value = 0n, data = "0x", gas = 100_000n } = options;
  const raw = await from.signTransaction({
    type: "eip1559",
    chainId: DEVNET_CHAIN_ID,
    nonce,
    ...(options.create === true ? {} : { to }),
    value,
    data,
    gas,
    maxFeePerGas: options.maxFeePerGas ?? 2_000_000_000n,
    maxPriorityFeePerGas: options.priorityFee ?? 1n,
  });
  return bytes(raw);
}

/** A signed call of the NUSA token. */
export function nusaCall(
  engine: Pick<ChainEngine, "nusaAddress">,
  nonce: number,
  call: { functionName: string; args: unknown[]; gas?: bigint; from?: typeof alice },
): Promise<Uint8Array> {
  const { functionName, args, ...rest } = call;
  const data = encodeFunctionData({ abi: nusaArtifact.abi, functionName, args });
  return signed({ nonce, to: `0x${engine.nusaAddress}`, data, ...rest });
}

/** Mines the transactions as one block at genesis time + `n` seconds, with a recognisable prevRandao. */
export async function mine(engine: ChainEngine, rawTxs: Uint8Array[]): Promise<SealedBlock> {
  for (const raw of rawTxs) await engine.send(raw);
  const n = (await engine.head()).number + 1;
  const block = { timestamp: GENESIS_SECONDS + n, prevRandao: new Uint8Array(32).fill(n) };
  const mined = await engine.mineBlock(block);
  return { record: { n, ...block, rawTxs }, stateRoot: mined.stateRoot };
}

/** Packs groups of blocks into a chain of batches. */
export function toBatches(genesis: ChainGenesis, groups: SealedBlock[][]): ChainBatchBody[] {
  let previous = chainGenesisDigest(genesis);
  return groups.map((blocks, number) => {
    const stateRoot = blocks.at(-1)?.stateRoot ?? new Uint8Array(32);
    const records = blocks.map((block) => block.record);
    const body = packBatch({ number, previous, stateRoot, chainId: genesis.chainId, records });
    previous = chainBatchHash(body);
    return body;
  });
}

/** A small history: token transfers, a delegation, a failing transfer, plain value, an empty block; three batches. */
export async function sampleHistory(): Promise<{
  genesis: ChainGenesis;
  batches: ChainBatchBody[];
  engine: ChainEngine;
}> {
  const genesis = await testGenesis();
  const engine = await createChainEngine(genesis);
  const transfer = (nonce: number, amount: bigint) =>
    nusaCall(engine, nonce, { functionName: "transfer", args: [bob.address, amount] });
  const blocks = [
    await mine(engine, [await transfer(0, 5n), await signed({ nonce: 1, value: 10n ** 18n, gas: 21_000n })]),
    await mine(engine, []),
    await mine(engine, [
      await nusaCall(engine, 2, { functionName: "delegate", args: [alice.address] }),
      await transfer(3, 7n),
      await nusaCall(engine, 0, { functionName: "transfer", args: [alice.address, 99n], from: bob }),
    ]),
    await mine(engine, [await nusaCall(engine, 1, { functionName: "delegate", args: [bob.address], from: bob })]),
  ];
  const [first, second, third, fourth] = blocks;
  if (!first || !second || !third || !fourth) throw new Error("unreachable");
  return { genesis, engine, batches: toBatches(genesis, [[first, second], [third], [fourth]]) };
}
