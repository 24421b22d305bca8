import { type Clock, escapeForTerminal, type Language } from "../base/index.ts";
import { drawResult } from "./draw.ts";
import { drawError, toJsonError } from "./error-view.ts";
import { toJsonText } from "./format.ts";
import { wrap } from "./layout.ts";
import { createProgress, type Progress, pickProgressMode } from "./progress.ts";
import { createPrompts, type Prompts } from "./prompts.ts";
import type { Block, CommandResult, DisclosureLevel } from "./result.ts";
import { createStyle, escapeBesideStyle, type Style } from "./style.ts";
import type { Terminal } from "./terminal.ts";
import { createSay, type Say } from "./texts.ts";

/** How one run of the CLI speaks. */
export interface UiOptions {
  readonly language: Language;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly level: DisclosureLevel;
  /** Cancels open prompts, and tells a step that was stopped from one that failed. */
  readonly signal: AbortSignal;
}

/** Everything a command uses to speak with its user. */
export interface Ui {
  readonly language: Language;
  readonly isJson: boolean;
  readonly level: DisclosureLevel;
  readonly style: Style;
  readonly say: Say;
  readonly progress: Progress;
  readonly prompts: Prompts;
  readonly terminal: Terminal;
  /** Prints the result: its blocks for people, `{summary, details, audit}` under `--json`. */
  result(result: CommandResult, blocks: readonly Block[]): void;
  /** Prints one item of a stream: a JSON line under `--json`, `line` otherwise. */
  item(item: object, line: string): void;
  /** Writes raw bytes to stdout, for `cat` and `get -`. */
  raw(bytes: Uint8Array): void;
  /** Ends a line that raw bytes left open, on a terminal: the next prompt begins below. */
  closeLine(): void;
  /** Prints a remark to stderr, unless `--quiet` or `--json`. */
  remark(line: string): void;
  /** The bytes of stdin until its end or Ctrl-C. */
  input(): AsyncIterable<Uint8Array>;
  /** Prints the error to stderr, or to stdout as the one JSON document under `--json`. */
  error(error: unknown): void;
}

const NEWLINE = 10;

/** The voice of one run. Nothing is printed before a method is called. */
export function createUi(options: UiOptions, deps: { terminal: Terminal; clock: Clock }): Ui {
  const { language, isJson, isQuiet, level } = options;
  const { terminal } = deps;
  const style = createStyle(terminal.env, terminal.isOutputTty);
  const say = createSay(language);
  const columns = terminal.isOutputTty ? Math.max(20, terminal.columns) : Number.POSITIVE_INFINITY;
  const errorColumns = terminal.isErrorTty ? Math.max(20, terminal.columns) : Number.POSITIVE_INFINITY;
  const mode = pickProgressMode(terminal, options);
  let isLineOpen = false;
  return {
    language,
    isJson,
    level,
    style,
    say,
    terminal,
    progress: createProgress({ mode, language, signal: options.signal }, deps),
    prompts: createPrompts(options, deps),
    result: (result, blocks) => {
      const { summary, details, audit } = result;
      if (isJson) return terminal.write(`${toJsonText({ summary, details, audit }, 2)}\n`);
      const lines = drawResult(result, blocks, { level, isQuiet, columns, style, say });
      if (lines.length > 0) terminal.write(`${lines.join("\n")}\n`);
    },
    // What a program wrote is shown, tabs too, and steers no terminal.
    item: (item, line) =>
      terminal.write(`${isJson ? toJsonText(item) : line.split("\t").map(escapeForTerminal).join("\t")}\n`),
    input: () => terminal.input(options.signal),
    raw: (bytes) => {
      terminal.write(bytes);
      if (bytes.length > 0) isLineOpen = bytes.at(-1) !== NEWLINE;
    },
    closeLine: () => {
      if (isLineOpen && terminal.isOutputTty) terminal.write("\n");
      isLineOpen = false;
    },
    remark: (line) => {
      if (isJson || isQuiet) return;
      terminal.writeError(
        `${escapeBesideStyle(line)
          .split("\n")
          .flatMap((part) => wrap(part, errorColumns))
          .join("\n")}\n`,
      );
    },
    error: (error) => {
      if (isJson) return terminal.write(`${toJsonText(toJsonError(error, language), 2)}\n`);
      const errorStyle = createStyle(terminal.env, terminal.isErrorTty);
      terminal.writeError(
        `${drawError(error, { language, level, columns: errorColumns, style: errorStyle }).join("\n")}\n`,
      );
    },
  };
}
