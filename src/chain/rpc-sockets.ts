import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Logger } from "../base/index.ts";
import { findRpcNumber, toRpcNumber } from "./hex.ts";
import { answerMethod, readParams, refuse, rpcCodes } from "./rpc-methods.ts";
import type { ChainNode } from "./rpc-port.ts";
import { answerCall, answerText, write } from "./rpc-text.ts";

/** The WebSocket side of the RPC server: the same methods, and `eth_subscribe`. */
export interface RpcSockets {
  accept(message: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_SOCKETS = 256;
const MAX_SUBSCRIPTIONS = 32;
const MAX_WAITING_CALLS = 256;
/** A reader this far behind is cut off: it would make us keep its backlog. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;
const KINDS: readonly unknown[] = ["newHeads", "logs", "newPendingTransactions"];
/** EIP-1474 "limit exceeded". */
const LIMIT_EXCEEDED = -32005;

/** Loads the WebSocket library; it answers nothing until sockets are handed over. */
export async function createRpcSockets(deps: { node: ChainNode; log: Logger }): Promise<RpcSockets> {
  const { WebSocketServer } = await import("ws");
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  /** Subscription id to the socket that asked for it. */
  const owners = new Map<string, WebSocket>();
  const { node, log } = deps;

  const stopListening = node.listen(({ subscription, result }) => {
    const socket = owners.get(subscription);
    if (socket === undefined) return;
    // The engine reports all logs of a block at once; a subscriber expects one notification a log.
    for (const entry of Array.isArray(result) ? result : [result]) {
      say(socket, write({ jsonrpc: "2.0", method: "eth_subscription", params: { subscription, result: entry } }));
    }
  });

  function serve(socket: WebSocket): void {
    const subscriptions = new Set<string>();
    let waiting = 0;
    let isClosed = false;
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      isClosed = true;
      for (const id of subscriptions) drop(id);
    });
    socket.on("message", (data, isBinary) => {
      if (isBinary || waiting >= MAX_WAITING_CALLS) return socket.close(1008);
      waiting += 1;
      void answerText(String(data), (call) => answerCall(call, answer)).then((text) => {
        waiting -= 1;
        if (text !== undefined) say(socket, text);
      });
    });

    async function answer(method: string, params: unknown): Promise<unknown> {
      if (method === "eth_subscribe") return subscribe(readParams(method, params));
      if (method === "eth_unsubscribe") return unsubscribe(readParams(method, params));
      return answerMethod(node, method, params);
    }

    async function subscribe(params: readonly unknown[]): Promise<unknown> {
      const known = KINDS.includes(params[0]);
      if (!known) throw refuse("eth_subscribe", rpcCodes.invalidParams, "there is no such subscription");
      if (subscriptions.size >= MAX_SUBSCRIPTIONS) {
        throw refuse("eth_subscribe", LIMIT_EXCEEDED, `a connection holds at most ${MAX_SUBSCRIPTIONS} subscriptions`);
      }
      const id = String(await node.request("eth_subscribe", params));
      subscriptions.add(id);
      owners.set(id, socket);
      if (isClosed) drop(id);
      return id;
    }

    async function unsubscribe(params: readonly unknown[]): Promise<unknown> {
      const number = findRpcNumber(params[0]);
      const id = number === undefined ? "" : toRpcNumber(number);
      if (!subscriptions.delete(id)) return false;
      drop(id);
      return true;
    }
  }

  function drop(id: string): void {
    owners.delete(id);
    node.request("eth_unsubscribe", [id]).catch(() => log.debug("a subscription outlived the chain", { id }));
  }

  function say(socket: WebSocket, text: string): void {
    if (socket.bufferedAmount > MAX_BACKLOG_BYTES) return socket.terminate();
    if (socket.readyState === socket.OPEN) socket.send(text);
  }

  return {
    accept: (message, socket, head) => {
      if (server.clients.size >= MAX_SOCKETS) return void socket.destroy();
      server.handleUpgrade(message, socket, head, serve);
    },
    close: () => {
      stopListening();
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
