import { Fd, wasi } from "@bjorn3/browser_wasi_shim";

/** Standard input: bytes that are there from the start. They can be replaced, for the next request of a reactor. */
export class InputStream extends Fd {
  #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    super();
    this.#bytes = bytes;
  }

  feed(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#position = 0;
  }

  override fd_fdstat_get() {
    return { ret: wasi.ERRNO_SUCCESS, fdstat: new wasi.Fdstat(0, 0) };
  }

  override fd_filestat_get() {
    return { ret: wasi.ERRNO_SUCCESS, filestat: new wasi.Filestat(0n, 0, 0n) };
  }

  override fd_read(size: number) {
    const data = this.#bytes.subarray(this.#position, this.#position + size);
    this.#position += data.length;
    return { ret: wasi.ERRNO_SUCCESS, data };
  }
}

/** Standard output or error: every write goes to `take`, which may throw to end the guest. */
export class OutputStream extends Fd {
  readonly #take: (bytes: Uint8Array) => void;

  constructor(take: (bytes: Uint8Array) => void) {
    super();
    this.#take = take;
  }

  override fd_fdstat_get() {
    return { ret: wasi.ERRNO_SUCCESS, fdstat: new wasi.Fdstat(0, 0) };
  }

  override fd_filestat_get() {
    return { ret: wasi.ERRNO_SUCCESS, filestat: new wasi.Filestat(0n, 0, 0n) };
  }

  override fd_write(data: Uint8Array) {
    this.#take(data);
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.length };
  }
}
