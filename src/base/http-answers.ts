import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { toDsdnError } from "./dsdn-error.ts";
import type { HttpResponse } from "./http-request.ts";
import type { Logger } from "./log.ts";
import { startPatience } from "./patience.ts";
import { languageOf, toProblem } from "./problem.ts";

/** Up to this size a body goes out in one piece with the head. */
const JOINED_BYTES = 16 * 1024;
/** Up to this size a body that answers many requests is kept as text beside its bytes. */
const KEPT_TEXT_BYTES = 4 * 1024;

/** @returns a promise for an answer in parts, otherwise nothing: the answer is on its way. */
export type AnswerSender = (
  message: IncomingMessage,
  response: ServerResponse,
  answer: HttpResponse,
) => Promise<void> | undefined;

/** @param options.slowReaderMs - a client that takes nothing of its answer for so long is cut off. */
export function createAnswerSender({ slowReaderMs }: { readonly slowReaderMs: number }): AnswerSender {
  // What is frozen answers many requests: its fields are brought into the order of the wire once, and its body is never
  // changed.
  const ready = new WeakMap<object, OutgoingHttpHeader[]>();
  const texts = new WeakMap<Uint8Array, string>();

  /** Node joins the head with text only; bytes of latin1 text are the bytes. */
  const textOf = (body: Uint8Array, isRepeated: boolean): string => {
    const known = isRepeated ? texts.get(body) : undefined;
    if (known !== undefined) return known;
    const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1");
    if (isRepeated && body.length <= KEPT_TEXT_BYTES) texts.set(body, text);
    return text;
  };

  const headOf = (answer: HttpResponse, size: number | undefined): OutgoingHttpHeaders | OutgoingHttpHeader[] => {
    const given = answer.headers;
    const isComplete =
      answer.json === undefined &&
      given?.["x-content-type-options"] !== undefined &&
      given["content-length"] !== undefined;
    if (!isComplete) {
      const headers = { "x-content-type-options": "nosniff", ...given } as OutgoingHttpHeaders;
      if (answer.json !== undefined) headers["content-type"] ??= "application/json";
      if (size !== undefined) headers["content-length"] ??= size;
      return headers;
    }
    // Node writes these names and values; it changes nothing in them. What is complete already is not copied.
    const known = ready.get(given);
    if (known !== undefined) return known;
    if (!Object.isFrozen(given)) return given as OutgoingHttpHeaders;
    const fields = Object.entries(given as OutgoingHttpHeaders).flatMap(([name, value = ""]) => [name, value]);
    ready.set(given, fields);
    return fields;
  };

  return (message, response, answer) => {
    let body = answer.json === undefined ? answer.body : JSON.stringify(answer.json);
    if (typeof body === "string") body = Buffer.from(body);
    const size = body instanceof Uint8Array ? body.length : undefined;
    const head = headOf(answer, size);
    response.writeHead(answer.status ?? 200, head);
    if (message.method === "HEAD" || body === undefined) return void response.end();
    if (!(body instanceof Uint8Array)) return sendParts(response, body, slowReaderMs);
    if (body.length > JOINED_BYTES) response.end(body);
    else response.end(textOf(body, Array.isArray(head)), "latin1");
    // Until it is read, what the system does not take stays in memory.
    if (response.socket !== null && response.socket.writableLength > 0) response.setTimeout(slowReaderMs);
    return undefined;
  };
}

async function sendParts(
  response: ServerResponse,
  parts: AsyncIterable<Uint8Array>,
  slowReaderMs: number,
): Promise<void> {
  try {
    for await (const part of parts) {
      if (response.destroyed) return;
      if (!response.write(part)) await drained(response, slowReaderMs);
    }
    response.end();
  } catch (error) {
    // The status is out already: cutting the connection is the only honest way to say "not complete".
    response.destroy();
    throw error;
  }
}

/** Resolves when the client has read on or is gone. */
function drained(response: ServerResponse, slowReaderMs: number): Promise<void> {
  return new Promise((resolve) => {
    const patience = startPatience(slowReaderMs, () => response.destroy());
    const go = () => {
      patience.end();
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.once("drain", go);
    response.once("close", go);
  });
}

/** Answers with the problem, or cuts the connection when an answer is on its way already. */
export function sendError(response: ServerResponse, message: IncomingMessage, cause: unknown, log: Logger): void {
  const error = toDsdnError(cause);
  if (error.spec.kind === "bug") {
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    log.error("request failed", { code: error.code, stack });
  }
  if (response.headersSent) return void response.destroy();
  const retry =
    (error.spec.httpStatus === 429 || error.spec.httpStatus === 503) &&
    typeof error.facts["retryAfterSeconds"] === "number";
  response.writeHead(error.spec.httpStatus, {
    "content-type": "application/problem+json",
    "x-content-type-options": "nosniff",
    // RFC 9110 section 15.5.2
    ...(error.spec.httpStatus === 401 ? { "www-authenticate": "Bearer" } : {}),
    ...(retry ? { "retry-after": String(error.facts["retryAfterSeconds"]) } : {}),
    // An unread body would otherwise be taken for the next request.
    ...(message.complete ? {} : { connection: "close" }),
  });
  response.end(JSON.stringify(toProblem(error, languageOf(message.headers["accept-language"]))));
}
