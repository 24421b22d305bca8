import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpResponse } from "./http-request.ts";

/**
 * What pages of other origins may do at a server that names these origins: ask every route as any program may, without
 * cookies, which no route here knows. Whose request it is, a signature or the token in it says, never the browser.
 *
 * @source WHATWG Fetch, section 3.2 (the CORS protocol)
 */
const METHODS = "GET, HEAD, POST, PUT, DELETE";
const PREFLIGHT_S = 600;

/** Tells the browser that the page may read the answer. Nothing happens for a page the server does not name. */
export function grantOrigin(
  { headers }: IncomingMessage,
  response: ServerResponse,
  allowedOrigins: readonly string[],
): void {
  // A cache must not give one page's answer to another.
  response.setHeader("vary", "origin");
  const { origin } = headers;
  if (origin === undefined || !allowedOrigins.includes(origin)) return;
  response.setHeader("access-control-allow-origin", origin);
  // The page needs it to say why something failed and how much is still to come.
  response.setHeader("access-control-expose-headers", "content-length, content-range, retry-after");
}

/** The answer to a browser that asks before it sends a request of an allowed page; undefined for anything else. */
export function answerPreflight(
  { method, headers }: IncomingMessage,
  allowedOrigins: readonly string[],
): HttpResponse | undefined {
  const asks = method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
  if (!asks || !allowedOrigins.includes(headers.origin ?? "")) return undefined;
  return {
    status: 204,
    headers: {
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": headers["access-control-request-headers"] ?? "*",
      "access-control-max-age": String(PREFLIGHT_S),
    },
  };
}
