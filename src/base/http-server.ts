import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { fail } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";
import { type AnswerSender, createAnswerSender, sendError } from "./http-answers.ts";
import { answerPreflight, grantOrigin } from "./http-cors.ts";
import { createHostJudge, type HostFacts } from "./http-hosts.ts";
import {
  type BodyBudget,
  type CompiledRoute,
  compileRoute,
  createTargetReader,
  findRoute,
  type HttpRequest,
  type HttpResponse,
  type Route,
  ServedRequest,
  type Target,
} from "./http-request.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { type Logger, silentLogger } from "./log.ts";

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
  /** Origins besides the server's own whose pages may send requests and read the answers; see `http-cors.ts`. */
  readonly allowedOrigins?: readonly string[];
  /** Below this path user content is answered, whose pages have an origin of their own: Origin is not checked there. */
  readonly contentPrefix?: string;
  /** Host names, written as `allowedHosts`, where only user content is answered: who may ask for it is its own matter. */
  readonly contentHosts?: readonly string[];
  /** The same for names that come and go. `intercept` answers there; the routes never do. */
  readonly isContentHost?: (name: string) => boolean;
  /** When set, every method but GET and HEAD needs `Authorization: Bearer <token>`, except open routes. */
  readonly token?: string;
  /**
   * When set, the same requests may also carry another Authorization that it lets in; it throws for any other. Without
   * `token` they must.
   */
  readonly admit?: (authorization: string | undefined) => Promise<void>;
  /** Bodies of all requests together take at most this; more is refused for the moment. Default 512 MiB. */
  readonly maxBodiesBytes?: number;
  /** A client that takes nothing of its answer for so long is cut off. Default 60,000. */
  readonly slowReaderMs?: number;
  /** A client that sends nothing of a body it has begun for so long is cut off. Default 60,000. */
  readonly slowSenderMs?: number;
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
const SLOW_SENDER_MS = 60_000;
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
  /** What the server itself does not know: taken out of HTTP by an upgrade, or not yet in it for want of a TLS handshake. */
  readonly #beside = new Set<Duplex>();
  readonly #budget: BodyBudget;
  readonly #judgeHost: (message: IncomingMessage) => HostFacts;
  readonly #readTarget = createTargetReader();
  readonly #sendAnswer: AnswerSender;
  #port = 0;

  constructor(options: HttpServerOptions, deps: HttpServerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#server = makeServer(options);
    this.#log = deps.log ?? silentLogger();
    this.#routes = deps.routes.map(compileRoute);
    this.#budget = { limitBytes: options.maxBodiesBytes ?? MAX_BODIES_BYTES, heldBytes: 0 };
    this.#judgeHost = createHostJudge(hostNames(options));
    this.#sendAnswer = createAnswerSender({ slowReaderMs: options.slowReaderMs ?? SLOW_READER_MS });
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.maxHeadersCount = 200;
    this.#server.on("request", (message, response) => this.#serve(message, response));
    this.#server.on("upgrade", (message, socket, head) => this.#upgrade(message, socket, head));
    if (options.tls !== undefined) this.#server.on("connection", (socket) => this.#watch(socket));
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
      for (const socket of this.#beside) socket.destroy();
    });
  }

  #watch(socket: Duplex): void {
    this.#beside.add(socket);
    socket.on("close", () => this.#beside.delete(socket));
  }

  #upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#watch(socket);
    socket.on("error", () => socket.destroy());
    try {
      checkHost(this.#judgeHost(message));
      checkOrigin(message, this.#options);
      const { upgrade } = this.#deps;
      if (upgrade === undefined) throw fail(baseErrors.requestRefused, { reason: "no WebSocket is served here" });
      upgrade(message, socket, head);
    } catch {
      // A client that never closes its side would otherwise keep the connection for ever.
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () => socket.destroy());
    }
  }

  // Without a promise of its own for every step: most answers are there at once.
  #serve(message: IncomingMessage, response: ServerResponse): void {
    const startMs = this.#deps.observe === undefined ? 0 : performance.now();
    const exchange: Exchange = { message, response, startMs, route: "none" };
    try {
      const answer = this.#answer(exchange);
      const isLater = answer instanceof Promise;
      const sent = isLater ? answer.then((later) => this.#send(exchange, later)) : this.#send(exchange, answer);
      sent?.catch((error: unknown) => this.#refuse(exchange, error));
    } catch (error) {
      this.#refuse(exchange, error);
    }
  }

  #answer(exchange: Exchange): Promise<HttpResponse> | HttpResponse {
    const { message, response } = exchange;
    const host = this.#judgeHost(message);
    checkHost(host);
    const { contentPrefix } = this.#options;
    const isContent =
      host.isContent || (contentPrefix !== undefined && message.url?.startsWith(contentPrefix) === true);
    if (!isContent) {
      const { allowedOrigins = [] } = this.#options;
      checkOrigin(message, this.#options);
      if (allowedOrigins.length > 0) grantOrigin(message, response, allowedOrigins);
      const preflight = answerPreflight(message, allowedOrigins);
      if (preflight !== undefined) return preflight;
    }
    const target = this.#readTarget(message);
    const { slowSenderMs = SLOW_SENDER_MS } = this.#options;
    const request = new ServedRequest({ message, response, target, host, budget: this.#budget, slowSenderMs });
    const { intercept } = this.#deps;
    if (intercept === undefined) return this.#route(exchange, request, target);
    request.maxBodyBytes = DEFAULT_MAX_BODY_BYTES;
    return intercept(request).then((intercepted) => {
      // A name that was given up in between reaches no route: those pages are another origin's.
      if (intercepted === undefined && host.isContent) checkHost({ ...host, isAnswered: false });
      if (intercepted === undefined) return this.#route(exchange, request, target);
      exchange.route = "site";
      return intercepted;
    });
  }

  #route(exchange: Exchange, request: ServedRequest, target: Target): Promise<HttpResponse> | HttpResponse {
    const found = findRoute(this.#routes, request.method, target);
    if (found === undefined) throw fail(baseErrors.routeMissing, { method: request.method, path: target.pathname });
    const { route, params } = found;
    exchange.route = route.path;
    const admitted = admitRequest(request, route, this.#options);
    request.params = params;
    request.maxBodyBytes = route.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    return admitted === undefined ? route.handle(request) : admitted.then(() => route.handle(request));
  }

  #send(exchange: Exchange, answer: HttpResponse): Promise<void> | undefined {
    const streaming = this.#sendAnswer(exchange.message, exchange.response, answer);
    if (streaming !== undefined) return streaming.then(() => this.#observe(exchange));
    this.#observe(exchange);
    return undefined;
  }

  #refuse(exchange: Exchange, error: unknown): void {
    sendError(exchange.response, exchange.message, error, this.#log);
    this.#observe(exchange);
  }

  #observe({ message, response, route, startMs }: Exchange): void {
    const { observe } = this.#deps;
    if (observe === undefined) return;
    const durationMs = performance.now() - startMs;
    observe({ route, method: message.method ?? "GET", status: response.statusCode, durationMs });
  }
}

/** One request and its answer. */
interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** 0 when nobody observes. */
  readonly startMs: number;
  /** The path of the route that answers. */
  route: string;
}

const SERVER_OPTIONS: ServerOptions = {
  maxHeaderSize: MAX_HEADER_BYTES,
  // Three chunks at once over 30 KB/s take as long; who stands still meanwhile is cut off sooner.
  requestTimeout: 1_800_000,
  headersTimeout: 20_000,
  // Longer than those who keep connections do (proxies and browsers a minute): closed from here, one may be lost that was just being used.
  keepAliveTimeout: 65_000,
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

function hostNames({ host, allowedHosts = [], contentHosts = [], isContentHost }: HttpServerOptions) {
  const bound = WILDCARDS.includes(host) ? [] : [host.includes(":") ? `[${host}]` : host.toLowerCase()];
  return {
    answered: [...LOOPBACK_NAMES, ...bound, ...allowedHosts, ...contentHosts],
    content: contentHosts,
    isContent: isContentHost ?? (() => false),
  };
}

function checkHost({ isAnswered }: HostFacts): void {
  if (!isAnswered) throw fail(baseErrors.requestRefused, { reason: "its Host header is not one of this service" });
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

/** Undefined when the request may come in, a promise when somebody has to be asked. */
function admitRequest(
  { method, headers }: HttpRequest,
  route: Route,
  { token, admit }: HttpServerOptions,
): Promise<void> | undefined {
  if (route.isOpen === true || method === "GET" || method === "HEAD") return undefined;
  if (token === undefined) return admit?.(headers.authorization);
  const given = Buffer.from(headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return undefined;
  if (admit !== undefined) return admit(headers.authorization);
  throw fail(baseErrors.requestRefused, { reason: "it carries no valid token" });
}
