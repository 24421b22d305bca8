import { baseErrors, createHttpClient, fail } from "../base/index.ts";
import type { Address } from "../protocol/index.ts";
import { chainErrors } from "./errors.ts";
import { findRpcBytes, findRpcNumber, toRpcBytes, toRpcNumber } from "./hex.ts";

export interface ChainHead {
  readonly block: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly stateRoot: Uint8Array;
}

/**
 * What a program asks of a chain's RPC, without an Ethereum library.
 * Errors of all methods: DSDN_BASE_UNREACHABLE, DSDN_BASE_BAD_ANSWER, DSDN_CHAIN_CALL_REFUSED.
 */
export interface ChainClient {
  chainId(): Promise<number>;
  head(): Promise<ChainHead>;
  /** Undefined above the head. */
  findBlock(block: number): Promise<ChainHead | undefined>;
  /** NUSA in its smallest unit (18 decimals). */
  balanceOf(owner: Address): Promise<bigint>;
  /** What the account can pay gas with, in wei. */
  gasBalanceOf(owner: Address): Promise<bigint>;
  /** The nonce the account's next transaction needs, waiting ones counted. */
  nextNonceOf(owner: Address): Promise<number>;
  /** Hands a signed transaction over; gives its hash as `0x…`. Resolves when it is durable, not when it is mined. */
  sendRaw(rawTransaction: Uint8Array): Promise<string>;
  /** Undefined while it is not mined; `isSuccess` false when it was mined and failed. */
  findReceipt(hash: string): Promise<{ block: number; isSuccess: boolean } | undefined>;
}

const SERVICE = "The chain";
/** First 4 bytes of keccak256("balanceOf(address)"). */
const BALANCE_OF = "0x70a08231";
const TIMEOUT_MS = 10_000;

/** @param options.nusaAddress - where the NUSA token stands; see `nusaAddressOf`. */
export function createChainClient(options: { url: string; nusaAddress: Address }): ChainClient {
  const http = createHttpClient({ name: SERVICE, url: options.url });
  let nextId = 1;

  async function call(method: string, params: readonly unknown[]): Promise<unknown> {
    const json = { jsonrpc: "2.0", id: nextId++, method, params };
    const reply = (await http.json("/", { method: "POST", json, timeoutMs: TIMEOUT_MS })) as {
      result?: unknown;
      error?: { code?: unknown; message?: unknown; data?: unknown };
    } | null;
    const error = reply?.error;
    if (error === undefined) return reply?.result;
    const revertData = typeof error.data === "string" ? { revertData: error.data } : {};
    const rpcCode = typeof error.code === "number" ? error.code : 0;
    throw fail(chainErrors.callRefused, {
      method,
      reason: String(error.message).slice(0, 500),
      rpcCode,
      ...revertData,
    });
  }

  async function number(method: string, params: readonly unknown[]): Promise<bigint> {
    return findRpcNumber(await call(method, params)) ?? misread(method);
  }

  async function readHead(at: string): Promise<ChainHead | undefined> {
    const method = "eth_getBlockByNumber";
    const block = (await call(method, [at, false])) as Record<string, unknown> | null;
    if (block === null || block === undefined) return undefined;
    const stateRoot = findRpcBytes(block["stateRoot"], 32);
    const [height, timestamp] = [block["number"], block["timestamp"]].map(findRpcNumber);
    if (stateRoot?.length !== 32 || height === undefined || timestamp === undefined) return misread(method);
    return { block: Number(height), timestamp: Number(timestamp), stateRoot };
  }

  return {
    chainId: async () => Number(await number("eth_chainId", [])),
    head: async () => (await readHead("latest")) ?? misread("eth_getBlockByNumber"),
    findBlock: (block) => readHead(toRpcNumber(block)),
    balanceOf: (owner) => {
      const data = BALANCE_OF + owner.padStart(64, "0");
      return number("eth_call", [{ to: `0x${options.nusaAddress}`, data }, "latest"]);
    },
    gasBalanceOf: (owner) => number("eth_getBalance", [`0x${owner}`, "latest"]),
    nextNonceOf: async (owner) => Number(await number("eth_getTransactionCount", [`0x${owner}`, "pending"])),
    sendRaw: async (rawTransaction) => {
      const method = "eth_sendRawTransaction";
      const hash = findRpcBytes(await call(method, [toRpcBytes(rawTransaction)]), 32);
      return hash?.length === 32 ? toRpcBytes(hash) : misread(method);
    },
    findReceipt: async (hash) => {
      const method = "eth_getTransactionReceipt";
      const receipt = (await call(method, [hash])) as Record<string, unknown> | null;
      if (receipt === null || receipt === undefined) return undefined;
      const block = findRpcNumber(receipt["blockNumber"]) ?? misread(method);
      return { block: Number(block), isSuccess: receipt["status"] === "0x1" };
    },
  };
}

function misread(method: string): never {
  throw fail(baseErrors.badAnswer, { service: SERVICE, reason: `its answer to ${method} has another form` });
}
