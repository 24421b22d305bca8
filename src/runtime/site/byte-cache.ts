/**
 * Keeps byte strings that are made anew when they are not there. Holds at most its limit; those go first that were not
 * asked for since they came or were last spared.
 */
export interface ByteCache {
  /** The bytes under the key. Two that ask at once wait for one `make`; what fails or is too large is not kept. */
  get(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array>;
  /** The bytes if they are there now. */
  find(key: string): Uint8Array | undefined;
}

/** What keeping an entry costs besides its bytes. */
const ENTRY_BYTES = 256;

/** An entry takes at most an eighth of the limit. */
const SHARE = 8;

/** @param options.limitBytes - of everything that is held, keys and bookkeeping included. */
export function createByteCache(options: { readonly limitBytes: number }): ByteCache {
  const { limitBytes } = options;
  // A Map remembers the order of insertion. Asking for an entry only marks it, which costs less than moving it.
  const kept = new Map<string, { readonly bytes: Uint8Array; wasUsed: boolean }>();
  const making = new Map<string, Promise<Uint8Array>>();
  let heldBytes = 0;
  const costOf = (key: string, bytes: Uint8Array) => ENTRY_BYTES + 2 * key.length + bytes.length;

  function keep(key: string, bytes: Uint8Array): void {
    const cost = costOf(key, bytes);
    if (cost > limitBytes / SHARE) return;
    kept.set(key, { bytes, wasUsed: false });
    heldBytes += cost;
    for (const [oldest, entry] of kept) {
      if (heldBytes <= limitBytes) break;
      kept.delete(oldest);
      if (entry.wasUsed) kept.set(oldest, { bytes: entry.bytes, wasUsed: false });
      else heldBytes -= costOf(oldest, entry.bytes);
    }
  }

  function find(key: string): Uint8Array | undefined {
    const entry = kept.get(key);
    if (entry === undefined) return undefined;
    entry.wasUsed = true;
    return entry.bytes;
  }

  async function makeOnce(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
    try {
      const bytes = await make();
      keep(key, bytes);
      return bytes;
    } finally {
      making.delete(key);
    }
  }

  return {
    find,
    async get(key, make) {
      const there = find(key) ?? making.get(key);
      if (there !== undefined) return there;
      const made = makeOnce(key, make);
      making.set(key, made);
      return made;
    },
  };
}
