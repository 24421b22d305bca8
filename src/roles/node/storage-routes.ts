import {
  baseErrors,
  fail,
  findBase64,
  type HttpRequest,
  type HttpResponse,
  type Route,
  toBase64,
  toHex,
} from "../../base/index.ts";
import { type Ed25519Signer, sha256 } from "../../crypto/index.ts";
import {
  type ChunkId,
  chunkIdOf,
  decodeManifest,
  decodeSignedEvent,
  digestOf,
  encodeSignedEvent,
  encodeStoredAck,
  findEvent,
  LEASE_HEADER,
  limits,
  MAX_CHUNK_SIZE_BYTES,
  manifestChunkId,
  type NetworkId,
  openEvent,
  parseChunkId,
  type SignedEvent,
  type StoredAck,
  signStoredAck,
  z,
} from "../../protocol/index.ts";
import type { ChunkStore } from "../../storage/index.ts";
import { createChunkGate, encodePublishRequestFile } from "../surface/index.ts";
import { nodeErrors } from "./errors.ts";
import type { LeaseBook } from "./leases.ts";

/** Beside the manifest chunk: the owner's signed publish request, so that any coordinator can still post it. */
export const PUBLISH_REQUEST_NAME = "publish-request";
/** The header in which a node returns its signed acknowledgement, base64. */
const ACK_HEADER = "dsdn-ack";

export interface StorageSurfaceDeps {
  readonly store: ChunkStore;
  readonly leases: LeaseBook;
  readonly key: Ed25519Signer;
  readonly network: NetworkId;
  readonly zone: string;
  readonly storagePath: string;
  readonly nowMs: () => number;
  /** A devnet node keeps a compatibility port on which older clients store without a lease. */
  readonly isLeaseOptional: boolean;
  /** Told before a chunk is stored that it will be acknowledged. */
  readonly onStoring: (chunk: ChunkId) => Promise<void>;
  readonly onStored: (chunk: ChunkId) => void;
  /** Told of a publish request; gives all events that must lie beside the manifest. */
  readonly remember: (chunk: ChunkId, request: readonly SignedEvent[]) => readonly SignedEvent[];
}

const manifestBody = z.strictObject({
  manifest: z.string().max(limits.manifestBytes * 2),
  /** Events that must reach the log before the request: a session grant, what no coordinator took. */
  before: z.array(z.string().max(limits.eventBytes * 2)).max(limits.eventsBeforeRequest),
  publishRequest: z.string().max(limits.eventBytes * 2),
});

/** Takes bytes in: checked, stored with fsync, acknowledged by signature. */
export interface ChunkIntake {
  take(chunk: ChunkId, bytes: Uint8Array, lease: string | undefined): Promise<StoredAck>;
}

export function createChunkIntake(deps: StorageSurfaceDeps): ChunkIntake {
  return {
    take: async (chunk, bytes, lease) => {
      spend(deps, lease, bytes.length);
      await deps.onStoring(chunk);
      await deps.store.put(chunk, bytes);
      deps.onStored(chunk);
      return ackOf(deps, { chunk, size: bytes.length, publishRequest: null });
    },
  };
}

/** The node's storage routes, the older aliases among them. */
export function storageRoutes(deps: StorageSurfaceDeps, intake: ChunkIntake): Route[] {
  const put = (request: HttpRequest) => putChunk(request, deps, intake);
  const gate = createChunkGate();
  const get = (request: HttpRequest) => {
    gate.enter(request);
    return getChunk(request, deps);
  };
  const has = async (request: HttpRequest): Promise<HttpResponse> => {
    const chunk = parseChunkId(request.params["hash"] ?? "");
    return { json: { hash: toHex(digestOf(chunk)), exists: await deps.store.has(chunk) } };
  };
  const isOpen = true;
  return [
    { method: "PUT", path: "/storage/chunk", maxBodyBytes: MAX_CHUNK_SIZE_BYTES, isOpen, handle: put },
    { method: "PUT", path: "/chunks", maxBodyBytes: MAX_CHUNK_SIZE_BYTES, isOpen, handle: put },
    { method: "GET", path: "/storage/chunk/{hash}", handle: get },
    { method: "GET", path: "/chunks/{hash}", handle: get },
    { method: "GET", path: "/storage/has/{hash}", handle: has },
    { method: "GET", path: "/has/{hash}", handle: has },
    {
      method: "GET",
      path: "/storage/stats",
      handle: async () => {
        const stats = await deps.store.stats();
        return { json: { total_chunks: stats.chunks, total_bytes: stats.bytes, storage_path: deps.storagePath } };
      },
    },
    {
      method: "POST",
      path: "/storage/manifest",
      maxBodyBytes: 2 * (limits.manifestBytes + limits.eventBytes),
      isOpen,
      handle: (request) => putManifest(request, deps),
    },
    {
      method: "GET",
      path: "/storage/publish-request/{hash}",
      handle: async (request) => {
        const chunk = parseChunkId(request.params["hash"] ?? "");
        const bytes = await deps.store.findBeside(chunk, PUBLISH_REQUEST_NAME);
        if (bytes === undefined) throw fail(nodeErrors.chunkMissing, { chunk });
        return { body: bytes, headers: { "content-type": "application/vnd.ipld.dag-cbor" } };
      },
    },
  ];
}

