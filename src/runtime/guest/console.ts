import type { GuestHost } from "./host.ts";

const DEPTH = 4;
const LIST = 50;
const GROUPS = 16;
const COUNTERS = 100;
/** Longer texts are cut here; the host refuses them. */
const LENGTH = 65536;
const [DEBUG, INFO, WARN, ERROR] = [0, 1, 2, 3];

/** The console of the guest: debug, log and info go to standard output, warn and error to standard error. */
export function createConsole(host: GuestHost) {
  const counters = new Map<string, number>();
  const started = new Map<string, number>();
  let depth = 0;
  const write =
    (level: number) =>
    (...values: unknown[]): void => {
      const text = format(values).slice(0, LENGTH - GROUPS * 2);
      const indent = "  ".repeat(depth);
      host.log(
        level,
        (indent === "" ? text : indent + text.replaceAll("\n", `\n${indent}`)).slice(0, LENGTH).replaceAll("\0", " "),
      );
    };
  const remember = (list: Map<string, number>, label: string, value: number): void => {
    if (list.has(label) || list.size < COUNTERS) list.set(label, value);
  };
  const group = (...values: unknown[]): void => {
    if (values.length > 0) write(INFO)(...values);
    depth = Math.min(GROUPS, depth + 1);
  };
  const tell = (label: string): void => {
    const startMs = started.get(label);
    if (startMs !== undefined) write(INFO)(`${label}: ${Date.now() - startMs} ms`);
  };
  return {
    log: write(INFO),
    info: write(INFO),
    dir: (value: unknown) => write(INFO)(value),
    table: write(INFO),
    debug: write(DEBUG),
    warn: write(WARN),
    error: write(ERROR),
    trace: (...values: unknown[]) => write(DEBUG)(...values, `\n${new Error().stack ?? ""}`),
    assert: (isTrue?: unknown, ...values: unknown[]) => {
      if (!isTrue) write(ERROR)("Assertion failed", ...values);
    },
    count: (label = "default") => {
      remember(counters, String(label), (counters.get(String(label)) ?? 0) + 1);
      write(INFO)(`${label}: ${counters.get(String(label)) ?? 1}`);
    },
    countReset: (label = "default") => void counters.delete(String(label)),
    time: (label = "default") => remember(started, String(label), Date.now()),
    timeLog: (label = "default") => tell(String(label)),
    timeEnd: (label = "default") => {
      tell(String(label));
      started.delete(String(label));
    },
    group,
    groupCollapsed: group,
    groupEnd: () => {
      depth = Math.max(0, depth - 1);
    },
  };
}

/** Values in one text; a first text may hold %s, %d, %i, %f, %o, %O, %j and %c for the values after it. */
function format(values: readonly unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== "string" || !first.includes("%")) return values.map((value) => describe(value, 0)).join(" ");
  let next = 0;
  const text = first.replace(/%([sdifoOjc%])/g, (whole: string, letter: string) => {
    if (letter === "%") return "%";
    if (next >= rest.length) return whole;
    const value = rest[next++];
    if (letter === "c") return "";
    if (letter === "d" || letter === "f") return String(Number(value));
    if (letter === "i") return String(Math.trunc(Number(value)));
    return describe(value, letter === "s" ? 0 : 1);
  });
  return [text, ...rest.slice(next).map((value) => describe(value, 0))].join(" ");
}

/** One line for people; never throws because of the value. */
function describe(value: unknown, depth: number): string {
  if (typeof value === "string") return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[function ${value.name}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error)
    return `${value.name}: ${value.message}${value.stack ? `\n${value.stack.trimEnd()}` : ""}`;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp || value instanceof Promise) return String(value);
  return describeList(value, depth);
}

function describeList(value: object, depth: number): string {
  if (depth >= DEPTH) return Array.isArray(value) ? "[...]" : "{...}";
  const show = (item: unknown) => describe(item, depth + 1);
  if (Array.isArray(value)) return `[${value.slice(0, LIST).map(show).join(", ")}]`;
  if (value instanceof Map) {
    const pairs = [...value].slice(0, LIST).map(([name, item]) => `${show(name)} => ${show(item)}`);
    return `Map {${pairs.join(", ")}}`;
  }
  if (value instanceof Set) return `Set {${[...value].slice(0, LIST).map(show).join(", ")}}`;
  const fields = Object.entries(value).slice(0, LIST);
  return `{${fields.map(([name, item]) => `${name}: ${show(item)}`).join(", ")}}`;
}
