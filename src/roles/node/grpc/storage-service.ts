import type { ConnectRouter } from "@connectrpc/connect";
import { findHex, joinBytes } from "../../../base/index.ts";
import { type ChunkId, chunkIdFromDigest, chunkIdOf, MAX_CHUNK_SIZE_BYTES } from "../../../protocol/index.ts";
import { Runtime, Storage } from "./dsdn-api.generated.ts";

/** What the gRPC surface needs of the node. */
export interface GrpcBackend {
  find(chunk: ChunkId): Promise<Uint8Array | undefined>;
  /** Stores the bytes; `lease` is the dsdn-lease metadata, undefined when absent. Throws when refused. */
  put(chunk: ChunkId, bytes: Uint8Array, lease: string | undefined): Promise<void>;
}

const PART_BYTES = 1024 * 1024;

type Connect = typeof import("@connectrpc/connect");

/**
 * The routes of `dsdn.api.Storage` and `dsdn.api.Runtime`. `Runtime` is answered, and refused: a node runs what the
 * log assigned to it and nothing that is sent to it directly.
 */
export function grpcRoutes(connect: Connect, backend: GrpcBackend): (router: ConnectRouter) => void {
  const { Code, ConnectError } = connect;
  const parse = (hash: string): ChunkId => {
    const digest = /^[0-9a-f]{64}$/.test(hash) ? findHex(hash) : undefined;
    if (digest === undefined) throw new ConnectError("hash must be 64 lower-case hex digits", Code.InvalidArgument);
    return chunkIdFromDigest(digest);
  };
  const store = async (hash: string, data: Uint8Array, lease: string | null) => {
    const chunk = parse(hash);
    if (data.length === 0 || data.length > MAX_CHUNK_SIZE_BYTES || chunkIdOf(data) !== chunk) {
      throw new ConnectError("the data does not have this hash", Code.InvalidArgument);
    }
    try {
      await backend.put(chunk, data, lease ?? undefined);
    } catch (error) {
      throw new ConnectError(error instanceof Error ? error.message : "refused", Code.PermissionDenied);
    }
    return { hash, status: "stored" };
  };
  const load = async (hash: string) => {
    const bytes = await backend.find(parse(hash));
    if (bytes === undefined) throw new ConnectError("this node does not hold the chunk", Code.NotFound);
    return bytes;
  };
  return (router) => {
    router.service(Storage, {
      put: (request, context) => store(request.hash, request.data, context.requestHeader.get("dsdn-lease")),
      get: async (request) => ({ data: await load(request.hash), status: "ok" }),
      putStream: async (requests, context) => {
        let hash = "";
        let sizeBytes = 0;
        const parts: Uint8Array[] = [];
        for await (const request of requests) {
          if (hash === "") hash = request.hash;
          sizeBytes += request.data.length;
          if (sizeBytes > MAX_CHUNK_SIZE_BYTES)
            throw new ConnectError("the chunk is too large", Code.ResourceExhausted);
          parts.push(request.data);
        }
        return store(hash, joinBytes(parts), context.requestHeader.get("dsdn-lease"));
      },
      getStream: async function* (request) {
        const bytes = await load(request.hash);
        for (let offset = 0; offset < bytes.length; offset += PART_BYTES) {
          yield { data: bytes.subarray(offset, offset + PART_BYTES), status: "ok" };
        }
      },
    });
    router.service(Runtime, {
      runWasm: () => {
        throw new ConnectError(
          "a node takes no orders: submit a workload to the log and it is assigned to a node",
          Code.FailedPrecondition,
        );
      },
    });
  };
}
