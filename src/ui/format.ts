import { escapeForTerminal, type Language } from "../base/index.ts";

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** A size for people: 0 B, 1.0 KiB, 16 MiB. @param sizeBytes - 0 or more. */
export function formatBytes(sizeBytes: number | bigint): string {
  let value = Number(sizeBytes);
  let unit = 0;
  while (value >= 1024 && unit < SIZES.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${SIZES[unit]}`;
}

/** A duration for people: 12 ms, 3.4 s, 5 min 6 s, 2 h 3 min. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A moment for people, in UTC: 2026-11-21 04:15:00Z. */
export function formatTime(timeMs: number): string {
  const moment = new Date(timeMs);
  if (Number.isNaN(moment.getTime())) return String(timeMs);
  return `${moment.toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** The rough word for how long something still takes: "about 3 s left" / "sekitar 3 s lagi". */
export function formatTimeLeft(leftMs: number, language: Language): string {
  const left = formatDuration(Math.max(1000, leftMs));
  return language === "id" ? `sekitar ${left} lagi` : `about ${left} left`;
}

/**
 * A value of a result as one line, its unit read from the end of its name (`sizeBytes`, `latencyMs`, `feeNusa`).
 * Objects and lists become compact JSON; control characters are made visible.
 */
export function formatValue(name: string, value: unknown): string {
  if (value === undefined || value === null) return "-";
  if (typeof value === "number" || typeof value === "bigint") return formatNumber(name, value);
  if (typeof value === "string") return escapeForTerminal(value);
  if (typeof value === "boolean") return String(value);
  return escapeForTerminal(toJsonText(value));
}

function formatNumber(name: string, value: number | bigint): string {
  if (name.endsWith("Bytes")) return formatBytes(value);
  if (/(?:^at|At|[tT]ime|created|expires|published|next|ends)Ms$/.test(name)) return formatTime(Number(value));
  if (name.endsWith("Ms")) return formatDuration(Number(value));
  return String(value);
}

/** A name of a result as a label: `latencyMs` -> `latency`, `stateRoot` -> `state root`. */
export function formatLabel(name: string): string {
  const words = name.replace(/(Bytes|Ms)$/, "").replace(/([a-z0-9])([A-Z])/g, "$1 $2");
  return escapeForTerminal((words || name).toLowerCase());
}

/**
 * The value as JSON text: bigint becomes a decimal string, bytes become lower-case hex, `undefined` members vanish. What
 * could steer a terminal and JSON lets stand, is written as JSON's own escape.
 *
 * @param indent - spaces of indentation; 0 gives one line (NDJSON).
 */
export function toJsonText(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, replaceUnprintable, indent) ?? "null";
  return indent === 0 ? escapeForTerminal(text) : text.split("\n").map(escapeForTerminal).join("\n");
}

function replaceUnprintable(this: unknown, _name: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return value;
}
