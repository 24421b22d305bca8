import {
  type Clock,
  fail,
  type HttpRequest,
  type HttpResponse,
  type Route,
  toBase64,
  toHex,
} from "../../base/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import { place } from "../../placement/index.ts";
import {
  encodeSignedEvent,
  ingressApi,
  type KeyId,
  parseChunkId,
  parseKeyId,
  REPLICATION_FACTOR,
} from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { answer, type Metric, placementNodes, queryNumber, roleRoutes, serveApi } from "../surface/index.ts";
import type { CoordinatorCounters } from "./counters.ts";
import { coordinatorErrors } from "./errors.ts";
import type { Waiting } from "./mempool.ts";

export interface CoordinatorSurface {
  readonly replica: Replica;
  readonly da: DataAvailability;
  readonly counters: CoordinatorCounters;
  /** Takes base64 signed events; durable when it resolves. */
  readonly accept: (events: readonly string[]) => Promise<number>;
  readonly pending: () => readonly Waiting[];
  readonly nextSequenceOf: (author: KeyId) => number;
  readonly onArrival: (listener: () => void) => () => void;
  readonly clock: Clock;
}

/** Orders of the older interface: they change nothing, because nothing changes outside the log. */
const ORDERS = [
  "/register",
  "/schedule",
  "/scheduler/config",
  "/object/register",
  "/replica/mark_missing",
  "/replica/mark_healed",
  "/da/post",
  "/fallback/reconcile",
];
const MAX_WAIT_MS = 30_000;

export function coordinatorRoutes(surface: CoordinatorSurface): Route[] {
  return [
    serveApi(ingressApi.submitEvents, async (_request, body) => {
      const accepted = await surface.accept(body.events);
      return answer(`${accepted} event(s) accepted`, { accepted });
    }),
    { method: "GET", path: "/v1/pending/workloads", handle: (request) => pendingWorkloads(request, surface) },
    {
      method: "GET",
      path: "/v1/authors/{key}",
      handle: (request) => ({ json: authorAnswer(parseKeyId(request.params["key"] ?? ""), surface) }),
    },
    ...roleRoutes({ role: "coordinator", replica: surface.replica, da: surface.da, metrics: () => metricsOf(surface) }),
    ...olderRoutes(surface),
    ...ORDERS.map((path): Route => ({ method: "POST", path, handle: (request) => takeOrder(request, surface) })),
  ];
}

function authorAnswer(author: KeyId, surface: CoordinatorSurface) {
  const known = surface.replica.state.findAuthor(author);
  const nextSequence = known?.nextSequence ?? 0;
  const pendingSequence = surface.nextSequenceOf(author);
  return answer(`next sequence ${pendingSequence}`, {
    author,
    nextSequence,
    pendingSequence,
    isKnown: known !== undefined,
  });
}

/** An order of the older interface is taken only as signed events in its body; otherwise it is refused with the reason. */
async function takeOrder(request: HttpRequest, surface: CoordinatorSurface): Promise<HttpResponse> {
  const body = (await request.json()) as { events?: unknown };
  const events = Array.isArray(body?.events) ? body.events.filter((event) => typeof event === "string") : [];
  if (events.length === 0) throw fail(coordinatorErrors.ordersRefused, { path: request.path });
  const accepted = await surface.accept(events);
  return { json: answer(`${accepted} event(s) accepted`, { accepted }) };
}

/**
 * Workloads on their way to the log, so that validators can examine a package while its event travels. Waits up to
 * `waitMs` for something newer than `after`.
 */
