import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock, systemDisk, VirtualClock } from "../../../src/base/index.ts";
import { watchMemory } from "../../../src/runtime/memory-watch.ts";
import { residentMemoryOf } from "../../../src/runtime/resident-memory.ts";

const MIB = 1024 * 1024;
let child: ChildProcess | undefined;
afterEach(() => child?.kill("SIGKILL"));

/** A process that holds at least so much more than an empty Node. */
async function hold(mib: number): Promise<number> {
  const program = `globalThis.held = Buffer.alloc(${mib} * 1024 * 1024, 1); console.log("held"); setInterval(() => {}, 1e6);`;
  child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  if (child.stdout !== null) await once(child.stdout, "data");
  return child.pid ?? 0;
}

// What Linux and what macOS ask; both can be asked here.
describe.each<NodeJS.Platform>(process.platform === "linux" ? ["linux", "darwin"] : ["darwin"])(
  "the memory of a process, as %s tells it",
  (system) => {
    const findResident = residentMemoryOf(systemDisk(), system);

    it("is what the process holds, and nothing once it is gone", async () => {
      const processId = await hold(200);
      const held = (await findResident(processId)) ?? 0;
      expect(held).toBeGreaterThan(200 * MIB);
      expect(held).toBeLessThan(600 * MIB);
      const ended = once(child ?? expect.fail(), "exit");
      child?.kill("SIGKILL");
      await ended;
      expect(await findResident(processId)).toBeUndefined();
    });

    it("is found to be over its limit while the process has work", async () => {
      const processId = await hold(200);
      const over = await new Promise<boolean>((resolve) => {
        const options = { processId, limitBytes: 150 * MIB, isBusy: () => true, onOver: () => resolve(true) };
        watchMemory(options, { clock: systemClock(), findResident });
      });
      expect(over).toBe(true);
    });
  },
);

it("is not asked for where the system has no such way", async () => {
  expect(await residentMemoryOf(systemDisk(), "win32")(process.pid)).toBeUndefined();
});

it("is asked for only while the process has work, again when nothing was told, and not after the watch has ended", async () => {
  const clock = new VirtualClock();
  const told = [undefined, 5, 11];
  let asked = 0;
  let isBusy = false;
  let over = 0;
  const findResident = async () => told[asked++];
  const options = { processId: 1, limitBytes: 10, isBusy: () => isBusy, onOver: () => over++ };
  const end = watchMemory(options, { clock, findResident });
  await clock.advance(1_000);
  expect(asked).toBe(0);
  isBusy = true;
  await clock.advance(500);
  await clock.advance(500);
  expect({ asked, over }).toEqual({ asked: 2, over: 0 });
  await clock.advance(500);
  await clock.advance(500);
  expect({ asked, over }).toEqual({ asked: 3, over: 1 });
  const other = watchMemory(options, { clock, findResident });
  other();
  await clock.advance(1_000);
  expect(asked).toBe(3);
  end();
});
