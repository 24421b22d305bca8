import type { WebSocket } from "ws";
import type { HttpServerDeps, Logger } from "../base/index.ts";
import { findRpcNumber, toRpcNumber } from "./hex.ts";
import { answerMethod, readParams, refuse, rpcCodes } from "./rpc-methods.ts";
import type { ChainNode } from "./rpc-port.ts";
import { answerCall, answerText, writeJson } from "./rpc-text.ts";

/** What base hands over when a client asks for a WebSocket: the request, its socket and what was read already. */
export type Upgrade = Parameters<NonNullable<HttpServerDeps["upgrade"]>>;

/** The WebSocket side of the RPC server: the same methods, and `eth_subscribe`. */
export interface RpcSockets {
  accept(...upgrade: Upgrade): void;
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
/** @source RFC 6455 section 7.4.1 */
const POLICY_VIOLATION = 1008;

/** Loads the WebSocket library; it answers nothing until sockets are handed over. */
export async function createRpcSockets(deps: { node: ChainNode; log: Logger }): Promise<RpcSockets> {
  const { WebSocketServer } = await import("ws");
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  /** Subscription id to the session that asked for it. */
  const owners = new Map<string, Session>();
  const stopListening = deps.node.listen(({ subscription, result }) =>
    owners.get(subscription)?.notify(subscription, result),
  );
  return {
    accept: (...upgrade) => {
      if (server.clients.size >= MAX_SOCKETS) upgrade[1].destroy();
      else server.handleUpgrade(...upgrade, (opened) => new Session(opened, { ...deps, owners }));
    },
    close: () => {
      stopListening();
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

interface SessionDeps {
  readonly node: ChainNode;
  readonly log: Logger;
  readonly owners: Map<string, Session>;
}

/** One client's socket and what it subscribed to. */
class Session {
  readonly #socket: WebSocket;
  readonly #deps: SessionDeps;
  readonly #subscriptions = new Set<string>();
  #waiting = 0;
  #isClosed = false;

  constructor(socket: WebSocket, deps: SessionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      this.#isClosed = true;
      for (const id of this.#subscriptions) this.#drop(id);
    });
    socket.on("message", (data, isBinary) => {
      if (isBinary || this.#waiting >= MAX_WAITING_CALLS) socket.close(POLICY_VIOLATION);
      else void this.#serve(String(data));
    });
  }

  /** The engine reports all logs of a block at once; a subscriber expects one notification a log. */
  notify(subscription: string, result: unknown): void {
    for (const entry of Array.isArray(result) ? result : [result]) {
      this.#say(writeJson({ jsonrpc: "2.0", method: "eth_subscription", params: { subscription, result: entry } }));
    }
  }

  async #serve(body: string): Promise<void> {
    this.#waiting += 1;
    const text = await answerText(body, (call) => answerCall(call, (method, params) => this.#answer(method, params)));
    this.#waiting -= 1;
    if (text !== undefined) this.#say(text);
  }

  async #answer(method: string, params: unknown): Promise<unknown> {
    if (method === "eth_subscribe") return this.#subscribe(readParams(method, params));
    if (method === "eth_unsubscribe") return this.#unsubscribe(readParams(method, params));
    return answerMethod(this.#deps.node, method, params);
  }

  async #subscribe(params: readonly unknown[]): Promise<string> {
    const { node, owners } = this.#deps;
    if (!KINDS.includes(params[0])) {
      throw refuse("eth_subscribe", rpcCodes.invalidParams, "there is no such subscription");
    }
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw refuse("eth_subscribe", LIMIT_EXCEEDED, `a connection holds at most ${MAX_SUBSCRIPTIONS} subscriptions`);
    }
    const id = String(await node.request("eth_subscribe", params));
    this.#subscriptions.add(id);
    owners.set(id, this);
    if (this.#isClosed) this.#drop(id);
    return id;
  }

  #unsubscribe(params: readonly unknown[]): boolean {
    const number = findRpcNumber(params[0]);
    const id = number === undefined ? "" : toRpcNumber(number);
    // Only what this socket asked for: ids are small numbers anyone can guess.
    if (!this.#subscriptions.delete(id)) return false;
    this.#drop(id);
    return true;
  }

  #drop(id: string): void {
    const { node, log, owners } = this.#deps;
    owners.delete(id);
    node.request("eth_unsubscribe", [id]).catch(() => log.debug("a subscription outlived the chain", { id }));
  }

  #say(text: string): void {
    const socket = this.#socket;
    if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.send(text);
  }
}
