import type { WebSocket } from "ws";
import {
  baseErrors,
  type Clock,
  createHttpClient,
  DsdnError,
  fail,
  fromUtf8,
  isError,
  withoutCredentials,
} from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import { badAnswer } from "../json-shape.ts";
import { readRpcAnswer } from "./rpc-answer.ts";
import { createChannel, type RpcAnswer, type RpcCallOptions, type Transport } from "./transport.ts";

/** An 8 MiB blob in base64, and room for what stands around it. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const HANDSHAKE_MS = 10_000;
/** A line that answers no ping for this long is taken for dead. */
const PING_EVERY_MS = 10_000;

export interface HttpTransportOptions {
  /** `http://` or `https://` address of the node's JSON-RPC. */
  readonly url: string;
  /** Sent as a header only, never in the address. */
  readonly token?: string;
}

/** JSON-RPC over HTTP for calls and over a WebSocket on the same address for each subscription. */
export function createHttpTransport(options: HttpTransportOptions, deps: { clock: Clock }): Transport {
  const node = withoutCredentials(options.url);
  const http = createHttpClient({
    name: "the node",
    url: options.url,
    ...(options.token === undefined ? {} : { token: options.token }),
  });
  let closing = new AbortController();
  let nextId = 1;

  async function call(method: string, params: readonly unknown[], limits: RpcCallOptions): Promise<RpcAnswer> {
    const signal = limits.signal === undefined ? closing.signal : AbortSignal.any([closing.signal, limits.signal]);
    const request = { jsonrpc: "2.0", id: nextId++, method, params };
    try {
      const { pathname } = new URL(options.url);
      const answer = await http.send(pathname, {
        method: "POST",
        json: request,
        timeoutMs: limits.timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
        signal,
      });
      return readRpcAnswer(parseBody(answer.body, method), method);
    } catch (error) {
      throw translate(error, method, node);
    }
  }

  async function subscribe(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
  ): Promise<AsyncIterable<unknown>> {
    const { WebSocket: Socket } = await import("ws");
    const url = new URL(options.url);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new Socket(url, {
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_ANSWER_BYTES,
      perMessageDeflate: false,
      headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
    });
    const id = nextId++;
    return openChannel(socket, {
      id,
      method,
      params,
      node,
      signal: AbortSignal.any([closing.signal, signal]),
      clock: deps.clock,
    });
  }

  return {
    node,
    call,
    subscribe,
    close: async () => {
      closing.abort(fail(daErrors.stopped, {}));
      closing = new AbortController();
    },
  };
}

interface Subscription {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
  readonly node: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Sends the request and resolves with the values once the node named a channel. @source go-jsonrpc README: channels */
function openChannel(socket: WebSocket, wanted: Subscription): Promise<AsyncIterable<unknown>> {
  const { id, method, node, signal } = wanted;
  return new Promise((resolve, reject) => {
    const stopPings = keepAlive(socket, wanted.clock);
    const channel = createChannel(() => {
      stopPings();
      signal.removeEventListener("abort", onAbort);
      socket.terminate();
    });
    const lose = (error: unknown) => {
      reject(error);
      channel.end(error);
    };
    const onAbort = () => {
      reject(signal.reason);
      channel.end();
    };
    const unreachable = (reason: string) => fail(daErrors.unreachable, { node, reason });
    socket.on("error", (error) => lose(unreachable("code" in error ? String(error.code) : "connection lost")));
    socket.on("close", () => lose(unreachable("connection lost")));
    socket.on("unexpected-response", (_request, response) => {
      const status = response.statusCode ?? 0;
      lose(status === 401 ? fail(daErrors.unauthorised, { method }) : badAnswer(method, `HTTP status ${status}`));
    });
    socket.on("open", () => socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params: wanted.params })));
    socket.on("message", (data) => {
      try {
        const message: unknown = JSON.parse(String(data));
        const event = readEvent(message);
        if (event?.kind === "value") return channel.push(event.value);
        if (event?.kind === "close") return channel.end();
        const answer = readRpcAnswer(message, method);
        if (answer.error !== undefined) return lose(refusalOf(method, answer.error.message));
        resolve(channel.values);
      } catch (error) {
        lose(error instanceof DsdnError ? error : badAnswer(method, "a message is not JSON"));
      }
    });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

type ChannelEvent = { readonly kind: "value"; readonly value: unknown } | { readonly kind: "close" };

function readEvent(message: unknown): ChannelEvent | undefined {
  if (typeof message !== "object" || message === null || !("method" in message)) return undefined;
  const params: unknown = "params" in message ? message.params : undefined;
  if (message.method === "xrpc.ch.close") return { kind: "close" };
  return message.method === "xrpc.ch.val" && Array.isArray(params) ? { kind: "value", value: params[1] } : undefined;
}

function keepAlive(socket: WebSocket, clock: Clock): () => void {
  let isAlive = true;
  let cancel = () => {};
  socket.on("pong", () => {
    isAlive = true;
  });
  const beat = () => {
    if (!isAlive) return socket.terminate();
    if (socket.readyState === socket.OPEN) {
      isAlive = false;
      socket.ping();
    }
    cancel = clock.after(PING_EVERY_MS, beat);
  };
  cancel = clock.after(PING_EVERY_MS, beat);
  return () => cancel();
}

function refusalOf(method: string, reason: string): DsdnError {
  return reason.includes("missing permission")
    ? fail(daErrors.unauthorised, { method })
    : fail(daErrors.refused, { method, reason });
}

function parseBody(body: Uint8Array, method: string): unknown {
  try {
    return JSON.parse(fromUtf8(body));
  } catch (error) {
    throw fail(daErrors.badAnswer, { method, reason: "it is not JSON" }, { cause: error });
  }
}

/** Errors of the HTTP client as this room calls them. */
function translate(error: unknown, method: string, node: string): unknown {
  if (isError(error, baseErrors.unreachable)) {
    return fail(daErrors.unreachable, { node, reason: String(error.facts["reason"]) }, { cause: error });
  }
  if (isError(error, baseErrors.badAnswer)) {
    const status = error.facts["status"];
    if (status === 401 || status === 403) return fail(daErrors.unauthorised, { method }, { cause: error });
    if (status === 429 || status === 502 || status === 503 || status === 504) {
      return fail(daErrors.unreachable, { node, reason: `HTTP status ${status}` }, { cause: error });
    }
    return fail(daErrors.badAnswer, { method, reason: String(error.facts["reason"]) }, { cause: error });
  }
  return error;
}
