/** A limit for what stands still. Idempotent in both. */
export interface Patience {
  /** Something moved: the time begins anew. */
  moved(): void;
  /** Nothing more is waited for. */
  end(): void;
}

/**
 * Calls `onEnd` once when nothing has moved for `limitMs`. What came while this whole process stood still (suspended, or
 * on a machine with too much to do) is looked at first: whoever sent it in time is not given up. Keeps no process alive.
 */
export function startPatience(limitMs: number, onEnd: () => void): Patience {
  let last: NodeJS.Immediate | undefined;
  // Timers come before sockets in a turn of Node's loop, immediates after them.
  const timer = setTimeout(() => {
    last = setImmediate(onEnd);
  }, limitMs).unref();
  return {
    moved: () => {
      clearImmediate(last);
      timer.refresh();
    },
    end: () => {
      clearImmediate(last);
      clearTimeout(timer);
    },
  };
}
