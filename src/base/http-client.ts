import type { IncomingMessage } from "node:http";
import { type DsdnError, fail } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";
import { type DialOptions, dial, sendBody } from "./http-dial.ts";
import { type Patience, startPatience } from "./patience.ts";
import { findProblem } from "./problem.ts";

export interface HttpCall {
  readonly method?: "GET" | "PUT" | "POST" | "DELETE" | "HEAD";
  readonly headers?: { readonly [name: string]: string };
  readonly json?: unknown;
  readonly body?: Uint8Array;
  /** Default 30,000, for everything. */
  readonly timeoutMs?: number;
  /** In place of `timeoutMs`: how long nothing of the bodies may move. A slow way takes as long as it takes. */
  readonly stallMs?: number;
  /** An answer longer than this is refused. Default 16 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /** Told how many bytes of a large body have left so far; a small one leaves unseen. */
  readonly onSent?: (sentBytes: number) => void;
  /** Told by `send` how many bytes of the answer's body are here so far. */
  readonly onReceived?: (receivedBytes: number) => void;
}

/** Names in lower case; several fields of one name are joined by commas. */
export type HttpFields = { readonly [name: string]: string | undefined };

export interface HttpAnswer {
  readonly status: number;
  readonly headers: HttpFields;
  readonly body: Uint8Array;
}

/** An answer whose body is read as it comes. Whoever does not read it to its end aborts the call. */
export interface HttpStream {
  readonly status: number;
  readonly headers: HttpFields;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A token, or where the one that is good now is found: a token may end while a program runs. */
export type BearerToken = string | (() => Promise<string | undefined>);

/** Sends requests to one service. `name` is how errors call it: "Ingress (http://…)". */
export interface HttpClient {
  /** The whole answer. Throws the error behind a problem+json answer, DSDN_BASE_UNREACHABLE or DSDN_BASE_BAD_ANSWER. */
  send(path: string, call?: HttpCall): Promise<HttpAnswer>;
  /** The parsed JSON answer. */
  json(path: string, call?: HttpCall): Promise<unknown>;
  /** The answer with an unread body, for streams; the same errors. A redirect is an error, never followed. */
  open(path: string, call?: HttpCall): Promise<HttpStream>;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
const ERROR_BYTES = 256 * 1024;

/**
 * @param options.url - base address; credentials in it never reach a message.
 * @param options.token - sent as `Authorization: Bearer`.
 * @param options.ca - PEM certificates of the only authorities that count for it; those of the system unless given.
 */
export function createHttpClient(options: { name: string; url: string; token?: BearerToken; ca?: string }): HttpClient {
  const service = `${options.name} (${withoutCredentials(options.url)})`;

  async function open(path: string, call: HttpCall = {}): Promise<HttpStream> {
    const headers: Record<string, string> = { ...call.headers };
    const token = typeof options.token === "function" ? await options.token() : options.token;
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    if (call.json !== undefined) headers["content-type"] = "application/json";
    const body = call.json === undefined ? call.body : JSON.stringify(call.json);
    const timer = startTimer(call);
    const signal = call.signal === undefined ? timer.signal : AbortSignal.any([call.signal, timer.signal]);
    const faultOf = (error: unknown): unknown => {
      if (call.signal?.aborted) return call.signal.reason;
      const reason = timer.signal.aborted ? "ETIMEDOUT" : reasonOf(error);
      return fail(baseErrors.unreachable, { service, reason }, { cause: error });
    };
    let message: IncomingMessage;
    try {
      const trust = options.ca === undefined ? {} : { ca: options.ca };
      const request = { method: call.method ?? "GET", headers, signal, ...trust };
      message = await answerOf(new URL(path, options.url), request, { body, onSent: countOf(call, timer) });
    } catch (error) {
      timer.end();
      throw faultOf(error);
    }
    const stream: HttpStream = {
      status: message.statusCode ?? 0,
      headers: fieldsOf(message),
      body: readParts(message, faultOf, timer),
    };
    if (stream.status < 200 || stream.status > 299) throw await errorOf(stream, service);
    return stream;
  }

  async function send(path: string, call: HttpCall = {}): Promise<HttpAnswer> {
    const { status, headers, body } = await open(path, call);
    const { maxBytes = DEFAULT_MAX_BYTES, onReceived } = call;
    return { status, headers, body: await readBounded({ headers, body }, service, { maxBytes, onReceived }) };
  }

  return {
    open,
    send,
    json: async (path, call) => {
      const answer = await send(path, call);
      return parseJson(answer.body, service);
    },
  };
}

function answerOf(
  url: URL,
  options: DialOptions,
  { body, onSent }: { readonly body: Uint8Array | string | undefined; readonly onSent: HttpCall["onSent"] },
): Promise<IncomingMessage> {
  return new Promise((onAnswer, onFault) => {
    sendBody(dial(url, `${url.pathname}${url.search}`, { options, events: { onAnswer, onFault } }), body, onSent);
  });
}

function fieldsOf({ headers }: IncomingMessage): HttpFields {
  const joined = Object.entries(headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value] as const,
  );
  return Object.fromEntries(joined);
}

interface CallTimer extends Patience {
  /** Aborts when the call has taken too long. */
  readonly signal: AbortSignal;
}

function startTimer({ timeoutMs = DEFAULT_TIMEOUT_MS, stallMs }: HttpCall): CallTimer {
  if (stallMs === undefined) return { signal: AbortSignal.timeout(timeoutMs), moved: () => {}, end: () => {} };
  const stop = new AbortController();
  return { signal: stop.signal, ...startPatience(stallMs, () => stop.abort()) };
}

function countOf({ onSent, stallMs }: HttpCall, timer: CallTimer): HttpCall["onSent"] {
  if (stallMs === undefined) return onSent;
  return (sentBytes) => {
    timer.moved();
    onSent?.(sentBytes);
  };
}

async function* readParts(
  message: IncomingMessage,
  faultOf: (error: unknown) => unknown,
  timer: CallTimer,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const part of message as AsyncIterable<Uint8Array>) {
      timer.moved();
      yield part;
    }
  } catch (error) {
    throw faultOf(error);
  } finally {
    timer.end();
  }
}

