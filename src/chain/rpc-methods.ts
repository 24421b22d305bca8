import { DsdnError, fail, isError } from "../base/index.ts";
import { chainErrors } from "./errors.ts";
import { findRpcBytes, findRpcNumber, toRpcNumber } from "./hex.ts";
import type { ChainNode } from "./rpc-port.ts";
import { BLOCK_GAS_LIMIT, MAX_TRANSACTION_BYTES } from "./rules.ts";

/** The error object of a JSON-RPC answer. @source JSON-RPC 2.0 section 5.1; EIP-1474; code 3 is a revert (geth) */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: string;
}

/** Codes of JSON-RPC 2.0 section 5.1 and EIP-1474. */
export const rpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodMissing: -32601,
  invalidParams: -32602,
  internal: -32603,
  unavailable: -32002,
  reverted: 3,
} as const;

/** Methods that go to the engine as they are. Everything else, `hardhat_*`, `evm_*` and `debug_*` above all, is refused. */
const PASSED = new Set([
  "eth_accounts",
  "eth_blobBaseFee",
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_coinbase",
  "eth_estimateGas",
  "eth_feeHistory",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
  "eth_getBlockTransactionCountByHash",
  "eth_getBlockTransactionCountByNumber",
  "eth_getCode",
  "eth_getLogs",
  "eth_getProof",
  "eth_getStorageAt",
  "eth_getTransactionByBlockHashAndIndex",
  "eth_getTransactionByBlockNumberAndIndex",
  "eth_getTransactionByHash",
  "eth_getTransactionCount",
  "eth_getTransactionReceipt",
  "eth_maxPriorityFeePerGas",
  "eth_syncing",
  "net_version",
  "web3_clientVersion",
  "web3_sha3",
]);

const WITH_CALL = new Set(["eth_call", "eth_estimateGas"]);
const LIMIT = BigInt(BLOCK_GAS_LIMIT);
const MAX_PARAMS = 8;
/** Blocks one `eth_getLogs` may cover. The engine walks every number of a range, those beyond the head too. */
const MAX_LOG_BLOCKS = 10_000n;
/**
 * A vote checkpoint of this very second is overwritten, one of a later second is a new slot: 22,266 gas more, for the
 * sender's delegate and for the receiver's. An estimate falls into an earlier second than its block now and then.
 */
const ESTIMATE_HEADROOM_GAS = 60_000n;
const MAX_FEE_HISTORY_BLOCKS = 1_024n;
const MAX_FEE_PERCENTILES = 100;

/** The answer to one method as wallets and libraries expect it. @throws DSDN_CHAIN_CALL_REFUSED, DSDN_CHAIN_STOPPED */
export async function answerMethod(node: ChainNode, method: string, params: unknown): Promise<unknown> {
  const list = readParams(method, params);
  switch (method) {
    case "net_listening":
      return true;
    case "net_peerCount":
      return "0x0";
    case "eth_sendRawTransaction":
      return node.sendRaw(readRaw(list));
    case "eth_getBlockReceipts":
      return blockReceipts(node, list);
    case "eth_getLogs":
      return node.request(method, [await boundLogFilter(node, list[0])]);
  }
  if (!PASSED.has(method)) throw refuse(method, rpcCodes.methodMissing, "this method is not offered here");
  if (method === "eth_feeHistory") checkFeeHistory(list);
  const bounded = WITH_CALL.has(method) ? boundCall(list) : list;
  const result = await node.request(method, bounded);
  return method === "eth_estimateGas" && hasData(bounded[0]) ? withHeadroom(result) : result;
}

/** An estimate with room for what a later second may cost more. */
function withHeadroom(estimate: unknown): unknown {
  const gas = findRpcNumber(estimate);
  if (gas === undefined) return estimate;
  const roomy = gas + ESTIMATE_HEADROOM_GAS;
  return toRpcNumber(roomy < BLOCK_GAS_LIMIT ? roomy : BLOCK_GAS_LIMIT);
}

/** A plain payment carries none and costs the same at any time. */
function hasData(call: unknown): boolean {
  return isRecord(call) && [call["data"], call["input"]].some((data) => typeof data === "string" && data.length > 2);
}

/** The JSON-RPC error for anything thrown; a revert keeps its data so that custom errors can be decoded. */
export function toRpcError(error: unknown): RpcError {
  if (!isError(error, chainErrors.callRefused)) {
    const isOurs = error instanceof DsdnError;
    return {
      code: isOurs ? rpcCodes.unavailable : rpcCodes.internal,
      message: isOurs ? error.message : "internal error",
    };
  }
  const { reason, rpcCode, revertData } = error.facts;
  if (typeof revertData === "string") {
    return { code: rpcCodes.reverted, message: `execution reverted: ${String(reason)}`, data: revertData };
  }
  return { code: typeof rpcCode === "number" ? rpcCode : rpcCodes.internal, message: String(reason) };
}

