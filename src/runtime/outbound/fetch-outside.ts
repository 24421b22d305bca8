import { type Clock, DsdnError, fail } from "../../base/index.ts";
import { runtimeErrors } from "../errors.ts";
import { HOP_BY_HOP } from "../wire-checks.ts";
import { exchangeHttp, type HopAnswer, type HopRequest } from "./exchange-http.ts";
import type { OutboundNetwork } from "./network.ts";
import { isPublicAddress } from "./public-address.ts";

export interface OutboundRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly redirect: "follow" | "manual" | "error";
}

export interface OutboundAnswer extends HopAnswer {
  /** Where the answer came from in the end. */
  readonly url: string;
  readonly isRedirected: boolean;
}

export interface OutboundRules {
  /** Host names that may be asked, lower case, exact. */
  readonly hosts: readonly string[];
  /** Bound of an answer's body. */
  readonly responseBytes: number;
  readonly timeoutMs: number;
}

export interface OutboundDeps {
  readonly network: OutboundNetwork;
  readonly clock: Clock;
}

const MAX_REDIRECTS = 5;
const MAX_TIME_MS = 30_000;
const HEADER_BYTES = 32 * 1024;
const PORTS: readonly string[] = ["80", "443"];
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const FORBIDDEN_METHODS: readonly string[] = ["CONNECT", "TRACE", "TRACK"];
/** Set by us, or of no business to a program. */
const OWN_FIELDS: readonly string[] = ["host", "accept-encoding", "expect", "keep-alive"];
/** They are for one origin and never follow to another (WHATWG Fetch 4.4, HTTP-redirect fetch). */
const PRIVATE_FIELDS: readonly string[] = ["authorization", "cookie", "proxy-authorization"];
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Sends a program's request to a granted host and gives back the whole answer. Each hop of a redirect is checked as the
 * first one was: scheme, port, granted host, and every address the name has must be public. The name is resolved once a
 * hop and exactly the checked address is connected to, so that a name that flips between two answers gains nothing.
 *
 * @throws DSDN_RUNTIME_FETCH_REFUSED before anything is sent, DSDN_RUNTIME_FETCH_FAILED
 */
export async function fetchOutside(
  request: OutboundRequest,
  rules: OutboundRules,
  deps: OutboundDeps,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  const abort = new AbortController();
  const onAbort = () => abort.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const cancel = deps.clock.after(Math.min(MAX_TIME_MS, rules.timeoutMs), () =>
    abort.abort(new Error("it took too long")),
  );
  try {
    return await follow(request, { rules, deps, signal: abort.signal });
  } finally {
    cancel();
    signal.removeEventListener("abort", onAbort);
  }
}

interface Frame {
  readonly rules: OutboundRules;
  readonly deps: OutboundDeps;
  readonly signal: AbortSignal;
}

async function follow(request: OutboundRequest, frame: Frame): Promise<OutboundAnswer> {
  let hop = firstHop(request);
  for (let redirects = 0; ; redirects++) {
    const answer = await sendHop(hop, frame);
    const location = answer.headers.find(([name]) => name === "location")?.[1];
    const isRedirect = REDIRECTS.includes(answer.status) && location !== undefined;
    if (!isRedirect || request.redirect === "manual") {
      return { ...answer, url: hop.url.href, isRedirected: redirects > 0 };
    }
    const host = hop.url.host;
    if (request.redirect === "error")
      throw refused(host, "it answers with a redirect, which the program does not want");
    if (redirects >= MAX_REDIRECTS) throw refused(host, `it redirects more than ${MAX_REDIRECTS} times`);
    const next = URL.parse(location, hop.url.href);
    if (next === null) throw refused(host, "it redirects to something that is no address");
    hop = nextHop(hop, next, answer.status);
  }
}

function refused(host: string, reason: string) {
  return fail(runtimeErrors.fetchRefused, { host: host.slice(0, 253), reason });
}

