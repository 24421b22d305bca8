/** One measured line. `goal` is the most the value may be, `least` the least; without either the line only informs. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: number;
  readonly least?: number;
  /** Spread or counterpart, such as "9 pairs, 1.21-1.33". */
  readonly note?: string;
}

/** What a benchmark hands to `bench/run.ts`. Each `bench/<name>/run.ts` exports `measure`. */
export interface Benchmark {
  measure(): Promise<readonly Measurement[]>;
}

/** The middle value. @param values - at least one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** True when the measurement has no goal or keeps it. */
export function isKept(measurement: Measurement): boolean {
  const { value, goal = Number.POSITIVE_INFINITY, least = Number.NEGATIVE_INFINITY } = measurement;
  return value <= goal && value >= least;
}

/** The measurements as lines of text. */
export function formatReport(name: string, measurements: readonly Measurement[]): string[] {
  const lines = measurements.map((measurement) => {
    const { what, value, unit, goal, least, note } = measurement;
    const wanted = goal === undefined ? (least === undefined ? undefined : `>= ${least}`) : String(goal);
    const verdict = wanted === undefined ? "" : `  goal ${wanted} ${unit}: ${isKept(measurement) ? "kept" : "MISSED"}`;
    return `  ${what.padEnd(34)} ${value.toFixed(2).padStart(9)} ${unit}${verdict}${note === undefined ? "" : `  (${note})`}`;
  });
  return [`bench/${name}`, ...lines];
}
