/**
 * Cuts a stream into segments and holds the last one back, because only the end of the stream tells which is final.
 * Whole segments inside one piece are handed on without a copy.
 */
export class SegmentSplitter {
  readonly #sizeBytes: number;
  /** Grows to a segment as bytes come: most streams are small files, and a whole segment for each is mostly garbage. */
  #held = new Uint8Array(0);
  #filled = 0;
  #touched = 0;

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
  }

  /** How many segments `push` of that many bytes will hand on. */
  countReady(lengthBytes: number): number {
    return Math.max(0, Math.ceil((this.#filled + lengthBytes) / this.#sizeBytes) - 1);
  }

  /** Hands on every segment that is surely not the last. A segment is valid only until `take` returns. */
  push(bytes: Uint8Array, take: (segment: Uint8Array) => void): void {
    const size = this.#sizeBytes;
    let at = 0;
    while (at < bytes.length) {
      if (this.#filled === size) {
        take(this.#held);
        this.#filled = 0;
      }
      while (this.#filled === 0 && bytes.length - at > size) {
        take(bytes.subarray(at, at + size));
        at += size;
      }
      const part = bytes.subarray(at, at + size - this.#filled);
      this.#makeRoom(this.#filled + part.length);
      this.#held.set(part, this.#filled);
      this.#filled += part.length;
      this.#touched = Math.max(this.#touched, this.#filled);
      at += part.length;
    }
  }

  #makeRoom(neededBytes: number): void {
    if (neededBytes <= this.#held.length) return;
    const larger = new Uint8Array(Math.min(this.#sizeBytes, Math.max(neededBytes, 2 * this.#held.length)));
    larger.set(this.rest());
    this.#held.fill(0);
    this.#held = larger;
  }

  /** What is held back: the last segment, shorter than or as long as the others. */
  rest(): Uint8Array {
    return this.#held.subarray(0, this.#filled);
  }

  /** Overwrites what was held. */
  clear(): void {
    this.#held.fill(0, 0, this.#touched);
    this.#filled = 0;
  }
}
