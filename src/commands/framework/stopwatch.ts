/** Tells at each call how many whole milliseconds went by since the one before, or since it was made. */
export function stopwatch(nowMs: () => number): () => number {
  let sinceMs = nowMs();
  return () => {
    const tookMs = nowMs() - sinceMs;
    sinceMs += tookMs;
    return Math.round(tookMs);
  };
}