async function errorOf(answer: HttpStream, service: string): Promise<DsdnError> {
  const body = await readBounded(answer, service, { maxBytes: ERROR_BYTES }).catch(() => new Uint8Array(0));
  try {
    const problem = findProblem(JSON.parse(new TextDecoder().decode(body)));
    if (problem !== undefined) return problem;
  } catch {}
  return fail(baseErrors.badAnswer, { service, reason: `HTTP status ${answer.status}`, status: answer.status });
}

/** The whole body. When the service says its length, the bytes go straight to where they stay. */
async function readBounded(
  { headers, body }: Pick<HttpStream, "headers" | "body">,
  service: string,
  { maxBytes, onReceived }: { readonly maxBytes: number; readonly onReceived?: HttpCall["onReceived"] },
): Promise<Uint8Array> {
  const stated = Number(headers["content-length"] ?? Number.NaN);
  let whole = new Uint8Array(stated > 0 && stated <= maxBytes ? stated : 0);
  let size = 0;
  for await (const part of body) {
    if (size + part.length > maxBytes)
      throw fail(baseErrors.badAnswer, { service, reason: `more than ${maxBytes} bytes` });
    if (size + part.length > whole.length) whole = grow(whole, size + part.length);
    whole.set(part, size);
    size += part.length;
    onReceived?.(size);
  }
  return size === whole.length ? whole : whole.slice(0, size);
}

function grow(bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, bytes.length * 2));
  larger.set(bytes);
  return larger;
}

function parseJson(bytes: Uint8Array, service: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw fail(baseErrors.badAnswer, { service, reason: "not JSON" }, { cause: error });
  }
}

/** A code of the operating system's kind: it stands in messages of either language. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "ECONNRESET";
}

/** The address without user, password and query. */
export function withoutCredentials(address: string): string {
  const url = URL.parse(address);
  return url === null
    ? "an invalid address"
    : `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}
