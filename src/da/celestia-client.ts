import { type Clock, type DsdnError, equalBytes, fail, type Logger, toBase64, toHex } from "../base/index.ts";
import { parseBlob, parseBlobs, parseRows } from "./blob-json.ts";
import { followHeights } from "./celestia-follow.ts";
import { parseExtendedHeader, parseRoots } from "./celestia-header.ts";
import { commitBlob } from "./commitment.ts";
import { daErrors } from "./errors.ts";
import { readCount } from "./json-shape.ts";
import { findNamespaceFault } from "./namespace.ts";
import { buildNamespaceProof, findRowsWith, verifyNamespaceProof } from "./namespace-proof.ts";
import { createNodeCaller, stoppedError } from "./node-caller.ts";
import type { DaBlob, DaHeader, DaNamespaceProof, DataAvailability } from "./port.ts";
import { countShares, SHARE_BYTES } from "./share.ts";
import type { Transport } from "./transport.ts";

/** @source celestia-app pkg/appconsts: MaxTxSize, 8 MiB; room is left for the transaction around the shares. */
export const MAX_SUBMIT_BYTES: number = 8 * 1024 * 1024 - 64 * 1024;

export interface CelestiaClientOptions {
  /** 29 bytes. */
  readonly namespace: Uint8Array;
  /** Chain the node must follow, such as `celestia`. */
  readonly chainId: string;
  /**
   * True = every height is read with its namespace proof and checked against the header, so that the node can neither
   * leave a blob out nor add one. Costs one request more a height. Default false: the node is our own.
   */
  readonly readsProofs?: boolean;
  /** Default 15,000. */
  readonly timeoutMs?: number;
  /** A submit waits for its block. Default 120,000. */
  readonly submitTimeoutMs?: number;
  /** How often `health` is refreshed. Default 5,000. */
  readonly healthEveryMs?: number;
  /** Highest gas price in utia; the node's own default cap unless given. */
  readonly maxGasPriceUtia?: number;
}

