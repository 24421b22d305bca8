import type { WorkloadLogLine } from "../../protocol/index.ts";

/** The newest log lines of a workload, within a bound; followers hear each line as it comes. */
export class WorkloadLog {
  readonly #lines: WorkloadLogLine[] = [];
  readonly #followers = new Set<(line: WorkloadLogLine) => void>();
  readonly #maxLines: number;
  #isOver = false;

  constructor(maxLines = 2_000) {
    this.#maxLines = maxLines;
  }

  add(line: WorkloadLogLine): void {
    this.#lines.push(line);
    // A whole stretch at a time: taking the first line out moves all others.
    if (this.#lines.length >= 2 * this.#maxLines) this.#lines.splice(0, this.#maxLines);
    for (const follower of this.#followers) follower(line);
  }

  /** Ends every follower: nothing more will come. */
  close(): void {
    this.#isOver = true;
    for (const follower of this.#followers) follower({ timeMs: 0, stream: "system", requestId: "", text: "" });
  }

  /** NDJSON lines: what is kept, then, when following, what comes until the signal aborts or the workload ends. */
  async *read(options: { isFollowing: boolean; signal: AbortSignal }): AsyncGenerator<Uint8Array> {
    const waiting: WorkloadLogLine[] = this.#lines.slice(-this.#maxLines);
    let wake = () => {};
    const onLine = (line: WorkloadLogLine) => {
      if (!this.#isOver) waiting.push(line);
      // A follower that does not read loses the oldest lines, not the node its memory.
      if (waiting.length > this.#maxLines) waiting.shift();
      wake();
    };
    const onAbort = () => wake();
    this.#followers.add(onLine);
    options.signal.addEventListener("abort", onAbort);
    try {
      for (;;) {
        const line = waiting.shift();
        if (line !== undefined) yield new TextEncoder().encode(`${JSON.stringify(line)}\n`);
        else if (!options.isFollowing || this.#isOver || options.signal.aborted) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#followers.delete(onLine);
      options.signal.removeEventListener("abort", onAbort);
    }
  }
}
