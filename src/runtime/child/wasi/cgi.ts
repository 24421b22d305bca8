import { GuestStop } from "../guest-stop.ts";

/** A request as it came from the node, checked there. */
export interface RequestParts {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
}

export interface CgiAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** Fields with a variable of their own, of the connection, or that a program would mistake for a setting. */
const NOT_PASSED = new Set([
  ...["content-length", "content-type", "host", "proxy"],
  ...["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"],
]);
const HEADER_BYTES = 32 * 1024;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;
const STATUS = /^([2-5]\d\d)(?: |$)/;

/**
 * The variables a command finds for one request. `HTTP_PROXY` is never set by a request, and a field whose name holds
 * an underscore is left out, because it could pass for another.
 *
 * @source RFC 3875 4.1; differs: REMOTE_ADDR is empty, the node does not know the client; REQUEST_URI is added
 */
export function cgiVariables({ method, url, headers }: RequestParts, bodyBytes: number): Map<string, string> {
  const { hostname, port, host, pathname, search, protocol } = new URL(url);
  const contentType = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1];
  const variables = new Map([
    ["GATEWAY_INTERFACE", "CGI/1.1"],
    ["SERVER_SOFTWARE", "dsdn"],
    ["SERVER_PROTOCOL", "HTTP/1.1"],
    ["SERVER_NAME", hostname],
    ["SERVER_PORT", port || (protocol === "https:" ? "443" : "80")],
    ["REQUEST_METHOD", method],
    ["REQUEST_URI", pathname + search],
    ["SCRIPT_NAME", ""],
    ["PATH_INFO", decodePath(pathname)],
    ["QUERY_STRING", search.slice(1)],
    ["REMOTE_ADDR", ""],
    ["HTTP_HOST", host],
  ]);
  if (bodyBytes > 0) variables.set("CONTENT_LENGTH", String(bodyBytes));
  if (contentType !== undefined) variables.set("CONTENT_TYPE", contentType);
  for (const [name, value] of headers) {
    if (NOT_PASSED.has(name.toLowerCase()) || name.includes("_")) continue;
    const variable = `HTTP_${name.toUpperCase().replaceAll("-", "_")}`;
    const known = variables.get(variable);
    variables.set(variable, known === undefined ? value : `${known}, ${value}`);
  }
  return variables;
}

/**
 * The answer a program wrote: header lines, an empty line, the body. Status 200 unless it says otherwise, 302 when it
 * gives a Location and no Status.
 *
 * @throws GuestStop
 * @source RFC 3875 6; differs: Content-Type may be missing, a local redirect is sent to the client
 */
export function readCgiAnswer(bytes: Uint8Array): CgiAnswer {
  const end = findBlankLine(bytes);
  if (end === undefined) throw new GuestStop("answer", "no empty line ends its header");
  const lines = new TextDecoder("latin1").decode(bytes.subarray(0, end.head)).split(/\r?\n/);
  const headers: [string, string][] = [];
  let status: number | undefined;
  for (const line of lines.filter((each) => each !== "")) {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new GuestStop("answer", "a header line is no name: value");
    if (name.toLowerCase() !== "status") headers.push([name, value]);
    else {
      const [, code] = STATUS.exec(value) ?? [];
      if (code === undefined) throw new GuestStop("answer", "its Status is no number from 200 to 599");
      status = Number(code);
    }
  }
  const hasLocation = headers.some(([name]) => name.toLowerCase() === "location");
  return { status: status ?? (hasLocation ? 302 : 200), headers, body: bytes.subarray(end.body) };
}

/** Where the header ends and where the body begins; undefined when no empty line comes within the bound. */
function findBlankLine(bytes: Uint8Array): { head: number; body: number } | undefined {
  let lineStart = 0;
  for (let at = 0; at < Math.min(bytes.length, HEADER_BYTES); at++) {
    if (bytes[at] !== 0x0a) continue;
    const isBlank = at === lineStart || (at === lineStart + 1 && bytes[lineStart] === 0x0d);
    if (isBlank) return { head: lineStart, body: at + 1 };
    lineStart = at + 1;
  }
  return undefined;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
