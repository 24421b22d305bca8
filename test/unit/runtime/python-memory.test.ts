import { mkdtempSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { baseErrors, fail, fromUtf8, systemClock, systemDisk, toHex } from "../../../src/base/index.ts";
import { createPythonMemory } from "../../../src/runtime/python/python-memory.ts";
import { loggedRuntime, pythonPackage } from "./python-packages.ts";

const SECONDS = 600_000;
const root = mkdtempSync(join(tmpdir(), "dsdn-python-memory-"));
const shared = join(root, "shared");
afterAll(() => rm(root, { recursive: true }));

/** What differs between two interpreters when anything does. */
const TELL = `
import hashlib, os, random, secrets, sys, time, uuid
class Thing: pass
print(random.random(), secrets.token_hex(8), uuid.uuid4(), os.urandom(9).hex(), open("/dev/urandom", "rb").read(5).hex())
print(time.time(), time.perf_counter(), time.monotonic(), time.strftime("%c"), hash("text"), hash(b"bytes"))
print({str(n) for n in range(30)}, {Thing() for _ in range(3)}, id(Thing), repr(Thing()), sys.path, dict(os.environ))
print(sorted(sys.modules), sorted(os.listdir("/")), sys.flags, sys.version)`;

async function run(cacheFolder: string | undefined, sources: Readonly<Record<string, string>>) {
  const { runtime } = loggedRuntime(cacheFolder);
  try {
    const handle = await runtime.load(pythonPackage(sources, "batch"));
    return fromUtf8((await runtime.run(handle, new Uint8Array(0))).output);
  } finally {
    await runtime.close();
  }
}

/** What the cache of the folder gives: the memory, and whether it had to be made. */
async function obtain(cacheFolder: string): Promise<Uint8Array> {
  const memory = createPythonMemory({ cacheFolder }, { clock: systemClock() });
  try {
    return await memory.get(pythonPackage({ "main.py": "print('canary-program')" }, "batch"));
  } finally {
    await memory.close();
  }
}

const fileIn = async (folder: string) => {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".memory"));
  expect(files).toHaveLength(1);
  return join(folder, files[0] ?? "");
};

describe("the memory Python programs start from", () => {
  let made = "";
  let kept = "";

  beforeAll(async () => {
    // The first of these makes it, the second finds it; at once, so that both want to make it.
    const both = await Promise.all([run(shared, { "main.py": TELL }), run(shared, { "main.py": TELL })]);
    expect(both[1]).toBe(both[0]);
    made = both[0];
    kept = await run(shared, { "main.py": TELL });
  }, SECONDS);

  it("gives a program the same output whether it was made for it or found", () => {
    expect(made.split("\n").length).toBeGreaterThan(4);
    expect(kept).toBe(made);
  });

  it(
    "gives the same output where nothing can be kept",
    async () => {
      const nowhere = join(root, "file");
      await writeFile(nowhere, "");
      expect(await run(join(nowhere, "below"), { "main.py": TELL })).toBe(made);
    },
    SECONDS,
  );

  it("lies in one file for its owner only, with nothing of any program in it", async () => {
    const path = await fileIn(shared);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(shared)).toHaveLength(1);
    const bytes = await readFile(path);
    expect(bytes.length).toBeLessThan(64 * 1024 * 1024);
    for (const word of ["class Thing", "canary-program", "app/main.py"]) expect(bytes.includes(word), word).toBe(false);
  });

  it(
    "is refused when a byte of it changed, made anew to the same bytes, and older ones go",
    async () => {
      const folder = join(root, "damaged");
      await mkdir(folder);
      const whole = await readFile(await fileIn(shared));
      const damaged = Uint8Array.from(whole);
      damaged[damaged.length - 1000] = (damaged[damaged.length - 1000] ?? 0) ^ 1;
      const path = (await fileIn(shared)).replace(shared, folder);
      await writeFile(path, damaged);
      await writeFile(join(folder, `python-${"0".repeat(64)}.memory`), "of another version");
      const memory = await obtain(folder);
      expect(Buffer.compare(memory, whole.subarray(32))).toBe(0);
      expect(Buffer.compare(await readFile(await fileIn(folder)), whole)).toBe(0);
    },
    SECONDS,
  );

  it.each([
    ["cut off", (whole: Uint8Array) => whole.subarray(0, 1_000_000)],
    [
      "of another version under this name",
      (whole: Uint8Array) => Buffer.concat([new Uint8Array(32), whole.subarray(32)]),
    ],
  ])(
    "is made anew when the file is %s",
    async (what, change) => {
      const folder = join(root, what.replaceAll(" ", "-"));
      await mkdir(folder);
      const whole = await readFile(await fileIn(shared));
      await writeFile((await fileIn(shared)).replace(shared, folder), change(whole));
      expect(toHex((await obtain(folder)).subarray(0, 48))).toBe(toHex(whole.subarray(32, 80)));
      expect(Buffer.compare(await readFile(await fileIn(folder)), whole)).toBe(0);
    },
    SECONDS,
  );

  it(
    "is a copy for each program: what one does to its interpreter the next does not see",
    async () => {
      const before = await readFile(await fileIn(shared));
      const spoil = `
import builtins, json, os, random, sys, asyncio
builtins.print("spoiling")
builtins.planted = json.planted = "canary-planted"
json.loads = lambda text: "spoiled"
os.environ["PLANTED"] = "1"
random.seed(7)
sys.modules["uuid"] = None
builtins.hash = lambda value: 0`;
      expect(await run(shared, { "main.py": spoil })).toBe("spoiling\n");
      expect(await run(shared, { "main.py": TELL })).toBe(made);
      expect(Buffer.compare(await readFile(await fileIn(shared)), before)).toBe(0);
    },
    SECONDS,
  );

  it(
    "costs time, not the program, when the disk fails",
    async () => {
      const folder = join(root, "failing");
      const failing = async () => {
        throw fail(baseErrors.fileFailed, { action: "read", path: folder, reason: "EIO" });
      };
      const disk = { ...systemDisk(), findSize: failing, write: failing };
      const memory = createPythonMemory({ cacheFolder: folder }, { clock: systemClock(), disk });
      const made = await memory.get(pythonPackage({ "main.py": "" }, "batch"));
      await memory.close();
      expect(Buffer.compare(made, (await readFile(await fileIn(shared))).subarray(32))).toBe(0);
      expect(await readdir(folder)).toEqual([]);
    },
    SECONDS,
  );
});
