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

type Entry = WorkloadLogLine | AnsweredRequest;

const SHOWN_PATH_LENGTH = 200;
/** Longer ones are copied: what is only cut keeps all of it in memory. */
const KEPT_LENGTH = 512;

/** The newest log lines of a workload, within a bound; followers hear each line as it comes. */
export class WorkloadLog {
  readonly #lines: Entry[] = [];
  readonly #followers = new Set<(line: Entry) => void>();
  readonly #maxLines: number;
  #isOver = false;

  constructor(maxLines = 2_000) {
    this.#maxLines = maxLines;
  }

  add(line: WorkloadLogLine): void {
    this.#add(line);
  }

  /** Adds a line of the system about a request. */
  addAnswer(answered: AnsweredRequest): void {
    const { path, requestId } = answered;
    const isShort = path.length <= KEPT_LENGTH && requestId.length <= KEPT_LENGTH;
    this.#add(isShort ? answered : { ...answered, path: copyStart(path), requestId: copyStart(requestId) });
  }

  #add(line: Entry): void {
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
    const waiting: Entry[] = this.#lines.slice(-this.#maxLines);
    let wake = () => {};
    const onLine = (line: Entry) => {
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
        if (line !== undefined) yield new TextEncoder().encode(`${JSON.stringify(toLine(line))}\n`);
        else if (!options.isFollowing || this.#isOver || options.signal.aborted) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#followers.delete(onLine);
      options.signal.removeEventListener("abort", onAbort);
    }
  }
}

function toLine(entry: Entry): WorkloadLogLine {
  if ("text" in entry) return entry;
  const { timeMs, requestId, method, path, status, tookMs } = entry;
  const text = `${method} ${path.slice(0, SHOWN_PATH_LENGTH)} ${status} ${tookMs} ms`;
  return { timeMs, stream: "system", requestId, text };
}

/** As much of a text as is shown, without the rest. */
function copyStart(text: string): string {
  return Buffer.from(text.slice(0, SHOWN_PATH_LENGTH)).toString();
}
