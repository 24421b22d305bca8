import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Clock, systemClock, systemDisk } from "../../../src/base/index.ts";
import { startDetached } from "../../../src/devnet/index.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-detached-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Time stands still until the program has said its number; from then on every limit is over at once. */
function clockOfThePatient(): Clock & { readonly pid: () => Promise<number | undefined> } {
  const real = systemClock();
  const pid = async () => Number(await readFile(join(folder, "start.log"), "utf8").catch(() => "")) || undefined;
  let nowMs = 0;
  return {
    ...real,
    pid,
    monotonicMs: () => nowMs,
    async sleep(delayMs, signal) {
      await real.sleep(delayMs, signal);
      if ((await pid()) !== undefined) nowMs = 3_600_000;
    },
    after: (_delayMs, task) => real.after(0, task),
  };
}

describe("a devnet in a process of its own that says nothing", () => {
  test.each([
    ["", "is ended before the start is called failed"],
    ["process.on('SIGINT', () => {});", "is killed when it does not end"],
  ])("%s %s", async (first) => {
    const clock = clockOfThePatient();
    const program = `${first} require("node:fs").writeSync(1, String(process.pid)); setInterval(() => {}, 1000);`;
    const options = { folder, command: ["-e", program], signal: new AbortController().signal };
    await expect(startDetached(options, { disk: systemDisk(), clock })).rejects.toMatchObject({
      code: "DSDN_DEVNET_NOT_READY",
    });
    expect(isAlive((await clock.pid()) ?? 0)).toBe(false);
  });
});