function ackOf(
  deps: StorageSurfaceDeps,
  facts: { chunk: ChunkId; size: number; publishRequest: Uint8Array | null },
): StoredAck {
  return signStoredAck(deps.key, { ...facts, network: deps.network, zone: deps.zone, timeMs: deps.nowMs() });
}

function leaseOf(request: HttpRequest): string | undefined {
  const header = request.headers[LEASE_HEADER];
  return typeof header === "string" ? header : undefined;
}

/** @throws DSDN_NODE_LEASE_MISSING, DSDN_NODE_LEASE_INVALID */
function spend(deps: StorageSurfaceDeps, lease: string | undefined, sizeBytes: number): void {
  if (lease !== undefined) deps.leases.spend(lease, sizeBytes);
  else if (!deps.isLeaseOptional) throw fail(nodeErrors.leaseMissing, {});
}

async function putChunk(request: HttpRequest, deps: StorageSurfaceDeps, intake: ChunkIntake): Promise<HttpResponse> {
  // Whoever has no lease is turned away before a byte of his is read.
  spend(deps, leaseOf(request), 0);
  const bytes = await request.body();
  const expected = request.query.get("hash") ?? request.headers["dsdn-hash"];
  const chunk = typeof expected === "string" ? parseChunkId(expected) : chunkIdOf(bytes);
  const ack = await intake.take(chunk, bytes, leaseOf(request));
  return {
    json: { hash: toHex(digestOf(chunk)), size: bytes.length, status: "stored" },
    headers: { [ACK_HEADER]: toBase64(encodeStoredAck(ack)) },
  };
}

async function getChunk(request: HttpRequest, deps: StorageSurfaceDeps): Promise<HttpResponse> {
  const chunk = parseChunkId(request.params["hash"] ?? "");
  const headers = {
    "content-type": "application/octet-stream",
    etag: `"${toHex(digestOf(chunk))}"`,
    "accept-ranges": "bytes",
    "cache-control": "public, max-age=31536000, immutable",
  };
  const bytes = await deps.store.find(chunk);
  if (bytes === undefined) throw fail(nodeErrors.chunkMissing, { chunk });
  const range = findRange(request.headers.range, bytes.length);
  if (range === undefined) return { body: bytes, headers };
  const part = bytes.subarray(range.start, range.end + 1);
  const contentRange = `bytes ${range.start}-${range.end}/${bytes.length}`;
  return { status: 206, body: part, headers: { ...headers, "content-range": contentRange } };
}

/** The one range asked for, or undefined when there is none that can be served. @source RFC 9110 section 14 */
function findRange(header: string | undefined, sizeBytes: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? "");
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = match[2] === "" ? sizeBytes - 1 : Math.min(Number(match[2]), sizeBytes - 1);
  return start <= end && start < sizeBytes ? { start, end } : undefined;
}

async function readManifestBody(request: HttpRequest) {
  const body = manifestBody.safeParse(await request.json());
  const bytes = body.success ? findBase64(body.data.manifest) : undefined;
  const parts = body.success ? [...body.data.before, body.data.publishRequest].map(findBase64) : [undefined];
  if (bytes === undefined || parts.includes(undefined)) {
    throw fail(baseErrors.requestInvalid, {
      field: "the body",
      reason: "needs base64 manifest, before, publishRequest",
    });
  }
  decodeManifest(bytes);
  const events = parts.flatMap((part) => (part === undefined ? [] : [decodeSignedEvent(part)]));
  const signed = events.at(-1);
  if (signed === undefined) throw fail(nodeErrors.publishRequestInvalid, { reason: "no publish request" });
  return { bytes, before: events.slice(0, -1), signed };
}

/**
 * Stores a manifest together with the owner's publish request. Both are durable before the acknowledgement, whose
 * signature covers the request's hash: from then on this node alone can still bring the object to the log.
 */
async function putManifest(request: HttpRequest, deps: StorageSurfaceDeps): Promise<HttpResponse> {
  spend(deps, leaseOf(request), 0);
  const { bytes, before, signed } = await readManifestBody(request);
  const event = findEvent(openEvent(signed));
  const chunk = chunkIdOf(bytes);
  const isForIt = event?.kind === "ObjectPublished" && manifestChunkId(event.body.content.object) === chunk;
  if (event === undefined || !isForIt || event.network !== deps.network) {
    throw fail(nodeErrors.publishRequestInvalid, { reason: "the publish request is not for this manifest" });
  }
  spend(deps, leaseOf(request), bytes.length);
  await deps.onStoring(chunk);
  const requests = deps.remember(chunk, [...before, signed]);
  await deps.store.putBeside(chunk, PUBLISH_REQUEST_NAME, encodePublishRequestFile(requests));
  await deps.store.put(chunk, bytes);
  deps.onStored(chunk);
  const ack = ackOf(deps, { chunk, size: bytes.length, publishRequest: sha256(encodeSignedEvent(signed)) });
  return {
    json: { hash: toHex(digestOf(chunk)), size: bytes.length, status: "stored" },
    headers: { [ACK_HEADER]: toBase64(encodeStoredAck(ack)) },
  };
}
