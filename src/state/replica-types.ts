import type { Disk, DsdnError, Lifecycle, Logger } from "../base/index.ts";
import type { Genesis, KeyId, LogSource } from "../protocol/index.ts";
import type { NetworkState } from "./network-state.ts";
import type { AppliedHeight, Outcome } from "./reducer.ts";
import type { VerifiedEvents } from "./verified-events.ts";

export interface ReplicaOptions {
  readonly genesis: Genesis;
  /** Heights whose roots are kept; 10,000 unless said. */
  readonly rootsKept?: number;
  /** Outcomes of events that are kept; 50,000 unless said. */
  readonly outcomesKept?: number;
}

export interface ReplicaDeps {
  readonly log: LogSource;
  /** Shared by the replicas of a process; one of its own unless given. */
  readonly cache?: VerifiedEvents;
  readonly logger?: Logger;
  /** Where the state is kept between runs; without it every start replays the log. */
  readonly checkpoints?: CheckpointStore;
}

export interface CheckpointStore {
  readonly disk: Disk;
  /** Absolute path of the file. */
  readonly path: string;
  /** Heights that held events between two checkpoints; 500 unless said. One is always written at a clean stop. */
  readonly everyHeights?: number;
}

/** A living copy of the network's state that follows the log. */
export interface Replica extends Lifecycle {
  /** Changes with every height; see `NetworkState`. */
  readonly state: NetworkState;
  readonly height: number;
  readonly logTimeMs: number;
  /** Why it follows no more; undefined while it does or was stopped. */
  readonly halted: DsdnError | undefined;
  /** The state root after a height, or undefined when it lies too far back or ahead. */
  rootAt(height: number): Uint8Array | undefined;
  /** Calls back after every height, in order; the returned function ends that. A listener that throws is logged. */
  onHeight(listener: (applied: AppliedHeight) => void): () => void;
  /**
   * Resolves with what `find` gives once it is not undefined or false: now, or after a later height.
   * @throws the signal's reason; DSDN_STATE_REPLICA_STOPPED or what halted the replica.
   */
  waitFor<T>(find: (state: NetworkState) => T | undefined | false, signal?: AbortSignal): Promise<T>;
  /** What became of an event, as far as it is remembered: the newest survive a restart in the checkpoint. */
  outcomeOf(author: KeyId, sequence: number): Outcome | undefined;
  /** Writes a checkpoint now. Nothing happens without a checkpoint store. */
  saveCheckpoint(): Promise<void>;
}
