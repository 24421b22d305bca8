import type { ClientRequest, IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";

/** What a request may say beside the address it goes to. */
export type DialOptions = Omit<RequestOptions, "host" | "hostname" | "port" | "protocol" | "path">;

/** Says what a request came to; exactly one of the two is called first, and only its word counts. */
export interface DialEvents {
  readonly onAnswer: (message: IncomingMessage) => void;
  /** A fault of the way; its `code` is one of the operating system's. */
  readonly onFault: (error: Error) => void;
}

/**
 * Opens a request to the host and port of `url`; connections are kept for the next one unless `options.agent` says
 * otherwise. Node's own `fetch` costs a short program several times as much before its first answer.
 *
 * @param path - path and query as they go onto the wire.
 * @returns the request, whose body is not sent yet.
 */
export function dial(
  url: URL,
  path: string,
  { options, events }: { options: DialOptions; events: DialEvents },
): ClientRequest {
  // Read at the first request that needs it: TLS alone costs as much as a whole small command, and an `import` of
  // `node:http` would start WebSockets too.
  const { request } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
  const sent = request({
    ...options,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? undefined : Number(url.port),
    path,
  });
  return sent.on("response", events.onAnswer).on("error", events.onFault);
}

/** So much of a body is handed to the system at once when somebody counts. */
const COUNTED_BYTES = 256 * 1024;

/**
 * Sends the body and ends the request. A body of which somebody counts the bytes goes in parts, without being copied;
 * what is counted was taken by the system, which holds a few MiB at most.
 */
export function sendBody(
  request: ClientRequest,
  body: Uint8Array | string | undefined,
  onSent?: (sentBytes: number) => void,
): void {
  if (onSent === undefined || !(body instanceof Uint8Array) || body.length <= COUNTED_BYTES) {
    request.end(body);
    return;
  }
  request.setHeader("content-length", body.length);
  let at = 0;
  const goOn = (fault?: Error | null): void => {
    // The request tells of its own fault; nothing more of the body is wanted.
    if (fault) return;
    if (at > 0) onSent(at);
    const part = body.subarray(at, at + COUNTED_BYTES);
    at += part.length;
    if (part.length > 0) request.write(part, goOn);
    else request.end();
  };
  goOn();
}