/** The refusal of a call with its JSON-RPC code. */
export function refuse(method: string, rpcCode: number, reason: string): DsdnError {
  return fail(chainErrors.callRefused, { method: method.slice(0, 80), reason, rpcCode });
}

/** Absent params are an empty list. @throws DSDN_CHAIN_CALL_REFUSED */
export function readParams(method: string, params: unknown): readonly unknown[] {
  if (params === undefined || params === null) return [];
  if (Array.isArray(params) && params.length <= MAX_PARAMS) return params;
  throw refuse(method, rpcCodes.invalidParams, `params must be a list of at most ${MAX_PARAMS}`);
}

function readRaw(params: readonly unknown[]): Uint8Array {
  const raw = findRpcBytes(params[0], MAX_TRANSACTION_BYTES);
  if (raw !== undefined && raw.length > 0 && params.length === 1) return raw;
  const reason = `it takes one transaction as 0x… of at most ${MAX_TRANSACTION_BYTES} bytes`;
  throw refuse("eth_sendRawTransaction", rpcCodes.invalidParams, reason);
}

/**
 * Some tools send a call's data under both of its names; the engine takes one. And it would run for minutes with the gas
 * some ask for, so a call gets at most what a block holds, as other nodes do.
 */
function boundCall(params: readonly unknown[]): readonly unknown[] {
  const [call, ...rest] = params;
  if (!isRecord(call)) throw refuse("eth_call", rpcCodes.invalidParams, "it takes one call");
  const { input, data, gas, ...others } = call;
  if (input !== undefined && data !== undefined && input !== data) {
    throw refuse("eth_call", rpcCodes.invalidParams, "data and input differ");
  }
  const code = data ?? input;
  const asked = findRpcNumber(gas) ?? LIMIT;
  const bounded = { ...others, gas: toRpcNumber(asked < LIMIT ? asked : LIMIT) };
  return [code === undefined ? bounded : { ...bounded, data: code }, ...rest];
}

/** Clamps the range to the head and refuses one that is too long. */
async function boundLogFilter(node: ChainNode, filter: unknown): Promise<unknown> {
  if (!isRecord(filter)) throw refuse("eth_getLogs", rpcCodes.invalidParams, "it takes one filter");
  if (filter["blockHash"] !== undefined) return filter;
  const head = findRpcNumber(await node.request("eth_blockNumber", [])) ?? 0n;
  const at = (value: unknown) => {
    if (value === "earliest") return 0n;
    const number = findRpcNumber(value);
    return number === undefined || number > head ? head : number;
  };
  const [from, to] = [at(filter["fromBlock"]), at(filter["toBlock"])];
  if (to - from >= MAX_LOG_BLOCKS) {
    throw refuse("eth_getLogs", rpcCodes.invalidParams, `at most ${MAX_LOG_BLOCKS} blocks can be searched at once`);
  }
  return { ...filter, fromBlock: toRpcNumber(from), toBlock: toRpcNumber(to < from ? from : to) };
}

function checkFeeHistory(params: readonly unknown[]): void {
  const count = typeof params[0] === "number" ? BigInt(Math.trunc(params[0])) : findRpcNumber(params[0]);
  const percentiles = params[2] ?? [];
  const isBounded = count !== undefined && count <= MAX_FEE_HISTORY_BLOCKS;
  if (isBounded && Array.isArray(percentiles) && percentiles.length <= MAX_FEE_PERCENTILES) return;
  const reason = `at most ${MAX_FEE_HISTORY_BLOCKS} blocks and ${MAX_FEE_PERCENTILES} percentiles can be asked`;
  throw refuse("eth_feeHistory", rpcCodes.invalidParams, reason);
}

async function blockReceipts(node: ChainNode, params: readonly unknown[]): Promise<unknown> {
  const block = params[0];
  const isHash = typeof block === "string" && block.length === 66;
  const found = await node.request(isHash ? "eth_getBlockByHash" : "eth_getBlockByNumber", [block, false]);
  if (!isRecord(found)) return null;
  const { transactions } = found;
  const receipts: unknown[] = [];
  for (const hash of Array.isArray(transactions) ? transactions : []) {
    receipts.push(await node.request("eth_getTransactionReceipt", [hash]));
  }
  return receipts;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
