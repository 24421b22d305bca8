import { type Fd, WASI, wasi } from "@bjorn3/browser_wasi_shim";
import { PREVIEW1_MODULE, type Preview1Function, preview1, type Stretch } from "../../wasm/preview1.ts";
import { CLOCK_RESOLUTION_NS, monotonicClockNs, wallClockNs } from "../coarse-clock.ts";
import { GuestExit, GuestStop } from "../guest-stop.ts";
import { type WasmImports, type WasmInstance, type WasmMemory, wasmApi } from "../wasm-api.ts";
import { poll } from "./poll.ts";

export interface WasiHostOptions {
  readonly args: readonly string[];
  /** `NAME=value` */
  readonly env: readonly string[];
  /** Standard input, output and error, then the folders that are open at the start. */
  readonly descriptors: readonly Fd[];
}

export interface WasiHost {
  readonly imports: WasmImports;
  /** Must be called with the instance before any of its functions. */
  attach(instance: WasmInstance): void;
}

type HostCall = (...values: (number | bigint)[]) => number;

const OPEN_DESCRIPTORS = 256;
const FIRST_FREE = 3;
const VECTORS = 1024;
/** One call writes no more than this: it is copied before anything else can refuse it. */
const WRITE_BYTES = 64 * 1024 * 1024;
const PATH_BYTES = 4096;

/**
 * WASI preview 1 for one instance: the shim's files and descriptors behind checks. Every stretch of memory the guest
 * names is checked to lie inside its memory, without wrapping, before anything happens (errno FAULT); no host error
 * ever enters the guest; sockets and links do not exist; time is coarse; waiting costs no processor time; random bytes
 * come from the system's generator and cannot be repeated.
 */
export function createWasiHost(options: WasiHostOptions): WasiHost {
  const shim = new WASI([...options.args], [...options.env], [...options.descriptors], { debug: false });
  let memory: WasmMemory | undefined;
  const view = (): DataView => {
    // Before the instance is there, a start function may already call; it has no memory to point into.
    if (memory === undefined) throw new GuestStop("threw", "WASI is called before the program was started");
    return new DataView(memory.buffer);
  };
  const own = ownFunctions(shim, view);
  const functions: Record<string, HostCall> = {};
  for (const [name, description] of Object.entries(preview1)) {
    const call = own[name] ?? (shim.wasiImport[name] as HostCall);
    const checked = name.startsWith("path_") ? withPaths(description, call) : call;
    functions[name] = guard(description, checked, view, countOf(name, options));
  }
  return {
    imports: { [PREVIEW1_MODULE]: functions },
    attach(instance) {
      const found = instance.exports["memory"];
      if (!(found instanceof wasmApi.Memory)) throw new GuestStop("bundle", "it exports no memory");
      memory = found;
      shim.inst = instance as typeof shim.inst;
    },
  };
}

/** What `args_get` and `environ_get` write, which no argument says. */
function countOf(name: string, { args, env }: WasiHostOptions): readonly Stretch[] {
  const texts = name === "args_get" ? args : name === "environ_get" ? env : undefined;
  if (texts === undefined) return [];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
  return [
    { at: 0, bytes: 4 * texts.length },
    { at: 1, bytes },
  ];
}

function guard(
  description: Preview1Function,
  call: HostCall,
  view: () => DataView,
  more: readonly Stretch[],
): HostCall {
  const { parameters, memory } = description;
  const stretches = [...memory, ...more];
  return (...raw) => {
    // WASM hands i32 over as signed; every one of them is an address, a length, a descriptor or flags.
    const values = raw.map((value, index) => (parameters[index] === "i" ? Number(value) >>> 0 : value));
    if (!stretches.every((stretch) => isInside(stretch, values, view()))) return wasi.ERRNO_FAULT;
    try {
      return call(...values) ?? wasi.ERRNO_SUCCESS;
    } catch (error) {
      if (error instanceof GuestStop || error instanceof GuestExit) throw error;
      return wasi.ERRNO_INVAL;
    }
  };
}

/** A path is read as text and taken apart, so its length is bounded first. */
function withPaths({ memory }: Preview1Function, call: HostCall): HostCall {
  const lengths = memory.flatMap((stretch) => ("count" in stretch ? [stretch.count] : []));
  return (...values) =>
    lengths.some((index) => Number(values[index]) > PATH_BYTES) ? wasi.ERRNO_NAMETOOLONG : call(...values);
}

