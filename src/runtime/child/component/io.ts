import { monotonicClockNs, waitNs } from "../coarse-clock.ts";
import { ComponentError } from "./component-error.ts";

/** `wasi:io/error`: nothing here fails in a way that needs more words. */
class IoError {
  toDebugString(): string {
    return "failed";
  }
}

/** `wasi:io/poll`: ready at once, or at a time of the monotonic clock. Waiting costs no processor time. */
export class Pollable {
  readonly dueNs: bigint;

  constructor(dueNs = 0n) {
    this.dueNs = dueNs;
  }

  ready(): boolean {
    return monotonicClockNs() >= this.dueNs;
  }

  block(): void {
    waitNs(this.dueNs - monotonicClockNs());
  }
}

/** Waits until one is ready and gives the positions of all that are. @source wasi:io/poll 0.2, `poll` */
function poll(pollables: readonly Pollable[]): Uint32Array {
  const first = pollables.reduce(
    (least, each) => (each.dueNs < least.dueNs ? each : least),
    pollables[0] ?? new Pollable(),
  );
  first.block();
  return Uint32Array.from(pollables.flatMap((each, index) => (each.ready() ? [index] : [])));
}

const CHUNK_BYTES = 64n * 1024n;

/** `wasi:io/streams` input-stream over bytes that are all there. */
export class InputStream {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(length: bigint): Uint8Array {
    if (this.#position >= this.#bytes.length) throw new ComponentError({ tag: "closed" });
    const take = Number(length < CHUNK_BYTES ? length : CHUNK_BYTES);
    const part = this.#bytes.slice(this.#position, this.#position + take);
    this.#position += part.length;
    return part;
  }

  blockingRead(length: bigint): Uint8Array {
    return this.read(length);
  }

  skip(length: bigint): bigint {
    return BigInt(this.read(length).length);
  }

  blockingSkip(length: bigint): bigint {
    return this.skip(length);
  }

  subscribe(): Pollable {
    return new Pollable();
  }
}

/** `wasi:io/streams` output-stream: `take` gets what is written and may throw to end the guest. */
export class OutputStream {
  readonly #take: (bytes: Uint8Array) => void;
  #isClosed = false;

  constructor(take: (bytes: Uint8Array) => void) {
    this.#take = take;
  }

  /** From now on writing finds a closed stream. */
  close(): void {
    this.#isClosed = true;
  }

  checkWrite(): bigint {
    if (this.#isClosed) throw new ComponentError({ tag: "closed" });
    return CHUNK_BYTES;
  }

  write(bytes: Uint8Array): void {
    this.checkWrite();
    this.#take(bytes.slice());
  }

  blockingWriteAndFlush(bytes: Uint8Array): void {
    this.write(bytes);
  }

  flush(): void {
    this.checkWrite();
  }

  blockingFlush(): void {
    this.flush();
  }

  writeZeroes(length: bigint): void {
    this.write(new Uint8Array(Number(length < CHUNK_BYTES ? length : CHUNK_BYTES)));
  }

  blockingWriteZeroesAndFlush(length: bigint): void {
    this.writeZeroes(length);
  }

  splice(source: InputStream, length: bigint): bigint {
    const part = source.read(length);
    this.write(part);
    return BigInt(part.length);
  }

  blockingSplice(source: InputStream, length: bigint): bigint {
    return this.splice(source, length);
  }

  subscribe(): Pollable {
    return new Pollable();
  }
}

/** The interfaces of `wasi:io`. */
export const ioInterfaces = {
  "wasi:io/error": { Error: IoError },
  "wasi:io/poll": { Pollable, poll },
  "wasi:io/streams": { InputStream, OutputStream },
} as const;
