import { spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, rmSync, statSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import { buildInto } from "../../scripts/build.ts";
import {
  documentSchema,
  errorDocumentSchema,
  isDescribed,
  isStreaming,
  lineSchema,
} from "../../src/commands/framework/schemas/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What one call of the program left behind. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to call it. The environment holds nothing but what is said here, a PATH and a private home. */
export interface CallOptions {
  readonly folder?: string;
  readonly env?: { readonly [name: string]: string };
  readonly input?: string | Uint8Array;
  /** Called with what stdout holds so far; return true to interrupt the program as Ctrl-C does. */
  readonly interruptWhen?: (stdout: string, stderr: string) => boolean;
  /** Interrupts the program as Ctrl-C does once this resolves. */
  readonly interruptAfter?: Promise<unknown>;
  /** Closes our end of stdout after the first chunk, as `head` does, or before anything is written. */
  readonly closeOutput?: "after-first" | "at-once";
}

await ensureBuilt();

/**
 * Runs `dsdn` as a user does, in its own process, and returns exit code, stdout and stderr.
 *
 * Pattern of a script test: `const folder = await makeFolder(); const outcome = await dsdn(["init", "x"], { folder });`
 * then assert `exitCode`, `stdout`, `stderr` and `await listFiles(folder)`.
 */
export async function dsdn(args: readonly string[], options: CallOptions = {}): Promise<Outcome> {
  const folder = options.folder ?? (await makeFolder());
  const home = await sharedHome();
  const child = spawn(process.execPath, [join(root, "bin/dsdn.js"), ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, LANG: "C.UTF-8", ...options.env },
    stdio: "pipe",
  });
  let stdout = "";
  let stderr = "";
  let isInterrupted = false;
  const look = () => {
    // Once: at a second Ctrl-C the program ends wherever it is.
    if (isInterrupted || options.interruptWhen?.(stdout, stderr) !== true) return;
    isInterrupted = true;
    child.kill("SIGINT");
  };
  void options.interruptAfter?.then(() => child.kill("SIGINT"));
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    look();
    if (options.closeOutput === "after-first") child.stdout.destroy();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    look();
  });
  if (options.closeOutput === "at-once") child.stdout.destroy();
  // The program may end without reading its input; that is its right.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? (signal === null ? -1 : 128)));
  });
  checkDocument(args, { exitCode, stdout, stderr });
  return { exitCode, stdout, stderr };
}

/** A call that goes on, one JSON line an event. */
export interface RunningCall {
  /** The next line of stdout; rejects when the program ends without one. */
  nextItem(): Promise<Record<string, unknown>>;
  /** Interrupts it as Ctrl-C does. @returns its exit code. */
  stop(): Promise<number>;
}

/** Starts `dsdn` and leaves it running. */
export async function startDsdn(args: readonly string[], options: CallOptions): Promise<RunningCall> {
  const child = spawn(process.execPath, [join(root, "bin/dsdn.js"), ...args], {
    cwd: options.folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: await sharedHome(), LANG: "C.UTF-8", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const ended = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 128)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    nextItem: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`exit ${await ended}: ${stderr}`);
      return JSON.parse(value);
    },
    stop: () => {
      child.kill("SIGINT");
      return ended;
    },
  };
}

/** Whatever a test is about, a JSON document is what its published schema says. */
function checkDocument(args: readonly string[], { exitCode, stdout }: Outcome): void {
  const words = args.slice(0, 3).filter((word) => !word.startsWith("-"));
  const ids = [words.slice(0, 3), words.slice(0, 2), words.slice(0, 1)].map((parts) => parts.join(" "));
  const command = args.includes("--help") ? "help" : ids.find(isDescribed);
  const lines = ids.find(isStreaming);
  if (!args.includes("--json") || stdout === "") return;
  if (exitCode === 0 && command !== undefined) documentSchema(command).parse(JSON.parse(stdout));
  else if (exitCode === 0 && lines !== undefined) {
    for (const line of stdout.trimEnd().split("\n")) lineSchema(lines).parse(JSON.parse(line));
  }
  if (exitCode !== 0 && exitCode !== 3 && stdout.startsWith('{\n  "error"'))
    errorDocumentSchema.parse(JSON.parse(stdout));
}

const folders: string[] = [];

/** A folder of its own for one test, removed after it. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-cli-"));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Every file under `folder`, sorted, with its text. */
export async function listFiles(folder: string): Promise<{ [path: string]: string }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const listed: { [path: string]: string } = {};
  for (const file of files.sort()) listed[relative(folder, file)] = await readFile(file, "utf8");
  return listed;
}

let home: Promise<string> | undefined;

// One home for all calls of a test file, so that the compile cache is warm as it is for a user.
function sharedHome(): Promise<string> {
  home ??= mkdtemp(join(tmpdir(), "dsdn-cli-home-"));
  return home;
}

// The tests speak to the built program; it is rebuilt when a source is newer than it.
async function ensureBuilt(): Promise<void> {
  const lock = join(root, ".cache", "build.lock");
  mkdirSync(join(root, ".cache"), { recursive: true });
  while (!isFresh()) {
    try {
      mkdirSync(lock);
    } catch {
      // Another worker builds. A lock left by a killed one is broken after a minute.
      const ageMs = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (ageMs > 60_000) rmSync(lock, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    try {
      // Another worker may have built since: its tests run what lies there.
      if (!isFresh()) await buildInto(join(root, "dist"));
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
    return;
  }
}

function isFresh(): boolean {
  const built = join(root, "dist", "manifest.js");
  if (!existsSync(built)) return false;
  const builtMs = statSync(built).mtimeMs;
  const sources = globSync(["src/**/*.{ts,json}", "scripts/*.ts", "package.json"], { cwd: root });
  return sources.every((path) => (statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0) <= builtMs);
}
