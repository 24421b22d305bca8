import type { Clock } from "../../base/index.ts";

/** By then every ingress that follows the log has read that another version has the requests. */
const LEAST_MS = 5_000;
/** Whoever takes longer to answer a request is cut off. */
const MOST_MS = 60_000;
const PAUSE_MS = 50;

/**
 * Waits until a replaced version has answered what was sent to it.
 * @returns true when it may end; false when it was ended or is wanted again.
 */
export async function drained(
  version: { readonly inFlight: () => number; readonly signal: AbortSignal },
  clock: Clock,
): Promise<boolean> {
  const endMs = clock.monotonicMs() + MOST_MS;
  try {
    await clock.sleep(LEAST_MS, version.signal);
    while (version.inFlight() > 0 && clock.monotonicMs() < endMs) await clock.sleep(PAUSE_MS, version.signal);
    return true;
  } catch (error) {
    if (version.signal.aborted) return false;
    throw error;
  }
}
