import { DsdnError, fail } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";
import { findProblem } from "./problem.ts";

export interface HttpCall {
  readonly method?: "GET" | "PUT" | "POST" | "DELETE" | "HEAD";
  readonly headers?: { readonly [name: string]: string };
  readonly json?: unknown;
  readonly body?: Uint8Array;
  /** Default 30,000. */
  readonly timeoutMs?: number;
  /** An answer longer than this is refused. Default 16 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Sends requests to one service. `name` is how errors call it: "Ingress (http://…)". */
export interface HttpClient {
  /** The whole answer. Throws the error behind a problem+json answer, DSDN_BASE_UNREACHABLE or DSDN_BASE_BAD_ANSWER. */
  send(path: string, call?: HttpCall): Promise<HttpAnswer>;
  /** The parsed JSON answer. */
  json(path: string, call?: HttpCall): Promise<unknown>;
  /** The answer with an unread body, for streams; the same errors. */
  open(path: string, call?: HttpCall): Promise<Response>;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/** @param options.url - base address; credentials in it never reach a message. */
export function createHttpClient(options: { name: string; url: string; token?: string }): HttpClient {
  const service = `${options.name} (${withoutCredentials(options.url)})`;

  async function open(path: string, call: HttpCall = {}): Promise<Response> {
    const headers: Record<string, string> = { ...call.headers };
    if (options.token !== undefined) headers["authorization"] = `Bearer ${options.token}`;
    if (call.json !== undefined) headers["content-type"] = "application/json";
    const timeout = AbortSignal.timeout(call.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const body = bodyOf(call, headers);
    let response: Response;
    try {
      response = await fetch(new URL(path, options.url), {
        method: call.method ?? "GET",
        headers,
        redirect: "error",
        signal: call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]),
        ...body,
      });
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      throw fail(baseErrors.unreachable, { service, reason: reasonOf(error) }, { cause: error });
    }
    if (!response.ok) throw await errorOf(response, service);
    return response;
  }

  async function send(path: string, call: HttpCall = {}): Promise<HttpAnswer> {
    const response = await open(path, call);
    const body = await readBounded(response, call.maxBytes ?? DEFAULT_MAX_BYTES, service);
    return { status: response.status, headers: response.headers, body };
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

async function errorOf(response: Response, service: string): Promise<DsdnError> {
  const body = await readBounded(response, 256 * 1024, service).catch(() => new Uint8Array(0));
  try {
    const problem = findProblem(JSON.parse(new TextDecoder().decode(body)));
    if (problem !== undefined) return problem;
  } catch {}
  return fail(baseErrors.badAnswer, { service, reason: `HTTP status ${response.status}`, status: response.status });
}

/** Bytes from here on are streamed: as a whole body they would be copied. */
const STREAM_FROM_BYTES = 1024 * 1024;

function bodyOf(call: HttpCall, headers: Record<string, string>): RequestInit {
  if (call.json !== undefined) return { body: JSON.stringify(call.json) };
  const { body } = call;
  if (body === undefined) return {};
  if (body.length < STREAM_FROM_BYTES) return { body: body as Uint8Array<ArrayBuffer> };
  headers["content-length"] = String(body.length);
  return { body: streamOf(body), duplex: "half" };
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.subarray(at, at + STREAM_FROM_BYTES));
        at += STREAM_FROM_BYTES;
      },
    },
    { highWaterMark: 1 },
  );
}

/** The whole body. When the service says its length, the bytes go straight to where they stay. */
async function readBounded(response: Response, maxBytes: number, service: string): Promise<Uint8Array> {
  const stated = Number(response.headers.get("content-length") ?? Number.NaN);
  let whole = new Uint8Array(stated > 0 && stated <= maxBytes ? stated : 0);
  let size = 0;
  try {
    for await (const part of response.body ?? []) {
      if (size + part.length > maxBytes)
        throw fail(baseErrors.badAnswer, { service, reason: `more than ${maxBytes} bytes` });
      if (size + part.length > whole.length) whole = grow(whole, size + part.length);
      whole.set(part, size);
      size += part.length;
    }
  } catch (error) {
    if (error instanceof DsdnError) throw error;
    throw fail(baseErrors.unreachable, { service, reason: reasonOf(error) }, { cause: error });
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
  if (!(error instanceof Error)) return "ECONNRESET";
  if (error.name === "TimeoutError") return "ETIMEDOUT";
  const cause = error.cause as { code?: unknown } | undefined;
  return typeof cause?.code === "string" ? cause.code : error.name === "AbortError" ? "ECONNABORTED" : "ECONNRESET";
}

/** The address without user, password and query. */
export function withoutCredentials(address: string): string {
  const url = URL.parse(address);
  return url === null
    ? "an invalid address"
    : `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`;
}
