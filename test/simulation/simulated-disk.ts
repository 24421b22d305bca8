import { dirname } from "node:path";
import { baseErrors, type Disk, type DiskEntry, fail, type WriteOptions } from "../../src/base/index.ts";

/** What the medium keeps of the work no fsync covered when the power fails. */
export const crashModes = ["kept", "dropped", "torn", "reordered"] as const;
export type CrashMode = (typeof crashModes)[number];

/** One primitive step a crash can fall before or after. */
type Step =
  | { readonly kind: "make"; readonly path: string }
  | { readonly kind: "create"; readonly path: string; readonly file: number }
  | { readonly kind: "data"; readonly file: number; readonly bytes: Uint8Array }
  | { readonly kind: "syncFile"; readonly file: number }
  | { readonly kind: "rename"; readonly from: string; readonly to: string; readonly file: number | "folder" }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "syncFolder"; readonly path: string };

/** Names and contents, as the running system sees them or as the medium keeps them. */
interface Image {
  readonly names: Map<string, number | "folder">;
  readonly data: Map<number, Uint8Array>;
}

/**
 * A disk in memory that remembers every step, so that a test can ask what a crash after any of them would have left.
 * File contents become durable by fsync of the file, names by fsync of their folder, as POSIX promises and no more.
 */
export class SimulatedDisk implements Disk {
  readonly steps: Step[] = [];
  readonly #start: Image;
  readonly #now: Image;
  #nextFile = 1;
  /** Asked before every step; an error code makes the operation fail there. */
  fault: (operation: string, path: string) => string | undefined = () => undefined;
  free = 1e12;

  constructor(start: Image = { names: new Map([["/", "folder"]]), data: new Map() }) {
    this.#start = copy(start);
    this.#now = copy(start);
    this.#nextFile = Math.max(0, ...start.data.keys()) + 1;
  }

