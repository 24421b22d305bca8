import type { Question } from "./guest-process.ts";
import type { GuestRuntimeDeps } from "./guest-runtime.ts";
import type { LoadInput } from "./port.ts";

/** What a program gets for a question to the outside. */
type Answer = (question: Question) => Promise<{ readonly meta: unknown; readonly body: Uint8Array }>;

/** Answers the questions of one workload by its grants. Its errors are for the program: plain words, no host detail. */
export function createQuestions(_input: LoadInput, _deps: GuestRuntimeDeps): Answer {
  return async ({ kind }) => {
    throw new Error(`This program cannot ask for ${kind}.`);
  };
}
