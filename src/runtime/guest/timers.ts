import type { GuestHost } from "./host.ts";

/** Tasks that run later, and the moment they belong to: a request's timers end with the request. */
export function createTimers(host: GuestHost) {
  const tasks = new Map<number, { readonly task: () => void; readonly everyMs: number | undefined }>();
  let last = 0;
  const begin =
    (isRepeated: boolean) =>
    (task: (...values: unknown[]) => void, delayMs: unknown = 0, ...values: unknown[]): number => {
      if (typeof task !== "function") throw new TypeError("A timer needs a function.");
      const waitMs = Math.min(2 ** 31 - 1, Math.max(0, Math.trunc(Number(delayMs)) || 0));
      const id = ++last;
      // One millisecond at least: a timer that is due again at once would never let anybody else have a turn.
      host.startTimer(id, isRepeated ? Math.max(1, waitMs) : waitMs);
      tasks.set(id, { task: () => task(...values), everyMs: isRepeated ? Math.max(1, waitMs) : undefined });
      return id;
    };
  const stop = (id?: unknown): void => {
    if (typeof id === "number" && tasks.delete(id)) host.stopTimer(id);
  };
  return {
    setTimeout: begin(false),
    setInterval: begin(true),
    clear: stop,
    fire(id: number): void {
      const timer = tasks.get(id);
      if (timer === undefined) return;
      if (timer.everyMs === undefined) tasks.delete(id);
      else host.startTimer(id, timer.everyMs);
      timer.task();
    },
    forget(ids: readonly number[]): void {
      for (const id of ids) tasks.delete(id);
    },
  };
}
