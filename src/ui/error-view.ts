import {
  causesOf,
  type ErrorJson,
  escapeForTerminal,
  type Language,
  renderError,
  sayFact,
  toDsdnError,
  toErrorJson,
} from "../base/index.ts";
import { labelOf } from "./labels.ts";
import { layPairs, wrap, wrapBeforeCommand } from "./layout.ts";
import { messages } from "./messages.ts";
import type { DisclosureLevel } from "./result.ts";
import type { Style } from "./style.ts";
import { createSay } from "./texts.ts";

/** What stands on stdout under `--json` when a command failed. */
export interface JsonError {
  readonly error: ErrorJson;
}

/** The error as `--json` prints it, in the asked language. */
export function toJsonError(error: unknown, language: Language): JsonError {
  return { error: toErrorJson(toDsdnError(error), language) };
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
    ...wrap(`${style.bad(say(messages.error))} ${code}  ${message}`, columns, "  "),
    ...(hint === "" ? [] : wrapBeforeCommand(`${style.note(say(messages.hint))} ${hint}`, columns, "  ")),
  ];
  if (level >= 1) {
    const pairs = Object.entries(own.facts).map(
      ([name, value]) =>
        [
          `  ${say(labelOf(name))}`,
          escapeForTerminal(typeof value === "object" ? JSON.stringify(value) : sayFact(name, value, language)),
        ] as const,
    );
    lines.push(...layPairs(pairs));
    for (const cause of causesOf(own, language)) lines.push(`${say(messages.causes)} ${cause.code}  ${cause.message}`);
  }
  if (level >= 3) lines.push(...stackOf(error).map((line) => style.dim(line)));
  return lines;
}

function stackOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  if (error.cause instanceof Error) return stackOf(error.cause);
  if (error.stack === undefined) return [];
  // The first lines repeat the message; frames are enough and hold no data.
  return error.stack.split("\n").filter((line) => /^\s+at /.test(line));
}
