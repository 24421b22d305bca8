import type { ReadSurface } from "./read-surface.ts";

/** The longest a question may wait for the log. */
export const MAX_WAIT_MS = 60_000;

/** Waits for the height of the log that makes it true, for `waitMs` at most. */
export async function waitUntil(
  { replica, clock }: Pick<ReadSurface, "replica" | "clock">,
  isTrue: () => boolean,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<void> {
  if (waitMs === 0 || isTrue()) return;
  const done = new AbortController();
  const end = replica.onHeight(() => {
    if (isTrue()) done.abort();
  });
  await clock.sleep(waitMs, AbortSignal.any([done.signal, signal])).catch(() => {});
  end();
}
