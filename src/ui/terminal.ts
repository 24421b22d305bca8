import type { Readable } from "node:stream";
import { canShowUnicode } from "./symbols.ts";

/** The two outputs, the input and the environment of one run of the CLI. Tests pass their own. */
export interface Terminal {
  readonly env: { readonly [name: string]: string | undefined };
  /** Absolute path of the folder the user stands in. */
  readonly folder: string;
  readonly isOutputTty: boolean;
  readonly isErrorTty: boolean;
  readonly isInputTty: boolean;
  /** Width of the terminal in columns; 80 when it is not known. */
  readonly columns: number;
  /** True when it shows more than ASCII. */
  readonly hasUnicode: boolean;
  /** Writes to stdout. After the reader went away (EPIPE) this does nothing. */
  write(chunk: string | Uint8Array): void;
  /** Writes to stderr, same rule. */
  writeError(text: string): void;
  /** Resolves once everything written has left the process, or its reader is gone. */
  flush(): Promise<void>;
  /** True once the reader of stdout closed it. */
  readonly isOutputClosed: boolean;
  /** Calls `listener` once when the reader of stdout goes away. */
  onOutputClosed(listener: () => void): void;
  /** The bytes of stdin until its end; nothing when stdin is closed. Throws the signal's reason once it is aborted. */
  input(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The terminal of this process. */
export function systemTerminal(): Terminal {
  const { stdout, stderr, stdin } = process;
  const listeners: (() => void)[] = [];
  let isOutputClosed = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EOF" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    if (isOutputClosed) return;
    isOutputClosed = true;
    for (const listener of listeners) listener();
  });
  // Nobody is left to tell about a closed stderr.
  stderr.on("error", () => {});
  return {
    env: process.env,
    folder: process.cwd(),
    isOutputTty: stdout.isTTY === true,
    isErrorTty: stderr.isTTY === true,
    isInputTty: stdin.isTTY === true,
    // A window may be made wider or narrower while we run.
    get columns() {
      return stdout.columns || stderr.columns || 80;
    },
    hasUnicode: canShowUnicode(process.env, process.platform),
    get isOutputClosed() {
      return isOutputClosed;
    },
    write: (chunk) => {
      if (!isOutputClosed) stdout.write(chunk);
    },
    writeError: (text) => {
      if (!stderr.destroyed) stderr.write(text);
    },
    flush: async () => {
      await Promise.all([drained(stdout), drained(stderr)]);
    },
    onOutputClosed: (listener) => {
      listeners.push(listener);
    },
    input: (signal) => readInput(stdin, signal),
  };
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) return resolve();
    stream.once("error", () => resolve());
    stream.write("", () => resolve());
  });
}

/** The bytes of a stream until its end; a closed one is empty. Throws the signal's reason once it is aborted. */
export async function* readInput(stdin: Readable, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const stop = () => stdin.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const chunk of stdin as AsyncIterable<Buffer>) yield new Uint8Array(chunk);
  } catch (error) {
    // A closed descriptor 0 is an empty input, as for every other tool.
    const code = (error as NodeJS.ErrnoException).code;
    if (!signal.aborted && code !== "EBADF" && code !== "EOF") throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
  signal.throwIfAborted();
}
