// The four functions of WASI preview 1 that this program needs, and what is made of them.

@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: i32, vectors: usize, count: i32, moved: usize): i32;
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, vectors: usize, count: i32, moved: usize): i32;
@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, bytes: usize): i32;
@external("wasi_snapshot_preview1", "args_get")
declare function args_get(pointers: usize, buffer: usize): i32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: i32): void;

/** Where a buffer begins and how long it is, as WASI wants to be told. */
const vector = memory.data(8);
const moved = memory.data(4);
const sizes = memory.data(8);
const PIECE = 65536;

/** All of standard input. */
export function readInput(): Uint8Array {
  let bytes = new ArrayBuffer(PIECE);
  let length = 0;
  while (true) {
    if (bytes.byteLength - length < PIECE) {
      const larger = new ArrayBuffer(bytes.byteLength * 2);
      memory.copy(changetype<usize>(larger), changetype<usize>(bytes), length);
      bytes = larger;
    }
    store<u32>(vector, <u32>(changetype<usize>(bytes) + length));
    store<u32>(vector, PIECE, 4);
    if (fd_read(0, vector, 1, moved) != 0) break;
    const count = load<u32>(moved);
    if (count == 0) break;
    length += count;
  }
  return Uint8Array.wrap(bytes, 0, length);
}

/** Writes all of it; a write may take less than it was given. @param fd - 1 is the output, 2 the log */
export function writeOutput(fd: i32, bytes: ArrayBuffer): void {
  let at = 0;
  while (at < bytes.byteLength) {
    store<u32>(vector, <u32>(changetype<usize>(bytes) + at));
    store<u32>(vector, bytes.byteLength - at, 4);
    if (fd_write(fd, vector, 1, moved) != 0) return;
    const count = load<u32>(moved);
    if (count == 0) return;
    at += count;
  }
}

/** The argument at this place, 0 is the program's own name; empty when there is none. */
export function argument(place: i32): string {
  args_sizes_get(sizes, sizes + 4);
  const count = load<u32>(sizes);
  if (place >= <i32>count) return "";
  const pointers = new ArrayBuffer(count * 4);
  const texts = new ArrayBuffer(load<u32>(sizes, 4));
  args_get(changetype<usize>(pointers), changetype<usize>(texts));
  const start = load<u32>(changetype<usize>(pointers) + place * 4);
  let end = start;
  while (load<u8>(end) != 0) end++;
  return String.UTF8.decodeUnsafe(start, end - start);
}

/** Says why in the log and ends the run with exit code 1. */
export function fail(reason: string): void {
  writeOutput(2, String.UTF8.encode(reason + "\n"));
  proc_exit(1);
}
