/**
 * The functions of this file run inside a realm of their own (a `node:vm` context that holds the language and nothing of
 * Node) and are handed over as text: each uses its parameters and the realm's globals only. Nothing they are given may
 * become reachable for the program: what they keep of the host lives in their closures, never in an object.
 */

/** What the realm may ask of the host. Takes and gives texts, numbers and arrays of the realm, never a host object. */
export interface RealmHost {
  /** A file of the engine, as an array of the realm. */
  readonly engineFile: (name: string) => Uint8Array;
  /** Only until the program starts: boots need turns of the event loop. */
  readonly later: (turn: () => void) => void;
  /** @returns false when no more output is taken. */
  readonly write: (stream: number, bytes: Uint8Array) => boolean;
  /** Up to `length` bytes of standard input, as an array of the realm; empty at its end. */
  readonly read: (length: number) => Uint8Array;
  /** Text of bytes, or undefined when they are none in that encoding. */
  readonly decode: (encoding: string, bytes: unknown) => string | undefined;
  /** The first millisecond of the guest's clock. */
  readonly startMs: number;
}

/** One invocation's end: a JSON text as the runner wrote it and, for a response, its body. */
export interface RealmAnswer {
  readonly text: string;
  readonly body: Uint8Array;
}

export interface PythonEngine {
  readonly createModule: unknown;
  readonly loadPyodide: (options: unknown) => Promise<unknown>;
  /** JSON: the engine's list of packages it could fetch, with none in it. */
  readonly lock: string;
}

export interface PythonBoot extends PythonEngine {
  /** What `makeSnapshot` gave, as an array of the realm. */
  readonly snapshot: Uint8Array;
  readonly files: readonly (readonly [string, Uint8Array])[];
  readonly folder: string;
  /** JSON of the environment, name to value. */
  readonly env: string;
  /** JSON of the arguments. */
  readonly args: string;
  /** Bytes the files of the in-memory file system may take together. */
  readonly fileBytes: number;
}

/** What the realm offers to the host; every function runs to its end before it returns. */
export interface PythonRealm {
  /** The memory of an interpreter that has read the runner and has no program: the same bytes wherever it is made. */
  makeSnapshot(engine: PythonEngine, runner: string): Promise<Uint8Array>;
  /** Starts an interpreter from such a memory. */
  boot(boot: PythonBoot): Promise<void>;
  invoke(name: string, argument: string, body: Uint8Array): RealmAnswer;
}

/**
 * Replaces everything in the realm that differs between two machines or two moments. The clock starts at `startMs` and
 * moves by one millisecond whenever it is read, so that a loop that waits for it ends; randomness is xorshift128.
 *
 * @returns a function that moves the clock by milliseconds.
 */
function fixTimeAndChance(startMs: number): (ms: number) => void {
  let nowMs = startMs;
  const tick = () => ++nowMs;
  const RealDate = Date;
  class FixedDate extends RealDate {
    constructor(...given: [] | [number]) {
      super(given.length === 0 ? tick() : given[0]);
    }
    static override now(): number {
      return tick();
    }
  }
  const seed = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef];
  const chance = (): number => {
    const last = seed[0] ?? 0;
    const first = seed.pop() ?? 0;
    let mixed = first ^ (first << 11);
    mixed ^= mixed >>> 8;
    mixed ^= last ^ (last >>> 19);
    seed.unshift(mixed);
    return (mixed >>> 0) / 4294967296;
  };
  const replace = (holder: object, name: string, value: unknown) =>
    Object.defineProperty(holder, name, { value, writable: true, configurable: true, enumerable: false });
  replace(globalThis, "Date", FixedDate);
  replace(RealDate.prototype, "constructor", FixedDate);
  replace(globalThis, "performance", { now: () => tick() - startMs });
  replace(Math, "random", chance);
  // Outside browsers and Node the engine asks a shell command for randomness; the whole command is answered from here.
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const system = (_shell: string, [, command = ""]: string[]): string => {
    const bytes = Number(/-c(\d+)/.exec(command)?.[1] ?? 0);
    const letters = Array.from({ length: Math.ceil((bytes * 4) / 3) }, () => LETTERS[Math.floor(chance() * 64)]);
    return letters.join("").padEnd(Math.ceil(bytes / 3) * 4, "=");
  };
  replace(globalThis, "os", { system });
  return (ms) => {
    nowMs += Math.max(0, Math.ceil(ms));
  };
}

