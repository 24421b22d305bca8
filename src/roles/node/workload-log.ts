import type { WorkloadLogLine } from "../../protocol/index.ts";

/** What is remembered of a request. Its line is written when somebody reads it: most are forgotten before. */
export interface AnsweredRequest {
  readonly timeMs: number;
  readonly requestId: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  readonly tookMs: number;
}

/** A place of the log, used again and again: a new object a request would grow old before it is forgotten. */
type Slot = { -readonly [K in keyof AnsweredRequest]: AnsweredRequest[K] } & {
  /** In place of the request. */
  line: WorkloadLogLine | undefined;
};

const SHOWN_PATH_LENGTH = 200;
/** Of a longer text the beginning is copied: what is only cut keeps all of it in memory. */
const KEPT_LENGTH = 512;

/** The newest log lines of a workload, within a bound; followers hear each line as it comes. */
export class WorkloadLog {
  readonly #slots: Slot[] = [];
  readonly #followers = new Set<(line: WorkloadLogLine) => void>();
  readonly #maxLines: number;
  #count = 0;
  #isOver = false;

  constructor(maxLines = 2_000) {
    this.#maxLines = maxLines;
  }

  add(line: WorkloadLogLine): void {
    this.#nextSlot().line = line;
    for (const follower of this.#followers) follower(line);
  }

  /** Adds a line of the system about a request. */
  addAnswer({ timeMs, requestId, method, path, status, tookMs }: AnsweredRequest): void {
    const slot = this.#nextSlot();
    slot.line = undefined;
    slot.timeMs = timeMs;
    slot.requestId = copyIfLong(requestId);
    slot.method = method;
    // The text that is there is older, and stays, when it is the same.
    if (slot.path !== path) slot.path = copyIfLong(path);
    slot.status = status;
    slot.tookMs = tookMs;
    for (const follower of this.#followers) follower(toLine(slot));
  }

  #nextSlot(): Slot {
    const at = this.#count++ % this.#maxLines;
    const known = this.#slots[at];
    if (known !== undefined) return known;
    const slot = { line: undefined, timeMs: 0, requestId: "", method: "", path: "", status: 0, tookMs: 0 };
    this.#slots.push(slot);
    return slot;
  }

  /** Ends every follower: nothing more will come. */
  close(): void {
    this.#isOver = true;
    for (const follower of this.#followers) follower({ timeMs: 0, stream: "system", requestId: "", text: "" });
  }

  /** NDJSON lines: what is kept, then, when following, what comes until the signal aborts or the workload ends. */
  async *read(options: { isFollowing: boolean; signal: AbortSignal }): AsyncGenerator<Uint8Array> {
    const oldestAt = this.#count > this.#maxLines ? this.#count % this.#maxLines : 0;
    const waiting = [...this.#slots.slice(oldestAt), ...this.#slots.slice(0, oldestAt)].map(toLine);
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

function toLine({ line, timeMs, requestId, method, path, status, tookMs }: Slot): WorkloadLogLine {
  if (line !== undefined) return line;
  const text = `${method} ${path.slice(0, SHOWN_PATH_LENGTH)} ${status} ${tookMs} ms`;
  return { timeMs, stream: "system", requestId, text };
}

function copyIfLong(text: string): string {
  return text.length <= KEPT_LENGTH ? text : Buffer.from(text.slice(0, SHOWN_PATH_LENGTH)).toString();
}
