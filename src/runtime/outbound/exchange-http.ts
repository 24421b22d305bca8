import { Agent, type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { fail, readBytes } from "../../base/index.ts";
import { runtimeErrors } from "../errors.ts";

export interface HopRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

export interface HopAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

const HEADER_BYTES = 32 * 1024;
const CODINGS = "gzip, br";

/**
 * One HTTP/1.1 exchange over a socket that is connected already, with TLS for https (certificate checked against the
 * host's name). The body comes decoded. Redirects are answers like others.
 *
 * @param limits.bytes - bound of the body, before and after decoding.
 * @throws DSDN_RUNTIME_FETCH_FAILED, and what sockets and TLS throw
 */
export async function exchangeHttp(
  hop: HopRequest,
  socket: Socket,
  limits: { readonly bytes: number; readonly signal: AbortSignal },
): Promise<HopAnswer> {
  const { url, method } = hop;
  const isSecure = url.protocol === "https:";
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const headers = toFields([...hop.headers, ["accept-encoding", CODINGS], ["host", url.host]], hop);
  const servername = isIP(name) === 0 ? { servername: name } : {};
  const options: RequestOptions = {
    method,
    host: name,
    path: `${url.pathname}${url.search}`,
    headers,
    maxHeaderSize: HEADER_BYTES,
    signal: limits.signal,
    setDefaultHeaders: false,
    agent: new GivenSocket(isSecure ? connectTls({ socket, ALPNProtocols: ["http/1.1"], ...servername }) : socket),
  };
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = requestHttp(options, resolve);
      request.once("error", reject);
      request.once("upgrade", () => reject(new Error("it answered with an upgrade")));
      socket.on("error", reject);
      request.end(hop.body);
    });
    const body = await readBody(answer, url.host, limits.bytes);
    return {
      status: answer.statusCode ?? 0,
      statusText: answer.statusMessage ?? "",
      ...(await decode(toPairs(answer.rawHeaders), body, limits.bytes)),
    };
  } finally {
    socket.destroy();
  }
}

/** Hands out one socket and never looks a name up: without it, Node would connect to the name by itself. */
class GivenSocket extends Agent {
  readonly #socket: Socket;
  constructor(socket: Socket) {
    super({ keepAlive: false });
    // What goes wrong is told by the request; a late error of a socket nobody listens to would end the node.
    this.#socket = socket.on("error", () => {});
  }
  override createConnection(): Socket {
    return this.#socket;
  }
}

function toFields(
  pairs: readonly (readonly [string, string])[],
  { method, body }: HopRequest,
): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const known = fields[name];
    fields[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  if (body.length > 0 || method === "POST" || method === "PUT" || method === "PATCH") {
    fields["content-length"] = String(body.length);
  }
  fields["connection"] = "close";
  return fields;
}

function toPairs(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([(raw[at] ?? "").toLowerCase(), raw[at + 1] ?? ""]);
  return pairs;
}

function tooLarge(host: string, limitBytes: number) {
  return fail(runtimeErrors.fetchFailed, { host, reason: `its answer is larger than ${limitBytes} bytes` });
}

function readBody(answer: IncomingMessage, host: string, limitBytes: number): Promise<Uint8Array> {
  return readBytes(answer as AsyncIterable<Uint8Array>, { limitBytes, refuse: () => tooLarge(host, limitBytes) });
}

/** Undoes one content coding within the bound; other codings stay and keep their header. */
async function decode(
  headers: readonly (readonly [string, string])[],
  body: Uint8Array,
  limitBytes: number,
): Promise<Pick<HopAnswer, "headers" | "body">> {
  const coding = headers
    .find(([name]) => name === "content-encoding")?.[1]
    .trim()
    .toLowerCase();
  const unpack = { gzip: gunzip, "x-gzip": gunzip, deflate: inflate, br: brotliDecompress }[coding ?? ""];
  if (unpack === undefined || body.length === 0) return { headers, body };
  const decoded = await promisify<Uint8Array, { maxOutputLength: number }, Buffer>(unpack)(body, {
    maxOutputLength: limitBytes,
  });
  return {
    headers: headers.filter(([name]) => name !== "content-encoding" && name !== "content-length"),
    body: decoded,
  };
}