/** What of the engine's file system is used here. */
interface FileSystem {
  readonly filesystems: { readonly MEMFS: { expandFileStorage: Grow; resizeFileStorage: Grow } };
  readonly root: unknown;
  readonly ErrnoError: new (code: number) => Error;
  mkdirTree(path: string): void;
  writeFile(path: string, bytes: Uint8Array): void;
  chmod(path: string, mode: number): void;
  chdir(path: string): void;
  readdir(path: string): string[];
  stat(path: string): { mode: number };
  isDir(mode: number): boolean;
}

type Grow = (node: { contents: Uint8Array }, size: number) => void;

/** Puts the package's files into the file system, not writable, and makes their folder the current one. */
function mountFiles(FS: FileSystem, folder: string, files: PythonBoot["files"]): void {
  const close = (path: string): void => {
    const isFolder = FS.isDir(FS.stat(path).mode);
    if (isFolder) for (const name of FS.readdir(path)) if (name !== "." && name !== "..") close(`${path}/${name}`);
    FS.chmod(path, isFolder ? 0o555 : 0o444);
  };
  FS.mkdirTree(folder);
  for (const [path, bytes] of files) {
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, bytes);
  }
  close(folder);
  FS.chdir(folder);
}

/** Files of the in-memory file system lie outside the engine's capped memory: they get a cap of their own. */
function boundFiles(FS: FileSystem, limitBytes: number): void {
  const NO_SPACE = 51;
  const { MEMFS } = FS.filesystems;
  let held = 0;
  const measure = (node: unknown): number => {
    const contents = (node as { contents?: unknown } | undefined)?.contents;
    if (ArrayBuffer.isView(contents)) return contents.byteLength;
    if (typeof contents !== "object" || contents === null) return 0;
    return Object.values(contents).reduce((sum: number, child) => sum + measure(child), 0);
  };
  const bound =
    (grow: Grow): Grow =>
    (node, size) => {
      const before = node.contents.length;
      // Removed files are found by counting anew, only when the cap seems reached.
      if (held + size - before > limitBytes) held = measure(FS.root);
      if (held + size - before > limitBytes) throw new FS.ErrnoError(NO_SPACE);
      grow(node, size);
      held += node.contents.length - before;
    };
  MEMFS.expandFileStorage = bound(MEMFS.expandFileStorage.bind(MEMFS));
  MEMFS.resizeFileStorage = bound(MEMFS.resizeFileStorage.bind(MEMFS));
}

/** The globals the engine asks for when it runs neither in a browser nor in Node. @returns ends the boot's timers. */
function furnishRealm({ engineFile, later, write, decode }: RealmHost): () => void {
  let isBooting = true;
  const globals = globalThis as unknown as Record<string, unknown>;
  globals["readbuffer"] = (path: string) => engineFile(path.slice(path.lastIndexOf("/") + 1));
  globals["read"] = globals["readbuffer"];
  globals["load"] = () => {};
  globals["setTimeout"] = (turn: () => void) => {
    if (isBooting) later(turn);
    return 0;
  };
  globals["clearTimeout"] = () => {};
  globals["TextDecoder"] = class {
    readonly encoding: string;
    constructor(encoding = "utf-8") {
      this.encoding = String(encoding);
    }
    decode(bytes: unknown): string {
      const text = decode(this.encoding, bytes);
      if (text === undefined) throw new TypeError("not a text in this encoding");
      return text;
    }
  };
  const toBytes = (text: string) => Uint8Array.from(unescape(encodeURIComponent(text)), (one) => one.charCodeAt(0));
  const say = (...words: unknown[]) => void write(2, toBytes(`${words.map(String).join(" ")}\n`));
  globals["console"] = { log: say, warn: say, error: say, info: say, debug: say };
  return () => {
    isBooting = false;
  };
}

