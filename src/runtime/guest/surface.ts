import { createConsole } from "./console.ts";
import { Headers } from "./headers.ts";
import type { GuestHost, GuestSurface } from "./host.ts";
import { createMessageClasses } from "./messages.ts";
import { createTextClasses, createTextCodec, type TextCodec, toBytes } from "./text.ts";
import { createUrlClasses } from "./url.ts";

const EXPLANATION_LENGTH = 8192;

type Handler = (request: unknown) => unknown;
type Main = (input: Input) => unknown;
type Fetcher = { readonly fetch?: unknown };

interface Input {
  readonly bytes: Uint8Array;
  text(): string;
  json(): unknown;
}

/**
 * Installs the globals a workload may use and returns the handles by which the child process drives it. Runs once in
 * a fresh context, before any code of the workload, and keeps its own references to what it needs later.
 */
export function installSurface(host: GuestHost): GuestSurface {
  const codec = createTextCodec(host);
  const urls = createUrlClasses(host);
  const messages = createMessageClasses(codec, (text) => new urls.URL(text).toString());
  const timers = createTimers(host);
  const batch = createBatch(host, codec);
  define({
    console: createConsole(host),
    Headers,
    ...urls,
    ...messages,
    ...createTextClasses(codec),
    setTimeout: timers.start,
    clearTimeout: timers.stop,
    queueMicrotask: (task: () => void) => void Promise.resolve().then(() => task()),
    crypto: createCrypto(host),
    dsdn: batch.dsdn,
    fetch: () => Promise.reject(new TypeError("This workload has no grant to reach the network.")),
  });
  return { ...createService(host, messages), feed: batch.feed, run: batch.run, fire: timers.fire };
}

function define(globals: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

function createService(host: GuestHost, messages: ReturnType<typeof createMessageClasses>) {
  const { Request, Response } = messages;
  let handler: Handler | undefined;
  return {
    accept(entry: unknown): boolean {
      const fetcher = (entry as Fetcher | null | undefined)?.fetch;
      if (typeof entry === "function") handler = entry as Handler;
      else if (typeof fetcher === "function") handler = (request) => fetcher.call(entry, request);
      return handler !== undefined;
    },
    call(id: number, meta: string, body: ArrayBuffer): void {
      const { method, url, headers } = JSON.parse(meta) as { method: string; url: string; headers: [string, string][] };
      const answer = async () => {
        const hasBody = method !== "GET" && method !== "HEAD" && body.byteLength > 0;
        const request = new Request(url, { method, headers, ...(hasBody ? { body } : {}) });
        const response = await handler?.(request);
        if (!(response instanceof Response)) throw new TypeError("The handler did not return a Response.");
        const bytes = await response.bytes();
        host.respond(id, JSON.stringify({ status: response.status, headers: [...response.headers] }), bytes.buffer);
      };
      answer().catch((error: unknown) => host.fail(id, explain(error)));
    },
  };
}

function createBatch(host: GuestHost, codec: TextCodec) {
  let input = new Uint8Array(0);
  const stdin: Input = {
    get bytes() {
      return input.slice();
    },
    text: () => codec.decode(input, false) ?? "",
    json: () => JSON.parse(codec.decode(input, false) ?? ""),
  };
  const write = (chunk: string | ArrayBuffer | ArrayBufferView): void =>
    host.emit((typeof chunk === "string" ? toBytes(codec.encode(chunk)) : toBytes(chunk)).buffer);
  const dsdn = { stdin, write, exitCode: 0 };
  return {
    dsdn,
    feed(bytes: ArrayBuffer): void {
      input = new Uint8Array(bytes);
    },
    run(id: number, entry: unknown): void {
      const main = async () => {
        const result = typeof entry === "function" ? await (entry as Main)(stdin) : undefined;
        if (result instanceof ArrayBuffer || ArrayBuffer.isView(result) || typeof result === "string") write(result);
        else if (result !== undefined) write(JSON.stringify(result));
        host.finish(id, Number.isInteger(dsdn.exitCode) ? dsdn.exitCode & 0xff : 1);
      };
      main().catch((error: unknown) => host.fail(id, explain(error)));
    },
  };
}

function createTimers(host: GuestHost) {
  const tasks = new Map<number, () => void>();
  let last = 0;
  return {
    start(task: (...values: unknown[]) => void, delayMs = 0, ...values: unknown[]): number {
      if (typeof task !== "function") throw new TypeError("setTimeout needs a function.");
      const id = ++last;
      tasks.set(id, () => task(...values));
      host.startTimer(id, Math.min(2 ** 31 - 1, Math.max(0, Math.trunc(Number(delayMs)) || 0)));
      return id;
    },
    stop(id: number): void {
      if (tasks.delete(id)) host.stopTimer(id);
    },
    fire(id: number): void {
      const task = tasks.get(id);
      tasks.delete(id);
      task?.();
    },
  };
}

function createCrypto(host: GuestHost) {
  const fill = (length: number) => new Uint8Array(host.random(length));
  return {
    getRandomValues<T extends ArrayBufferView>(view: T): T {
      if (view.byteLength > 65536) throw new RangeError("At most 65536 random bytes at once.");
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(fill(view.byteLength));
      return view;
    },
    /** RFC 9562 version 4. */
    randomUUID(): string {
      const bytes = fill(16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    },
  };
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`.replaceAll("\0", "");
  return `${error.name}: ${error.message}\n${error.stack ?? ""}`.replaceAll("\0", "").slice(0, EXPLANATION_LENGTH);
}
