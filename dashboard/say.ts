import { type Language, type TextName, texts } from "./texts.ts";

export interface Facts {
  readonly [slot: string]: string | number;
}

/** Words, numbers and times in one language. */
export interface Speaker {
  readonly language: Language;
  say(name: TextName, facts?: Facts): string;
  number(value: number): string;
  /** `12.3 MiB` */
  bytes(sizeBytes: number): string;
  /** `140 ms`, `3.2 s`, `4 min`, `2 h`, `5 d` */
  duration(ms: number): string;
  /** The same, of what lies so far back. */
  ago(ms: number): string;
  /** Time of day, to the second. */
  time(timeMs: number): string;
  /** Day and time. */
  date(timeMs: number): string;
}

/** `{slot}`, or `{slot:one:many}` with the word that follows the number. */
const SLOT = /\{(\w+)(?::(\w+):(\w+))?\}/g;
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

export function createSpeaker(language: Language): Speaker {
  const format = (value: number, digits = 0) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  const say: Speaker["say"] = (name, facts = {}) =>
    texts[name][language].replace(SLOT, (slot, fact: string, one?: string, many?: string) => {
      const value = facts[fact];
      if (value === undefined) return slot;
      if (typeof value === "string") return value;
      return one === undefined ? format(value) : `${format(value)} ${value === 1 ? one : many}`;
    });
  const duration = (ms: number): string => {
    const past = Math.max(0, ms);
    if (past < 1_000) return say("milliseconds", { value: Math.round(past) });
    if (past < 60_000) return say("seconds", { value: format(past / 1_000, past < 10_000 ? 1 : 0) });
    if (past < 3_600_000) return say("minutes", { value: Math.floor(past / 60_000) });
    if (past < 86_400_000) return say("hours", { value: Math.floor(past / 3_600_000) });
    return say("days", { value: Math.floor(past / 86_400_000) });
  };
  return {
    language,
    say,
    duration,
    number: (value) => format(value),
    bytes: (sizeBytes) => {
      const unit = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, sizeBytes)) / 10));
      const value = sizeBytes / 1024 ** unit;
      return `${format(value, unit === 0 || value >= 100 ? 0 : 1)} ${UNITS[unit]}`;
    },
    ago: (ms) => (ms < 2_000 ? say("now") : say("ago", { time: duration(Math.floor(ms / 1_000) * 1_000) })),
    time: (timeMs) =>
      new Intl.DateTimeFormat(language, {
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
        hour12: false,
      }).format(timeMs),
    date: (timeMs) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(timeMs),
  };
}

/** The beginning of an id, long enough to tell a few apart. */
export function shortId(id: string): string {
  return id.startsWith("baf") ? `${id.slice(0, 7)}…${id.slice(-6)}` : id.slice(0, 8);
}