interface Python {
  readonly FS: FileSystem;
  readonly _api: { readonly config: { _loadSnapshot?: Uint8Array } };
  makeMemorySnapshot(): Uint8Array;
  readonly globals: { get(name: string): RunnerCall };
  runPython(code: string): unknown;
  setStdin(options: unknown): void;
  setStdout(options: unknown): void;
  setStderr(options: unknown): void;
}

type RunnerCall = (...values: unknown[]) => {
  get(index: number): unknown;
  destroy(): void;
};

/** Gives Python its standard streams. */
function connectStreams(python: Python, { write, read }: RealmHost): void {
  const NO_SPACE = 51;
  const { ErrnoError } = python.FS;
  const sink = (stream: number) => ({
    isatty: false,
    write: (bytes: Uint8Array) => {
      if (!write(stream, bytes)) throw new ErrnoError(NO_SPACE);
      return bytes.length;
    },
  });
  python.setStdout(sink(1));
  python.setStderr(sink(2));
  python.setStdin({
    isatty: false,
    read: (into: Uint8Array) => {
      const piece = read(into.length);
      into.set(piece);
      return piece.length;
    },
  });
}

/** Loads the engine, with `more` of its options. */
async function loadEngine({ createModule, loadPyodide, lock }: PythonEngine, more: object): Promise<Python> {
  const options = {
    createPyodideModule: createModule,
    indexURL: "/",
    lockFileContents: JSON.parse(lock),
    jsglobals: Object.create(null),
    env: { HOME: "/home/app", PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
    ...more,
  };
  return (await loadPyodide(options)) as Python;
}

/** The memory of Python with the runner in it. What describes it is ASCII. */
async function makePythonSnapshot(engine: PythonEngine, runner: string): Promise<Uint8Array> {
  const python = await loadEngine(engine, { _makeSnapshot: true });
  python.runPython(runner);
  // The engine puts its own entry in front again at every start.
  python.runPython("sys.path.remove('')");
  (globalThis as unknown as Record<string, unknown>)["TextEncoder"] = class {
    encodeInto(text: string, into: Uint8Array): { written: number } {
      for (let at = 0; at < text.length; at++) into[at] = text.charCodeAt(at);
      return { written: text.length };
    }
  };
  return python.makeMemorySnapshot();
}

/** Boots Python in the realm. */
function openPythonRealm(host: RealmHost): PythonRealm {
  const advance = fixTimeAndChance(host.startMs);
  const endBoot = furnishRealm(host);
  const calls = new Map<string, RunnerCall>();
  return {
    makeSnapshot: makePythonSnapshot,
    async boot({ snapshot, folder, ...boot }) {
      const python = await loadEngine(boot, { _loadSnapshot: snapshot });
      delete python._api.config._loadSnapshot;
      connectStreams(python, host);
      boundFiles(python.FS, boot.fileBytes);
      mountFiles(python.FS, folder, boot.files);
      for (const name of ["load", "call", "run"]) calls.set(name, python.globals.get(name));
      python.globals.get("prepare")(boot.env, boot.args, folder, advance);
      endBoot();
    },
    invoke(name, argument, body) {
      const pair = calls.get(name)?.(argument, body);
      const bytes = pair?.get(1) as { getBuffer(type: string): { data: Uint8Array; release(): void } } | undefined;
      const view = bytes?.getBuffer("u8");
      const answer = { text: String(pair?.get(0)), body: view === undefined ? new Uint8Array(0) : view.data.slice() };
      view?.release();
      pair?.destroy();
      return answer;
    },
  };
}

/** The functions above as one expression: evaluated in the realm it gives `openPythonRealm`. */
export function pythonRealmSource(): string {
  const files = [mountFiles, boundFiles];
  const engine = [furnishRealm, connectStreams, loadEngine, makePythonSnapshot];
  const parts = [fixTimeAndChance, ...files, ...engine, openPythonRealm];
  return `(() => { "use strict"; ${parts.map(String).join("\n")}\nreturn ${openPythonRealm.name}; })()`;
}
