import { joinBytes } from "./bytes.ts";

/** Where reading ends in an error: past `limitBytes`, `refuse` says which. */
export interface ReadBound {
  readonly limitBytes: number;
  readonly refuse: () => Error;
}

/**
 * All bytes of an input that comes in parts, as memory of the reader's own.
 *
 * @param parts - each of any size, not changed.
 * @param bound - without one the caller has bounded the input already.
 * @throws what `bound.refuse` makes, before the part over the limit is held; and what the input throws.
 */
export async function readBytes(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bound?: ReadBound,
): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of parts) {
    sizeBytes += part.length;
    if (bound !== undefined && sizeBytes > bound.limitBytes) throw bound.refuse();
    read.push(part);
  }
  return joinBytes(read);
}

/** The first `maxBytes` bytes of an input, fewer when it is shorter. The rest is not read. */
export async function readFirstBytes(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of parts) {
    read.push(part.subarray(0, maxBytes - sizeBytes));
    sizeBytes += part.length;
    if (sizeBytes >= maxBytes) break;
  }
  return joinBytes(read);
}
