import type { IncomingMessage, ServerResponse } from "node:http";
import { joinBytes } from "./bytes.ts";
import { DsdnError, fail } from "./dsdn-error.ts";
import { baseErrors } from "./errors.ts";
import { startPatience } from "./patience.ts";

/** One request, parsed. `params` are the decoded `{name}` parts of the route's path. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** True when only user content is answered under that host name. */
  readonly isContentHost: boolean;
  readonly params: { readonly [name: string]: string };
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly remoteAddress: string;
  /** The raw message, for streaming a body. */
  readonly raw: IncomingMessage;
  /** Aborted when the client leaves before the answer is complete. */
  readonly signal: AbortSignal;
  /**
   * Calls the listener once when the exchange is over: the answer is out, or the client is gone. The returned function
   * forgets the listener.
   */
  onOver(listener: () => void): () => void;
  /** The whole body; DSDN_BASE_REQUEST_TOO_LARGE past the route's limit. */
  body(): Promise<Uint8Array>;
  json(): Promise<unknown>;
}

export interface HttpResponse {
  readonly status?: number;
  /** Frozen where the same object goes with many answers: it is got ready once. Bytes that go with it never change. */
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

const UNPLAIN_PATH = /\\|\/(?:\.|%2e){1,2}(?:\/|$)/i;

/** What a request asks for. */
export interface Target {
  /** As `URL` gives it. */
  readonly pathname: string;
  /** From the `?` on, or empty. */
  readonly search: string;
  /** The routes that answer it, by method, as far as they were looked for. */
  readonly found: Map<string, FoundRoute | undefined>;
}

/** Targets that are asked for again and again are read once; a client can make up others, so only some are kept. */
const KEPT_TARGETS = 1_000;
const KEPT_TARGET_LENGTH = 512;

/** Reads the path and query of requests. @throws DSDN_BASE_REQUEST_INVALID */
export function createTargetReader(): (message: IncomingMessage) => Target {
  const known = new Map<string, Target>();
  return ({ url: target = "/" }) => {
    const there = known.get(target);
    if (there !== undefined) return there;
    const { pathname, search } = parseTarget(target);
    const read: Target = { pathname, search, found: new Map() };
    if (target.length <= KEPT_TARGET_LENGTH) {
      if (known.size >= KEPT_TARGETS) known.clear();
      known.set(target, read);
    }
    return read;
  };
}

function parseTarget(target: string): URL {
  // A dot segment or backslash would be resolved away below: the path that was checked must be the one that is served.
  const isPlain = target.startsWith("/") && !UNPLAIN_PATH.test(target.split(/[?#]/, 1)[0] ?? "");
  const url = isPlain ? URL.parse(`http://local${target}`) : null;
  if (url === null) throw fail(baseErrors.requestInvalid, { field: "the path", reason: "is not a valid URL path" });
  return url;
}

/** How many bytes of bodies a server holds at once. */
export interface BodyBudget {
  readonly limitBytes: number;
  heldBytes: number;
}

export interface RequestParts {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly host: { readonly name: string; readonly isContent: boolean };
  readonly budget: BodyBudget;
  /** How long nothing of a body may come. */
  readonly slowSenderMs: number;
}

/** The request as handlers see it; what few of them ask for is made when it is asked for. */
export class ServedRequest implements HttpRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  readonly host: string;
  readonly isContentHost: boolean;
  params: HttpRequest["params"] = {};
  maxBodyBytes = 0;
  readonly #parts: RequestParts;
  #query: URLSearchParams | undefined;
  #leave: AbortController | undefined;

  constructor(parts: RequestParts) {
    this.#parts = parts;
    this.raw = parts.message;
    this.method = parts.message.method ?? "GET";
    this.host = parts.host.name;
    this.isContentHost = parts.host.isContent;
  }

  get path(): string {
    return this.#parts.target.pathname;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#parts.target.search);
    return this.#query;
  }

  get headers(): IncomingMessage["headers"] {
    return this.raw.headers;
  }

  get remoteAddress(): string {
    return this.raw.socket.remoteAddress ?? "";
  }

  get signal(): AbortSignal {
    if (this.#leave === undefined) {
      const leave = new AbortController();
      this.#leave = leave;
      const { response } = this.#parts;
      // An answer that went out whole is no leaving: most requests end so, and making an error for each would be felt.
      const end = () => {
        if (!response.writableFinished) leave.abort();
      };
      if (response.closed) end();
      else response.once("close", end);
    }
    return this.#leave.signal;
  }

  onOver(listener: () => void): () => void {
    const { response } = this.#parts;
    if (response.closed) listener();
    else response.once("close", listener);
    return () => response.off("close", listener);
  }

  body(): Promise<Uint8Array> {
    return readBody(this.#parts, this.maxBodyBytes);
  }

  async json(): Promise<unknown> {
    return parseJsonBody(this.raw, await this.body());
  }
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

/** What is read counts until the exchange is over, one way or the other. */
async function readBody(
  { message, response, budget, slowSenderMs }: RequestParts,
  maxBodyBytes: number,
): Promise<Uint8Array> {
  const announced = Number(message.headers["content-length"] ?? 0);
  if (announced > maxBodyBytes) throw fail(baseErrors.requestTooLarge, { limitBytes: maxBodyBytes });
  let held = 0;
  const giveBack = () => {
    budget.heldBytes -= held;
  };
  const whole = new Uint8Array(announced);
  const parts: Buffer[] = [];
  const patience = startPatience(slowSenderMs, () => message.destroy());
  try {
    for await (const part of message as AsyncIterable<Buffer>) {
      patience.moved();
      if (held + part.length > maxBodyBytes) throw fail(baseErrors.requestTooLarge, { limitBytes: maxBodyBytes });
      if (response.closed) throw fail(baseErrors.requestInvalid, { field: "the body", reason: "ended early" });
      if (held === 0) response.once("close", giveBack);
      if (announced > 0) whole.set(part, held);
      else parts.push(part);
      held += part.length;
      budget.heldBytes += part.length;
      if (budget.heldBytes > budget.limitBytes) throw fail(baseErrors.tooBusy, { limitBytes: budget.limitBytes });
    }
  } catch (error) {
    if (error instanceof DsdnError) throw error;
    throw fail(baseErrors.requestInvalid, { field: "the body", reason: "ended early" }, { cause: error });
  } finally {
    patience.end();
  }
  return announced > 0 ? whole.subarray(0, held) : joinBytes(parts);
}

/** A route with its path taken apart. */
export interface CompiledRoute extends Route {
  readonly segments: readonly string[];
  readonly restName: string | undefined;
}

/** Takes a route's path apart once, at start. */
export function compileRoute(route: Route): CompiledRoute {
  const segments = route.path.split("/").slice(1);
  const rest = /^\{(\w+)\*\}$/.exec(segments.at(-1) ?? "")?.[1];
  return { ...route, segments: rest === undefined ? segments : segments.slice(0, -1), restName: rest };
}

/** A route with the parameters of a path. */
export interface FoundRoute {
  readonly route: CompiledRoute;
  readonly params: { readonly [name: string]: string };
}

/** The first route that answers, with its parameters, or undefined. */
export function findRoute(routes: readonly CompiledRoute[], method: string, target: Target): FoundRoute | undefined {
  const known = target.found.get(method);
  if (known !== undefined || target.found.has(method)) return known;
  const found = lookForRoute(routes, method, target.pathname);
  target.found.set(method, found);
  return found;
}

function lookForRoute(routes: readonly CompiledRoute[], method: string, path: string): FoundRoute | undefined {
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

/** The lower-case host name of a Host header, without port. */
export function hostName(header: string): string {
  return header.replace(/:\d{1,5}$/, "").toLowerCase();
}
