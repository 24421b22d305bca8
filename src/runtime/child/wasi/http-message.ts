import type { RequestParts } from "./cgi.ts";

/** Fields that the message makes itself. */
const OWN = new Set(["host", "content-length", "transfer-encoding", "connection"]);

/**
 * A request as one HTTP/1.1 message: `METHOD target HTTP/1.1`, Host, the fields, Content-Length, an empty line, the body.
 *
 * @source RFC 9112 2.1
 */
export function encodeHttpRequest({ method, url, headers }: RequestParts, body: Uint8Array): Uint8Array {
  const { host, pathname, search } = new URL(url);
  const fields = headers.filter(([name]) => !OWN.has(name.toLowerCase()));
  const lines = [
    `${method} ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
  ];
  return new Uint8Array(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]));
}
