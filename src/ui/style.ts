import { escapeForTerminal } from "../base/index.ts";
import type { Terminal } from "./terminal.ts";

/** Marks a part of a text. Without colours each function returns its text unchanged. */
export interface Style {
  readonly hasColours: boolean;
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  note(text: string): string;
}

/** Of the eight colours only red and magenta can be read on white and on black; the tick of `good` is told by its shape. */
const CODES = { bold: [1, 22], dim: [2, 22], good: [32, 39], bad: [31, 39], note: [35, 39] } as const;

/**
 * Colours when the output is a terminal that can show them.
 *
 * @source https://no-color.org (NO_COLOR, any value but empty); FORCE_COLOR wins, and is off when it is 0 or
 *   false; TERM=dumb has none.
 */
export function createStyle(env: Terminal["env"], isTty: boolean): Style {
  const force = env["FORCE_COLOR"];
  const isOn = force ? !/^(0|false)$/.test(force) : isTty && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  const mark = (name: keyof typeof CODES) => (text: string) =>
    isOn ? `\u001b[${CODES[name][0]}m${text}\u001b[${CODES[name][1]}m` : text;
  return {
    hasColours: isOn,
    bold: mark("bold"),
    dim: mark("dim"),
    good: mark("good"),
    bad: mark("bad"),
    note: mark("note"),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: naming the control characters is the purpose
const OWN_MARKS = /(\u001b\[(?:1|2|22|3[125]|39)m|[\t\n])/;

/** The line with its tabs, line ends and styles, and every other control character made visible. */
export function escapeBesideStyle(line: string): string {
  return line
    .split(OWN_MARKS)
    .map((part, index) => (index % 2 === 0 ? escapeForTerminal(part) : part))
    .join("");
}