export interface CelestiaClientDeps {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The log of one namespace through a Celestia node. @throws DSDN_DA_NAMESPACE_INVALID */
export function createCelestiaClient(options: CelestiaClientOptions, deps: CelestiaClientDeps): DataAvailability {
  const { namespace, chainId } = options;
  const { transport, clock, log } = deps;
  const fault = findNamespaceFault(namespace);
  if (fault !== undefined) throw fail(daErrors.namespaceInvalid, { reason: fault });
  const space = toBase64(namespace);
  const caller = createNodeCaller({ timeoutMs: options.timeoutMs ?? 15_000, limitBytes: MAX_SUBMIT_BYTES }, deps);
  let life: AbortController | undefined;

  const running = (): AbortSignal => {
    if (life === undefined) throw stoppedError();
    return life.signal;
  };
  const within = (signal: AbortSignal | undefined) =>
    signal === undefined ? running() : AbortSignal.any([running(), signal]);

  async function fetchHeader(method: string, params: readonly unknown[], height?: number, signal?: AbortSignal) {
    const value = await caller.call({ method, params, height: height ?? 0, signal: within(signal) });
    const parsed = parseExtendedHeader(value, { chainId, method, ...(height === undefined ? {} : { height }) });
    caller.noteHeight(parsed.header.height);
    return parsed;
  }
  const head = async (signal?: AbortSignal) => (await fetchHeader("header.LocalHead", [], undefined, signal)).header;

  async function getAll(height: number, signal?: AbortSignal): Promise<DaBlob[]> {
    const method = "blob.GetAll";
    try {
      const value = await caller.call({ method, params: [height, [space]], height, signal: within(signal) });
      return parseBlobs(value, namespace, method);
    } catch (error) {
      if (isCode(error, daErrors.blobMissing)) return [];
      throw error;
    }
  }

  async function prove(height: number, signal?: AbortSignal): Promise<{ header: DaHeader; proof: DaNamespaceProof }> {
    const { header, json } = await fetchHeader("header.GetByHeight", [height], height, signal);
    const roots = parseRoots(json, header.dataRoot, "header.GetByHeight");
    const method = "share.GetNamespaceData";
    const numbers = findRowsWith(roots, namespace);
    const value = await caller.call({ method, params: [height, space], height, signal: within(signal) });
    const found = parseRows(value, method);
    if (found.length !== numbers.length) throw fail(daErrors.proofInvalid, { reason: "the number of rows is wrong" });
    const rows = found.map((row, index) => ({ row: numbers[index] ?? 0, ...row }));
    return { header, proof: buildNamespaceProof(height, namespace, { roots, rows }) };
  }

  async function read(height: number, signal: AbortSignal): Promise<{ header: DaHeader; blobs: readonly DaBlob[] }> {
    if (options.readsProofs === true) {
      const { header, proof } = await prove(height, signal);
      return { header, blobs: verifyNamespaceProof(namespace, header.dataRoot, proof) };
    }
    const [{ header }, blobs] = await Promise.all([
      fetchHeader("header.GetByHeight", [height], height, signal),
      getAll(height, signal),
    ]);
    return { header, blobs };
  }

  async function watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await head(signal).catch(() => undefined);
      await clock.sleep(options.healthEveryMs ?? 5_000, signal).catch(() => undefined);
    }
  }

  return {
    namespace,
    start: async () => {
      if (life !== undefined) return;
      life = new AbortController();
      caller.begin();
      void watch(life.signal);
    },
    stop: async () => {
      life?.abort(stoppedError());
      life = undefined;
      await transport.close();
    },
    submit: async (blobs, signal) => {
      checkSizes(blobs);
      const contents = blobs.map((data) => ({ namespace, data, shareVersion: 0, signer: undefined }));
      const commitments = contents.map(commitBlob);
      const sent = contents.map(({ data }, index) => ({
        namespace: space,
        data: toBase64(data),
        share_version: 0,
        commitment: toBase64(commitments[index] ?? new Uint8Array(0)),
        index: -1,
      }));
      const config = options.maxGasPriceUtia === undefined ? {} : { max_gas_price: options.maxGasPriceUtia };
      const value = await caller.call({
        method: "blob.Submit",
        params: [sent, config],
        sizeBytes: blobs.reduce((sum, blob) => sum + blob.length, 0),
        timeoutMs: options.submitTimeoutMs ?? 120_000,
        signal: within(signal),
        mayRetry: wasNotPosted,
      });
      const height = readCount(value, "blob.Submit");
      caller.noteHeight(height);
      return { height, commitments };
    },
    get: async (height, commitment) => {
      const method = "blob.Get";
      const params = [height, space, toBase64(commitment)];
      const blob = parseBlob(await caller.call({ method, params, height, signal: running() }), namespace, method);
      if (!equalBytes(blob.commitment, commitment)) {
        throw fail(daErrors.proofInvalid, { reason: `another blob came for the commitment ${toHex(commitment)}` });
      }
      return blob;
    },
    getAll: (height) => getAll(height),
    subscribe: (subscription) => {
      const signal = within(subscription.signal);
      const source = { namespace, chainId, readsProofs: options.readsProofs === true };
      return followHeights(source, { ...subscription, signal }, { transport, caller, clock, log, head, read });
    },
    headerAt: async (height) => (await fetchHeader("header.GetByHeight", [height], height)).header,
    head: () => head(),
    namespaceProof: async (height) => (await prove(height)).proof,
    health: () => caller.health(),
  };
}

function checkSizes(blobs: readonly Uint8Array[]): void {
  if (blobs.length === 0 || blobs.some((blob) => blob.length === 0)) throw fail(daErrors.blobEmpty, {});
  const sizeBytes = blobs.reduce((sum, blob) => sum + countShares(blob.length) * SHARE_BYTES, 0);
  if (sizeBytes > MAX_SUBMIT_BYTES) {
    throw fail(daErrors.blobTooLarge, { sizeBytes, limitBytes: MAX_SUBMIT_BYTES });
  }
}

/** A refused connection and a full node prove that nothing was posted; a lost answer proves nothing. */
function wasNotPosted(error: DsdnError): boolean {
  return isCode(error, daErrors.unreachable) && /^(ECONNREFUSED|HTTP status 429)$/.test(String(error.facts["reason"]));
}

function isCode(error: unknown, spec: { code: string }): boolean {
  return error instanceof Error && "code" in error && error.code === spec.code;
}