function isInside(stretch: Stretch, values: readonly (number | bigint)[], view: DataView): boolean {
  const start = Number(values[stretch.at]);
  const length = "bytes" in stretch ? stretch.bytes : Number(values[stretch.count]) * stretch.unit;
  return start + length <= view.byteLength;
}

/** The functions that are not the shim's, or the shim's behind one more check. */
function ownFunctions(shim: WASI, view: () => DataView): Record<string, HostCall> {
  const withVectors = (name: string): HostCall => {
    const call = shim.wasiImport[name] as HostCall;
    const isWrite = name.endsWith("write");
    return (...values) => checkVectors(Number(values[1]), Number(values[2]), view(), isWrite) ?? call(...values);
  };
  const noSockets: HostCall = () => wasi.ERRNO_NOTSUP;
  const write64 = (pointer: number | bigint | undefined, value: bigint): number => {
    view().setBigUint64(Number(pointer), value, true);
    return wasi.ERRNO_SUCCESS;
  };
  return {
    fd_read: withVectors("fd_read"),
    fd_pread: withVectors("fd_pread"),
    fd_write: withVectors("fd_write"),
    fd_pwrite: withVectors("fd_pwrite"),
    args_sizes_get: (count, bytes) => writeSizes(shim.args, Number(count), Number(bytes), view()),
    path_open: (...values) => openPath(shim, values, view),
    path_symlink: () => wasi.ERRNO_NOTSUP,
    clock_res_get: (id, pointer) =>
      Number(id) > wasi.CLOCKID_THREAD_CPUTIME_ID ? wasi.ERRNO_INVAL : write64(pointer, CLOCK_RESOLUTION_NS),
    clock_time_get: (id, _precision, pointer) => {
      if (Number(id) > wasi.CLOCKID_THREAD_CPUTIME_ID) return wasi.ERRNO_INVAL;
      return write64(pointer, Number(id) === wasi.CLOCKID_REALTIME ? wallClockNs() : monotonicClockNs());
    },
    poll_oneoff: (subscriptions, events, count, stored) =>
      poll(
        view(),
        { subscriptions: Number(subscriptions), events: Number(events), stored: Number(stored) },
        Number(count),
      ),
    proc_exit: (code) => {
      throw new GuestExit(Number(code) & 0xff);
    },
    proc_raise: (signal) => {
      throw new GuestStop("threw", `it raised signal ${Number(signal)}`);
    },
    sched_yield: () => wasi.ERRNO_SUCCESS,
    sock_accept: noSockets,
    sock_recv: noSockets,
    sock_send: noSockets,
    sock_shutdown: noSockets,
  };
}

/** The shim counts UTF-16 units of arguments; the guest gets their bytes. */
function writeSizes(texts: readonly string[], countAt: number, bytesAt: number, view: DataView): number {
  view.setUint32(countAt, texts.length, true);
  view.setUint32(
    bytesAt,
    texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0),
    true,
  );
  return wasi.ERRNO_SUCCESS;
}

/** An errno when the vectors are too many or one of them points outside the memory. */
function checkVectors(start: number, count: number, view: DataView, isWrite: boolean): number | undefined {
  if (count > VECTORS) return wasi.ERRNO_INVAL;
  let total = 0;
  for (let at = start; at < start + count * 8; at += 8) {
    const length = view.getUint32(at + 4, true);
    total += length;
    if (view.getUint32(at, true) + length > view.byteLength) return wasi.ERRNO_FAULT;
  }
  if (total > WRITE_BYTES && isWrite) throw new GuestStop("output", "one write is over any bound");
  return undefined;
}

/** The shim never uses a number twice; ours gives the lowest free one and bounds how many are open. */
function openPath(shim: WASI, values: readonly (number | bigint)[], view: () => DataView): number {
  const free = shim.fds.findIndex((fd, index) => index >= FIRST_FREE && fd === undefined);
  if (free === -1 && shim.fds.length >= OPEN_DESCRIPTORS) return wasi.ERRNO_MFILE;
  const errno = (shim.wasiImport["path_open"] as HostCall)(...values);
  if (errno !== wasi.ERRNO_SUCCESS || free === -1) return errno;
  const opened = shim.fds.pop();
  if (opened !== undefined) shim.fds[free] = opened;
  view().setUint32(Number(values[8]), free, true);
  return errno;
}
