import type { GuestHost } from "./host.ts";
import type { createMessageClasses } from "./messages.ts";

const EXPLANATION_LENGTH = 8192;

type Env = Readonly<Record<string, string>>;
type Handler = (request: unknown, env: Env, context: RequestContext) => unknown;
type Fetcher = { readonly fetch?: unknown };

interface RequestContext {
  /** Keeps the request open after its answer until the promise settles, at most for the time of a request. */
  waitUntil(promise: unknown): void;
  passThroughOnException(): void;
}

/** Turns requests of the child process into calls of the program's default export. */
export function createService(host: GuestHost, messages: ReturnType<typeof createMessageClasses>, env: Env) {
  const { Request, Response } = messages;
  const { parse, stringify } = JSON;
  let handler: Handler | undefined;

  const createContext = (id: number): RequestContext => ({
    waitUntil(promise) {
      host.hold(id, 1);
      Promise.resolve(promise)
        .catch((error: unknown) => host.log(3, `waitUntil: ${explain(error)}`))
        .finally(() => host.hold(id, 0));
    },
    passThroughOnException() {},
  });

  return {
    accept(entry: unknown): boolean {
      const fetcher = (entry as Fetcher | null | undefined)?.fetch;
      if (typeof entry === "function") handler = entry as Handler;
      else if (typeof fetcher === "function") {
        handler = (request, given, context) => fetcher.call(entry, request, given, context);
      }
      return handler !== undefined;
    },
    call(id: number, meta: string, body: ArrayBuffer): void {
      const { method, url, headers } = parse(meta) as { method: string; url: string; headers: [string, string][] };
      const answer = async () => {
        const hasBody = method !== "GET" && method !== "HEAD" && body.byteLength > 0;
        const request = new Request(url, { method, headers, ...(hasBody ? { body } : {}) });
        const response = await handler?.(request, env, createContext(id));
        if (!(response instanceof Response)) throw new TypeError("The handler did not return a Response.");
        const bytes = await response.bytes();
        host.respond(id, stringify({ status: response.status, headers: [...response.headers] }), bytes.buffer);
      };
      answer().catch((error: unknown) => host.fail(id, explain(error)));
    },
  };
}

/** What an error says, for the log: name, message and stack. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`.replaceAll("\0", "").slice(0, EXPLANATION_LENGTH);
  return `${error.name}: ${error.message}\n${error.stack ?? ""}`.replaceAll("\0", "").slice(0, EXPLANATION_LENGTH);
}
