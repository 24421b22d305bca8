import { baseErrors, fail, type HttpRequest, type HttpResponse } from "../base/index.ts";

/** Headers that belong to one connection and are never passed on. @source RFC 9110 section 7.6.1 */
const HOP_HEADERS = new Set([
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
]);
/** Never shown to a workload: they belong to the network's own interface. */
const PRIVATE_HEADERS = new Set(["authorization-dsdn", "dsdn-lease", "host", "expect"]);
const HEADERS_TIMEOUT_MS = 60_000;
const BODY_TIMEOUT_MS = 300_000;

export interface ForwardTarget {
  /** Where the workload answers, e.g. `http://127.0.0.1:45832`. */
  readonly origin: string;
  /** Path and query there. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
}

/** Sends requests on to the node that runs a workload and streams the answer back. */
export interface SiteProxy {
  /** @throws DSDN_BASE_UNREACHABLE; the upstream request is dropped when the client leaves. */
  forward(request: HttpRequest, target: ForwardTarget): Promise<HttpResponse>;
  close(): Promise<void>;
}

/**
 * The HTTP library is loaded at the first request.
 *
 * @param options.bodyTimeoutMs - an answer silent for so long is cut; 0 = never. Default 300,000.
 */
export function createSiteProxy(options: { bodyTimeoutMs?: number } = {}): SiteProxy {
  let agent: Promise<import("undici").Agent> | undefined;
  return {
    forward: async (request, target) => {
      const undici = await import("undici");
      agent ??= Promise.resolve(new undici.Agent({ connections: 128, pipelining: 1, keepAliveTimeout: 10_000 }));
      const hasBody = request.method !== "GET" && request.method !== "HEAD";
      try {
        const response = await undici.request(new URL(target.path, target.origin), {
          dispatcher: await agent,
          method: request.method as "GET",
          headers: { ...forwardedHeaders(request), ...target.headers },
          body: hasBody ? request.raw : null,
          signal: request.signal,
          headersTimeout: HEADERS_TIMEOUT_MS,
          bodyTimeout: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
        });
        return { status: response.statusCode, headers: answeredHeaders(response.headers), body: response.body };
      } catch (error) {
        const reason = (error as NodeJS.ErrnoException).code ?? "ECONNRESET";
        throw fail(baseErrors.unreachable, { service: "The node that runs this deployment", reason }, { cause: error });
      }
    },
    close: async () => {
      await (await agent)?.destroy();
    },
  };
}

function forwardedHeaders(request: HttpRequest): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || HOP_HEADERS.has(name) || PRIVATE_HEADERS.has(name)) continue;
    headers[name] = value;
  }
  headers["x-forwarded-host"] = request.headers.host ?? "";
  headers["x-forwarded-proto"] = "http";
  return headers;
}

function answeredHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string | string[]> {
  const answered: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_HEADERS.has(name)) answered[name] = value;
  }
  return answered;
}
