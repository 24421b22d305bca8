import { baseErrors, fail, findProblem, joinBytes } from "../../../base/index.ts";
import { platformCipher } from "../../../crypto/index.ts";
import type { ChunkSource } from "../../../objects/index.ts";
import { type ChunkId, chunkIdFromDigest, ingressRawPaths, MAX_CHUNK_SIZE_BYTES } from "../../../protocol/index.ts";
import { digestOf } from "./web-hash.ts";

/** Chunks from the page's own ingress, each checked against its id. */
export interface PageSource extends ChunkSource {
  /** The chunks that will be asked for, in order; the next one is fetched while one is read. */
  expect(chunks: readonly ChunkId[]): void;
}

interface SourceOptions {
  readonly signal: AbortSignal;
  /** Told of bytes as they arrive. */
  readonly onReceived?: (bytes: number) => void;
}

/** Chunks in memory at once: the one that is read and the next. */
const KEPT = 2;

export function createPageSource({ signal, onReceived }: SourceOptions): PageSource {
  const fetched = new Map<ChunkId, Promise<Uint8Array>>();
  let coming: readonly ChunkId[] = [];

  async function load(chunk: ChunkId): Promise<Uint8Array> {
    const response = await ask(ingressRawPaths.chunk.replace("{chunk}", chunk), signal);
    const bytes = await readBody(response, onReceived);
    if (chunkIdFromDigest(await digestOf(bytes)) !== chunk) {
      throw fail(baseErrors.badAnswer, { service: "Ingress", reason: "a chunk does not match its id" });
    }
    return bytes;
  }

  function start(chunk: ChunkId): Promise<Uint8Array> {
    const known = fetched.get(chunk);
    if (known !== undefined) return known;
    const run = load(chunk);
    fetched.set(chunk, run);
    // A failure is seen when the chunk is asked for; then it is tried anew.
    run.catch(() => fetched.delete(chunk));
    return run;
  }

  return {
    ...(platformCipher === undefined ? {} : { cipher: platformCipher }),
    expect: (chunks) => {
      coming = chunks;
    },
    async get(chunk) {
      const run = start(chunk);
      const next = coming[coming.indexOf(chunk) + 1];
      if (next !== undefined) start(next);
      for (const old of [...fetched.keys()].slice(0, Math.max(0, fetched.size - KEPT))) {
        if (old !== chunk && old !== next) fetched.delete(old);
      }
      return run;
    },
  };
}

/** An answer of the page's own ingress. @throws the error it answers with; DSDN_BASE_UNREACHABLE */
export async function ask(path: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(path, { signal, credentials: "omit", referrerPolicy: "no-referrer" }).catch(
    (cause: unknown) => {
      signal.throwIfAborted();
      throw fail(baseErrors.unreachable, { service: "Ingress", reason: "fetch" }, { cause });
    },
  );
  if (response.ok) return response;
  const problem = findProblem(await response.json().catch(() => undefined));
  throw problem ?? fail(baseErrors.unreachable, { service: "Ingress", reason: String(response.status) });
}

async function readBody(response: Response, onReceived: SourceOptions["onReceived"]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const step = await reader?.read().catch((cause: unknown) => {
      throw fail(baseErrors.unreachable, { service: "Ingress", reason: "body" }, { cause });
    });
    if (step === undefined || step.done) break;
    size += step.value.length;
    if (size > MAX_CHUNK_SIZE_BYTES) throw fail(baseErrors.badAnswer, { service: "Ingress", reason: "too many bytes" });
    parts.push(step.value);
    onReceived?.(step.value.length);
  }
  return joinBytes(parts);
}
