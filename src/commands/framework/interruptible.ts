/** What `work` gives, unless Ctrl-C comes first: then the signal's reason is thrown, and whoever does the work goes on. */
export function interruptible<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return Promise.race([work, stopped.promise]).finally(() => signal.removeEventListener("abort", stop));
}
