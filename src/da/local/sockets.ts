import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { LocalBlock } from "./block.ts";
import type { LocalChain } from "./chain.ts";
import {
  type createRpcServer,
  faultOf,
  findRefusal,
  findRequest,
  isSubscription,
  parseJson,
  type RpcRequest,
  rpcError,
} from "./rpc-server.ts";
import { findSubscription } from "./subscriptions.ts";

/** Subscriptions of one connection. */
const MAX_CHANNELS = 64;

/** A reader this many messages behind is cut off. @source celestia-node blob/service.go */
const MAX_LAG_MESSAGES = 16;
const LAG_CHECK_BYTES = 64 * 1024;

export interface SocketDeps {
  readonly chain: LocalChain;
  readonly rpc: ReturnType<typeof createRpcServer>;
  readonly maxMessageBytes: number;
}

/** Serves JSON-RPC and its subscriptions over WebSockets. @source go-jsonrpc websocket.go */
export function createSocketServer(deps: SocketDeps) {
  const sockets = new Set<WebSocket>();
  return {
    accept: async (
      message: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      permissions: readonly string[] | undefined,
    ) => {
      const { WebSocketServer } = await import("ws");
      const server = new WebSocketServer({
        noServer: true,
        maxPayload: deps.maxMessageBytes,
        perMessageDeflate: false,
      });
      server.handleUpgrade(message, socket, head, (ws) => {
        sockets.add(ws);
        ws.on("close", () => sockets.delete(ws));
        serveSocket(ws, permissions, deps);
      });
    },
    closeAll: () => {
      for (const ws of sockets) ws.terminate();
      sockets.clear();
    },
  };
}

function serveSocket(ws: WebSocket, permissions: readonly string[] | undefined, deps: SocketDeps): void {
  const left = new AbortController();
  const caller = { permissions, signal: left.signal };
  const channels = new Map<unknown, () => void>();
  let lastChannel = 0;
  const send = (json: object, done?: () => void) => ws.send(JSON.stringify(json), () => done?.());

  function subscribe(request: RpcRequest): void {
    const { id, method, params } = request;
    const refusal = findRefusal(method, "read", caller);
    if (refusal !== undefined || channels.size >= MAX_CHANNELS) {
      send(rpcError(id, 1, refusal ?? "too many subscriptions").json);
      return;
    }
    let show: ((block: LocalBlock) => string) | undefined;
    try {
      show = findSubscription(method, params, deps.chain);
    } catch (error) {
      send(faultOf(id, error).json);
      return;
    }
    const channel = ++lastChannel;
    let unsent = 0;
    send({ jsonrpc: "2.0", id, result: channel });
    const end = deps.chain.onBlock((block) => {
      if (unsent >= MAX_LAG_MESSAGES && ws.bufferedAmount > LAG_CHECK_BYTES) return close();
      unsent++;
      const value = show?.(block) ?? "null";
      ws.send(`{"jsonrpc":"2.0","method":"xrpc.ch.val","params":[${channel},${value}]}`, () => unsent--);
    });
    const close = () => {
      if (!channels.delete(id)) return;
      end();
      send({ jsonrpc: "2.0", method: "xrpc.ch.close", params: [channel] });
    };
    channels.set(id, close);
  }

  ws.on("message", (data) => {
    const request = findRequest(parseJson(String(data)));
    if (request === undefined) return send(rpcError(null, -32600, "invalid request").json);
    if (request.method === "xrpc.cancel") return channels.get(request.params[0])?.();
    if (isSubscription(request.method)) return subscribe(request);
    void deps.rpc.answer(request, caller).then((reply) => send(reply.json));
  });
  ws.on("error", () => ws.terminate());
  ws.on("close", () => {
    left.abort();
    for (const close of [...channels.values()]) close();
  });
}
