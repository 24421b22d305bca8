import { formatValue } from "./format.ts";
import { labelOf, wordOf } from "./labels.ts";
import type { Say } from "./texts.ts";

const INDENT = "  ";
const DEPTH = 2;

/**
 * Facts as rows of label and value: the members of an object stand indented below its label, each object of a list in a
 * row of its own.
 */
export function factRows(facts: object, say: Say, depth = 1): (readonly [string, string])[] {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]): (readonly [string, string])[] => {
      const label = `${INDENT.repeat(depth)}${say(labelOf(name))}`;
      if (Array.isArray(value) && value.some(isPlain)) {
        return value.map((item, index) => [
          index === 0 ? label : "",
          isPlain(item) ? inLine(item, say) : sayValue(name, item, say),
        ]);
      }
      if (Array.isArray(value)) return [[label, value.map((item) => sayValue(name, item, say)).join(", ") || "-"]];
      if (!isPlain(value) || depth >= DEPTH) return [[label, sayValue(name, value, say)]];
      return [[label, ""], ...factRows(value, say, depth + 1)];
    });
}

/** `name=value` pairs of an object, in a line. */
export function inLine(facts: object, say: Say): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${say(labelOf(name))}=${sayValue(name, value, say)}`)
    .join("  ");
}

function sayValue(name: string, value: unknown, say: Say): string {
  return say(wordOf(formatValue(name, value)));
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
