import { timingSafeEqual } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { fail, toDsdnError } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";
import {
  type BodyBudget,
  buildRequest,
  type CompiledRoute,
  compileRoute,
  findRoute,
  type HttpRequest,
  type HttpResponse,
  hostName,
  parseTarget,
  type Route,
} from "./http-request.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { type Logger, silentLogger } from "./log.ts";
import { toProblem } from "./problem.ts";

export interface HttpServerOptions {
  readonly name: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /**
   * Host header names that are answered, without port. Loopback names and the bound address are always among them;
   * `*.x` matches below x.
   */
  readonly allowedHosts?: readonly string[];
  /** Origins besides the server's own that may send requests. */
  readonly allowedOrigins?: readonly string[];
  /** Below this path user content is answered, whose pages have an origin of their own: Origin is not checked there. */
  readonly contentPrefix?: string;
  /** Host names, written as `allowedHosts`, where only user content is answered: who may ask for it is its own matter. */
  readonly contentHosts?: readonly string[];
  /** When set, every method but GET and HEAD needs `Authorization: Bearer <token>`, except open routes. */
  readonly token?: string;
  /** Bodies of all requests together take at most this; more is refused for the moment. Default 512 MiB. */
  readonly maxBodiesBytes?: number;
  /** A client that takes nothing of its answer for so long is cut off. Default 60,000. */
  readonly slowReaderMs?: number;
  /** Speaks HTTPS: the certificate for the name a client asks for. A name without one gets no connection. */
  readonly tls?: { findContext(serverName: string): SecureContext | undefined };
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
  /** `http://127.0.0.1:<port>`, or with `https:` */
  readonly url: string;
}

/** How a server is made; a role takes it as a port so that faults can be played around it. */
export type HttpServerFactory = (options: HttpServerOptions, deps: HttpServerDeps) => HttpServer;

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];
const WILDCARDS = ["0.0.0.0", "::"];
const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;
const MAX_BODIES_BYTES = 512 * 1024 * 1024;
const SLOW_READER_MS = 60_000;
const MAX_CONNECTIONS = 2000;
const MAX_HEADER_BYTES = 32 * 1024;

/**
 * An HTTP server that checks Host, Origin and token before any handler runs, bounds bodies, headers and time, and
 * answers every error as problem+json. @source RFC 9110, RFC 9457
 */
export function createHttpServer(options: HttpServerOptions, deps: HttpServerDeps): HttpServer {
  return new NodeHttpServer(options, deps);
}

class NodeHttpServer implements HttpServer {
  readonly #options: HttpServerOptions;
  readonly #deps: HttpServerDeps;
  readonly #log: Logger;
  readonly #routes: readonly CompiledRoute[];
  readonly #server: Server;
  /** Taken out of HTTP by an upgrade: the server itself no longer knows them. */
  readonly #upgraded = new Set<Duplex>();
  readonly #budget: BodyBudget;
  #port = 0;

