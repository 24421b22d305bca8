import { DsdnError, isError, toDsdnError } from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import type { LocalMethod } from "./methods.ts";

/** HTTP status of an answer that was interrupted by the node's end. */
export const STOPPED_STATUS = 503;

/** An answer and the HTTP status it travels with. */
export interface RpcReply {
  readonly status: number;
  readonly json: object;
}

export interface RpcCaller {
  /** Undefined = everything is allowed. */
  readonly permissions: readonly string[] | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface RpcRequest {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Answers JSON-RPC 2.0 requests, single or in batches, with the codes and texts of a Celestia node. @source go-jsonrpc handler.go */
export function createRpcServer(methods: ReadonlyMap<string, LocalMethod>) {
  async function answer(request: RpcRequest, caller: RpcCaller): Promise<RpcReply> {
    const { id, method, params } = request;
    const found = methods.get(method);
    if (found === undefined) {
      const reason = isSubscription(method)
        ? `method '${method}' not supported in this mode (no out channel support)`
        : `method '${method}' not found`;
      return rpcError(id, -32601, reason);
    }
    const refusal = findRefusal(method, found.permission, caller);
    if (refusal !== undefined) return rpcError(id, 1, refusal);
    if (params.length !== found.params) {
      return rpcError(id, -32602, `wrong param count (method '${method}'): ${params.length} != ${found.params}`);
    }
    try {
      return { status: 200, json: { jsonrpc: "2.0", result: (await found.run(params, caller.signal)) ?? null, id } };
    } catch (error) {
      return faultOf(id, error);
    }
  }

  return {
    answer,
    /** The reply to the text of a request; never throws. */
    answerText: async (text: string, caller: RpcCaller): Promise<RpcReply> => {
      const parsed = parseJson(text);
      if (parsed === undefined) return { ...rpcError(null, -32700, "parse error"), status: 500 };
      if (!Array.isArray(parsed)) {
        const request = findRequest(parsed);
        return request === undefined ? rpcError(null, -32600, "invalid request") : answer(request, caller);
      }
      const replies: object[] = [];
      for (const item of parsed.slice(0, 1000)) {
        const request = findRequest(item);
        replies.push(
          (request === undefined ? rpcError(null, -32600, "invalid request") : await answer(request, caller)).json,
        );
      }
      return { status: 200, json: replies };
    },
  };
}

export function isSubscription(method: string): boolean {
  return method === "blob.Subscribe" || method === "header.Subscribe";
}

/** Why the caller may not use the method, or undefined when it may. @source go-jsonrpc auth/auth.go */
export function findRefusal(method: string, permission: string, caller: RpcCaller): string | undefined {
  if (caller.permissions === undefined || permission === "public" || caller.permissions.includes(permission)) {
    return undefined;
  }
  return `missing permission to invoke '${method.split(".")[1] ?? method}' (need '${permission}')`;
}

/** A JSON-RPC error reply; application errors travel with status 200. */
export function rpcError(id: unknown, code: number, message: string): RpcReply {
  const status = code === 1 ? 200 : code === -32600 ? 400 : 500;
  return { status, json: { jsonrpc: "2.0", id, error: { code, message } } };
}

/** The reply for an error of a method. */
export function faultOf(id: unknown, error: unknown): RpcReply {
  if (isError(error, daErrors.nodeRefused)) {
    return rpcError(id, Number(error.facts["rpcCode"]), String(error.facts["reason"]));
  }
  if (isError(error, daErrors.stopped)) {
    return { status: STOPPED_STATUS, json: { jsonrpc: "2.0", id, error: { code: 1, message: error.message } } };
  }
  const known = error instanceof DsdnError ? error : toDsdnError(error);
  return rpcError(id, 1, known.message);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function findRequest(value: unknown): RpcRequest | undefined {
  if (typeof value !== "object" || value === null || !("method" in value) || typeof value.method !== "string") {
    return undefined;
  }
  const params: unknown = "params" in value ? value.params : [];
  if (params !== null && !Array.isArray(params)) return undefined;
  return { id: "id" in value ? value.id : null, method: value.method, params: params ?? [] };
}
