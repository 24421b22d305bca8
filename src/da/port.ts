import type { Lifecycle } from "../base/index.ts";
import type { NmtProof } from "./celestia/nmt-proof.ts";

/** One blob of our namespace as the log holds it. */
export interface DaBlob {
  /** 29 bytes: version || id. */
  readonly namespace: Uint8Array;
  readonly data: Uint8Array;
  /** 32 bytes, recomputed from the data, never taken from an answer. */
  readonly commitment: Uint8Array;
  readonly shareVersion: number;
  /** 20 bytes; only for share version 1. */
  readonly signer: Uint8Array | undefined;
  /** Index of the blob's first share in the extended square; -1 when unknown. Blobs of a height are ordered by it. */
  readonly index: number;
}

/** What the log says about one height. Log time is `timeMs`. */
export interface DaHeader {
  readonly height: number;
  /** Milliseconds since 1970, truncated; never lower than the time of the height before. */
  readonly timeMs: number;
  /** 32 bytes: the CometBFT hash of the header's fields. */
  readonly hash: Uint8Array;
  /** 32 bytes; empty at height 1. */
  readonly previousHash: Uint8Array;
  /** 32 bytes: the Merkle root over the row and column roots of the extended square. */
  readonly dataRoot: Uint8Array;
  readonly chainId: string;
  /** JSON of the fields that the hash covers, in UTF-8, as the node gave them; kept so that the hash can be checked. */
  readonly source?: Uint8Array;
}

/** One step of the log: every height is delivered, with an empty list when it holds no blob of ours. */
export interface DaHeight {
  readonly height: number;
  readonly timeMs: number;
  readonly blobs: readonly DaBlob[];
}

export interface DaSubmitted {
  readonly height: number;
  /** In the order of the submitted blobs. */
  readonly commitments: readonly Uint8Array[];
}

/** The shares of our namespace in one row, complete by the proof; no shares and an absence proof when the row's range
 *  covers the namespace and yet holds nothing of it. */
export interface DaRowProof {
  readonly row: number;
  /** 512 bytes each. */
  readonly shares: readonly Uint8Array[];
  readonly proof: NmtProof;
}

/**
 * All shares of our namespace at one height, with the proof that there are no others. `rowRoots` is a window of
 * neighbouring row roots that contains every row whose range covers the namespace, and one more on each side where
 * there is one; `path` proves the window against the data root.
 */
export interface DaNamespaceProof {
  readonly height: number;
  /** Leaves of the data root's tree: row and column roots of the extended square, four times the original width. */
  readonly leafCount: number;
  readonly firstRow: number;
  /** 90 bytes each. */
  readonly rowRoots: readonly Uint8Array[];
  /** 32 bytes each, in the order the verifier consumes them. */
  readonly path: readonly Uint8Array[];
  readonly rows: readonly DaRowProof[];
}

export interface DaHealth {
  readonly isConnected: boolean;
  /** Highest height seen; 0 before the first answer. */
  readonly lastHeight: number;
  /** Duration of the last successful request. */
  readonly latencyMs: number;
  /** Time since the last successful answer, whatever was asked; 0 before `start`. Falls back at DA_DOWN_MS. */
  readonly lagMs: number;
  /** Code of the last error, only while not connected. */
  readonly lastError?: string;
}

export interface DaSubscription {
  /** First height to deliver, at least 1. */
  readonly fromHeight: number;
  /** Ends the iteration quietly. */
  readonly signal: AbortSignal;
}

/**
 * The ordered log of one namespace on a data-availability layer. Every implementation passes
 * `test/contract/da/data-availability.ts`. All errors are DsdnErrors of this room or of base.
 */
export interface DataAvailability extends Lifecycle {
  /** 29 bytes; every call is about this namespace. */
  readonly namespace: Uint8Array;

  /**
   * Puts the blobs on the log in one transaction: all at one height, or none.
   * Not idempotent: a repeated call posts the blobs again, and a call that failed with a network error may have
   * succeeded; duplicates are for the reader to drop. Retries only answers that prove nothing was posted.
   * Throws DSDN_DA_BLOB_EMPTY, DSDN_DA_BLOB_TOO_LARGE, DSDN_DA_ACCOUNT_UNFUNDED, DSDN_DA_FEE_TOO_LOW,
   * DSDN_DA_UNAUTHORISED, DSDN_DA_UNREACHABLE.
   */
  submit(blobs: readonly Uint8Array[], signal?: AbortSignal): Promise<DaSubmitted>;

  /** The blob. Idempotent, retried. Throws DSDN_DA_BLOB_MISSING, DSDN_DA_HEIGHT_FUTURE, DSDN_DA_HEIGHT_PRUNED. */
  get(height: number, commitment: Uint8Array): Promise<DaBlob>;

  /** Every blob at the height, ordered by index; empty when none. Idempotent, retried. Throws as `get`. */
  getAll(height: number): Promise<DaBlob[]>;

  /**
   * Delivers every height from `fromHeight` on, in order, none twice, none left out, across lost connections.
   * Reading slowly holds it back and loses nothing. Ends when the signal aborts. Throws only what no retry mends:
   * DSDN_DA_HEIGHT_PRUNED, DSDN_DA_UNAUTHORISED, DSDN_DA_PROOF_INVALID, DSDN_DA_HEIGHT_BACKWARDS.
   */
  subscribe(subscription: DaSubscription): AsyncIterable<DaHeight>;

  /** The header. Idempotent, retried. Throws DSDN_DA_HEIGHT_FUTURE, DSDN_DA_HEIGHT_PRUNED. */
  headerAt(height: number): Promise<DaHeader>;

  /** The newest header. Idempotent, retried. */
  head(): Promise<DaHeader>;

  /** Every share of the namespace at the height with the proof; `verifyNamespaceProof` turns it into blobs.
   *  Idempotent, retried. Throws as `headerAt`. */
  namespaceProof(height: number): Promise<DaNamespaceProof>;

  /** What is known now; asks nobody. */
  health(): DaHealth;
}
