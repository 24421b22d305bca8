import {
  type Clock,
  type DsdnError,
  equalBytes,
  fail,
  isError,
  type Logger,
  toBase64,
  toHex,
} from "../../base/index.ts";
import { parseBlob } from "../blob-json.ts";
import { daErrors } from "../errors.ts";
import { readCount } from "../json-shape.ts";
import type { DaBlob, DaSubmitted, DataAvailability } from "../port.ts";
import { createNodeCaller, type NodeCaller, stoppedError } from "../transport/node-caller.ts";
import type { Transport } from "../transport/transport.ts";
import { createMessageParser, followHeights } from "./celestia-follow.ts";
import { createCelestiaReads } from "./celestia-reads.ts";
import { commitBlob } from "./commitment.ts";
import { findNamespaceFault } from "./namespace.ts";
import { countShares, SHARE_BYTES } from "./share.ts";

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

/**
 * The log of one namespace through a Celestia node.
 *
 * @throws DSDN_DA_NAMESPACE_INVALID
 */
export function createCelestiaClient(options: CelestiaClientOptions, deps: CelestiaClientDeps): DataAvailability {
  const { namespace, chainId, readsProofs = false } = options;
  const { transport, clock, log } = deps;
  const fault = findNamespaceFault(namespace);
  if (fault !== undefined) throw fail(daErrors.namespaceInvalid, { reason: fault });
  const caller = createNodeCaller({ timeoutMs: options.timeoutMs ?? 15_000, limitBytes: MAX_SUBMIT_BYTES }, deps);
  const reads = createCelestiaReads({ namespace, chainId, readsProofs }, caller);
  const parse = createMessageParser({ namespace, chainId });
  let life: AbortController | undefined;

  const running = (signal?: AbortSignal): AbortSignal => {
    if (life === undefined) throw stoppedError();
    return signal === undefined ? life.signal : AbortSignal.any([life.signal, signal]);
  };

  async function watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await reads.head(signal).catch(() => undefined);
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
    submit: async (blobs, signal) => postBlobs(blobs, running(signal), { options, caller }),
    get: async (height, commitment) => getBlob({ height, commitment, namespace }, running(), caller),
    getAll: async (height) => [...(await reads.read(height, running())).blobs],
    subscribe: (subscription) => {
      const own = { ...subscription, signal: running(subscription.signal) };
      return followHeights({ namespace, chainId, readsProofs }, own, { transport, caller, clock, log, reads, parse });
    },
    headerAt: async (height) => reads.headerAt(height, running()),
    head: async () => reads.head(running()),
    namespaceProof: async (height) => (await reads.prove(height, running())).proof,
    health: () => caller.health(),
  };
}

async function postBlobs(
  blobs: readonly Uint8Array[],
  signal: AbortSignal,
  deps: { options: CelestiaClientOptions; caller: NodeCaller },
): Promise<DaSubmitted> {
  const { namespace, maxGasPriceUtia, submitTimeoutMs = 120_000 } = deps.options;
  checkSizes(blobs);
  const contents = blobs.map((data) => ({ namespace, data, shareVersion: 0, signer: undefined }));
  const commitments = contents.map(commitBlob);
  const sent = commitments.map((commitment, index) => ({
    namespace: toBase64(namespace),
    data: toBase64(blobs[index] ?? new Uint8Array(0)),
    share_version: 0,
    commitment: toBase64(commitment),
    index: -1,
  }));
  const value = await deps.caller.call({
    method: "blob.Submit",
    params: [sent, maxGasPriceUtia === undefined ? {} : { max_gas_price: maxGasPriceUtia }],
    sizeBytes: blobs.reduce((sum, blob) => sum + blob.length, 0),
    timeoutMs: submitTimeoutMs,
    signal,
    mayRetry: wasNotPosted,
  });
  const height = readCount(value, "blob.Submit");
  deps.caller.noteHeight(height);
  return { height, commitments };
}

async function getBlob(
  wanted: { height: number; commitment: Uint8Array; namespace: Uint8Array },
  signal: AbortSignal,
  caller: NodeCaller,
): Promise<DaBlob> {
  const { height, commitment, namespace } = wanted;
  const method = "blob.Get";
  const params = [height, toBase64(namespace), toBase64(commitment)];
  const blob = parseBlob(await caller.call({ method, params, height, signal }), namespace, method);
  if (!equalBytes(blob.commitment, commitment)) {
    throw fail(daErrors.proofInvalid, { reason: `another blob came for the commitment ${toHex(commitment)}` });
  }
  return blob;
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
  return isError(error, daErrors.unreachable) && /^(ECONNREFUSED|HTTP status 429)$/.test(String(error.facts["reason"]));
}
