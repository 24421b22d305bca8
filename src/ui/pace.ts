import type { Language } from "../base/index.ts";
import { formatBytes, formatTimeLeft } from "./format.ts";

/** How far a step is, and how fast it goes now. */
export interface Pace {
  readonly done: number;
  /** Undefined while it is not known. */
  readonly total: number | undefined;
  /** What is counted. */
  readonly unit: "bytes" | "items";
  /** Over the last seconds; undefined while too little is known. */
  readonly perMs: number | undefined;
}

/** Follows a step. */
export interface PaceMeter {
  /** Called as often as the step likes. */
  update(done: number, total: number | undefined): void;
  /** The pace at this moment: a step that stands still slows down. Undefined before the first update. */
  read(): Pace | undefined;
}

/** The rate is that of the last ten seconds, so what a resumed transfer skips at its start does not count for long. */
const WINDOW_MS = 10_000;
const SAMPLE_MS = 250;
const SHORTEST_MS = 500;

/** A meter of what is counted in `unit`. */
export function createPaceMeter(unit: Pace["unit"], monotonicMs: () => number): PaceMeter {
  let samples: { readonly atMs: number; readonly done: number }[] = [];
  let latest: { readonly done: number; readonly total: number | undefined } | undefined;
  return {
    update: (done, total) => {
      latest = { done, total };
      const atMs = monotonicMs();
      const last = samples.at(-1);
      if (last !== undefined && atMs - last.atMs < SAMPLE_MS) return;
      samples.push({ atMs, done });
      // The newest of the samples that are too old begins the window.
      const first = samples.findLastIndex((sample) => atMs - sample.atMs >= WINDOW_MS);
      if (first > 0) samples = samples.slice(first);
    },
    read: () => {
      const [first] = samples;
      if (latest === undefined || first === undefined) return undefined;
      const elapsedMs = monotonicMs() - first.atMs;
      const made = latest.done - first.done;
      return { ...latest, unit, perMs: elapsedMs < SHORTEST_MS || made <= 0 ? undefined : made / elapsedMs };
    },
  };
}

/** A pace in words, each part by itself; empty when it cannot be known. */
export interface PaceWords {
  /** "42%" */
  readonly share: string;
  /** "12 MiB of 48 MiB" */
  readonly amount: string;
  /** "6.0 MiB/s" */
  readonly rate: string;
  /** "about 6.0 s left" */
  readonly left: string;
}

/** What a person is told of a pace. */
export function describePace({ done, total, unit, perMs }: Pace, language: Language): PaceWords {
  const show = (value: number) => (unit === "bytes" ? formatBytes(value) : String(Math.round(value)));
  const of = language === "id" ? "dari" : "of";
  return {
    share: total === undefined || total <= 0 ? "" : `${Math.min(100, Math.floor((100 * done) / total))}%`,
    amount: total === undefined ? show(done) : `${show(done)} ${of} ${show(total)}`,
    rate: perMs === undefined ? "" : `${show(perMs * 1000)}/s`,
    left:
      perMs === undefined || total === undefined || done >= total
        ? ""
        : formatTimeLeft((total - done) / perMs, language),
  };
}
