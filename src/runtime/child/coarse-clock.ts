/**
 * The time a WASM guest is told: whole milliseconds, so that it measures neither caches nor other guests' work.
 */
export const CLOCK_RESOLUTION_NS = 1_000_000n;

/** Nanoseconds since 1970, in whole milliseconds. */
export function wallClockNs(): bigint {
  return BigInt(Math.floor(Date.now())) * CLOCK_RESOLUTION_NS;
}

/** Nanoseconds since the process began, in whole milliseconds; never goes back. */
export function monotonicClockNs(): bigint {
  return BigInt(Math.floor(performance.now())) * CLOCK_RESOLUTION_NS;
}

/** Waits without turning; the parent ends a process that waits past its limit. */
export function waitNs(durationNs: bigint): void {
  if (durationNs <= 0n) return;
  const ms = Math.min(Number(durationNs / CLOCK_RESOLUTION_NS) + 1, 2 ** 31);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
