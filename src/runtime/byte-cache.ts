/** Keeps byte strings that are made anew when they are not there. Holds at most its limit; the longest unused go first. */
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
  // A Map remembers the order of insertion: the first entry is the one that was not used for longest.
  const kept = new Map<string, Uint8Array>();
  const making = new Map<string, Promise<Uint8Array>>();
  let heldBytes = 0;
  const costOf = (key: string, bytes: Uint8Array) => ENTRY_BYTES + 2 * key.length + bytes.length;

  function keep(key: string, bytes: Uint8Array): void {
    const cost = costOf(key, bytes);
    if (cost > limitBytes / SHARE) return;
    kept.set(key, bytes);
    heldBytes += cost;
    for (const [oldest, old] of kept) {
      if (heldBytes <= limitBytes) break;
      kept.delete(oldest);
      heldBytes -= costOf(oldest, old);
    }
  }

  function find(key: string): Uint8Array | undefined {
    const bytes = kept.get(key);
    if (bytes === undefined) return undefined;
    kept.delete(key);
    kept.set(key, bytes);
    return bytes;
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
