import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { fail, toDsdnError } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { type Logger, silentLogger } from "./log.ts";
import { toProblem } from "./problem.ts";

/** One request, parsed. `params` are the decoded `{name}` parts of the route's path. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly params: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly remoteAddress: string;
  /** The raw message, for streaming a body. */
  readonly raw: IncomingMessage;
  /** Aborted when the client leaves before the answer is complete. */
  readonly signal: AbortSignal;
  /** The whole body; DSDN_BASE_REQUEST_TOO_LARGE past the route's limit. */
  body(): Promise<Uint8Array>;
  json(): Promise<unknown>;
}

export interface HttpResponse {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string | number | readonly string[] };
  /** JSON is written when `json` is set; otherwise `body`; a stream is piped with back-pressure. */
  readonly json?: unknown;
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>;
}

export interface Route {
  readonly method: "GET" | "PUT" | "POST" | "DELETE" | "PATCH" | "*";
  /** `/a/{name}` matches one segment; a last `/{rest*}` matches everything below. */
  readonly path: string;
  /** Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** True for a route that changes nothing; the token is then not asked even when the method is not GET. */
  readonly isOpen?: boolean;
  readonly handle: (request: HttpRequest) => Promise<HttpResponse> | HttpResponse;
}

export interface HttpServerOptions {
  readonly name: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Host header names that are answered, without port. Loopback names are always among them; `*.x` matches below x. */
  readonly allowedHosts?: readonly string[];
  /** Origins besides the server's own that may send requests. */
  readonly allowedOrigins?: readonly string[];
  /** Below this path user content is answered, whose pages have an origin of their own: Origin is not checked there. */
  readonly contentPrefix?: string;
  /** When set, every method but GET and HEAD needs `Authorization: Bearer <token>`, except open routes. */
  readonly token?: string;
}

export interface HttpServerDeps {
  readonly routes: readonly Route[];
  readonly log?: Logger;
  /** Called first; answers instead of the routes when it returns a response (virtual hosts). */
  readonly intercept?: (request: HttpRequest) => Promise<HttpResponse | undefined>;
  readonly upgrade?: (message: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Called once per answered request, for metrics. */
  readonly observe?: (facts: { route: string; method: string; status: number; durationMs: number }) => void;
}

export interface HttpServer extends Lifecycle {
  /** The bound port; 0 before `start`. */
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
}

/** How a server is made; a role takes it as a port so that faults can be played around it. */
export type HttpServerFactory = (options: HttpServerOptions, deps: HttpServerDeps) => HttpServer;

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];
const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;
const MAX_CONNECTIONS = 2000;
const MAX_HEADER_BYTES = 32 * 1024;

/**
 * An HTTP server that checks Host, Origin and token before any handler runs, bounds bodies, headers and time, and
 * answers every error as problem+json. @source RFC 9110, RFC 9457
 */
