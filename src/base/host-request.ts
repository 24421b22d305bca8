import type { IncomingMessage } from "node:http";
import { fail } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";
import { dial } from "./http-dial.ts";
import { readFirstBytes } from "./read-bytes.ts";

export interface HostRequest {
  /** Where the connection goes, e.g. `http://127.0.0.1:8088`. */
  readonly dialUrl: string;
  /** The host that is asked for, with its port when it is not the usual one. */
  readonly host: string;
  /** GET unless said. */
  readonly method?: string | undefined;
  /** Path and query. */
  readonly path: string;
  /** Fields besides `host`; any kind of answer is accepted unless they say. Names in lower case. */
  readonly headers?: { readonly [name: string]: string } | undefined;
  readonly body?: Uint8Array | undefined;
  readonly timeoutMs: number;
  /** A longer body is cut here. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HostAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: Uint8Array;
}

/**
 * The answer of a virtual host, asked at an address of its own: `<label>.localhost` does not resolve on every system,
 * and `fetch` sets no Host header. Any status is an answer.
 *
 * @throws DSDN_BASE_UNREACHABLE, or the signal's reason
 */
export function requestHost(options: HostRequest): Promise<HostAnswer> {
  const { dialUrl, host, method = "GET", path, headers = {}, body, timeoutMs, maxBytes, signal } = options;
  const url = new URL(dialUrl);
  const timeout = AbortSignal.timeout(timeoutMs);
  const settings = {
    method,
    headers: {
      accept: "*/*",
      ...headers,
      host,
      ...(body === undefined ? {} : { "content-length": String(body.length) }),
    },
    agent: false as const,
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    ...(url.protocol === "https:" ? { servername: host.replace(/:\d+$/, "") } : {}),
  };
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => {
      if (signal?.aborted) return reject(signal.reason);
      const code = "code" in error && typeof error.code === "string" ? error.code : "ECONNRESET";
      const reason = timeout.aborted ? "ETIMEDOUT" : code;
      reject(fail(baseErrors.unreachable, { service: `${host} (${url.host})`, reason }, { cause: error }));
    };
    const onAnswer = (message: IncomingMessage) => void readAnswer(message, maxBytes).then(resolve, refuse);
    dial(url, path, { options: settings, events: { onAnswer, onFault: refuse } }).end(body);
  });
}

async function readAnswer(message: IncomingMessage, maxBytes: number): Promise<HostAnswer> {
  const body = await readFirstBytes(message as AsyncIterable<Uint8Array>, maxBytes);
  const headers = Object.entries(message.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value] as const,
  );
  return { status: message.statusCode ?? 0, headers: Object.fromEntries(headers), body };
}
