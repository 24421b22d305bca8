import { baseErrors, type Clock, DsdnError, fail, type HttpClient, type HttpStream, toBase64 } from "../base/index.ts";
import {
  type ApiAnswer,
  type ApiDetails,
  type ChunkId,
  chunkIdOf,
  describeIssue,
  encodeLogRequest,
  type IngressApi,
  ingressApi,
  ingressRawPaths,
  LOG_REQUEST_HEADER,
  type LogRequest,
  MAX_CHUNK_SIZE_BYTES,
  type WorkloadId,
  z,
} from "../protocol/index.ts";
import { clientErrors } from "./errors.ts";
import { createPinnedClients, type IngressOptions, type PinnedClient } from "./network-pin.ts";

export interface CallInput {
  readonly params?: { readonly [name: string]: string };
  readonly query?: { readonly [name: string]: string | number };
  readonly json?: unknown;
  readonly body?: Uint8Array;
  readonly headers?: { readonly [name: string]: string };
  readonly timeoutMs?: number;
  /** How long nothing of a large body may move, in place of `timeoutMs`. */
  readonly stallMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes of a large body have left; it begins anew when the question is asked again. */
  readonly onSent?: (sentBytes: number) => void;
}

/** The ingresses of a network as one: what one cannot answer is asked of the next. */
export interface Ingress {
  /** The checked answer of a route. Every route may be sent again, so faults of the way are retried. */
  call<R extends keyof IngressApi>(route: R, input?: CallInput): Promise<ApiAnswer<ApiDetails<R>>>;
  /**
   * A whole chunk, checked against its id.
   * @param options.onReceived - told how many bytes are here; it begins anew when the chunk is asked for again.
   * @throws DSDN_CLIENT_CHUNK_UNAVAILABLE
   */
  chunk(
    chunk: ChunkId,
    options?: {
      readonly signal?: AbortSignal | undefined;
      readonly onReceived?: ((receivedBytes: number) => void) | undefined;
    },
  ): Promise<Uint8Array>;
  /** Bytes of a chunk that nobody checked. */
  chunkRange(chunk: ChunkId, range: { offset: number; length: number }, signal?: AbortSignal): Promise<Uint8Array>;
  /** The unread log stream of a workload, NDJSON. */
  logs(
    workload: WorkloadId,
    options: {
      readonly follow: boolean;
      /** Shows the node that its owner asks. */
      readonly request: LogRequest;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<HttpStream>;
}

/** A chunk is given up when nothing of it moved for so long. */
export const CHUNK_STALL_MS = 120_000;

/** One question to an ingress: what was asked, whether it was answered and how long that took. */
export interface Exchange {
  /** The route as the interface names it, without the ids in its path: `GET /v1/objects/{object}`. */
  readonly route: string;
  readonly ingressUrl: string;
  readonly isAnswered: boolean;
  readonly tookMs: number;
  /** The height of the log the answer is as of, where it says so. */
  readonly height?: number;
}

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 150;
const ANSWER_TIMEOUT_MS = 120_000;
const LOG_TIMEOUT_MS = 24 * 3_600_000;
const JSON_BYTES_MAX = 64 * 1024 * 1024;

interface IngressDeps {
  readonly clock: Clock;
  /** Told each question, also those that failed and were asked again. */
  readonly observe?: ((exchange: Exchange) => void) | undefined;
}

interface Question {
  /** As the interface names it. */
  readonly route: string;
  readonly signal: AbortSignal | undefined;
}

/** Runs the work against one ingress after the other until one answers, or the fault is the caller's. */
type AskAny = <T>(work: (peer: PinnedClient) => Promise<T>, question: Question) => Promise<T>;

function askInTurn(peers: readonly PinnedClient[], { clock, observe }: IngressDeps): AskAny {
  let turn = 0;

  async function ask<T>(peer: PinnedClient, work: (peer: PinnedClient) => Promise<T>, route: string): Promise<T> {
    const startMs = clock.monotonicMs();
    const tell = (outcome: Pick<Exchange, "isAnswered" | "height">) =>
      observe?.({ route, ingressUrl: peer.url, tookMs: clock.monotonicMs() - startMs, ...outcome });
    try {
      const answer = await work(peer);
      tell({ isAnswered: true, ...heightOf(answer) });
      return answer;
    } catch (error) {
      tell({ isAnswered: false });
      throw error;
    }
  }

  return async (work, { route, signal }) => {
    for (let round = 0; ; round++) {
      const peer = peers[turn % peers.length];
      if (peer === undefined) throw fail(baseErrors.requestInvalid, { field: "ingress", reason: "is missing" });
      try {
        return await ask(peer, work, route);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof DsdnError) || !isWorthAnother(error) || round + 1 >= ATTEMPTS * peers.length)
          throw error;
        turn++;
        const isWholeRound = (round + 1) % peers.length === 0;
        if (isWholeRound) await clock.sleep(FIRST_PAUSE_MS * 2 ** Math.floor(round / peers.length), signal);
      }
    }
  };
}

