import { type Clock, fail, readBytes } from "../../base/index.ts";
import type { Outbox } from "../../net/index.ts";
import { type ChunkSource, openObject, readFile } from "../../objects/index.ts";
import { limits, type ObjectId, type PublishedObject, type SealedBody, type WorkloadId } from "../../protocol/index.ts";
import type { WorkloadHandle, WorkloadRuntime } from "../../runtime/index.ts";
import { nodeErrors } from "./errors.ts";

/** One run of a batch on this node. */
export interface BatchRun {
  readonly workload: WorkloadId;
  readonly handle: WorkloadHandle;
  /** The object that is its standard input. */
  readonly input: ObjectId | null;
  readonly sealed: SealedBody | undefined;
  /** Ends when the run is taken away. */
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

export interface BatchRunDeps {
  readonly runtime: WorkloadRuntime;
  readonly source: ChunkSource;
  readonly outbox: Outbox;
  readonly storeOutput: (bytes: Uint8Array, sealing: SealedBody["output"]) => Promise<PublishedObject>;
  readonly clock: Clock;
}

/** A run that takes no longer is told of once, by its end. */
const TOLD_AFTER_MS = 2_000;

/**
 * Runs a batch to its end and tells the log: that it runs, when that takes a while, and how it ended.
 * @throws DSDN_NODE_INPUT_TOO_LARGE, DSDN_RUNTIME_*, and as `openObject`
 */
export async function runBatch(batch: BatchRun, deps: BatchRunDeps): Promise<void> {
  const { workload, handle, input, sealed, say } = batch;
  const { runtime, outbox, clock } = deps;
  const stdin = input === null ? new Uint8Array(0) : await readInput(deps.source, input, sealed?.inputKey ?? undefined);
  const ended = new AbortController();
  const startMs = clock.monotonicMs();
  const telling = clock
    .sleep(TOLD_AFTER_MS, AbortSignal.any([ended.signal, batch.signal]))
    .then(() => outbox.publish("WorkloadStatus", { workload, status: "running", reason: "", output: null }))
    .catch(() => {});
  try {
    const result = await runtime.run(handle, stdin);
    const engineMs = Math.round(clock.monotonicMs() - startMs - result.wallMs);
    const output = result.output.length === 0 ? null : await deps.storeOutput(result.output, sealed?.output ?? null);
    const reason = result.exitCode === 0 ? "" : `exit code ${result.exitCode}`;
    const took = `${Math.round(result.wallMs)} ms, after ${engineMs} ms to start`;
    say(`finished in ${took}, exit code ${result.exitCode}`);
    ended.abort();
    await outbox.publish("WorkloadStatus", { workload, status: "finished", reason, output });
    await telling;
  } finally {
    ended.abort();
  }
}

async function readInput(source: ChunkSource, object: ObjectId, key: Uint8Array | undefined): Promise<Uint8Array> {
  const opened = await openObject(source, object, { findKey: () => key });
  const entry = opened.listing.entries.find((other) => other.type === "file");
  const limitBytes = limits.workloadInputBytes;
  if (entry !== undefined && entry.size > limitBytes) throw fail(nodeErrors.inputTooLarge, { object, limitBytes });
  return readBytes(entry === undefined ? [] : readFile(source, opened, entry));
}
