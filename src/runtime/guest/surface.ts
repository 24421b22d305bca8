import { createAsks } from "./asks.ts";
import { atob, btoa } from "./base64.ts";
import { createBatch } from "./batch.ts";
import { Blob, File, installBlobCodec } from "./blob.ts";
import { createConsole } from "./console.ts";
import { createCrypto } from "./crypto.ts";
import { createAbortClasses, DOMException, Event, EventTarget } from "./events.ts";
import { createFetch } from "./fetch.ts";
import { FormData } from "./form-data.ts";
import { Headers } from "./headers.ts";
import type { GuestHost, GuestSurface } from "./host.ts";
import { createMessageClasses } from "./messages.ts";
import { ReadableStream } from "./readable-stream.ts";
import { createService } from "./service.ts";
import { createStorage } from "./storage.ts";
import { structuredClone } from "./structured-clone.ts";
import { createTextClasses, createTextCodec } from "./text.ts";
import { createTimers } from "./timers.ts";
import { TransformStream } from "./transform-stream.ts";
import { createUrlClasses } from "./url.ts";
import { WritableStream } from "./writable-stream.ts";

interface Given {
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/**
 * Installs the globals a workload may use and returns the handles by which the child process drives it. Runs once in
 * a fresh context, before any code of the workload, and keeps its own references to what it needs later.
 *
 * @param given - JSON {env: object of texts, args: list of texts}
 */
export function installSurface(host: GuestHost, given: string): GuestSurface {
  const { parse } = JSON;
  const { env, args } = parse(given) as Given;
  Object.freeze(env);
  Object.freeze(args);
  const codec = createTextCodec(host);
  const urls = createUrlClasses(host);
  const timers = createTimers(host);
  const asks = createAsks(host);
  const crypto = createCrypto(host);
  installBlobCodec(codec);
  const messages = createMessageClasses({
    codec,
    toUrl: (text) => new urls.URL(text).toString(),
    parseQuery: (text) => new urls.URLSearchParams(text),
    createBoundary: () => `dsdn-${crypto.randomUUID()}`,
  });
  const batch = createBatch(host, codec, { env, args });
  define({
    console: createConsole(host),
    Headers,
    ...urls,
    ...messages,
    ...createTextClasses(codec),
    ...createAbortClasses(timers.setTimeout),
    Event,
    EventTarget,
    DOMException,
    setTimeout: timers.setTimeout,
    setInterval: timers.setInterval,
    clearTimeout: timers.clear,
    clearInterval: timers.clear,
    queueMicrotask: (task: () => void) => void Promise.resolve().then(() => task()),
    structuredClone,
    atob,
    btoa,
    crypto,
    ReadableStream,
    WritableStream,
    TransformStream,
    Blob,
    File,
    FormData,
    performance: createPerformance(),
    dsdn: Object.assign(batch.control, { env, args, storage: createStorage(asks, codec) }),
    fetch: createFetch(asks, messages),
    self: globalThis,
  });
  return {
    ...createService(host, messages, env),
    feed: batch.feed,
    run: batch.run,
    fire: timers.fire,
    settle: asks.settle,
    forget(timerList, askList) {
      timers.forget(parse(timerList) as number[]);
      asks.forget(parse(askList) as number[]);
    },
  };
}

function define(globals: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

/** Whole milliseconds that never go back: finer time would tell what other programs on the machine do. */
function createPerformance() {
  const timeOrigin = Date.now();
  let lastMs = 0;
  return {
    timeOrigin,
    now(): number {
      lastMs = Math.max(lastMs, Date.now() - timeOrigin);
      return lastMs;
    },
  };
}
