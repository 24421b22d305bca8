/**
 * Runs `work` on up to `concurrency` items at once and yields the results in the order of the items. The first error
 * ends the iteration, after the work under way has settled.
 */
export async function* ordered<T, R>(
  items: Iterable<T>,
  concurrency: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const iterator = items[Symbol.iterator]();
  const running: Promise<R>[] = [];
  const fill = (): void => {
    while (running.length < concurrency) {
      const next = iterator.next();
      if (next.done === true) return;
      const run = work(next.value);
      // Looked at in its turn; until then a rejection is not unhandled.
      run.catch(() => {});
      running.push(run);
    }
  };
  try {
    for (fill(); running.length > 0; fill()) {
      const first = running.shift();
      if (first !== undefined) yield await first;
    }
  } finally {
    await Promise.allSettled(running);
  }
}
