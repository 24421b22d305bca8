import { fail, type HttpRequest, isError, type Route } from "../../base/index.ts";
import { netErrors } from "../../net/index.ts";
import { type ChunkId, ingressRawPaths, parseChunkId } from "../../protocol/index.ts";
import { createChunkGate } from "../surface/index.ts";
import { ingressErrors } from "./errors.ts";
import type { ReadSurface } from "./read-surface.ts";

/** The bytes of a chunk, at two paths. */
export function chunkRoutes(surface: ReadSurface): Route[] {
  const gate = createChunkGate();
  const sendNamed = (request: HttpRequest, name: string) => {
    gate.enter(request);
    return sendChunk(request, parseChunkId(request.params[name] ?? ""), surface);
  };
  return [
    { method: "GET", path: ingressRawPaths.chunk, handle: (request) => sendNamed(request, "chunk") },
    { method: "GET", path: "/object/{hash}", handle: (request) => sendNamed(request, "hash") },
  ];
}

/** What neither the log nor any node it could lie on knows is missing, not late: asking again would not help. */
async function fetchChunk(chunk: ChunkId, surface: ReadSurface, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await surface.fetcher.fetch(chunk, surface.holdersOf(chunk), signal);
  } catch (error) {
    const isMissing = isError(error, netErrors.chunkUnavailable) && error.facts["isMissing"] === true;
    if (!isMissing || surface.replica.state.findChunk(chunk) !== undefined) throw error;
    throw fail(ingressErrors.chunkMissing, { chunk }, { cause: error });
  }
}

/** The stored bytes, checked against their hash before the first one leaves; one range is honoured. */
async function sendChunk(request: HttpRequest, chunk: ChunkId, surface: ReadSurface) {
  const bytes = await fetchChunk(chunk, surface, request.signal);
  const headers = {
    "content-type": "application/octet-stream",
    "content-disposition": "attachment",
    "cache-control": "public, max-age=31536000, immutable",
    etag: `"${chunk}"`,
    "accept-ranges": "bytes",
  };
  const range = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(request.headers.range ?? "");
  const start = range === null ? 0 : Number(range[1]);
  const end = range === null || range[2] === "" ? bytes.length - 1 : Math.min(Number(range[2]), bytes.length - 1);
  if (range === null || start > end) return { body: bytes, headers };
  const contentRange = `bytes ${start}-${end}/${bytes.length}`;
  return { status: 206, body: bytes.subarray(start, end + 1), headers: { ...headers, "content-range": contentRange } };
}