export function createHttpServer(options: HttpServerOptions, deps: HttpServerDeps): HttpServer {
  const log = deps.log ?? silentLogger();
  const routes = deps.routes.map(compileRoute);
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 300_000, headersTimeout: 20_000 });
  server.maxConnections = MAX_CONNECTIONS;
  server.maxHeadersCount = 200;
  let port = 0;

  server.on("request", (message: IncomingMessage, response: ServerResponse) => void serve(message, response));
  server.on("upgrade", (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    try {
      checkHost(message, options);
      checkOrigin(message, options);
      if (deps.upgrade === undefined) throw fail(baseErrors.requestRefused, { reason: "no WebSocket is served here" });
      deps.upgrade(message, socket, head);
    } catch {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }
  });

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startMs = performance.now();
    const method = message.method ?? "GET";
    let routeName = "none";
    try {
      checkHost(message, options);
      checkOrigin(message, options);
      const url = parseTarget(message);
      const leave = new AbortController();
      response.on("close", () => leave.abort());
      const base = { message, url, method, signal: leave.signal };
      const intercepted = await deps.intercept?.(buildRequest(base, {}, DEFAULT_MAX_BODY_BYTES));
      if (intercepted !== undefined) {
        routeName = "site";
        await send(response, intercepted, method);
        return;
      }
      const found = findRoute(routes, method, url.pathname);
      if (found === undefined) throw fail(baseErrors.routeMissing, { method, path: url.pathname });
      routeName = found.route.path;
      checkToken(message, method, found.route, options);
      const limit = found.route.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
      await send(response, await found.route.handle(buildRequest(base, found.params, limit)), method);
    } catch (error) {
      sendError(response, message, error, log);
    } finally {
      deps.observe?.({
        route: routeName,
        method,
        status: response.statusCode,
        durationMs: performance.now() - startMs,
      });
    }
  }

  return {
    get port() {
      return port;
    },
    get url() {
      return `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`;
    },
    start: () =>
      new Promise((resolve, reject) => {
        if (server.listening) return resolve();
        server.once("error", (error: NodeJS.ErrnoException) => {
          const taken = fail(baseErrors.portTaken, { port: options.port, host: options.host }, { cause: error });
          reject(error.code === "EADDRINUSE" || error.code === "EACCES" ? taken : error);
        });
        server.listen(options.port, options.host, () => {
          port = (server.address() as AddressInfo).port;
          resolve();
        });
      }),
    stop: () =>
      new Promise((resolve) => {
        if (!server.listening) return resolve();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function checkHost(message: IncomingMessage, options: HttpServerOptions): void {
  const hosts = message.headersDistinct["host"] ?? [];
  const name = hosts.length === 1 ? hostName(hosts[0] ?? "") : "";
  const allowed = [...LOOPBACK_NAMES, ...(options.allowedHosts ?? [])];
  const matches = allowed.some((entry) => (entry.startsWith("*.") ? name.endsWith(entry.slice(1)) : name === entry));
  if (!matches) throw fail(baseErrors.requestRefused, { reason: "its Host header is not one of this service" });
}

/** The lower-case host name of a Host header, without port. */
function hostName(header: string): string {
  return header.replace(/:\d{1,5}$/, "").toLowerCase();
}

function checkOrigin(message: IncomingMessage, options: HttpServerOptions): void {
  if (options.contentPrefix !== undefined && message.url?.startsWith(options.contentPrefix)) return;
  const origin = message.headers.origin;
  if (origin === undefined) {
    const site = message.headers["sec-fetch-site"];
    if (site === "cross-site" && message.headers["sec-fetch-mode"] !== "navigate") {
      throw fail(baseErrors.requestRefused, { reason: "it comes from another web site" });
    }
    return;
  }
  const own = `http://${(message.headers.host ?? "").toLowerCase()}`;
  if (origin !== own && !(options.allowedOrigins ?? []).includes(origin)) {
    throw fail(baseErrors.requestRefused, { reason: "its Origin header names another web site" });
  }
}

function checkToken(message: IncomingMessage, method: string, route: Route, options: HttpServerOptions): void {
  if (options.token === undefined || route.isOpen === true || method === "GET" || method === "HEAD") return;
  const given = Buffer.from(message.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${options.token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw fail(baseErrors.requestRefused, { reason: "it carries no valid token" });
  }
}

function parseTarget(message: IncomingMessage): URL {
  const target = message.url ?? "/";
  const url = target.startsWith("/") ? URL.parse(`http://local${target}`) : null;
  if (url === null) throw fail(baseErrors.requestInvalid, { field: "the path", reason: "is not a valid URL path" });
  return url;
}

interface RequestParts {
  readonly message: IncomingMessage;
  readonly url: URL;
  readonly method: string;
  readonly signal: AbortSignal;
}

function buildRequest(parts: RequestParts, params: Record<string, string>, maxBodyBytes: number): HttpRequest {
  const { message, url } = parts;
  const body = () => readBody(message, maxBodyBytes);
  return {
    method: parts.method,
    path: url.pathname,
    host: hostName(message.headers.host ?? ""),
    params,
    query: url.searchParams,
    headers: message.headers,
    remoteAddress: message.socket.remoteAddress ?? "",
    raw: message,
    signal: parts.signal,
    body,
    json: async () => parseJsonBody(message, await body()),
  };
}

function parseJsonBody(message: IncomingMessage, bytes: Uint8Array): unknown {
  const type = message.headers["content-type"] ?? "";
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw fail(baseErrors.requestInvalid, { field: "Content-Type", reason: "must be application/json" });
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw fail(baseErrors.requestInvalid, { field: "the body", reason: "is not JSON" }, { cause: error });
  }
}

async function readBody(message: IncomingMessage, maxBodyBytes: number): Promise<Uint8Array> {
  const tooLarge = () => fail(baseErrors.requestTooLarge, { limitBytes: maxBodyBytes });
  const announced = Number(message.headers["content-length"] ?? 0);
  if (announced > maxBodyBytes) throw tooLarge();
  if (announced > 0) {
    const out = new Uint8Array(announced);
    let filled = 0;
    for await (const part of message as AsyncIterable<Buffer>) {
      out.set(part, filled);
      filled += part.length;
    }
    return out.subarray(0, filled);
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBodyBytes) throw tooLarge();
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

interface CompiledRoute extends Route {
  readonly segments: readonly string[];
  readonly restName: string | undefined;
}

function compileRoute(route: Route): CompiledRoute {
  const segments = route.path.split("/").slice(1);
  const rest = /^\{(\w+)\*\}$/.exec(segments.at(-1) ?? "")?.[1];
  return { ...route, segments: rest === undefined ? segments : segments.slice(0, -1), restName: rest };
}

function findRoute(
  routes: readonly CompiledRoute[],
  method: string,
  path: string,
): { route: CompiledRoute; params: Record<string, string> } | undefined {
  const parts = path.split("/").slice(1);
  const wanted = method === "HEAD" ? "GET" : method;
  for (const route of routes) {
    if (route.method !== "*" && route.method !== wanted) continue;
    const params = matchSegments(route, parts);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function matchSegments(route: CompiledRoute, parts: readonly string[]): Record<string, string> | undefined {
  if (route.restName === undefined ? parts.length !== route.segments.length : parts.length < route.segments.length) {
    return undefined;
  }
  const params: Record<string, string> = {};
  for (const [index, segment] of route.segments.entries()) {
    const part = decodeSegment(parts[index] ?? "");
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name !== undefined) params[name] = part;
    else if (segment !== part) return undefined;
  }
  if (route.restName !== undefined) {
    params[route.restName] = parts.slice(route.segments.length).map(decodeSegment).join("/");
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    const decoded = decodeURIComponent(segment);
    // A decoded slash, backslash, NUL or dot segment would name another place than the path shows.
    if (!/[/\\\0]/.test(decoded) && decoded !== "." && decoded !== "..") return decoded;
  } catch {}
  throw fail(baseErrors.requestInvalid, { field: "the path", reason: "holds a segment that is not allowed" });
}

async function send(response: ServerResponse, answer: HttpResponse, method: string): Promise<void> {
  const headers: OutgoingHttpHeaders = { "x-content-type-options": "nosniff" };
  for (const [name, value] of Object.entries(answer.headers ?? {}))
    headers[name] = typeof value === "object" ? [...value] : value;
  let body = answer.body;
  if (answer.json !== undefined) {
    headers["content-type"] ??= "application/json";
    body = JSON.stringify(answer.json);
  }
  if (typeof body === "string") body = new TextEncoder().encode(body);
  if (body instanceof Uint8Array) headers["content-length"] ??= body.length;
  response.writeHead(answer.status ?? 200, headers);
  if (method === "HEAD" || body === undefined) return void response.end();
  if (body instanceof Uint8Array) return void response.end(body);
  try {
    for await (const part of body) {
      if (response.destroyed) return;
      if (!response.write(part))
        await new Promise<void>((resolve) => {
          const go = () => {
            response.off("drain", go);
            response.off("close", go);
            resolve();
          };
          response.once("drain", go);
          response.once("close", go);
        });
    }
    response.end();
  } catch (error) {
    // The status is out already: cutting the connection is the only honest way to say "not complete".
    response.destroy();
    throw error;
  }
}

function sendError(response: ServerResponse, message: IncomingMessage, cause: unknown, log: Logger): void {
  const error = toDsdnError(cause);
  if (error.spec.kind === "bug") {
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    log.error("request failed", { code: error.code, stack });
  }
  if (response.headersSent) return void response.destroy();
  const retry = error.spec.httpStatus === 429 && typeof error.facts["retryAfterSeconds"] === "number";
  response.writeHead(error.spec.httpStatus, {
    "content-type": "application/problem+json",
    "x-content-type-options": "nosniff",
    ...(retry ? { "retry-after": String(error.facts["retryAfterSeconds"]) } : {}),
    // An unread body would otherwise be taken for the next request.
    ...(message.complete ? {} : { connection: "close" }),
  });
  response.end(JSON.stringify(toProblem(error)));
}
