import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  acquireFileLock,
  type Disk,
  DsdnError,
  equalBytes,
  systemDisk,
  systemRandom,
  writeDurable,
} from "../../base/index.ts";
import type { WorkloadLimits } from "../../protocol/index.ts";
import { createGuestRuntime, type GuestRuntimeDeps, type GuestRuntimeOptions } from "../guest-runtime.ts";
import type { LoadInput } from "../port.ts";
import { createPythonPrograms, engineSettings, pythonEngine, pythonMemoryKey } from "./python-engine.ts";

/** The memory of an interpreter that was started and has no program yet: each program starts from a copy of it. */
export interface PythonMemory {
  /**
   * From the cache when what lies there is whole, otherwise made and kept.
   * @param input - of any Python package; nothing of its program is used.
   * @throws what keeps a program from starting, with DSDN_RUNTIME_ENGINE_MISSING and _ENGINE_MISMATCH
   */
  get(input: LoadInput): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A boot takes seconds on a busy machine, and its memory is 30 MiB. */
const MAKING: WorkloadLimits = {
  memoryBytes: 64 * 1024 * 1024,
  timeMs: 60_000,
  outputBytes: 64 * 1024 * 1024,
  logBytes: 4096,
};
const DIGEST_BYTES = 32;
const PREFIX = "python-";
const SUFFIX = ".memory";
const ENTRY = "none.py";

/**
 * Keeps the memory in one file of `options.cacheFolder`: `SHA-256(key || memory)(32) || memory`, named after its key, 0600.
 * One maker at a time, also among processes. Without a folder, or when it cannot be written, it is made once a process.
 */
export function createPythonMemory(
  options: GuestRuntimeOptions,
  deps: Pick<GuestRuntimeDeps, "clock"> & { readonly disk?: Disk },
): PythonMemory {
  const { clock, disk = systemDisk() } = deps;
  const random = systemRandom();
  const { cacheFolder } = options;
  const programs = createPythonPrograms(options);
  const runtime = createGuestRuntime(
    {
      kind: "python",
      engine: pythonEngine,
      prepare: async () => ({ program: await programs("pythonMaker", new Map()), settings: engineSettings }),
    },
    options,
    { clock },
  );
  const key = pythonMemoryKey();

  const make = async (input: LoadInput): Promise<Uint8Array> => {
    const handle = await runtime.load(withoutProgram(input));
    try {
      return (await runtime.run(handle, new Uint8Array(0))).output;
    } finally {
      await runtime.stop(handle);
    }
  };

  const obtain = async (input: LoadInput): Promise<Uint8Array> => {
    if (cacheFolder === undefined) return make(input);
    const path = join(cacheFolder, `${PREFIX}${key}${SUFFIX}`);
    const kept = await findKept(disk, path, key);
    if (kept !== undefined) return kept;
    const lock = await disk
      .makeFolder(cacheFolder)
      .then(() => acquireFileLock({ path: join(cacheFolder, "python.lock") }, { clock, random }))
      .catch(fileFailed);
    try {
      const other = await findKept(disk, path, key);
      if (other !== undefined) return other;
      const made = await make(input);
      if (lock !== undefined) await keep(disk, { cacheFolder, path, key }, made).catch(fileFailed);
      return made;
    } finally {
      await lock?.release();
    }
  };

  let held: Promise<Uint8Array> | undefined;
  return {
    get(input) {
      held ??= obtain(input);
      held.catch(() => {
        held = undefined;
      });
      return held;
    },
    close: () => runtime.close(),
  };
}

/** The same order with nothing in it. */
function withoutProgram({ manifest, spec }: LoadInput): LoadInput {
  const files = [{ path: ENTRY, size: 0, hash: new Uint8Array(createHash("sha256").digest()) }];
  return {
    workload: "python-memory",
    manifest: { ...manifest, mode: "batch", entry: ENTRY, site: null, files },
    spec: {
      ...spec,
      mode: "batch",
      limits: MAKING,
      env: [],
      args: [],
      grants: { hosts: [], objects: [] },
      sealed: null,
    },
    files: async () => new Uint8Array(0),
    env: [],
    args: [],
  };
}

/** Undefined when there is none, it cannot be read, or it is not what was kept: then it is made anew. */
async function findKept(disk: Disk, path: string, key: string): Promise<Uint8Array | undefined> {
  const size = await disk.findSize(path).catch(fileFailed);
  if (size === undefined || size <= DIGEST_BYTES || size > DIGEST_BYTES + MAKING.outputBytes) return undefined;
  const bytes = await disk.find(path).catch(fileFailed);
  const memory = bytes?.subarray(DIGEST_BYTES);
  if (bytes === undefined || memory === undefined) return undefined;
  return equalBytes(bytes.subarray(0, DIGEST_BYTES), digestOf(key, memory)) ? memory : undefined;
}

/** Those of other versions go: one is kept. */
async function keep(
  disk: Disk,
  { cacheFolder, path, key }: { readonly cacheFolder: string; readonly path: string; readonly key: string },
  memory: Uint8Array,
): Promise<void> {
  for (const { name, kind } of await disk.list(cacheFolder)) {
    if (kind === "file" && name.startsWith(PREFIX) && !path.endsWith(name)) await disk.remove(join(cacheFolder, name));
  }
  await writeDurable(disk, path, Buffer.concat([digestOf(key, memory), memory]));
}

function digestOf(key: string, memory: Uint8Array): Uint8Array {
  return createHash("sha256").update(key).update(memory).digest();
}

/** A cache that cannot be used costs time, not the program. */
function fileFailed(error: unknown): undefined {
  if (error instanceof DsdnError) return undefined;
  throw error;
}
