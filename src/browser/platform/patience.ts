import { systemClock } from "../../base/index.ts";

/**
 * A limit for what stands still, of a browser's timers; the bundle for browsers puts this file in place of
 * `src/base/patience.ts`.
 */
export function startPatience(limitMs: number, onEnd: () => void): { moved(): void; end(): void } {
  const { after } = systemClock();
  // What came while the page stood still is looked at first, here too.
  const begin = () =>
    after(limitMs, () => {
      cancel = after(0, onEnd);
    });
  let cancel = begin();
  return {
    moved: () => {
      cancel();
      cancel = begin();
    },
    end: () => cancel(),
  };
}