function firstHop({ method, url, headers, body }: OutboundRequest): HopRequest {
  const target = URL.parse(url);
  if (target === null) throw refused("", "the address cannot be read");
  const verb = method.toUpperCase();
  if (!/^[A-Z]{1,32}$/.test(verb) || FORBIDDEN_METHODS.includes(verb)) {
    throw refused(target.host, "no request may have this method");
  }
  let size = 0;
  const kept = headers.flatMap(([name, value]): [string, string][] => {
    const field = name.toLowerCase();
    size += name.length + value.length;
    if (!NAME.test(field) || !VALUE.test(value)) throw refused(target.host, "a header field is unfit for HTTP");
    return HOP_BY_HOP.has(field) || OWN_FIELDS.includes(field) ? [] : [[field, value]];
  });
  if (size > HEADER_BYTES) throw refused(target.host, `its header fields are more than ${HEADER_BYTES} bytes`);
  return { method: verb, url: target, headers: kept, body };
}

/** WHATWG Fetch 4.4: what a redirect changes in the request. */
function nextHop(hop: HopRequest, url: URL, status: number): HopRequest {
  const losesBody =
    ((status === 301 || status === 302) && hop.method === "POST") ||
    (status === 303 && hop.method !== "GET" && hop.method !== "HEAD");
  const isOther = url.origin !== hop.url.origin;
  const headers = hop.headers.filter(
    ([name]) => !(isOther && PRIVATE_FIELDS.includes(name)) && !(losesBody && name.startsWith("content-")),
  );
  return losesBody ? { method: "GET", url, headers, body: new Uint8Array(0) } : { ...hop, url, headers };
}

async function sendHop(hop: HopRequest, { rules, deps, signal }: Frame): Promise<HopAnswer> {
  const { url } = hop;
  const address = await chooseAddress(url, { rules, deps, signal });
  const port = Number(portOf(url));
  try {
    signal.throwIfAborted();
    const socket = deps.network.connect(address, port);
    return await exchangeHttp(hop, socket, { bytes: rules.responseBytes, signal });
  } catch (error) {
    if (error instanceof DsdnError) throw error;
    const reason = signal.aborted && signal.reason instanceof Error ? signal.reason : error;
    throw fail(runtimeErrors.fetchFailed, { host: url.host, reason: describe(reason) }, { cause: error });
  }
}

/** The checks of one hop. @returns the address to connect to */
async function chooseAddress(url: URL, { rules, deps }: Frame): Promise<string> {
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refused(url.host, "only http and https leave here");
  if (url.username !== "" || url.password !== "") throw refused(url.host, "its address holds a name or password");
  if (!rules.hosts.includes(url.hostname)) throw refused(url.hostname, "the deployment has no grant for this host");
  if (!PORTS.includes(portOf(url))) throw refused(url.host, "only the ports 80 and 443 may be asked");
  const name = url.hostname.replace(/^\[|\]$/g, "");
  let addresses: readonly string[];
  try {
    addresses = (await isPublicAddress(name)) ? [name] : await deps.network.resolve(name);
  } catch (error) {
    throw fail(runtimeErrors.fetchFailed, { host: url.host, reason: "its name has no address" }, { cause: error });
  }
  const [first] = addresses;
  if (first === undefined) throw fail(runtimeErrors.fetchFailed, { host: url.host, reason: "its name has no address" });
  // One inward address among others is enough to refuse: whoever answers for the name tries something.
  for (const address of addresses) {
    if (!(await isPublicAddress(address))) throw refused(url.host, "its address is not on the public internet");
  }
  return first;
}

function portOf(url: URL): string {
  return url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
}

/** A cause in words that tell a program nothing about this machine. */
function describe(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  if (code === "ECONNREFUSED") return "it refused the connection";
  if (code === "ECONNRESET" || code === "EPIPE") return "it closed the connection";
  if (code === "ERR_BUFFER_TOO_LARGE") return "its answer is too large once it is unpacked";
  if (/^(CERT_|DEPTH_|SELF_|UNABLE_|ERR_TLS|ERR_SSL)/.test(code)) return "its certificate is not accepted";
  if (code === "" && error instanceof Error) return error.message.slice(0, 200);
  return "the exchange failed";
}
