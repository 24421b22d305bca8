import { fail, isError, toBase64, toUtf8 } from "../../base/index.ts";
import { parseBlobs, parseRows } from "../blob-json.ts";
import { daErrors } from "../errors.ts";
import type { DaBlob, DaHeader, DaNamespaceProof } from "../port.ts";
import type { NodeCaller } from "../transport/node-caller.ts";
import { parseExtendedHeader, parseRoots } from "./celestia-header.ts";
import { buildNamespaceProof, findRowsWith, verifyNamespaceProof } from "./namespace-proof.ts";

/** A height with what links it to its neighbours. */
export interface HeightRead {
  readonly header: DaHeader;
  readonly blobs: readonly DaBlob[];
}

/** What can be asked of a node about heights, checked; every call may be repeated. */
export interface CelestiaReads {
  head(signal: AbortSignal): Promise<DaHeader>;
  headerAt(height: number, signal: AbortSignal): Promise<DaHeader>;
  getAll(height: number, signal: AbortSignal): Promise<DaBlob[]>;
  prove(height: number, signal: AbortSignal): Promise<{ header: DaHeader; proof: DaNamespaceProof }>;
  read(height: number, signal: AbortSignal): Promise<HeightRead>;
}

export function createCelestiaReads(
  options: { namespace: Uint8Array; chainId: string; readsProofs: boolean },
  caller: NodeCaller,
): CelestiaReads {
  const { namespace, chainId } = options;
  const space = toBase64(namespace);

  async function fetchHeader(method: string, height: number | undefined, signal: AbortSignal) {
    const params = height === undefined ? [] : [height];
    const value = await caller.call({ method, params, height: height ?? 0, signal });
    const parsed = parseExtendedHeader(value, { chainId, method, ...(height === undefined ? {} : { height }) });
    caller.noteHeight(parsed.header.height);
    return parsed;
  }

  async function getAll(height: number, signal: AbortSignal): Promise<DaBlob[]> {
    const method = "blob.GetAll";
    try {
      return parseBlobs(await caller.call({ method, params: [height, [space]], height, signal }), namespace, method);
    } catch (error) {
      if (isError(error, daErrors.blobMissing)) return [];
      throw error;
    }
  }

  /** The rows that may hold our namespace: when there are none, that alone proves that the height holds nothing. */
  async function fetchRows(height: number, signal: AbortSignal) {
    const { header, json } = await fetchHeader("header.GetByHeight", height, signal);
    const roots = parseRoots(json, header.dataRoot, "header.GetByHeight");
    return { header, roots, numbers: findRowsWith(roots, namespace) };
  }

  async function proveRows(known: Awaited<ReturnType<typeof fetchRows>>, signal: AbortSignal) {
    const { header, roots, numbers } = known;
    const { height } = header;
    const method = "share.GetNamespaceData";
    const value = numbers.length === 0 ? [] : await caller.call({ method, params: [height, space], height, signal });
    const found = parseRows(value, method);
    if (found.length !== numbers.length) throw fail(daErrors.proofInvalid, { reason: "the number of rows is wrong" });
    const rows = found.map((row, index) => ({ row: numbers[index] ?? 0, ...row }));
    return { header, proof: buildNamespaceProof(height, namespace, { roots, rows }) };
  }

  return {
    head: async (signal) => (await fetchHeader("header.LocalHead", undefined, signal)).header,
    headerAt: async (height, signal) => {
      const { header, json } = await fetchHeader("header.GetByHeight", height, signal);
      return { ...header, source: toUtf8(JSON.stringify(json["header"])) };
    },
    getAll,
    prove: async (height, signal) => proveRows(await fetchRows(height, signal), signal),
    read: async (height, signal) => {
      const known = await fetchRows(height, signal);
      if (known.numbers.length === 0) return { header: known.header, blobs: [] };
      const blobs = options.readsProofs ? [] : await getAll(height, signal);
      if (blobs.length > 0) return { header: known.header, blobs };
      // "No blobs" is believed without a proof only where no row can hold any.
      const { header, proof } = await proveRows(known, signal);
      return { header, blobs: verifyNamespaceProof(namespace, header.dataRoot, proof) };
    },
  };
}
