import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, it } from "vitest";
import {
  type Disk,
  findHex,
  seededRandom,
  silentLogger,
  systemClock,
  systemDisk,
  toHex,
  toUtf8,
} from "../../../src/base/index.ts";
import {
  createCelestiaClient,
  createInProcessTransport,
  createLocalDaNode,
  DEFAULT_NAMESPACE,
  daErrors,
} from "../../../src/da/index.ts";
import { type CrashMode, crashModes, SimulatedDisk } from "../../simulation/simulated-disk.ts";

const clock = systemClock();
const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function open(disk: Disk, dataFolder = "/da") {
  const ports = { disk, clock, log: silentLogger() };
  const node = createLocalDaNode(
    { dataFolder, chainId: "dsdn-test", intervalMs: 0, delayMs: 0 },
    { ...ports, random: seededRandom("crash") },
  );
  await node.start();
  const transport = createInProcessTransport(node);
  const da = createCelestiaClient({ namespace: DEFAULT_NAMESPACE, chainId: "dsdn-test" }, { ...ports, transport });
  await da.start();
  return { node, da, close: () => da.stop().then(() => node.stop()) };
}

interface Answered {
  readonly steps: number;
  readonly height: number;
  readonly commitment: Uint8Array;
}

describe("the local node after a crash", () => {
  it("keeps every blob it answered for and its chain of hashes, whatever the disk did with the rest", async () => {
    const disk = new SimulatedDisk();
    const first = await open(disk);
    const answered: Answered[] = [];
    for (let index = 0; index < 3; index++) {
      const { height, commitments } = await first.da.submit([toUtf8(`blob ${index} `.repeat(100))]);
      answered.push({ steps: disk.steps.length, height, commitment: commitments[0] ?? new Uint8Array(0) });
    }
    await first.close();
    expect(disk.steps.length).toBeGreaterThan(10);
    for (const mode of crashModes) {
      for (let steps = 0; steps <= disk.steps.length; steps++) await expectIntact(disk, { steps, mode }, answered);
    }
  });

  it("goes on with the header time that was set before", async () => {
    const disk = new SimulatedDisk();
    const first = await open(disk);
    await first.node.advanceTime(86_400_000);
    const before = await first.da.head();
    await first.close();
    const again = await open(disk.crash(disk.steps.length, "dropped"));
    const { height } = await again.da.submit([toUtf8("later")]);
    const after = await again.da.headerAt(height);
    expect(after.timeMs).toBeGreaterThan(before.timeMs);
    expect(after.timeMs - clock.nowMs()).toBeGreaterThan(86_000_000);
    await again.close();
  });

  it("answers nothing more once the disk has failed, and has all it answered for when the disk is back", async () => {
    const disk = new SimulatedDisk();
    const first = await open(disk);
    const kept = await first.da.submit([toUtf8("before")]);
    disk.fault = (operation) => (operation === "write" ? "ENOSPC" : undefined);
    await expect(first.da.submit([toUtf8("lost")])).rejects.toThrow(
      expect.objectContaining({ code: daErrors.refused.code }),
    );
    disk.fault = () => undefined;
    await expect(first.da.submit([toUtf8("lost too")])).rejects.toThrow(
      expect.objectContaining({ code: daErrors.refused.code }),
    );
    expect((await first.da.head()).height).toBe(kept.height);
    await first.close();
    const again = await open(disk);
    expect((await again.da.getAll(kept.height)).length).toBe(1);
    expect((await again.da.submit([toUtf8("after")])).height).toBe(kept.height + 1);
    await again.close();
  });
});

async function expectIntact(
  disk: SimulatedDisk,
  crash: { steps: number; mode: CrashMode },
  answered: readonly Answered[],
): Promise<void> {
  const place = `${crash.mode} after step ${crash.steps}`;
  const again = await open(disk.crash(crash.steps, crash.mode));
  for (const { steps, height, commitment } of answered) {
    if (steps > crash.steps) continue;
    expect((await again.da.get(height, commitment)).commitment, place).toEqual(commitment);
  }
  const { height } = await again.da.submit([toUtf8("after")]);
  for (let next = 2; next <= height; next++) {
    const [before, after] = await Promise.all([again.da.headerAt(next - 1), again.da.headerAt(next)]);
    expect(after.previousHash, place).toEqual(before.hash);
    expect(after.timeMs, place).toBeGreaterThan(before.timeMs);
  }
  await again.close();
}

/** A process that posts without end and prints `<height> <commitment>` after every answer. */
const POSTER = `
const { createLocalDaNode, createCelestiaClient, createInProcessTransport, DEFAULT_NAMESPACE } = await import(process.argv[1]);
const base = await import(process.argv[2]);
const deps = { disk: base.systemDisk(), clock: base.systemClock(), random: base.systemRandom(), log: base.silentLogger() };
const options = { dataFolder: process.argv[3], chainId: "dsdn-test", intervalMs: 0, delayMs: 0 };
const node = createLocalDaNode(options, deps);
await node.start();
const transport = createInProcessTransport(node);
const da = createCelestiaClient({ namespace: DEFAULT_NAMESPACE, chainId: "dsdn-test" }, { ...deps, transport });
await da.start();
setInterval(() => {}, 1000);
const post = async (name) => {
  for (let index = 0; ; index++) {
    const { height, commitments } = await da.submit([base.toUtf8((name + index + " ").repeat(400))]);
    process.stdout.write(height + " " + base.toHex(commitments[0]) + "\\n");
  }
};
await Promise.all([post("a"), post("b"), post("c")]);
`;

describe("the local node killed with SIGKILL", () => {
  it("has every blob whose answer was seen, three times in a row on the same folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "dsdn-da-kill-"));
    folders.push(folder);
    const seen: { height: number; commitment: string }[] = [];
    for (const answers of [4, 9, 17]) seen.push(...(await postAndKill(folder, answers)));
    const again = await open(systemDisk(), folder);
    for (const { height, commitment } of seen) {
      const blob = await again.da.get(height, findHex(commitment) ?? new Uint8Array(0));
      expect(toHex(blob.commitment)).toBe(commitment);
    }
    expect(seen.length).toBeGreaterThanOrEqual(30);
    await again.close();
  });
});

async function postAndKill(folder: string, answers: number): Promise<{ height: number; commitment: string }[]> {
  const source = (path: string) => new URL(`../../../src/${path}/index.ts`, import.meta.url).href;
  const child = spawn(
    process.execPath,
    ["--input-type=module", "--eval", POSTER, source("da"), source("base"), folder],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const seen: { height: number; commitment: string }[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [height, commitment] = line.split(" ");
    seen.push({ height: Number(height), commitment: commitment ?? "" });
    if (seen.length === answers) child.kill("SIGKILL");
  }
  return seen;
}
