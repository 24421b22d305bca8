import {
  type Clock,
  type Disk,
  equalBytes,
  fail,
  isError,
  type Lifecycle,
  type Logger,
  toDsdnError,
} from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import type { DaBlob, DaHeader, DaHeight, DataAvailability } from "../port.ts";
import { type ArchiveSubject, checkLink, readArchive, verifyArchiveEntry } from "./archive-reader.ts";
import type { ArchiveEntry } from "./archive-record.ts";
import { type ArchiveStore, type HeightRange, openArchiveStore } from "./archive-store.ts";

/** Pause before the archive asks again after an error. */
const RETRY_MS = 5_000;

export interface DaArchiveOptions extends ArchiveSubject {
  readonly folder: string;
  /** First height that matters to the network; default 1. */
  readonly firstHeight?: number;
}

export interface DaArchiveDeps {
  readonly disk: Disk;
  readonly da: DataAvailability;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ArchiveStatus {
  /** Highest height kept; 0 before the first. */
  readonly lastHeight: number;
  /** Runs of heights that are missing below it. */
  readonly gaps: readonly HeightRange[];
  /** Code of the error that keeps the archive from growing, while there is one. */
  readonly lastError?: string;
}

/**
 * Keeps headers, blobs and namespace proofs of every height, so that the log can be replayed from its beginning after
 * the data-availability nodes have dropped it. Nothing unproven is kept. `start` resolves when the files are open;
 * following the log goes on in the background.
 */
export interface DaArchive extends Lifecycle {
  status(): ArchiveStatus;
  /** Resolves when the height is kept, durably; rejects with the signal's reason. */
  reached(height: number, signal: AbortSignal): Promise<void>;
  /**
   * Fills gaps from another source, for example an archival node or another archive; returns how many heights it
   * filled. Idempotent. Heights the source does not have stay missing.
   */
  fillGaps(source: Pick<DataAvailability, "headerAt" | "namespaceProof">): Promise<number>;
  /** Every height kept from here on, verified, in order. Throws as `readArchive`. */
  read(fromHeight: number): AsyncIterable<DaHeight>;
}

export function createDaArchive(options: DaArchiveOptions, deps: DaArchiveDeps): DaArchive {
  return new DaArchiveKeeper(options, deps);
}

type ProofSource = Pick<DataAvailability, "headerAt" | "namespaceProof">;

class DaArchiveKeeper implements DaArchive {
  readonly #options: DaArchiveOptions;
  readonly #deps: DaArchiveDeps;
  readonly #firstHeight: number;
  #store: ArchiveStore | undefined;
  #last: DaHeader | undefined;
  #lastError: string | undefined;
  #running: { abort: AbortController; done: Promise<void> } | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(options: DaArchiveOptions, deps: DaArchiveDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#firstHeight = options.firstHeight ?? 1;
  }

  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    this.#store = await openArchiveStore(this.#deps.disk, this.#options.folder);
    this.#last = await findLastHeader(this.#store);
    const abort = new AbortController();
    this.#running = { abort, done: this.#run(abort.signal) };
  }

  async stop(): Promise<void> {
    this.#running?.abort.abort();
    await this.#running?.done;
    this.#running = undefined;
  }

  status(): ArchiveStatus {
    const ranges = this.#store?.ranges() ?? [];
    return {
      lastHeight: ranges.at(-1)?.last ?? 0,
      gaps: findGaps(ranges, this.#firstHeight),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  reached(height: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = () => {
        this.#waiting.delete(settle);
        signal.removeEventListener("abort", onAbort);
      };
      const settle = () => {
        if (this.#store?.has(height) !== true) return;
        finish();
        resolve();
      };
      const onAbort = () => {
        finish();
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort);
      this.#waiting.add(settle);
      if (signal.aborted) onAbort();
      else settle();
    });
  }

  async fillGaps(source: ProofSource): Promise<number> {
    const store = this.#opened();
    let filled = 0;
    for (const gap of findGaps(store.ranges(), this.#firstHeight)) {
      for (let height = gap.first; height <= gap.last; height++) {
        const entry = await this.#findEntry(height, source);
        if (entry === undefined) continue;
        await store.append(entry);
        filled += 1;
      }
    }
    return filled;
  }

  read(fromHeight: number): AsyncIterable<DaHeight> {
    const { folder, namespace, chainId } = this.#options;
    return readArchive({ folder, namespace, chainId, fromHeight }, this.#deps);
  }

  #opened(): ArchiveStore {
    if (this.#store === undefined) throw fail(daErrors.stopped, {});
    return this.#store;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        const { code, message } = toDsdnError(error);
        if (this.#lastError !== code) this.#deps.log.error("archive cannot grow", { code, reason: message });
        this.#lastError = code;
      }
      if (!signal.aborted) await this.#deps.clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }

  /** Follows until an error. Where the next height was pruned, it goes on at the oldest height the node still has. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { da, log } = this.#deps;
    const fromHeight = this.#last === undefined ? this.#firstHeight : this.#last.height + 1;
    try {
      for await (const delivered of da.subscribe({ fromHeight, signal })) await this.#keep(delivered);
    } catch (error) {
      if (!isError(error, daErrors.heightPruned)) throw error;
      const oldest = await this.#findOldest(fromHeight, signal);
      log.warn("archive has a gap", { from: fromHeight, to: oldest - 1 });
      for await (const delivered of da.subscribe({ fromHeight: oldest, signal })) await this.#keep(delivered);
    }
  }

  async #keep(delivered: DaHeight): Promise<void> {
    const { entry, blobs } = await this.#loadEntry(delivered.height, this.#deps.da);
    if (!isSameList(blobs, delivered.blobs)) {
      throw fail(daErrors.proofInvalid, { reason: "the delivered blobs are not those of the namespace" });
    }
    // After a gap there is no neighbour to link to.
    if (this.#last !== undefined && entry.header.height <= this.#last.height + 1) checkLink(this.#last, entry.header);
    await this.#opened().append(entry);
    this.#last = entry.header;
    this.#lastError = undefined;
    for (const wake of [...this.#waiting]) wake();
  }

  /** The oldest height the node still proves, by bisection; its own head is always there. */
  async #findOldest(fromHeight: number, signal: AbortSignal): Promise<number> {
    let low = fromHeight;
    let high = (await this.#deps.da.head()).height;
    while (low < high) {
      signal.throwIfAborted();
      const middle = Math.floor((low + high) / 2);
      if ((await this.#findEntry(middle, this.#deps.da)) === undefined) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  async #findEntry(height: number, source: ProofSource): Promise<ArchiveEntry | undefined> {
    try {
      return (await this.#loadEntry(height, source)).entry;
    } catch (error) {
      if (isError(error, daErrors.heightPruned) || isError(error, daErrors.archiveGap)) return undefined;
      throw error;
    }
  }

  async #loadEntry(height: number, source: ProofSource): Promise<{ entry: ArchiveEntry; blobs: DaBlob[] }> {
    const [header, proof] = await Promise.all([source.headerAt(height), source.namespaceProof(height)]);
    if (header.height !== height) {
      throw fail(daErrors.proofInvalid, { reason: `height ${header.height} came for height ${height}` });
    }
    const entry = { header, proof };
    return { entry, blobs: verifyArchiveEntry(this.#options, entry) };
  }
}

function isSameList(left: readonly DaBlob[], right: readonly DaBlob[]): boolean {
  const none = new Uint8Array(0);
  return (
    left.length === right.length &&
    left.every((blob, index) => equalBytes(blob.commitment, right[index]?.commitment ?? none))
  );
}

async function findLastHeader(store: ArchiveStore): Promise<DaHeader | undefined> {
  const height = store.ranges().at(-1)?.last;
  if (height === undefined) return undefined;
  for await (const entry of store.read(height)) return entry.header;
  return undefined;
}

function findGaps(ranges: readonly HeightRange[], firstHeight: number): HeightRange[] {
  const gaps: HeightRange[] = [];
  let next = firstHeight;
  for (const range of ranges) {
    if (range.first > next) gaps.push({ first: next, last: range.first - 1 });
    next = Math.max(next, range.last + 1);
  }
  return gaps;
}
