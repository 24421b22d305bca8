import { Readable } from "node:stream";
import type { Agent, Dispatcher } from "undici";
import { baseErrors, fail, type HttpRequest, type HttpResponse } from "../base/index.ts";
import { netErrors } from "./errors.ts";

/** Headers that belong to one connection and are never passed on. @source RFC 9110 section 7.6.1 */
const HOP_HEADERS = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
];
const NOT_ANSWERED: ReadonlySet<string> = new Set(HOP_HEADERS);
/** Nor is a workload shown what belongs to the network's own interface. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  ...HOP_HEADERS,
  "authorization-dsdn",
  "dsdn-lease",
  "host",
  "expect",
  "x-forwarded-host",
  "x-forwarded-proto",
]);
/** An answer up to this size is taken whole and handed on in one piece; a larger one flows through. */
const WHOLE_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 60_000;
const BODY_TIMEOUT_MS = 300_000;

export interface ForwardTarget {
  /** Where the workload answers, e.g. `http://127.0.0.1:45832`. */
  readonly origin: string;
  /** Path and query there. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  /** What is sent as the body, as long as the request announced; null for none. Its own flows through when it is not said. */
  readonly body?: Uint8Array | null | undefined;
}

/** Sends requests on to the node that runs a workload and streams the answer back. */
export interface SiteProxy {
  /**
   * The upstream request is dropped when the client leaves.
   * @throws DSDN_NET_NODE_NOT_REACHED when nothing was sent, DSDN_BASE_UNREACHABLE when something may have been
   */
  forward(request: HttpRequest, target: ForwardTarget): Promise<HttpResponse>;
  close(): Promise<void>;
}

/**
 * The HTTP library is loaded at the first request.
 *
 * @param options.bodyTimeoutMs - an answer silent for so long is cut; 0 = never. Default 300,000.
 */
export function createSiteProxy(options: { bodyTimeoutMs?: number } = {}): SiteProxy {
  const { bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  let agent: Agent | undefined;
  const loadAgent = async (): Promise<Agent> => {
    const undici = await import("undici");
    agent ??= new undici.Agent({ connections: 128, pipelining: 1, keepAliveTimeout: 10_000 });
    return agent;
  };
  return {
    forward: async (request, target) => {
      const upstream = agent ?? (await loadAgent());
      const hasBody = request.method !== "GET" && request.method !== "HEAD";
      const { body = hasBody ? request.raw : null } = target;
      const asked: Dispatcher.DispatchOptions = {
        origin: target.origin,
        path: target.path,
        method: request.method as Dispatcher.HttpMethod,
        headers: forwardedHeaders(request, target.headers),
        body,
        headersTimeout: HEADERS_TIMEOUT_MS,
        bodyTimeout: bodyTimeoutMs,
      };
      return send(upstream, asked, request);
    },
    close: async () => {
      await agent?.destroy();
    },
  };
}

/** Resolves with the whole answer when it is small, else with its head and a body that flows as fast as it is read. */
function send(agent: Agent, asked: Dispatcher.DispatchOptions, request: HttpRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let hasLeft = false;
    let head: Pick<HttpResponse, "status" | "headers"> = {};
    let parts: Buffer[] = [];
    let stream: Readable | undefined;
    const end = request.onOver(() => {
      hasLeft = true;
      controller?.abort(readerLeft());
    });
    // Its connection is there once the library starts a request; before that nothing left this process.
    const refuse = (error: unknown) => {
      const reason = (error as NodeJS.ErrnoException).code ?? "ECONNRESET";
      const cause = { cause: error };
      if (controller === undefined) return reject(fail(netErrors.nodeNotReached, { reason }, cause));
      reject(fail(baseErrors.unreachable, { service: "The node that runs this deployment", reason }, cause));
    };
    if (hasLeft) return refuse(readerLeft());
    agent.dispatch(asked, {
      onRequestStart: (started) => {
        controller = started;
        if (hasLeft) started.abort(readerLeft());
      },
      onResponseStart: (started, status, headers) => {
        if (status < 200) return;
        head = { status, headers: answeredHeaders(headers) };
        parts = [];
        const size = Number(headers["content-length"] ?? Number.POSITIVE_INFINITY);
        if (size <= WHOLE_BYTES || asked.method === "HEAD" || status === 204 || status === 304) return;
        stream = new Readable({
          read: () => started.resume(),
          destroy: (error, done) => {
            started.abort(error ?? readerLeft());
            done(error);
          },
        });
        // Whoever reads it hears of an error; without a reader it must not end the process.
        stream.on("error", () => {});
        resolve({ ...head, body: stream });
      },
      onResponseData: (started, part) => {
        if (stream === undefined) parts.push(part);
        else if (!stream.push(part)) started.pause();
      },
      onResponseEnd: () => {
        end();
        if (stream !== undefined) return void stream.push(null);
        const [only] = parts;
        resolve(only === undefined ? head : { ...head, body: parts.length === 1 ? only : Buffer.concat(parts) });
      },
      onResponseError: (_started, error) => {
        end();
        stream?.destroy(error);
        refuse(error);
      },
    });
  });
}

function readerLeft(): Error {
  return fail(baseErrors.unreachable, { service: "The reader", reason: "EPIPE" });
}

/** Names and values in turn: the library and this file go through them once each. */
function forwardedHeaders({ headers }: HttpRequest, own: ForwardTarget["headers"]): string[] {
  const forwarded = ["x-forwarded-host", headers.host ?? "", "x-forwarded-proto", "http"];
  for (const name in own) forwarded.push(name, own[name] ?? "");
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || NOT_FORWARDED.has(name) || Object.hasOwn(own, name)) continue;
    if (typeof value === "string") forwarded.push(name, value);
    else for (const one of value) forwarded.push(name, one);
  }
  return forwarded;
}

function answeredHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string | string[]> {
  const answered: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !NOT_ANSWERED.has(name)) answered[name] = value;
  }
  return answered;
}
