import { DsdnError, escapeForTerminal, type Facts, type Language, renderError, toDsdnError } from "../base/index.ts";
import { layPairs, wrap } from "./layout.ts";
import { messages } from "./messages.ts";
import type { DisclosureLevel } from "./result.ts";
import type { Style } from "./style.ts";
import { createSay } from "./texts.ts";

/** The one shape in which `--json` reports a failure. `exitCode` is the exit code of the process. */
export interface JsonError {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    /** Where the error is explained, relative to the project's documentation. */
    readonly docs: string;
    readonly exitCode: number;
    readonly facts: Facts;
    /** The errors underneath, nearest first. */
    readonly causes: readonly { readonly code: string; readonly message: string }[];
  };
}

/** Where an error is explained, relative to the project's documentation. */
export function docsOfError(code: string, language: Language): string {
  return `docs/${language}/errors.md#${code.toLowerCase()}`;
}

/** The error as `--json` prints it, in the asked language. */
export function toJsonError(error: unknown, language: Language): JsonError {
  const own = toDsdnError(error);
  const { code, message, hint } = renderError(own, language);
  return {
    error: {
      code,
      message,
      hint,
      docs: docsOfError(code, language),
      exitCode: own.spec.exit,
      facts: own.facts,
      causes: causesOf(own, language),
    },
  };
}

/** The error as lines for people: message, hint and, from level 1 on, the facts; from level 3 on, the stack. */
export function drawError(
  error: unknown,
  options: { language: Language; level: DisclosureLevel; columns: number; style: Style },
): string[] {
  const { language, level, columns, style } = options;
  const own = toDsdnError(error);
  const say = createSay(language);
  const { code, message, hint } = renderError(own, language);
  const lines = [
    ...wrap(`${style.bad(say(messages.error))} ${style.dim(code)}  ${message}`, columns, "  "),
    ...(hint === "" ? [] : wrap(`${style.note(say(messages.hint))} ${hint}`, columns, "  ")),
  ];
  if (level >= 1) {
    const pairs = Object.entries(own.facts).map(
      ([name, value]) =>
        [`  ${name}`, escapeForTerminal(typeof value === "object" ? JSON.stringify(value) : String(value))] as const,
    );
    lines.push(...layPairs(pairs));
    for (const cause of causesOf(own, language)) lines.push(`${say(messages.causes)} ${cause.code}  ${cause.message}`);
  }
  if (level >= 3) lines.push(...stackOf(error).map((line) => style.dim(line)));
  return lines;
}

function causesOf(error: DsdnError, language: Language): { code: string; message: string }[] {
  const causes: { code: string; message: string }[] = [];
  let cause: unknown = error.cause;
  while (cause !== undefined && causes.length < 8) {
    if (cause instanceof DsdnError) {
      const { code, message } = renderError(cause, language);
      causes.push({ code, message });
    } else {
      causes.push(foreignCause(cause));
    }
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

// The text of a foreign error may quote its input, so only its class and system code are shown.
function foreignCause(cause: unknown): { code: string; message: string } {
  if (!(cause instanceof Error)) return { code: "UNKNOWN", message: typeof cause };
  const code = (cause as NodeJS.ErrnoException).code;
  return {
    code: typeof code === "string" ? escapeForTerminal(code) : "UNKNOWN",
    message: escapeForTerminal(cause.name),
  };
}

function stackOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  if (error.cause instanceof Error) return stackOf(error.cause);
  if (error.stack === undefined) return [];
  // The first lines repeat the message; frames are enough and hold no data.
  return error.stack.split("\n").filter((line) => /^\s+at /.test(line));
}
