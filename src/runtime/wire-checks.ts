import { fail } from "../base/index.ts";
import type { GuestLimits } from "./child/frames.ts";
import { runtimeErrors } from "./errors.ts";
import { hasOwn } from "./own.ts";
import type { GuestRequest, GuestResponse } from "./port.ts";

const HEADER_COUNT = 128;
const HEADER_BYTES = 32 * 1024;
const URL_CHARACTERS = 16 * 1024;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 5.5: visible characters, blanks and tabs; nothing that could end a header line. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** They belong to the connection between server and client, never to a workload (RFC 9110 7.6.1). */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-length",
]);

/**
 * The part of a request that crosses to the guest as JSON.
 * @throws DSDN_RUNTIME_REQUEST_TOO_LARGE
 */
export function readRequest(request: GuestRequest, limits: GuestLimits): unknown {
  const headers = request.headers.filter(([name, value]) => NAME.test(name) && VALUE.test(value));
  const headerBytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const isTooLarge =
    request.body.length > limits.outputBytes ||
    headerBytes > HEADER_BYTES ||
    headers.length > HEADER_COUNT ||
    request.url.length > URL_CHARACTERS;
  if (isTooLarge) throw fail(runtimeErrors.requestTooLarge, { limitBytes: limits.outputBytes });
  return { method: request.method, url: request.url, headers };
}

/**
 * Status and headers of an answer, taken from what the child sent. Hop-by-hop fields and Content-Length are left out:
 * the server that passes the answer on makes its own.
 *
 * @throws DSDN_RUNTIME_CRASHED when the child sent anything else.
 */
export function readResponse(json: unknown, method: string): Pick<GuestResponse, "status" | "headers"> {
  const status = hasOwn(json, "status") ? json.status : undefined;
  const list = hasOwn(json, "headers") ? json.headers : undefined;
  const isStatus = typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599;
  if (!isStatus || !Array.isArray(list) || list.length > HEADER_COUNT) {
    throw fail(runtimeErrors.crashed, { reason: `unfit answer to ${method}` });
  }
  const headers: [string, string][] = [];
  let bytes = 0;
  for (const pair of list as unknown[]) {
    const [name, value] = Array.isArray(pair) ? (pair as unknown[]) : [];
    const isPair = typeof name === "string" && typeof value === "string" && NAME.test(name) && VALUE.test(value);
    bytes += isPair ? name.length + value.length : HEADER_BYTES;
    if (!isPair || bytes > HEADER_BYTES) throw fail(runtimeErrors.crashed, { reason: "unfit header in the answer" });
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push([name.toLowerCase(), value]);
  }
  return { status, headers };
}