async function pendingWorkloads(request: HttpRequest, surface: CoordinatorSurface): Promise<HttpResponse> {
  const after = queryNumber(request, "after", 0, Number.MAX_SAFE_INTEGER);
  const waitMs = queryNumber(request, "waitMs", 0, MAX_WAIT_MS);
  const find = () =>
    surface.pending().filter((entry) => entry.head.kind === "WorkloadSubmitted" && entry.arrival >= after);
  let found = find();
  if (found.length === 0 && waitMs > 0) {
    await waitForArrival(surface, waitMs, request.signal, () => find().length > 0);
    found = find();
  }
  // Whoever asks again with `next` gets what did not fit into this answer.
  const page = found.toSorted((left, right) => left.arrival - right.arrival).slice(0, 100);
  const next = Math.max(after, (page.at(-1)?.arrival ?? -1) + 1);
  const events = page.map((entry) => toBase64(encodeSignedEvent(entry.signed)));
  return { json: answer(`${events.length} workload(s) waiting`, { events, next }) };
}

async function waitForArrival(
  surface: CoordinatorSurface,
  waitMs: number,
  signal: AbortSignal,
  isEnough: () => boolean,
): Promise<void> {
  const done = new AbortController();
  const end = surface.onArrival(() => {
    if (isEnough()) done.abort();
  });
  await surface.clock.sleep(waitMs, AbortSignal.any([done.signal, signal])).catch(() => {});
  end();
}

function olderRoutes(surface: CoordinatorSurface): Route[] {
  const { replica, da, counters } = surface;
  const nodeOf = (request: HttpRequest) => {
    const id = parseKeyId(request.params["id"] ?? "");
    return replica.state.findNode(id) ?? null;
  };
  return [
    { method: "GET", path: "/nodes", handle: () => ({ json: replica.state.listNodes() }) },
    { method: "GET", path: "/node/{id}", handle: (request) => ({ json: nodeOf(request) }) },
    {
      method: "GET",
      path: "/node/{id}/stats",
      handle: (request) => {
        const id = parseKeyId(request.params["id"] ?? "");
        return {
          json: {
            id,
            chunks: replica.state.chunksOnNode(id).length,
            workloads: replica.state.workloadsOnNode(id).length,
          },
        };
      },
    },
    {
      method: "GET",
      path: "/placement/{hash}",
      handle: (request) => {
        const chunk = parseChunkId(request.params["hash"] ?? "");
        const count = Math.max(1, queryNumber(request, "rf", REPLICATION_FACTOR, REPLICATION_FACTOR));
        return { json: place({ nodes: placementNodes(replica.state) }, chunk, count) };
      },
    },
    {
      method: "GET",
      path: "/object/{hash}",
      handle: (request) => ({ json: replica.state.findChunk(parseChunkId(request.params["hash"] ?? "")) ?? null }),
    },
    { method: "GET", path: "/da/metrics", handle: () => ({ json: { ...da.health(), ...counters } }) },
    {
      method: "GET",
      path: "/da/routing",
      handle: () => ({ json: { primary: toHex(da.namespace), fallback: null, active: "primary" } }),
    },
    {
      method: "GET",
      path: "/fallback/status",
      handle: () => ({ json: { active: false, reason: "no fallback is configured" } }),
    },
    { method: "GET", path: "/fallback/pending", handle: () => ({ json: { pending: 0 } }) },
    { method: "GET", path: "/fallback/consistency", handle: () => ({ json: { consistent: true, compared: 0 } }) },
  ];
}

function metricsOf(surface: CoordinatorSurface): Metric[] {
  const { counters } = surface;
  const gauge = (name: string, help: string, value: number): Metric => ({ name, help, kind: "gauge", value });
  const counter = (name: string, help: string, value: number): Metric => ({ name, help, kind: "counter", value });
  return [
    gauge("dsdn_mempool_events", "Events waiting for the log.", surface.pending().length),
    counter("dsdn_da_blobs_posted_total", "Blobs brought to the log.", counters.blobsPosted),
    counter("dsdn_da_posted_bytes_total", "Bytes brought to the log.", counters.bytesPosted),
    counter("dsdn_da_events_posted_total", "Events brought to the log.", counters.eventsPosted),
    gauge("dsdn_da_last_post_latency_milliseconds", "Time the last blob took.", counters.lastPostLatencyMs),
  ];
}
