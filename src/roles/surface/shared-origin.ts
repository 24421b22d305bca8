import type { HttpResponse } from "../../base/index.ts";
import { sharedOriginHeaders } from "../../runtime/index.ts";

/** They speak for a whole origin; a deployment on the origin of a role must not. */
const ORIGIN_HEADERS = new Set([
  "set-cookie",
  "clear-site-data",
  "service-worker-allowed",
  "strict-transport-security",
]);

/**
 * A deployment's answer as it may be shown on an origin that is not its own: pages in it get an opaque origin, and
 * nothing in it holds for the origin.
 */
export function onSharedOrigin(answer: HttpResponse): HttpResponse {
  const headers = Object.entries(answer.headers ?? {}).filter(([name]) => !ORIGIN_HEADERS.has(name.toLowerCase()));
  const own = new Set(sharedOriginHeaders.map(([name]) => name));
  const kept = headers.filter(([name]) => !own.has(name.toLowerCase()));
  return { ...answer, headers: Object.fromEntries([...kept, ...sharedOriginHeaders]) };
}
