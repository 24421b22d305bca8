import { fail, isError } from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import type { LocalDaNode } from "../local/local-node.ts";
import { readRpcAnswer } from "./rpc-answer.ts";
import { createChannel, type RpcAnswer, type Transport } from "./transport.ts";

const NODE_NAME = "the local node";

/** A transport to a node in the same process: the JSON texts of a socket, without the socket. */
export function createInProcessTransport(node: Pick<LocalDaNode, "handle" | "subscribe">): Transport {
  let nextId = 1;
  let newest: { readonly text: string; readonly value: unknown } | undefined;

  /** Subscribers get the same message at the same time: it is parsed once. */
  function parseOnce(text: string): unknown {
    if (newest?.text !== text) newest = { text, value: JSON.parse(text) };
    return newest.value;
  }

  async function call(method: string, params: readonly unknown[], signal?: AbortSignal): Promise<RpcAnswer> {
    try {
      const text = await node.handle(JSON.stringify({ jsonrpc: "2.0", id: nextId++, method, params }), signal);
      return readRpcAnswer(JSON.parse(text), method);
    } catch (error) {
      if (!isError(error, daErrors.stopped)) throw error;
      throw fail(daErrors.unreachable, { node: NODE_NAME, reason: "it is stopped" }, { cause: error });
    }
  }

  return {
    node: NODE_NAME,
    call: (method, params, options) => call(method, params, options.signal),
    subscribe: async (method, params, signal) => {
      let end = () => {};
      const channel = createChannel(() => end());
      try {
        end = node.subscribe(method, params, (valueJson) => channel.push(parseOnce(valueJson)));
      } catch (error) {
        if (isError(error, daErrors.nodeRefused)) {
          throw fail(daErrors.refused, { method, reason: String(error.facts["reason"]) }, { cause: error });
        }
        if (!isError(error, daErrors.stopped)) throw error;
        throw fail(daErrors.unreachable, { node: NODE_NAME, reason: "it is stopped" }, { cause: error });
      }
      if (signal.aborted) channel.end();
      signal.addEventListener("abort", () => channel.end(), { once: true });
      return channel.values;
    },
    close: async () => {},
  };
}
