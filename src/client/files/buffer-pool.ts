/**
 * A fixed number of equal buffers, handed out and taken back: the memory of an upload is bounded by it, and no garbage
 * of chunk size is left for the collector.
 */
export interface BufferPool {
  /** Waits while all are in use. */
  take(): Promise<Uint8Array>;
  /** Gives back a buffer, or a view that begins where a buffer begins. */
  give(view: Uint8Array): void;
}

export function createBufferPool(count: number, sizeBytes: number): BufferPool {
  const free: ArrayBufferLike[] = [];
  const waiting: ((buffer: Uint8Array) => void)[] = [];
  let made = 0;
  return {
    take: () => {
      const buffer = free.pop();
      if (buffer !== undefined) return Promise.resolve(new Uint8Array(buffer));
      if (made < count) {
        made++;
        return Promise.resolve(new Uint8Array(Buffer.allocUnsafeSlow(sizeBytes).buffer));
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    give: (view) => {
      const next = waiting.shift();
      if (next === undefined) free.push(view.buffer);
      else next(new Uint8Array(view.buffer));
    },
  };
}
