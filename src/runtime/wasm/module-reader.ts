import { refuse } from "./module-rules.ts";

/**
 * Reads the binary format from front to back; every read past the end is refused as `truncated`.
 *
 * @source WebAssembly Core Specification 2.0, 5.2 (values)
 */
export class ModuleReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #position: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#position = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#end;
  }

  get left(): number {
    return this.#end - this.#position;
  }

  byte(): number {
    const value = this.#position < this.#end ? this.#bytes[this.#position] : undefined;
    if (value === undefined) return refuse("truncated", `it ends at byte ${this.#position}`);
    this.#position++;
    return value;
  }

  /** An unsigned number of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value < 2 ** 32 ? value : refuse("malformed", "a number over 32 bits");
    }
    return refuse("malformed", "a number longer than five bytes");
  }

  /** A signed number of at most `bits` bits, as far as JavaScript holds it: exact up to 53 bits. */
  signed(bits: 32 | 33 | 64): number {
    let value = 0;
    for (let shift = 0; shift < bits; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return (byte & 0x40) === 0 ? value : value - 2 ** (shift + 7);
    }
    return refuse("malformed", `a number over ${bits} bits`);
  }

  skip(count: number): void {
    if (count > this.left) refuse("truncated", `it ends ${count - this.left} bytes too early`);
    this.#position += count;
  }

  /** A reader of the next `count` bytes, which are passed over here. */
  part(count: number): ModuleReader {
    const start = this.#position;
    this.skip(count);
    return new ModuleReader(this.#bytes, start, start + count);
  }

  /** A name; shown in errors only after its bytes were read as UTF-8 and cut. */
  name(): string {
    const length = this.u32();
    const start = this.#position;
    this.skip(length);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.#bytes.subarray(start, start + length));
    } catch {
      return refuse("malformed", "a name that is not UTF-8");
    }
  }

  /** Refuses bytes that nothing accounts for. */
  finish(what: string): void {
    if (!this.isAtEnd) refuse("malformed", `${this.left} bytes too many in ${what}`);
  }
}

/** What the names of compilers are made of; nothing that could end a text of JavaScript or begin a piece of it. */
const WRITABLE = /^[A-Za-z0-9 _\-.:/@#$[\]()<>=+*,&%!?|~^;]*$/;

/**
 * Refuses a name that could leave the quotes it is written into: the translator of components copies the names of core
 * modules into its JavaScript as they are.
 *
 * @throws DSDN_RUNTIME_MODULE_REFUSED by `name`
 */
export function checkWritable(name: string): void {
  if (!WRITABLE.test(name)) refuse("name", `the name ${showName(name)} holds quotes or control characters`);
}

/** A name from the module as it may stand in an error: printable ASCII, at most 60 characters. */
export function showName(name: string): string {
  return name.slice(0, 60).replaceAll(/[^\x20-\x7e]/g, "?");
}