  /** The disk as it is found after a crash right after `stepCount` steps. */
  crash(stepCount: number, mode: CrashMode): SimulatedDisk {
    return new SimulatedDisk(replay(this.#start, this.steps.slice(0, stepCount), mode));
  }

  async find(path: string): Promise<Uint8Array | undefined> {
    this.#check("read", path);
    const file = this.#now.names.get(path);
    if (file === "folder") throw failed("read", path, "EISDIR");
    return file === undefined ? undefined : this.#now.data.get(file)?.slice();
  }

  async findRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return (await this.find(path))?.subarray(offset, offset + length);
  }

  async write(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
    await this.#put(path, options, () => bytes.slice());
  }

  async append(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
    await this.#put(path, options, (old) => new Uint8Array(Buffer.concat([old, bytes])));
  }

  async truncate(path: string, sizeBytes: number): Promise<void> {
    await this.#put(path, { sync: true }, (old) => old.slice(0, sizeBytes));
  }

  async rename(from: string, to: string): Promise<void> {
    this.#check("rename", from);
    const file = this.#now.names.get(from);
    if (file === undefined || !this.#now.names.has(dirname(to))) throw failed("rename", from, "ENOENT");
    this.#step({ kind: "rename", from, to, file });
  }

  async syncFolder(path: string): Promise<void> {
    this.#check("sync", path);
    this.#step({ kind: "syncFolder", path });
  }

  async remove(path: string): Promise<void> {
    this.#check("remove", path);
    if (this.#now.names.has(path)) this.#step({ kind: "remove", path });
  }

  async removeFolder(path: string): Promise<void> {
    for (const name of [...this.#now.names.keys()].toReversed()) {
      if (name === path || name.startsWith(`${path}/`)) await this.remove(name);
    }
  }

  async makeFolder(path: string): Promise<void> {
    this.#check("make", path);
    if (this.#now.names.has(path)) return;
    if (path !== "/") await this.makeFolder(dirname(path));
    this.#step({ kind: "make", path });
  }

  async list(path: string): Promise<DiskEntry[]> {
    this.#check("list", path);
    return [...this.#now.names]
      .filter(([name]) => name !== "/" && dirname(name) === path)
      .map(
        ([name, file]): DiskEntry => ({
          name: name.slice(path.length).replace("/", ""),
          kind: file === "folder" ? "folder" : "file",
        }),
      )
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  async findSize(path: string): Promise<number | undefined> {
    const file = this.#now.names.get(path);
    return typeof file === "number" ? this.#now.data.get(file)?.length : file === undefined ? undefined : 4096;
  }

  async freeBytes(): Promise<number> {
    return this.free;
  }

  async #put(path: string, options: WriteOptions, change: (old: Uint8Array) => Uint8Array): Promise<void> {
    this.#check("write", path);
    const known = this.#now.names.get(path);
    if (known === "folder") throw failed("write", path, "EISDIR");
    if (!this.#now.names.has(dirname(path))) throw failed("write", path, "ENOENT");
    const file = known ?? this.#nextFile++;
    if (known === undefined) this.#step({ kind: "create", path, file });
    const old = this.#now.data.get(file) ?? new Uint8Array(0);
    this.#step({ kind: "data", file, bytes: change(old) });
    if (!options.sync) return;
    this.#check("fsync", path);
    this.#step({ kind: "syncFile", file });
  }

  #check(operation: string, path: string): void {
    const reason = this.fault(operation, path);
    if (reason !== undefined) throw failed(operation, path, reason);
  }

  #step(step: Step): void {
    this.steps.push(step);
    apply(this.#now, step);
  }
}

function failed(action: string, path: string, reason: string) {
  return fail(baseErrors.fileFailed, { action, path, reason });
}

function copy(image: Image): Image {
  return { names: new Map(image.names), data: new Map(image.data) };
}

function apply(image: Image, step: Step): void {
  if (step.kind === "make") image.names.set(step.path, "folder");
  if (step.kind === "create") {
    image.names.set(step.path, step.file);
    if (!image.data.has(step.file)) image.data.set(step.file, new Uint8Array(0));
  }
  if (step.kind === "data") image.data.set(step.file, step.bytes);
  if (step.kind === "remove") image.names.delete(step.path);
  if (step.kind === "rename") {
    image.names.delete(step.from);
    image.names.set(step.to, step.file);
  }
}

type NameStep = Extract<Step, { kind: "make" | "create" | "rename" | "remove" }>;

/** Applies what fsync made durable, then what the mode lets survive of the rest. */
function replay(start: Image, steps: readonly Step[], mode: CrashMode): Image {
  const seen = copy(start);
  const durable = copy(start);
  let pending: NameStep[] = [];
  let lastWritten: number | undefined;
  for (const step of steps) {
    apply(seen, step);
    if (step.kind === "data") lastWritten = step.file;
    if (step.kind === "syncFile") durable.data.set(step.file, seen.data.get(step.file) ?? new Uint8Array(0));
    if (step.kind === "syncFolder") {
      for (const name of pending) if (folderOf(name) === step.path) apply(durable, name);
      pending = pending.filter((name) => folderOf(name) !== step.path);
    }
    if (step.kind === "make" || step.kind === "create" || step.kind === "rename" || step.kind === "remove") {
      pending.push(step);
    }
  }
  if (mode === "kept") return seen;
  const survivors = mode === "dropped" ? [] : mode === "torn" ? pending : pending.filter((_, i) => i % 2 === 1);
  for (const name of survivors) apply(durable, name);
  if (mode === "torn" && lastWritten !== undefined) {
    const [before, after] = [durable.data.get(lastWritten), seen.data.get(lastWritten)];
    if (before !== undefined && after !== undefined && before !== after) {
      const half = Math.floor((before.length + after.length) / 2);
      durable.data.set(lastWritten, after.slice(0, half));
    }
  }
  return { data: durable.data, names: withoutOrphans(durable.names) };
}

function folderOf(step: NameStep): string {
  return dirname(step.kind === "rename" ? step.to : step.path);
}

/** A name whose folder did not survive is out of reach. */
function withoutOrphans(names: Image["names"]): Image["names"] {
  const reachable = (path: string): boolean =>
    path === "/" || (names.get(dirname(path)) === "folder" && reachable(dirname(path)));
  return new Map([...names].filter(([path]) => reachable(path)));
}
