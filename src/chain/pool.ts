import { type DsdnError, fail } from "../base/index.ts";
import type { ChainEngine } from "./engine.ts";
import { chainErrors } from "./errors.ts";
import { findRpcNumber } from "./hex.ts";
import { MAX_TRANSACTION_BYTES } from "./rules.ts";

/** A transaction in the engine's pool. `from` is `0x…` text. */
interface Waiting {
  readonly raw: Uint8Array;
  readonly from: string;
  readonly nonce: bigint;
}

/** What is known of the engine's pool: the engine orders and checks, this keeps the bytes and bounds what waits. */
export interface TransactionPool {
  readonly size: number;
  /** In the order they came. */
  readonly waiting: readonly Uint8Array[];
  /** Puts a transaction into the engine's pool. @throws DSDN_CHAIN_CALL_REFUSED */
  admit(raw: Uint8Array): Promise<{ readonly hash: string; readonly canBeMined: boolean }>;
  find(hash: string): Uint8Array | undefined;
  /** After a block: forgets what was mined or replaced. True when something that is left can be mined. */
  settle(mined: readonly string[]): Promise<boolean>;
}

/** A queued transaction may have this many missing before it. @source geth's txpool.accountqueue */
const MAX_NONCE_GAP = 64n;
const MAX_WAITING = 4096;
/** EIP-2718 types we take: access list, fee market, set code. Blob transactions carry data no batch keeps. */
const TYPED: readonly number[] = [1, 2, 4];
const LEGACY_FROM = 0xc0;

export function createTransactionPool(engine: ChainEngine): TransactionPool {
  return new EnginePool(engine);
}

class EnginePool implements TransactionPool {
  readonly #engine: ChainEngine;
  readonly #waiting = new Map<string, Waiting>();
  /** Nonces of each account among them. */
  readonly #nonces = new Map<string, Set<bigint>>();
  /** Of the next block; asked again after every block. */
  #baseFee: bigint | undefined;

  constructor(engine: ChainEngine) {
    this.#engine = engine;
  }

  get size(): number {
    return this.#waiting.size;
  }

  get waiting(): readonly Uint8Array[] {
    return [...this.#waiting.values()].map((entry) => entry.raw);
  }

  find(hash: string): Uint8Array | undefined {
    return this.#waiting.get(hash)?.raw;
  }

  async admit(raw: Uint8Array): Promise<{ hash: string; canBeMined: boolean }> {
    checkForm(raw);
    if (this.size >= MAX_WAITING) throw refuse("too many transactions are waiting; send it again later");
    const hash = await this.#engine.send(raw);
    const sent = (await this.#engine.request("eth_getTransactionByHash", [hash])) as Record<string, unknown>;
    const entry = { raw, from: String(sent["from"]), nonce: findRpcNumber(sent["nonce"]) ?? 0n };
    const price = findRpcNumber(sent["maxFeePerGas"]) ?? findRpcNumber(sent["gasPrice"]) ?? 0n;
    const gap = await this.#gapBefore(entry);
    const reason = gap > MAX_NONCE_GAP ? `its nonce is ${gap} ahead` : await this.#findFeeProblem(price);
    if (reason !== undefined) {
      await this.#engine.request("hardhat_dropTransaction", [hash]);
      throw refuse(reason);
    }
    this.#waiting.set(hash, entry);
    this.#noteNonce(entry);
    return { hash, canBeMined: gap === 0n };
  }

  async settle(mined: readonly string[]): Promise<boolean> {
    for (const hash of mined) this.#waiting.delete(hash);
    this.#baseFee = undefined;
    this.#nonces.clear();
    for (const [hash, entry] of [...this.#waiting]) {
      const isLeft = (await this.#engine.request("eth_getTransactionByHash", [hash])) !== null;
      if (isLeft) this.#noteNonce(entry);
      else this.#waiting.delete(hash);
    }
    for (const entry of this.#waiting.values()) {
      if ((await this.#gapBefore(entry)) === 0n) return true;
    }
    return false;
  }

  #noteNonce({ from, nonce }: Waiting): void {
    this.#nonces.set(from, (this.#nonces.get(from) ?? new Set()).add(nonce));
  }

  async #findFeeProblem(price: bigint): Promise<string | undefined> {
    if (this.#baseFee === undefined) {
      const answer = await this.#engine.request("eth_feeHistory", ["0x1", "latest", []]);
      this.#baseFee = findRpcNumber((answer as { baseFeePerGas?: unknown[] }).baseFeePerGas?.at(-1)) ?? 0n;
    }
    const base = this.#baseFee;
    return price < base ? `its fee cap of ${price} wei is below the base fee of ${base} wei` : undefined;
  }

  /**
   * How many of the account's transactions are missing before this one; 0 when it can be mined. Counted here: the
   * engine answers what is "pending" by executing the whole pool.
   */
  async #gapBefore({ from, nonce }: Waiting): Promise<bigint> {
    const mined = findRpcNumber(await this.#engine.request("eth_getTransactionCount", [from, "latest"])) ?? 0n;
    const nonces = this.#nonces.get(from);
    let missing = 0n;
    for (let at = mined; at < nonce && missing <= MAX_NONCE_GAP; at += 1n) if (nonces?.has(at) !== true) missing += 1n;
    return missing;
  }
}

function checkForm(raw: Uint8Array): void {
  const type = raw[0] ?? 0;
  if (raw.length > MAX_TRANSACTION_BYTES) throw refuse(`it is longer than ${MAX_TRANSACTION_BYTES} bytes`);
  if (type < LEGACY_FROM && !TYPED.includes(type)) throw refuse(`transactions of type ${type} are not taken here`);
}

function refuse(reason: string): DsdnError {
  return fail(chainErrors.callRefused, { method: "eth_sendRawTransaction", reason, rpcCode: -32000 });
}
