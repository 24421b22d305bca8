/** A start takes about a second; a machine with much else to do takes many times that, and gets there. */
const READY_MS = 90_000;
/** Joining takes the log this many turns: registration, and what follows from it. */
const LOG_TURNS = 3;

/** How long a devnet may take to become ready. @param daDelayMs - time from a posting to its block */
export function readyWithin(daDelayMs = 0): number {
  return READY_MS + LOG_TURNS * daDelayMs;
}
