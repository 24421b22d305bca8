// Upload and get of one large file and of many small ones against restic backing up to and restoring from a folder of
// the same disk, in turn. restic writes one copy; the devnet fsyncs three replicas on six nodes before it is done, on
// the same machine. Random content, so that nothing is gained by compression. Needs Debian's restic and Linux.
import { spawn, spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildInto } from "../../scripts/build.ts";
import { type Measurement, median } from "../report.ts";

const root = join(import.meta.dirname, "../..");
const ROUNDS = 3;
const LARGE_BYTES = 1024 ** 3;
const SMALL_FILES = 10_000;
const SMALL_BYTES = 4096;
/** What the project promises of the program's memory. */
const RSS_GOAL_MIB = 300;

interface Run {
  readonly seconds: number;
  readonly rssMib: number;
}

interface Round {
  readonly upload: Run;
  readonly get: Run;
  readonly backup: Run;
  readonly restore: Run;
}

/** Wall time and memory of both programs for both kinds of content. */
export async function measure(): Promise<readonly Measurement[]> {
  if (spawnSync("restic", ["version"]).error !== undefined)
    throw new Error("restic is missing: apt-get install restic");
  await buildInto(join(root, "dist"));
  const folder = mkdtempSync(join(tmpdir(), "dsdn-bench-storage-"));
  const env = {
    HOME: folder,
    PATH: process.env["PATH"],
    LANG: "C",
    DSDN_HOME: join(folder, "home"),
    RESTIC_PASSWORD: "bench",
  };
  const bench: Bench = { folder, env };
  try {
    const large = makeLarge(join(folder, "large"));
    const small = makeSmall(join(folder, "small"));
    await run(bench, dsdn("dev", "start", "-d"));
    return [...report("1 GiB", await rounds(bench, large)), ...report("10,000 x 4 KiB", await rounds(bench, small))];
  } finally {
    await run(bench, dsdn("dev", "stop")).catch(() => {});
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Bench {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

async function rounds(bench: Bench, source: string): Promise<readonly Round[]> {
  const found: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // New content each time: what the network already holds would not be sent.
    changeContent(source, round);
    const [repository, out, restored] = ["repository", "out", "restored"].map((name) => join(bench.folder, name));
    await run(bench, ["restic", "init", "-q", "-r", repository ?? ""]);
    const backup = await run(bench, ["restic", "backup", "-q", "-r", repository ?? "", source]);
    const upload = await run(bench, dsdn("upload", source, "--name", `bench-${round}`));
    const restore = await run(bench, [
      "restic",
      "restore",
      "latest",
      "-q",
      "-r",
      repository ?? "",
      "--target",
      restored ?? "",
    ]);
    const get = await run(bench, dsdn("get", `bench-${round}`, "--out", out ?? ""));
    const isSame = spawnSync("diff", ["-r", source, out ?? ""]).status === 0;
    if (!isSame) throw new Error("what came back differs");
    for (const path of [repository, out, restored]) rmSync(path ?? "", { recursive: true, force: true });
    await run(bench, dsdn("rm", `bench-${round}`));
    found.push({ upload, get, backup, restore });
  }
  return found;
}

function report(what: string, found: readonly Round[]): Measurement[] {
  const of = (pick: (round: Round) => number) => median(found.map(pick));
  const note = (pick: (round: Round) => Run) => `restic ${of((round) => pick(round).seconds).toFixed(1)} s`;
  return [
    {
      what: `upload ${what}`,
      value: of(({ upload }) => upload.seconds),
      unit: "s",
      note: note(({ backup }) => backup),
    },
    { what: `upload ${what}`, value: of(({ upload, backup }) => upload.seconds / backup.seconds), unit: "x restic" },
    { what: `upload ${what}, memory`, value: of(({ upload }) => upload.rssMib), unit: "MiB", goal: RSS_GOAL_MIB },
    { what: `get ${what}`, value: of(({ get }) => get.seconds), unit: "s", note: note(({ restore }) => restore) },
    { what: `get ${what}`, value: of(({ get, restore }) => get.seconds / restore.seconds), unit: "x restic" },
    { what: `get ${what}, memory`, value: of(({ get }) => get.rssMib), unit: "MiB", goal: RSS_GOAL_MIB },
  ];
}

function dsdn(...args: readonly string[]): readonly string[] {
  return [process.execPath, join(root, "bin/dsdn.js"), ...args, "--quiet"];
}

const POLL_MS = 20;

/** Runs the program to its end; its peak memory is the kernel's own high-water mark, read while it runs. */
function run({ folder, env }: Bench, [program = "", ...args]: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
    let rssMib = 0;
    const poll = setInterval(() => {
      rssMib = Math.max(rssMib, peakOf(child.pid));
    }, POLL_MS);
    child.on("error", reject);
    child.on("exit", (code) => {
      clearInterval(poll);
      const seconds = (performance.now() - startMs) / 1000;
      if (code === 0) resolve({ seconds, rssMib });
      else reject(new Error(`${program} ${args.join(" ")} ended with ${code}`));
    });
  });
}

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function makeLarge(path: string): string {
  const file = openSync(path, "w");
  const block = new Uint8Array(8 * 1024 * 1024);
  for (let at = 0; at < LARGE_BYTES; at += block.length) writeSync(file, randomFillSync(block));
  closeSync(file);
  return path;
}

function makeSmall(folder: string): string {
  mkdirSync(folder);
  for (let index = 0; index < SMALL_FILES; index += 1) {
    writeFileSync(join(folder, `file-${index}`), randomFillSync(new Uint8Array(SMALL_BYTES)));
  }
  return folder;
}

function changeContent(source: string, round: number): void {
  if (round === 0) return;
  rmSync(source, { recursive: true });
  if (source.endsWith("large")) makeLarge(source);
  else makeSmall(source);
}
