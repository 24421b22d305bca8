import type { IncomingMessage } from "node:http";
import {
  type Clock,
  createHttpServer,
  type Disk,
  fail,
  fromUtf8,
  type HttpRequest,
  type HttpResponse,
  type HttpServer,
  type HttpServerFactory,
  type Lifecycle,
  type Logger,
  type Random,
  startAll,
  stopAll,
} from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import { createLocalChain } from "./chain.ts";
import { MAX_TRANSACTION_BYTES } from "./method-params.ts";
import { createLocalMethods } from "./methods.ts";
import { nodeFault } from "./node-fault.ts";
import { findPermissions } from "./node-token.ts";
import { createRpcServer, STOPPED_STATUS } from "./rpc-server.ts";
import { createSocketServer } from "./sockets.ts";
import { findSubscription } from "./subscriptions.ts";

/** @source celestia-node api/rpc/server.go: twice MaxTxSize */
const MAX_REQUEST_BYTES = 2 * MAX_TRANSACTION_BYTES;

export interface LocalDaNodeOptions {
  /** Holds `blocks` and `validator.key`. One node a folder. */
  readonly dataFolder: string;
  readonly chainId: string;
  /** Where JSON-RPC is served; nowhere unless given. Port 0 = any free one. */
  readonly listen?: { readonly host: string; readonly port: number; readonly allowedHosts?: readonly string[] };
  /** A block is made at least this often; 0 = only when something was submitted. */
  readonly intervalMs: number;
  /** How long a submitted blob waits before its block is made and its call is answered. */
  readonly delayMs: number;
  /** Header time of a new chain's first block; the clock's time unless given. */
  readonly startTimeMs?: number;
  /** Secret of the tokens of `createNodeToken`; without it every caller may do everything, as with `--rpc.skip-auth`. */
  readonly authSecret?: Uint8Array;
}

export interface LocalDaNodeDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly createHttpServer?: HttpServerFactory;
}

/** A small Celestia-compatible node: one validator, no peers, no payment, the JSON-RPC of celestia-node. */
export interface LocalDaNode extends Lifecycle {
  /** The bound port; 0 when nothing is served. */
  readonly port: number;
  /** `http://host:port`; empty when nothing is served. */
  readonly url: string;
  /** Height of the newest block. */
  readonly height: number;
  /** Answers one JSON-RPC request text as HTTP would, without a socket and without asking for a token. Throws only DSDN_DA_STOPPED. */
  handle(requestJson: string, signal?: AbortSignal): Promise<string>;
  /**
   * Sends the JSON of every new block's message to `receive`; the returned function ends it.
   * @throws DSDN_DA_NODE_REFUSED for an unknown subscription or a bad namespace.
   */
  subscribe(method: string, params: readonly unknown[], receive: (valueJson: string) => void): () => void;
  /** Moves header time forward, durably, and makes a block that shows it. Returns its height. */
  advanceTime(byMs: number): Promise<number>;
  setDelay(delayMs: number): void;
}

/** Errors of every call before `start`: DSDN_DA_STOPPED. */
export function createLocalDaNode(options: LocalDaNodeOptions, deps: LocalDaNodeDeps): LocalDaNode {
  const chain = createLocalChain(options, deps);
  const rpc = createRpcServer(createLocalMethods(chain));
  const sockets = createSocketServer({ chain, rpc, maxMessageBytes: MAX_REQUEST_BYTES });
  const permissionsOf = (message: IncomingMessage) => readPermissions(message, options.authSecret, deps.clock.nowMs());

  async function answer(request: HttpRequest): Promise<HttpResponse> {
    const permissions = permissionsOf(request.raw);
    if (permissions === "refused") return { status: 401 };
    const allowed = permissions === "all" ? undefined : permissions;
    const text = fromUtf8(await request.body());
    const reply = await rpc.answerText(text, { permissions: allowed, signal: request.signal });
    return { status: reply.status, json: reply.json };
  }

  function buildServer(): HttpServer | undefined {
    if (options.listen === undefined) return undefined;
    return (deps.createHttpServer ?? createHttpServer)(
      { name: "local-da", ...options.listen },
      {
        log: deps.log,
        routes: [{ method: "POST", path: "/", maxBodyBytes: MAX_REQUEST_BYTES, isOpen: true, handle: answer }],
        upgrade: (message, socket, head) => {
          const permissions = permissionsOf(message);
          if (permissions === "refused") {
            socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            return;
          }
          const allowed = permissions === "all" ? undefined : permissions;
          sockets.accept(message, socket, head, allowed).catch(() => socket.destroy());
        },
      },
    );
  }

  const server = buildServer();
  const steps = [{ name: "chain", part: chain }, ...(server === undefined ? [] : [{ name: "server", part: server }])];
  let isRunning = false;

  return {
    get port() {
      return server?.port ?? 0;
    },
    get url() {
      return server?.url ?? "";
    },
    get height() {
      return chain.head().header.height;
    },
    start: async (signal) => {
      if (isRunning) return;
      await startAll(steps, signal);
      isRunning = true;
    },
    stop: async () => {
      if (!isRunning) return;
      isRunning = false;
      sockets.closeAll();
      await stopAll(steps);
    },
    handle: async (requestJson, signal) => {
      if (!isRunning) throw fail(daErrors.stopped, {});
      const { status, json } = await rpc.answerText(requestJson, { permissions: undefined, signal });
      if (status === STOPPED_STATUS) throw fail(daErrors.stopped, {});
      return JSON.stringify(json);
    },
    subscribe: (method, params, receive) => {
      if (!isRunning) throw fail(daErrors.stopped, {});
      const show = findSubscription(method, params, chain);
      if (show === undefined) throw nodeFault(`method '${method}' not found`, -32601);
      return chain.onBlock((block) => receive(show(block)));
    },
    advanceTime: (byMs) => chain.advanceTime(byMs),
    setDelay: (delayMs) => chain.setDelay(delayMs),
  };
}

/** What the message's token allows; no token allows `public` only. @source go-jsonrpc auth/handler.go */
function readPermissions(
  message: IncomingMessage,
  secret: Uint8Array | undefined,
  nowMs: number,
): readonly string[] | "all" | "refused" {
  if (secret === undefined) return "all";
  const header = message.headers.authorization;
  const fromQuery = URL.parse(`http://local${message.url ?? "/"}`)?.searchParams.get("token") ?? undefined;
  if (header !== undefined && !header.startsWith("Bearer ")) return "refused";
  const token = header?.slice("Bearer ".length) ?? fromQuery;
  if (token === undefined) return ["public"];
  return findPermissions(token, secret, nowMs) ?? "refused";
}
