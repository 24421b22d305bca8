import { createHash, randomFillSync } from "node:crypto";
import type { QuickJSContext, QuickJSHandle } from "quickjs-emscripten-core";
import type { LogLevel } from "./guest.ts";

/** What guest code may cause in the child process. Every argument comes from hostile code and is checked here. */
export interface BridgeEvents {
  log(level: LogLevel, text: string): void;
  respond(id: number, meta: string, body: Uint8Array): void;
  emit(bytes: Uint8Array): void;
  finish(id: number, exitCode: number): void;
  fail(id: number, message: string): void;
  startTimer(id: number, delayMs: number): void;
  stopTimer(id: number): void;
  hold(id: number, change: 1 | -1): void;
  /** @returns the number by which the answer comes back. */
  ask(question: { kind: string; meta: string; body: Uint8Array }): number;
}

const LOG_CHARACTERS = 65536;
const URL_CHARACTERS = 65536;
const RANDOM_BYTES = 65536;
const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];
/** WebCrypto 32.2 names, to the names of OpenSSL. */
const DIGESTS: ReadonlyMap<string, string> = new Map([
  ["SHA-1", "sha1"],
  ["SHA-256", "sha256"],
  ["SHA-384", "sha384"],
  ["SHA-512", "sha512"],
]);

/** Thrown inside the guest as a TypeError when it calls the host with something unfit; carries no host stack. */
export class GuestMistake extends Error {
  override name = "TypeError";
  override stack = "";
}

/**
 * The object of functions that the surface gets inside the guest. Functions take and give only texts, numbers and
 * buffers, so nothing of the host's object graph is reachable from the guest.
 *
 * @param textCharacters - bound of a text that is encoded, and in bytes of a buffer that is taken over.
 */
export function createBridge(context: QuickJSContext, textCharacters: number, events: BridgeEvents): QuickJSHandle {
  const text = (handle: QuickJSHandle | undefined, limit: number): string => {
    if (handle === undefined || context.typeof(handle) !== "string") throw new GuestMistake("not a text");
    if ((context.getLength(handle) ?? 0) > limit) throw new GuestMistake("text over its bound");
    return context.getString(handle);
  };
  const number = (handle: QuickJSHandle | undefined): number => {
    const value = handle !== undefined && context.typeof(handle) === "number" ? context.getNumber(handle) : Number.NaN;
    if (!Number.isSafeInteger(value) || value < 0) throw new GuestMistake("not a whole number");
    return value;
  };
  const buffer = (handle: QuickJSHandle | undefined): Uint8Array => {
    if (handle === undefined || context.typeof(handle) !== "object") throw new GuestMistake("not a buffer");
    return readBuffer(context, handle, textCharacters);
  };
  const back = (bytes: Uint8Array) => context.newArrayBuffer(bytes.slice().buffer);
  const backText = (value: string | undefined) => (value === undefined ? context.undefined : context.newString(value));
  const bridge: Record<string, (...handles: QuickJSHandle[]) => QuickJSHandle | undefined> = {
    log: (level, line) => nothing(events.log(LEVELS[number(level)] ?? "info", text(line, LOG_CHARACTERS))),
    respond: (id, meta, body) => nothing(events.respond(number(id), text(meta, textCharacters), buffer(body))),
    emit: (bytes) => nothing(events.emit(buffer(bytes))),
    finish: (id, exitCode) => nothing(events.finish(number(id), number(exitCode))),
    fail: (id, message) => nothing(events.fail(number(id), text(message, LOG_CHARACTERS))),
    encode: (line) => back(new TextEncoder().encode(text(line, textCharacters))),
    decode: (bytes, isFatal) =>
      backText(decode(buffer(bytes), isFatal !== undefined && context.dump(isFatal) === true)),
    url: (href, base, change) =>
      backText(resolveUrl(text(href, URL_CHARACTERS), text(base, URL_CHARACTERS), text(change, URL_CHARACTERS))),
    parseQuery: (query) => context.newString(JSON.stringify([...new URLSearchParams(text(query, textCharacters))])),
    formatQuery: (pairs) => context.newString(formatQuery(text(pairs, textCharacters))),
    random: (length) => back(randomFillSync(new Uint8Array(Math.min(RANDOM_BYTES, number(length))))),
    digest: (name, bytes) => back(digest(text(name, 16), buffer(bytes))),
    hold: (id, isHeld) => nothing(events.hold(number(id), number(isHeld) === 1 ? 1 : -1)),
    ask: (kind, meta, body) =>
      context.newNumber(events.ask({ kind: text(kind, 64), meta: text(meta, textCharacters), body: buffer(body) })),
    startTimer: (id, delayMs) => nothing(events.startTimer(number(id), number(delayMs))),
    stopTimer: (id) => nothing(events.stopTimer(number(id))),
  };
  const host = context.newObject();
  for (const [name, call] of Object.entries(bridge)) {
    const handle = context.newFunction(name, (...handles) => call(...handles));
    context.setProp(host, name, handle);
    handle.dispose();
  }
  return host;
}

function nothing(_done: unknown): undefined {
  return undefined;
}

function digest(name: string, bytes: Uint8Array): Uint8Array {
  const known = DIGESTS.get(name);
  if (known === undefined) throw new GuestMistake("unknown digest");
  return createHash(known).update(bytes).digest();
}

function readBuffer(context: QuickJSContext, handle: QuickJSHandle, limit: number): Uint8Array {
  const lifetime = context.getArrayBuffer(handle);
  try {
    if (lifetime.value.byteLength > limit) throw new GuestMistake("buffer over its bound");
    return lifetime.value.slice();
  } finally {
    lifetime.dispose();
  }
}

function decode(bytes: Uint8Array, isFatal: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: isFatal, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function resolveUrl(href: string, base: string, change: string): string | undefined {
  const url = base === "" ? URL.parse(href) : URL.parse(href, base);
  if (url === null) return undefined;
  if (change !== "" && !applyChange(url, change)) return undefined;
  const { origin, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
  const parts = { origin, protocol, username, password, host, hostname, port, pathname, search, hash };
  return JSON.stringify({ href: url.href, ...parts });
}

function applyChange(url: URL, change: string): boolean {
  const [field, value] = parsePairs(`[${change}]`)[0] ?? ["", ""];
  switch (field) {
    case "href":
      if (!URL.canParse(value)) return false;
      url.href = value;
      return true;
    case "protocol":
    case "username":
    case "password":
    case "host":
    case "hostname":
    case "port":
    case "pathname":
    case "search":
    case "hash":
      url[field] = value;
      return true;
    default:
      return false;
  }
}

function formatQuery(pairs: string): string {
  return new URLSearchParams(parsePairs(pairs)).toString();
}

function parsePairs(json: string): [string, string][] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value)) throw new GuestMistake("not a list of pairs");
  return value.map((pair: unknown) => {
    const [name, content] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof name !== "string" || typeof content !== "string") throw new GuestMistake("not a pair of texts");
    return [name, content];
  });
}