export function createIngress(options: IngressOptions, deps: IngressDeps): Ingress {
  const peers = createPinnedClients(options, async (stranger, signal) => {
    const answer = await stranger.json(ingressApi.network.path, signal === undefined ? {} : { signal });
    return parseAnswer("network", answer).details.network;
  });
  const attemptAny = askInTurn(peers, deps);
  const attempt = <T>(work: (client: HttpClient) => Promise<T>, question: Question): Promise<T> =>
    attemptAny(async (peer) => work(await peer.trusted(question.signal)), question);
  const chunkRoute = `GET ${ingressRawPaths.chunk}`;

  return {
    call: (route, input = {}) => {
      const spec = ingressApi[route];
      const path = pathOf(spec.path, input);
      return attemptAny(
        async (peer) => {
          const isIntroduction = route === "network";
          const client = isIntroduction ? peer.stranger : await peer.trusted(input.signal);
          const value = await client.json(path, {
            method: spec.method,
            maxBytes: JSON_BYTES_MAX,
            timeoutMs: input.timeoutMs ?? ANSWER_TIMEOUT_MS,
            ...(input.headers === undefined ? {} : { headers: input.headers }),
            ...(input.json === undefined ? {} : { json: input.json }),
            ...(input.body === undefined ? {} : { body: input.body }),
            ...(input.signal === undefined ? {} : { signal: input.signal }),
            ...(input.stallMs === undefined ? {} : { stallMs: input.stallMs }),
            ...(input.onSent === undefined ? {} : { onSent: input.onSent }),
          });
          if (isIntroduction) peer.accept(parseAnswer("network", value).details.network);
          return parseAnswer(route, value);
        },
        { route: `${spec.method} ${spec.path}`, signal: input.signal },
      );
    },
    chunk: (chunk, { signal, onReceived } = {}) =>
      attempt(
        async (client) => {
          const bytes = await readChunk(client, chunk, { signal, onReceived });
          if (chunkIdOf(bytes) !== chunk) throw fail(clientErrors.chunkUnavailable, { chunk });
          return bytes;
        },
        { route: chunkRoute, signal },
      ),
    chunkRange: (chunk, { offset, length }, signal) =>
      attempt(
        async (client) => {
          const range = `bytes=${offset}-${offset + length - 1}`;
          const bytes = await readChunk(client, chunk, { signal, range });
          // An ingress that knows no ranges answers with the whole chunk.
          return bytes.length === length ? bytes : bytes.subarray(offset, offset + length);
        },
        { route: chunkRoute, signal },
      ),
    logs: (workload, { follow, request, signal }) => {
      const path = `${pathOf(ingressRawPaths.workloadLogs, { params: { workload } })}${follow ? "?follow=1" : ""}`;
      const headers = { [LOG_REQUEST_HEADER]: toBase64(encodeLogRequest(request)) };
      const call = { timeoutMs: LOG_TIMEOUT_MS, headers, ...(signal === undefined ? {} : { signal }) };
      return attempt((client) => client.open(path, call), { route: `GET ${ingressRawPaths.workloadLogs}`, signal });
    },
  };
}

function heightOf(answer: unknown): { readonly height?: number } {
  if (typeof answer !== "object" || answer === null || !("audit" in answer)) return {};
  const { height } = answer.audit as ApiAnswer<unknown>["audit"];
  return typeof height === "number" ? { height } : {};
}

async function readChunk(
  client: HttpClient,
  chunk: ChunkId,
  {
    signal,
    range,
    onReceived,
  }: { signal: AbortSignal | undefined; range?: string; onReceived?: ((receivedBytes: number) => void) | undefined },
): Promise<Uint8Array> {
  const answer = await client.send(pathOf(ingressRawPaths.chunk, { params: { chunk } }), {
    stallMs: CHUNK_STALL_MS,
    maxBytes: MAX_CHUNK_SIZE_BYTES,
    ...(range === undefined ? {} : { headers: { range } }),
    ...(signal === undefined ? {} : { signal }),
    ...(onReceived === undefined ? {} : { onReceived }),
  });
  return answer.body;
}

/** Faults of the way or of one server; a refusal of the request itself is final. */
function isWorthAnother(error: DsdnError): boolean {
  return error.spec.isRetryable || error.code === clientErrors.chunkUnavailable.code || error.spec.httpStatus === 429;
}

function pathOf(template: string, { params = {}, query = {} }: CallInput): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return search.length === 0 ? path : `${path}?${search.join("&")}`;
}

const answerShape = z.object({ summary: z.string(), details: z.unknown(), audit: z.record(z.string(), z.unknown()) });

function parseAnswer<R extends keyof IngressApi>(route: R, value: unknown): ApiAnswer<ApiDetails<R>> {
  const answer = answerShape.safeParse(value);
  const schema: z.ZodType = ingressApi[route].details;
  const details = schema.safeParse(answer.data?.details);
  const error = answer.error ?? details.error;
  if (answer.success && details.success) return { ...answer.data, details: details.data as ApiDetails<R> };
  const reason = error === undefined ? "it does not match its schema" : describeIssue(error);
  throw fail(baseErrors.badAnswer, { service: `Ingress (${route})`, reason });
}
