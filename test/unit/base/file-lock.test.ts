import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { acquireFileLock, type Clock, systemClock, systemRandom } from "../../../src/base/index.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsdn-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const deps = { clock: systemClock(), random: systemRandom() };

/** A clock on which waiting takes no time. */
function hastyClock(): Clock {
  let nowMs = 0;
  return {
    ...systemClock(),
    monotonicMs: () => nowMs,
    sleep: async (delayMs) => {
      nowMs += delayMs;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("a file lock", () => {
  test("lets one holder in at a time", async () => {
    const path = join(folder, "lock");
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        const lock = await acquireFileLock({ path }, deps);
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside--;
        await lock.release();
      }),
    );
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("passes a holder that died on this machine at once", async () => {
    const path = join(folder, "lock");
    // Process numbers end far below this one.
    writeFileSync(path, JSON.stringify({ token: "dead", pid: 2 ** 30, host: hostname() }));
    const lock = await acquireFileLock({ path }, deps);
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
  });

  test.runIf(process.platform === "linux")(
    "passes a holder at once that died and still waits for whoever started it to take note",
    async () => {
      const path = join(folder, "lock");
      // A shell starts a process and becomes a program that never asks after it.
      const parent = spawn("sh", ["-c", "sleep 600 & echo $!; exec sleep 600"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      onTestFinished(() => void parent.kill("SIGKILL"));
      const [said] = (await once(parent.stdout, "data")) as [Buffer];
      const pid = Number(said);
      const factsOf = (id: number | undefined) => readFileSync(`/proc/${id}/stat`, "latin1").split(" ");
      await expect.poll(() => factsOf(parent.pid)[1]).toBe("(sleep)");
      process.kill(pid, "SIGKILL");
      await expect.poll(() => factsOf(pid)[2]).toBe("Z");
      writeFileSync(path, JSON.stringify({ token: "dead", pid, host: hostname() }));
      const clock = hastyClock();
      const lock = await acquireFileLock({ path }, { ...deps, clock });
      expect(clock.monotonicMs()).toBe(0);
      await lock.release();
    },
  );

  test.each([
    ["on another machine", JSON.stringify({ token: "far", pid: 2 ** 30, host: "elsewhere" })],
    ["whose process number is in use again", JSON.stringify({ token: "reused", pid: process.pid, host: hostname() })],
    ["whose file cannot be read", "half a fi"],
  ])("passes a holder %s once it has shown no life for long enough", async (_, content) => {
    const path = join(folder, "lock");
    writeFileSync(path, content);
    const clock = hastyClock();
    const lock = await acquireFileLock({ path }, { ...deps, clock });
    expect(clock.monotonicMs()).toBeGreaterThan(10_000);
    await lock.release();
  });

  test("leaves the lock alone of one that was quicker to pass a dead holder", async () => {
    const path = join(folder, "lock");
    writeFileSync(path, JSON.stringify({ token: "dead", pid: 2 ** 30, host: hostname() }));
    const changedAt = (name: string) => statSync(join(folder, name), { bigint: true }).ctimeNs;
    let quickerAt: bigint | undefined;
    // Between the look at the dead one and what is done about it.
    const overtake = () => {
      writeFileSync(path, JSON.stringify({ token: "quicker", pid: process.pid, host: hostname() }));
      quickerAt = changedAt("lock");
      do writeFileSync(join(folder, "later"), "");
      while (changedAt("later") === quickerAt);
    };
    const waits = Promise.withResolvers<void>();
    const stop = new AbortController();
    const { nowMs, sleep, ...rest } = systemClock();
    const clock: Clock = {
      ...rest,
      nowMs: () => {
        if (quickerAt === undefined) overtake();
        return nowMs();
      },
      sleep: (delayMs, signal) => {
        waits.resolve();
        return sleep(delayMs, signal);
      },
    };
    const waiting = expect(acquireFileLock({ path, signal: stop.signal }, { ...deps, clock })).rejects.toThrow(
      "enough",
    );
    await waits.promise;
    expect(changedAt("lock")).toBe(quickerAt);
    stop.abort(new Error("enough"));
    await waiting;
    expect(readdirSync(folder).sort()).toEqual(["later", "lock"]);
  });

  test("passes a dead holder although another died while it was about to", async () => {
    const path = join(folder, "lock");
    for (const [name, token] of [
      ["lock", "dead"],
      ["lock.turn", "dead too"],
    ] as const) {
      writeFileSync(join(folder, name), JSON.stringify({ token, pid: 2 ** 30, host: hostname() }));
    }
    const lock = await acquireFileLock({ path }, deps);
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("stops waiting when it is told to", async () => {
    const path = join(folder, "lock");
    const first = await acquireFileLock({ path }, deps);
    const stop = new AbortController();
    const waiting = acquireFileLock({ path, signal: stop.signal }, deps);
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await first.release();
  });

  test("does not remove the lock of one that took over", async () => {
    const path = join(folder, "lock");
    const first = await acquireFileLock({ path }, deps);
    writeFileSync(path, JSON.stringify({ token: "other", pid: process.pid, host: hostname() }));
    expect(await first.isHeld()).toBe(false);
    await first.release();
    expect(readdirSync(folder)).toEqual(["lock"]);
  });
});
