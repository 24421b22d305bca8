import type { GuestFailure } from "./frames.ts";
import type { GuestOutcome } from "./guest.ts";

/** Thrown through guest code to end it: WASM without exception handling cannot catch it. */
export class GuestStop extends Error {
  readonly reason: GuestFailure["reason"];

  constructor(reason: GuestFailure["reason"], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Thrown through guest code when it ends itself, as `proc_exit` does. */
export class GuestExit extends Error {
  readonly code: number;

  constructor(code: number) {
    super("exit");
    this.code = code;
  }
}

/** A failure; fatal when the process must end with it. */
export function failedOutcome(reason: GuestFailure["reason"], message: string, isFatal = false): GuestOutcome {
  return { type: "failed", failure: { reason, message, isFatal } };
}

/** What an error that left guest code says about it. Traps, overflows of the stack and our own stops are known. */
function toOutcome(error: unknown): GuestOutcome {
  if (error instanceof GuestStop) return failedOutcome(error.reason, error.message);
  if (error instanceof RangeError && /memory/i.test(error.message)) return failedOutcome("memory", error.message);
  return failedOutcome("threw", explainTrap(error));
}

/** What the work on a guest comes to; an error that leaves it is a failure, with the exit code when the guest ended itself. */
export async function attempt(work: () => Promise<GuestOutcome>): Promise<GuestOutcome> {
  try {
    return await work();
  } catch (error) {
    return error instanceof GuestExit ? failedOutcome("threw", `exit code ${error.code}`) : toOutcome(error);
  }
}

/** The trap's name and the guest's own frames; nothing of the host's. */
function explainTrap(error: unknown): string {
  if (!(error instanceof Error)) return "stopped";
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => line.includes("wasm://") || line.includes("wasm-function"));
  const shown = frames.map((line) => line.replace(/\(?wasm:\/\/wasm\/[^:]*:([^)]*)\)?/, "$1").trim());
  return [`${error.name}: ${error.message}`, ...shown.slice(0, 16)].join("\n").slice(0, 4096);
}