  constructor(options: HttpServerOptions, deps: HttpServerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#server = makeServer(options);
    this.#log = deps.log ?? silentLogger();
    this.#routes = deps.routes.map(compileRoute);
    this.#budget = { limitBytes: options.maxBodiesBytes ?? MAX_BODIES_BYTES, heldBytes: 0 };
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.maxHeadersCount = 200;
    this.#server.on("request", (message, response) => void this.#serve(message, response));
    this.#server.on("upgrade", (message, socket, head) => this.#upgrade(message, socket, head));
    // An error event that nobody hears ends the process.
    this.#server.on("error", (error: NodeJS.ErrnoException) =>
      this.#log.warn("server fault", { code: error.code ?? "" }),
    );
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    const { host } = this.#options;
    return `${scheme(this.#options)}://${host.includes(":") ? `[${host}]` : host}:${this.#port}`;
  }

  start(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      if (this.#server.listening) return resolve();
      const onError = (error: NodeJS.ErrnoException) => {
        const taken = fail(baseErrors.portTaken, { port, host }, { cause: error });
        reject(error.code === "EADDRINUSE" || error.code === "EACCES" ? taken : error);
      };
      this.#server.once("error", onError);
      this.#server.listen(port, host, () => {
        this.#server.off("error", onError);
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#server.listening) return resolve();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
      for (const socket of this.#upgraded) socket.destroy();
    });
  }

  #upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#upgraded.add(socket);
    socket.on("close", () => this.#upgraded.delete(socket));
    socket.on("error", () => socket.destroy());
    try {
      checkHost(message, this.#options);
      checkOrigin(message, this.#options);
      const { upgrade } = this.#deps;
      if (upgrade === undefined) throw fail(baseErrors.requestRefused, { reason: "no WebSocket is served here" });
      upgrade(message, socket, head);
    } catch {
      // A client that never closes its side would otherwise keep the connection for ever.
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () => socket.destroy());
    }
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startMs = performance.now();
    const method = message.method ?? "GET";
    const seen = { route: "none" };
    try {
      checkHost(message, this.#options);
      if (!isForContent(message, this.#options)) checkOrigin(message, this.#options);
      const answer = await this.#answer(message, response, seen);
      await send(response, answer, { method, slowReaderMs: this.#options.slowReaderMs ?? SLOW_READER_MS });
    } catch (error) {
      sendError(response, message, error, this.#log);
    }
    const durationMs = performance.now() - startMs;
    this.#deps.observe?.({ route: seen.route, method, status: response.statusCode, durationMs });
  }

  async #answer(message: IncomingMessage, response: ServerResponse, seen: { route: string }): Promise<HttpResponse> {
    const method = message.method ?? "GET";
    const url = parseTarget(message);
    const leave = new AbortController();
    response.on("close", () => leave.abort());
    const parts = { message, url, method, signal: leave.signal, budget: this.#budget };
    const intercepted = await this.#deps.intercept?.(buildRequest(parts, {}, DEFAULT_MAX_BODY_BYTES));
    if (intercepted !== undefined) {
      seen.route = "site";
      return intercepted;
    }
    const found = findRoute(this.#routes, method, url.pathname);
    if (found === undefined) throw fail(baseErrors.routeMissing, { method, path: url.pathname });
    seen.route = found.route.path;
    checkToken(message, method, found.route, this.#options);
    const limit = found.route.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    return found.route.handle(buildRequest(parts, found.params, limit));
  }
}

const SERVER_OPTIONS: ServerOptions = {
  maxHeaderSize: MAX_HEADER_BYTES,
  requestTimeout: 300_000,
  headersTimeout: 20_000,
};

function makeServer({ tls }: HttpServerOptions): Server {
  if (tls === undefined) return createServer(SERVER_OPTIONS);
  return createTlsServer({
    ...SERVER_OPTIONS,
    minVersion: "TLSv1.2",
    SNICallback: (serverName, answer) => answer(null, tls.findContext(serverName)),
  });
}

function scheme({ tls }: HttpServerOptions): "http" | "https" {
  return tls === undefined ? "http" : "https";
}

function checkHost(message: IncomingMessage, options: HttpServerOptions): void {
  const { host, allowedHosts = [], contentHosts = [] } = options;
  const bound = WILDCARDS.includes(host) ? [] : [host.includes(":") ? `[${host}]` : host.toLowerCase()];
  const allowed = [...LOOPBACK_NAMES, ...bound, ...allowedHosts, ...contentHosts];
  if (!matchesHost(message, allowed))
    throw fail(baseErrors.requestRefused, { reason: "its Host header is not one of this service" });
}

function matchesHost(message: IncomingMessage, entries: readonly string[]): boolean {
  const hosts = message.headersDistinct["host"] ?? [];
  const name = hosts.length === 1 ? hostName(hosts[0] ?? "") : "";
  return entries.some((entry) => (entry.startsWith("*.") ? name.endsWith(entry.slice(1)) : name === entry));
}

function isForContent(message: IncomingMessage, { contentPrefix, contentHosts = [] }: HttpServerOptions): boolean {
  if (contentPrefix !== undefined && message.url?.startsWith(contentPrefix)) return true;
  return matchesHost(message, contentHosts);
}

function checkOrigin(message: IncomingMessage, options: HttpServerOptions): void {
  const origin = message.headers.origin;
  if (origin === undefined) {
    const site = message.headers["sec-fetch-site"];
    if (site === "cross-site" && message.headers["sec-fetch-mode"] !== "navigate") {
      throw fail(baseErrors.requestRefused, { reason: "it comes from another web site" });
    }
    return;
  }
  const own = `${scheme(options)}://${(message.headers.host ?? "").toLowerCase()}`;
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

interface Sending {
  readonly method: string;
  readonly slowReaderMs: number;
}

async function send(response: ServerResponse, answer: HttpResponse, { method, slowReaderMs }: Sending): Promise<void> {
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
  if (body instanceof Uint8Array) {
    // Until it is read the answer stays in memory.
    response.setTimeout(slowReaderMs);
    return void response.end(body);
  }
  try {
    for await (const part of body) {
      if (response.destroyed) return;
      if (!response.write(part)) await drained(response, slowReaderMs);
    }
    response.end();
  } catch (error) {
    // The status is out already: cutting the connection is the only honest way to say "not complete".
    response.destroy();
    throw error;
  }
}

/** Resolves when the client has read on or is gone. */
function drained(response: ServerResponse, slowReaderMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), slowReaderMs);
    const go = () => {
      clearTimeout(timer);
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.once("drain", go);
    response.once("close", go);
  });
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
