/** Something that runs. Both methods are idempotent; ready means `start` resolved. */
export interface Lifecycle {
  start(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export interface Step {
  readonly name: string;
  readonly part: Lifecycle;
}

/**
 * Starts the steps in order. When one fails, those already started are stopped in reverse and the first error is
 * thrown; errors of the roll-back hang on its `rollback` property.
 */
export async function startAll(steps: readonly Step[], signal?: AbortSignal): Promise<void> {
  const started: Step[] = [];
  for (const step of steps) {
    try {
      signal?.throwIfAborted();
      started.push(step);
      await step.part.start(signal);
    } catch (error) {
      const rollback = await stopEach(started);
      if (rollback.length > 0 && error instanceof Error) Object.assign(error, { rollback });
      throw error;
    }
  }
}

/** Stops the steps in reverse order. Every step is stopped even when another fails; the first error is thrown. */
export async function stopAll(steps: readonly Step[]): Promise<void> {
  const [first] = await stopEach(steps);
  if (first !== undefined) throw first;
}

async function stopEach(steps: readonly Step[]): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (const step of steps.toReversed()) {
    try {
      await step.part.stop();
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}
