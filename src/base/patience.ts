/** A limit for what stands still. Idempotent in both. */
export interface Patience {
  /** Something moved: the time begins anew. */
  moved(): void;
  /** Nothing more is waited for. */
  end(): void;
}

/**
 * Calls `onEnd` once when nothing has moved for `limitMs`. Time for which this whole process stood still (suspended, or on
 * a machine with too much to do) says nothing of the other side: it is waited for anew, and what lies ready is looked at
 * before anybody is given up. Keeps no process alive.
 */
export function startPatience(limitMs: number, onEnd: () => void): Patience {
  let sinceMs = performance.now();
  let last: NodeJS.Immediate | undefined;
  const begin = () => {
    sinceMs = performance.now();
    timer.refresh();
  };
  const timer = setTimeout(() => {
    const lateMs = performance.now() - sinceMs - limitMs;
    if (lateMs > limitMs / 4) begin();
    // Timers come before sockets in a turn of Node's loop, immediates after them.
    else last = setImmediate(onEnd);
  }, limitMs).unref();
  return {
    moved: () => {
      clearImmediate(last);
      begin();
    },
    end: () => {
      clearImmediate(last);
      clearTimeout(timer);
    },
  };
}
