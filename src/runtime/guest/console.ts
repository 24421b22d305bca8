import type { GuestHost } from "./host.ts";

const DEPTH = 4;
const LIST = 50;
/** Longer texts are cut here; the host refuses them. */
const LENGTH = 65536;

/** The console of the guest: log, info and debug go to stream 1, warn and error to stream 2. */
export function createConsole(host: GuestHost) {
  const write =
    (stream: number) =>
    (...values: unknown[]): void =>
      host.log(
        stream,
        values
          .map((value) => describe(value, 0))
          .join(" ")
          .slice(0, LENGTH)
          .replaceAll("\0", " "),
      );
  return { log: write(1), info: write(1), debug: write(1), warn: write(2), error: write(2) };
}

/** One line for people; never throws because of the value. */
function describe(value: unknown, depth: number): string {
  if (typeof value === "string") return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[function ${value.name}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error)
    return `${value.name}: ${value.message}${value.stack ? `\n${value.stack.trimEnd()}` : ""}`;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= DEPTH) return Array.isArray(value) ? "[...]" : "{...}";
  if (Array.isArray(value))
    return `[${value
      .slice(0, LIST)
      .map((item) => describe(item, depth + 1))
      .join(", ")}]`;
  const fields = Object.entries(value).slice(0, LIST);
  return `{${fields.map(([name, item]) => `${name}: ${describe(item, depth + 1)}`).join(", ")}}`;
}
