import { concatBytes, DsdnError } from "../base/index.ts";
import { hashHex } from "../crypto/index.ts";
import {
  type Event,
  type EventHead,
  findEvent,
  isEventSigned,
  readEventHead,
  type SignedEvent,
} from "../protocol/index.ts";

/** An event whose author really signed it. */
export interface VerifiedEvent {
  readonly head: EventHead;
  /** Undefined when this program knows no such kind or version, or the body breaks its schema. */
  readonly event: Event | undefined;
}

/**
 * Events that were verified once, so that all roles of a process share the cost of a signature. A cache: what it
 * forgets is verified again. It only ever says what verification would say.
 */
export interface VerifiedEvents {
  /** The event, its signature not looked at yet; undefined when the bytes are no event at all. Never throws. */
  read(signed: SignedEvent): ReadEvent | undefined;
}

/** An event that was read. Repeated ones are dropped by their head, before the cost of a signature. */
export interface ReadEvent {
  /** SHA-256 of signature || event, hex: tells two events apart that carry one author's same number. */
  readonly id: string;
  /** What the event claims to be. */
  readonly head: EventHead;
  /** The event when its author really signed it, else undefined. */
  verify(): VerifiedEvent | undefined;
}

const DEFAULT_CAPACITY_BYTES = 32 * 1024 * 1024;
/** What an entry costs beside its bytes, roughly. */
const ENTRY_OVERHEAD_BYTES = 1024;

interface Entry extends VerifiedEvent {
  readonly sizeBytes: number;
}

/** A cache that forgets what was used longest ago once its events pass `capacityBytes`. */
export function createVerifiedEvents(options: { readonly capacityBytes?: number } = {}): VerifiedEvents {
  const capacityBytes = options.capacityBytes ?? DEFAULT_CAPACITY_BYTES;
  const entries = new Map<string, Entry>();
  let usedBytes = 0;

  const recall = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    entries.delete(key);
    entries.set(key, entry);
    return entry;
  };
  const keep = (key: string, entry: Entry): void => {
    entries.set(key, entry);
    usedBytes += entry.sizeBytes;
    for (const [oldest, old] of entries) {
      if (usedBytes <= capacityBytes) break;
      entries.delete(oldest);
      usedBytes -= old.sizeBytes;
    }
  };

  return {
    read: (signed) => {
      const key = keyOf(signed);
      const known = recall(key);
      if (known !== undefined) return { id: key, head: known.head, verify: () => known };
      const head = findHead(signed);
      if (head === undefined) return undefined;
      const verify = (): VerifiedEvent | undefined => {
        if (!isEventSigned(head.author, signed)) return undefined;
        const entry = { head, event: findEvent(head), sizeBytes: signed.event.length + ENTRY_OVERHEAD_BYTES };
        keep(key, entry);
        return entry;
      };
      return { id: key, head, verify };
    },
  };
}

function keyOf({ event, signature }: SignedEvent): string {
  return hashHex(concatBytes(signature, event));
}

function findHead(signed: SignedEvent): EventHead | undefined {
  try {
    return readEventHead(signed);
  } catch (error) {
    if (error instanceof DsdnError) return undefined;
    throw error;
  }
}
