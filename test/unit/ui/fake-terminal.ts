import type { Terminal } from "../../../src/ui/index.ts";

/** A terminal that keeps what was written to it. */
export interface FakeTerminal extends Terminal {
  readonly output: string;
  readonly errors: string;
  /** Plays a reader of stdout that goes away. */
  closeOutput(): void;
}

/** @param options - what differs from a pipe in an empty environment. */
export function fakeTerminal(options: Partial<Terminal> & { readonly text?: string } = {}): FakeTerminal {
  const listeners: (() => void)[] = [];
  let output = "";
  let errors = "";
  let isOutputClosed = options.isOutputClosed ?? false;
  const { text = "", ...rest } = options;
  return {
    env: {},
    folder: "/work",
    isOutputTty: false,
    isErrorTty: false,
    isInputTty: false,
    columns: 80,
    hasUnicode: true,
    ...rest,
    get output() {
      return output;
    },
    get errors() {
      return errors;
    },
    get isOutputClosed() {
      return isOutputClosed;
    },
    write: (chunk) => {
      output += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk);
    },
    writeError: (chunk) => {
      errors += chunk;
    },
    flush: async () => {},
    onOutputClosed: (listener) => void listeners.push(listener),
    closeOutput: () => {
      isOutputClosed = true;
      for (const listener of listeners) listener();
    },
    input: async function* () {
      yield new TextEncoder().encode(text);
    },
  };
}
