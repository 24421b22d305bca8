import { isRecord, type RpcError, rpcCodes, toRpcError } from "./rpc-methods.ts";

/** What answers one call. */
export interface RpcReply {
  readonly jsonrpc: "2.0";
  readonly id: string | number | null;
  readonly result?: unknown;
  readonly error?: RpcError;
}

const MAX_BATCH_CALLS = 100;
/** A batch's answers may not add up to more than this; what comes after is refused, not computed. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const MAX_ID_LENGTH = 100;

/**
 * The text that answers a request's text: one call or a list of them. Undefined when nothing is to be answered.
 * @source JSON-RPC 2.0 sections 4 to 6
 */
export async function answerText(
  body: string,
  answer: (call: unknown) => Promise<RpcReply | undefined>,
): Promise<string | undefined> {
  let calls: unknown;
  try {
    calls = JSON.parse(body);
  } catch {
    return writeJson(failure(null, { code: rpcCodes.parse, message: "the request is not JSON" }));
  }
  if (!Array.isArray(calls)) {
    const reply = await answer(calls);
    return reply === undefined ? undefined : writeJson(reply);
  }
  if (calls.length === 0 || calls.length > MAX_BATCH_CALLS) {
    const message = `a batch holds 1 to ${MAX_BATCH_CALLS} calls`;
    return writeJson(failure(null, { code: rpcCodes.invalidRequest, message }));
  }
  const texts: string[] = [];
  let size = 0;
  for (const call of calls) {
    const isFull = size > MAX_ANSWER_BYTES;
    const reply = isFull
      ? failure(idOf(call), { code: -32005, message: "the batch's answer is too long" })
      : await answer(call);
    if (reply === undefined) continue;
    const text = writeJson(reply);
    size += text.length;
    texts.push(text);
  }
  return texts.length === 0 ? undefined : `[${texts.join(",")}]`;
}

/** The reply to one call, or undefined for a notification. Never throws. */
export async function answerCall(
  call: unknown,
  answer: (method: string, params: unknown) => Promise<unknown>,
): Promise<RpcReply | undefined> {
  const id = idOf(call);
  if (!isRecord(call) || typeof call["method"] !== "string" || (id === null && (call["id"] ?? null) !== null)) {
    return failure(null, { code: rpcCodes.invalidRequest, message: "this is no JSON-RPC 2.0 call" });
  }
  try {
    const result = await answer(call["method"], call["params"]);
    return call["id"] === undefined ? undefined : { jsonrpc: "2.0", id, result: result ?? null };
  } catch (error) {
    return call["id"] === undefined ? undefined : failure(id, toRpcError(error));
  }
}

function idOf(call: unknown): string | number | null {
  const id = isRecord(call) ? call["id"] : null;
  return typeof id === "number" || (typeof id === "string" && id.length <= MAX_ID_LENGTH) ? id : null;
}

function failure(id: string | number | null, error: RpcError): RpcReply {
  return { jsonrpc: "2.0", id, error };
}

/** The engine hands numbers of subscriptions over as bigint. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === "bigint" ? `0x${part.toString(16)}` : part));
}
