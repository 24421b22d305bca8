import type { ZoneOffset } from "../protocol/index.ts";

const MINUTE_MS = 60_000;
/** Offsets change on the hour at most, but the change itself may fall on any quarter; a day is the coarsest safe step. */
const STEP_MS = 86_400_000;

/** True when this machine's time-zone data knows the zone, such as `Asia/Jakarta` or `UTC`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return /^[A-Za-z0-9_+/-]{1,64}$/.test(name);
  } catch {
    return false;
  }
}

/**
 * The zone's offsets from UTC from `fromMs` on until `untilMs`, by this machine's time-zone data: the first entry holds
 * from the beginning of time, each further one is a change. At most `most` entries; what comes after is left out.
 */
export function listOffsets(
  timeZone: string,
  { fromMs, untilMs, most }: { readonly fromMs: number; readonly untilMs: number; readonly most: number },
): { readonly offsets: readonly ZoneOffset[]; readonly knownUntilMs: number } {
  const offsetAt = offsetReader(timeZone);
  let current = offsetAt(fromMs);
  const offsets: ZoneOffset[] = [{ fromMs: 0, offsetMinutes: current }];
  for (let timeMs = fromMs; timeMs < untilMs; timeMs += STEP_MS) {
    const next = offsetAt(timeMs + STEP_MS);
    if (next === current) continue;
    const changeMs = findChange(offsetAt, timeMs, timeMs + STEP_MS);
    if (offsets.length === most) return { offsets, knownUntilMs: changeMs };
    offsets.push({ fromMs: changeMs, offsetMinutes: next });
    current = next;
  }
  return { offsets, knownUntilMs: untilMs };
}

/** The first minute in `low`..`high` whose offset is not that of `low`. */
function findChange(offsetAt: (timeMs: number) => number, lowMs: number, highMs: number): number {
  const before = offsetAt(lowMs);
  let low = Math.floor(lowMs / MINUTE_MS);
  let high = Math.ceil(highMs / MINUTE_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

/** `GMT+07:00` is what the short form of an offset looks like; `GMT` alone is UTC. */
function offsetReader(timeZone: string): (timeMs: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (timeMs) => {
    const text = format.formatToParts(timeMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours = "0", minutes = "0"] = /^GMT([+-])(\d{2}):(\d{2})/.exec(text) ?? [];
    const size = Number(hours) * 60 + Number(minutes);
    return sign === "-" ? -size : size;
  };
}
