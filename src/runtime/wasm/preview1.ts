/**
 * The functions of WASI preview 1 with their types and with the memory each one is told to use. The node refuses a
 * module whose imports differ; the child checks the memory before it does anything. Imports nothing: the child reads
 * this file too.
 *
 * @source WASI snapshot preview 1, `wasi_snapshot_preview1.witx`
 */

export const PREVIEW1_MODULE = "wasi_snapshot_preview1";

/** A stretch of guest memory named by an argument: its index, then its length in bytes or `count * unit`. */
export type Stretch =
  | { readonly at: number; readonly bytes: number }
  | { readonly at: number; readonly count: number; readonly unit: number };

export interface Preview1Function {
  /** One letter a parameter: `i` is i32, `I` is i64. */
  readonly parameters: string;
  /** All but one give an errno back. */
  readonly result: "i" | "";
  readonly memory: readonly Stretch[];
}

const of = (parameters: string, ...memory: Stretch[]): Preview1Function => ({ parameters, result: "i", memory });
const fixed = (at: number, bytes: number): Stretch => ({ at, bytes });
const list = (at: number, count: number, unit = 1): Stretch => ({ at, count, unit });

export const preview1: Readonly<Record<string, Preview1Function>> = {
  args_get: of("ii"),
  args_sizes_get: of("ii", fixed(0, 4), fixed(1, 4)),
  environ_get: of("ii"),
  environ_sizes_get: of("ii", fixed(0, 4), fixed(1, 4)),
  clock_res_get: of("ii", fixed(1, 8)),
  clock_time_get: of("iIi", fixed(2, 8)),
  fd_advise: of("iIIi"),
  fd_allocate: of("iII"),
  fd_close: of("i"),
  fd_datasync: of("i"),
  fd_fdstat_get: of("ii", fixed(1, 24)),
  fd_fdstat_set_flags: of("ii"),
  fd_fdstat_set_rights: of("iII"),
  fd_filestat_get: of("ii", fixed(1, 64)),
  fd_filestat_set_size: of("iI"),
  fd_filestat_set_times: of("iIIi"),
  fd_pread: of("iiiIi", list(1, 2, 8), fixed(4, 4)),
  fd_prestat_get: of("ii", fixed(1, 8)),
  fd_prestat_dir_name: of("iii", list(1, 2)),
  fd_pwrite: of("iiiIi", list(1, 2, 8), fixed(4, 4)),
  fd_read: of("iiii", list(1, 2, 8), fixed(3, 4)),
  fd_readdir: of("iiiIi", list(1, 2), fixed(4, 4)),
  fd_renumber: of("ii"),
  fd_seek: of("iIii", fixed(3, 8)),
  fd_sync: of("i"),
  fd_tell: of("ii", fixed(1, 8)),
  fd_write: of("iiii", list(1, 2, 8), fixed(3, 4)),
  path_create_directory: of("iii", list(1, 2)),
  path_filestat_get: of("iiiii", list(2, 3), fixed(4, 64)),
  path_filestat_set_times: of("iiiiIIi", list(2, 3)),
  path_link: of("iiiiiii", list(2, 3), list(5, 6)),
  path_open: of("iiiiiIIii", list(2, 3), fixed(8, 4)),
  path_readlink: of("iiiiii", list(1, 2), list(3, 4), fixed(5, 4)),
  path_remove_directory: of("iii", list(1, 2)),
  path_rename: of("iiiiii", list(1, 2), list(4, 5)),
  path_symlink: of("iiiii", list(0, 1), list(3, 4)),
  path_unlink_file: of("iii", list(1, 2)),
  poll_oneoff: of("iiii", list(0, 2, 48), list(1, 2, 32), fixed(3, 4)),
  proc_exit: { parameters: "i", result: "", memory: [] },
  proc_raise: of("i"),
  random_get: of("ii", list(0, 1)),
  sched_yield: of(""),
  sock_accept: of("iii", fixed(2, 4)),
  sock_recv: of("iiiiii", list(1, 2, 8), fixed(4, 4), fixed(5, 2)),
  sock_send: of("iiiii", list(1, 2, 8), fixed(4, 4)),
  sock_shutdown: of("ii"),
};
