import { type Directory, OpenDirectory, wasi } from "@bjorn3/browser_wasi_shim";

/** An open folder; with a name it is one the guest finds open at its start. */
export class OpenFolder extends OpenDirectory {
  readonly #mountedAt: string | undefined;

  constructor(folder: Directory, mountedAt?: string) {
    super(folder);
    this.#mountedAt = mountedAt;
  }

  override fd_prestat_get() {
    if (this.#mountedAt === undefined) return { ret: wasi.ERRNO_BADF, prestat: null };
    return { ret: wasi.ERRNO_SUCCESS, prestat: wasi.Prestat.dir(this.#mountedAt) };
  }
}
