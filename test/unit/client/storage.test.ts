import { execFileSync } from "node:child_process";
import { createCipheriv } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seededRandom, systemClock, toUtf8 } from "../../../src/base/index.ts";
import { connectStorage, type UploadInput, verifyReceipt } from "../../../src/client/index.ts";
import { openAccount } from "../../../src/keys/index.ts";
import { chunkIdOf, manifestChunkId } from "../../../src/protocol/index.ts";
import { makeWorld, treeOf, type World } from "./world.ts";

let streams = 0;
/** Repeatable bytes that differ at every call. */
const random = {
  bytes(size: number): Uint8Array {
    const iv = new Uint8Array(16).fill(++streams, 0, 8);
    return new Uint8Array(createCipheriv("aes-256-ctr", new Uint8Array(32), iv).update(new Uint8Array(size)));
  },
};
const MIB = 1024 * 1024;

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

describe("upload and get", () => {
  test("bring a folder back as it was: bytes, modes, times, links, empty files and folders", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: "one", "sub/b": random.bytes(70_000), empty: "", "sub/deep/c.txt": "three" });
    mkdirSync(join(src, "nothing"));
    chmodSync(join(src, "a"), 0o755);
    utimesSync(join(src, "sub/b"), 1_600_000_000, 1_600_000_000);
    symlinkSync("../a", join(src, "sub/link"));
    symlinkSync("/outside/of/it", join(src, "out"));
    const result = await world.client.storage.upload({ paths: [src] });
    expect(result).toMatchObject({ name: "src", stage: "published", files: 4, isPublic: false, replicas: 3, zones: 3 });
    await world.client.storage.get("src", { out: world.path("back") });
    expect(treeOf(world.path("back"))).toEqual(treeOf(src));
    expect(statSync(world.path("back/sub/b")).mtimeMs).toBe(1_600_000_000_000);
  });

  test("what the profile keeps of a sealed upload tells nothing of names, content or keys", async () => {
    const world = await makeWorld();
    const secret = "a sentence nobody else may read";
    const src = world.write("private", { "telling-name.txt": secret });
    await world.client.storage.upload({ paths: [src] }, { name: "telling-label" });
    const [entry] = await world.client.storage.listFiles("telling-label");
    const key = Buffer.from(entry?.key ?? new Uint8Array(0));
    expect(key).toHaveLength(32);
    const kept = readdirSync(world.path("profile"), { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
    expect(kept.length).toBeGreaterThan(2);
    for (const { parentPath, name } of kept) {
      const bytes = readFileSync(join(parentPath, name));
      for (const text of [secret, "telling-name", "telling-label", key, key.toString("hex")]) {
        expect(bytes.includes(text)).toBe(false);
      }
    }
  });

  test("nothing of a sealed upload leaves the machine in the clear", async () => {
    const world = await makeWorld();
    const secret = "a sentence nobody else may read";
    const src = world.write("private", { "telling-name.txt": secret.repeat(50) });
    await world.client.storage.upload({ paths: [src] });
    for (const bytes of world.ingress.chunks.values()) {
      for (const text of [secret, "telling-name"]) expect(Buffer.from(bytes).includes(text)).toBe(false);
    }
  });

  test("a public object can be read by anyone, a sealed one by its owner only", async () => {
    const world = await makeWorld();
    const file = join(world.write("src", { hello: "hello, world" }), "hello");
    const open = await world.client.storage.upload({ paths: [file] }, { isPublic: true, name: "open" });
    const sealed = await world.client.storage.upload({ paths: [file] }, { name: "sealed" });
    const stranger = world.connect({ account: "mallory", profileFolder: world.path("stranger") });
    const nobody = world.connect({ findAccount: async () => undefined, profileFolder: world.path("nobody") });
    expect((await collect(nobody.storage.read(open.object))).toString()).toBe("hello, world");
    await expect(collect(nobody.storage.read(sealed.object))).rejects.toMatchObject({
      code: "DSDN_OBJECTS_KEY_NEEDED",
    });
    await expect(collect(stranger.storage.read(sealed.object))).rejects.toMatchObject({
      code: "DSDN_CRYPTO_WRONG_KEY",
    });
    await expect(collect(stranger.storage.read("sealed"))).rejects.toMatchObject({ code: "DSDN_CLIENT_NAME_UNKNOWN" });
  });

  test("a large file goes through in chunks and comes back, whole and in ranges", async () => {
    const world = await makeWorld();
    const bytes = random.bytes(18 * MIB + 12_345);
    const file = join(world.write("src", { large: bytes, small: "x" }), "large");
    const result = await world.client.storage.upload({ paths: [file] });
    expect(result.chunks).toBe(3);
    await world.client.storage.get("large", { out: world.path("back") });
    expect(Buffer.compare(readFileSync(world.path("back")), bytes)).toBe(0);
    const range = { offset: 16 * MIB - 5, length: 300_000 };
    const part = await collect(world.client.storage.read("large", { range }));
    expect(Buffer.compare(part, bytes.subarray(range.offset, range.offset + range.length))).toBe(0);
    const tail = await collect(world.client.storage.read("large", { range: { offset: bytes.length - 3 } }));
    expect(Buffer.compare(tail, bytes.subarray(-3))).toBe(0);
  });

  test.each([0, 1, 5 * MIB])("a stream of %i bytes is stored and read back", async (size) => {
    const world = await makeWorld();
    const bytes = random.bytes(size);
    async function* stream() {
      for (let at = 0; at < bytes.length; at += 1_000_003) yield bytes.subarray(at, at + 1_000_003);
    }
    const input: UploadInput = { stream: stream(), fileName: "from-stdin" };
    await world.client.storage.upload(input, { name: "stream" });
    expect(Buffer.compare(await collect(world.client.storage.read("stream")), bytes)).toBe(0);
  });

  test("one file out of a folder is read and written by its path", async () => {
    const world = await makeWorld();
    const src = world.write("src", { "a/b/c": "inner", "a/d": "other" });
    await world.client.storage.upload({ paths: [src] }, { name: "tree" });
    expect((await collect(world.client.storage.read("tree/a/b/c"))).toString()).toBe("inner");
    await world.client.storage.get("tree/a", { out: world.path("part") });
    expect(Object.keys(treeOf(world.path("part")))).toEqual(["b", "b/c", "d"]);
    await expect(collect(world.client.storage.read("tree"))).rejects.toMatchObject({
      code: "DSDN_CLIENT_NOT_ONE_FILE",
    });
    await expect(collect(world.client.storage.read("tree/none"))).rejects.toMatchObject({
      code: "DSDN_OBJECTS_FILE_MISSING",
    });
  });
});

describe("a second upload", () => {
  test("of the same folder sends nothing but what is new each time", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: random.bytes(100_000), b: random.bytes(6 * MIB), c: "c" });
    const first = await world.client.storage.upload({ paths: [src] });
    const second = await world.connect().storage.upload({ paths: [src] });
    expect(second.object).toBe(first.object);
    expect(second.sentBytes).toBe(0);
  });

  test("of a changed folder sends only what changed", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: random.bytes(400_000), b: random.bytes(6 * MIB), c: "c" });
    await world.client.storage.upload({ paths: [src] });
    writeFileSync(join(src, "c"), random.bytes(5000));
    const second = await world.connect().storage.upload({ paths: [src] });
    expect(second.sentBytes).toBeLessThan(10_000);
    await world.client.storage.get("src", { out: world.path("back") });
    expect(treeOf(world.path("back"))).toEqual(treeOf(src));
  });

  test("from another machine of the same account sends only what changed", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: random.bytes(400_000), b: random.bytes(6 * MIB), c: "c" });
    await world.client.storage.upload({ paths: [src] });
    writeFileSync(join(src, "c"), "changed");
    const laptop = world.connect({ profileFolder: world.path("laptop") });
    expect((await laptop.storage.upload({ paths: [src] })).sentBytes).toBeLessThan(5000);
    await laptop.storage.get("src", { out: world.path("back") });
    expect(treeOf(world.path("back"))).toEqual(treeOf(src));
  });

  test("sends again what the network has lost", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: random.bytes(100_000), b: random.bytes(5 * MIB) });
    await world.client.storage.upload({ paths: [src] });
    for (const [chunk, bytes] of world.ingress.chunks) if (bytes.length > 5 * MIB) world.ingress.chunks.delete(chunk);
    const second = await world.connect().storage.upload({ paths: [src] });
    expect(second.sentBytes).toBeGreaterThan(5 * MIB);
    expect(second.sentBytes).toBeLessThan(5 * MIB + 50_000);
  });

  test("stores a file that is there twice once", async () => {
    const world = await makeWorld();
    const same = random.bytes(300_000);
    const src = world.write("src", { a: same, b: same, "c/d": same });
    const result = await world.client.storage.upload({ paths: [src] });
    expect(result.storedBytes).toBeLessThan(310_000);
    await world.client.storage.get("src", { out: world.path("back") });
    expect(treeOf(world.path("back"))).toEqual(treeOf(src));
  });

  test("after an interruption sends only the chunks that are missing", async () => {
    const world = await makeWorld();
    const src = world.write("src", { big: random.bytes(40 * MIB) });
    const stop = new AbortController();
    const { promise: never } = Promise.withResolvers<void>();
    let begun = 0;
    world.ingress.before = (route) => (route === "putChunk" && ++begun > 1 ? never : undefined);
    const onProgress = ({ sentBytes }: { sentBytes: number }) => {
      if (sentBytes > 0) stop.abort(new Error("power cut"));
    };
    const options = { signal: stop.signal, onProgress };
    await expect(world.client.storage.upload({ paths: [src] }, options)).rejects.toThrow("power cut");
    const before = world.ingress.puts;
    expect(before).toBe(1);
    world.ingress.before = () => {};
    const result = await world.connect().storage.upload({ paths: [src] });
    expect(result.chunks).toBe(4);
    expect(result.sentChunks).toBe(4 - before);
    await world.client.storage.get("src", { out: world.path("back") });
    expect(treeOf(world.path("back"))).toEqual(treeOf(src));
  });
});

describe("progress", () => {
  const isRising = (told: readonly number[]) => told.every((bytes, index) => bytes >= (told[index - 1] ?? 0));

  test("of an upload moves while a chunk leaves, and ends at the whole", async () => {
    const world = await makeWorld();
    const src = world.write("src", { big: random.bytes(40 * MIB), small: random.bytes(1000) });
    const told: { doneBytes: number; sentBytes: number }[] = [];
    // Nothing is read of a chunk, and so nothing acknowledged, before some of it is counted.
    const counted = Promise.withResolvers<void>();
    world.ingress.before = (route) => (route === "putChunk" ? counted.promise : undefined);
    await world.client.storage.upload(
      { paths: [src] },
      {
        onProgress: (progress) => {
          told.push(progress);
          if (progress.doneBytes > 0) counted.resolve();
        },
      },
    );
    const early = told.filter(({ doneBytes, sentBytes }) => sentBytes === 0 && doneBytes > 0);
    expect(early[0]?.doneBytes).toBeLessThan(MIB);
    expect(isRising(told.map(({ doneBytes }) => doneBytes))).toBe(true);
    expect(told.at(-1)?.doneBytes).toBe(40 * MIB + 1000);
    const again: number[] = [];
    await world.client.storage.upload({ paths: [src] }, { onProgress: ({ doneBytes }) => void again.push(doneBytes) });
    expect(again.at(-1)).toBe(40 * MIB + 1000);
  });

  test("of a get moves while a chunk arrives, and ends at the whole; what was there counts at once", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: random.bytes(3 * MIB), big: random.bytes(30 * MIB) });
    await world.client.storage.upload({ paths: [src] });
    const get = async () => {
      const told: number[] = [];
      const onProgress = ({ doneBytes }: { doneBytes: number }) => void told.push(doneBytes);
      await world.client.storage.get("src", { out: world.path("back"), onProgress });
      return told;
    };
    const first = await get();
    expect(isRising(first)).toBe(true);
    // A chunk is written only when all of it was checked.
    expect(first.filter((bytes) => bytes < 8 * MIB).length).toBeGreaterThan(4);
    expect(first.at(-1)).toBe(33 * MIB);
    rmSync(world.path("back", "big"));
    const second = await get();
    expect([second[0], isRising(second), second.at(-1)]).toEqual([3 * MIB, true, 33 * MIB]);
  });
});

describe("what is in the way of an upload", () => {
  /** Does something once, after the first part of a large file has been read. */
  function afterFirstPart(change: () => void) {
    let isDone = false;
    return {
      onProgress: () => {
        if (isDone) return;
        isDone = true;
        change();
      },
    };
  }

  test("a file that grows while it is read is named, and nothing is published", async () => {
    const world = await makeWorld();
    const src = world.write("src", { log: random.bytes(10 * MIB) });
    const options = afterFirstPart(() => appendFileSync(join(src, "log"), "more"));
    await expect(world.client.storage.upload({ paths: [src] }, options)).rejects.toMatchObject({
      code: "DSDN_CLIENT_FILE_CHANGED",
      facts: { path: join(src, "log") },
    });
    expect(world.ingress.eventsOf("ObjectPublished")).toEqual([]);
  });

  test("a file overwritten between its two readings never reaches the cipher", async () => {
    const world = await makeWorld();
    const src = world.write("src", { z: random.bytes(10 * MIB) });
    const times = statSync(join(src, "z"));
    const options = afterFirstPart(() => {
      // The same size and time; only the content and the change time differ.
      writeFileSync(join(src, "z"), random.bytes(10 * MIB));
      utimesSync(join(src, "z"), times.atime, times.mtime);
    });
    await expect(world.client.storage.upload({ paths: [src] }, options)).rejects.toMatchObject({
      code: "DSDN_CLIENT_FILE_CHANGED",
    });
    expect(world.ingress.puts).toBe(0);
  });

  test("a named pipe is named before anything is sent", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: "a" });
    execFileSync("mkfifo", [join(src, "pipe")]);
    await expect(world.client.storage.upload({ paths: [src] })).rejects.toMatchObject({
      code: "DSDN_CLIENT_FILE_SPECIAL",
      facts: { path: join(src, "pipe"), kind: "named pipe" },
    });
    expect(world.ingress.calls).toEqual([]);
  });

  // The superuser may read everything.
  test.skipIf(process.getuid?.() === 0)("a file that cannot be read is named before anything is sent", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: "a", locked: "locked" });
    chmodSync(join(src, "locked"), 0);
    await expect(world.client.storage.upload({ paths: [src] })).rejects.toMatchObject({
      code: "DSDN_CLIENT_FILE_UNREADABLE",
      facts: { path: join(src, "locked"), reason: "EACCES" },
    });
    expect(world.ingress.calls).toEqual([]);
  });

  test("links are stored as links, whether they loop, dangle or lead to keys outside", async () => {
    const world = await makeWorld();
    const keys = world.write("keys", { "id.pem": "a private key of the user" });
    const src = world.write("src", { a: "a" });
    symlinkSync("loop", join(src, "loop"));
    symlinkSync(keys, join(src, "keys"));
    const result = await world.client.storage.upload({ paths: [src] }, { isPublic: true });
    expect(result.files).toBe(1);
    for (const bytes of world.ingress.chunks.values()) expect(Buffer.from(bytes).includes("private key")).toBe(false);
    const { skippedLinks } = await world.client.storage.get(result.object, { out: world.path("back") });
    expect(skippedLinks).toEqual(["keys"]);
    expect(Object.keys(treeOf(world.path("back")))).toEqual(["a", "loop"]);
  });

  test("a path that is not there, a name that looks like a CID, and no path at all are refused", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: "a" });
    const { storage } = world.client;
    await expect(storage.upload({ paths: [join(src, "none")] })).rejects.toMatchObject({
      code: "DSDN_BASE_FILE_MISSING",
    });
    await expect(storage.upload({ paths: [] })).rejects.toMatchObject({ code: "DSDN_CLIENT_NOTHING_GIVEN" });
    for (const name of ["", "a/b", "..", "n".repeat(256), chunkIdOf(toUtf8("x"))]) {
      await expect(storage.upload({ paths: [src] }, { name })).rejects.toMatchObject({
        code: "DSDN_CLIENT_NAME_REFUSED",
      });
    }
    expect(world.ingress.puts).toBe(0);
  });

  test("names that a terminal would act on are carried as they are", async () => {
    const world = await makeWorld();
    const src = world.write("src", {
      "-rf": "1",
      "a\nb": "2",
      "\u001b[2J": "3",
      ["n".repeat(255)]: "4",
      "\u202eexe.txt": "5",
    });
    await world.client.storage.upload({ paths: [src] });
    await world.client.storage.get("src", { out: world.path("back") });
    expect(treeOf(world.path("back"))).toEqual(treeOf(src));
  });

  test("a folder nested three hundred deep goes through", async () => {
    const world = await makeWorld();
    const deep = Array.from({ length: 300 }, () => "d").join("/");
    const src = world.write("src", { [`${deep}/end`]: "end" });
    await world.client.storage.upload({ paths: [src] });
    expect((await collect(world.client.storage.read(`src/${deep}/end`))).toString()).toBe("end");
  });
});

describe("acknowledgements", () => {
  const file = (world: { write: (name: string, files: { [path: string]: string }) => string }) => ({
    paths: [world.write("src", { a: "a" })],
  });

  test("of one zone are not durable", async () => {
    const world = await makeWorld(["zone-a", "zone-a"]);
    await expect(world.client.storage.upload(file(world))).rejects.toMatchObject({
      code: "DSDN_CLIENT_NOT_DURABLE",
      facts: { zones: 1, needed: 2 },
    });
  });

  test.each([
    [
      "with a wrong signature",
      (acks: { signature: Uint8Array }[]) => acks.map((a) => ({ ...a, signature: new Uint8Array(64) })),
    ],
    ["that claim another zone", (acks: { zone: string }[]) => acks.map((a, i) => ({ ...a, zone: `made-up-${i}` }))],
    ["for another network", (acks: { network: string }[]) => acks.map((a) => ({ ...a, network: "0".repeat(64) }))],
    ["for another size", (acks: { size: number }[]) => acks.map((a) => ({ ...a, size: a.size + 1 }))],
    [
      "for a publish request nobody made",
      (acks: object[]) => acks.map((a) => ({ ...a, publishRequest: new Uint8Array(32) })),
    ],
  ])("%s count for nothing", async (_, bend) => {
    const world = await makeWorld();
    world.ingress.bend = bend as never;
    await expect(world.client.storage.upload(file(world))).rejects.toMatchObject({ code: "DSDN_CLIENT_ACK_INVALID" });
    expect(world.ingress.eventsOf("ObjectPublished")).toEqual([]);
  });

  test("and the publish request make a receipt that anyone can check offline", async () => {
    const world = await makeWorld();
    const { receipt, object } = await world.client.storage.upload(file(world));
    const report = verifyReceipt(JSON.parse(JSON.stringify(receipt)));
    expect(report).toMatchObject({ object, isDurable: true, zones: ["zone-a", "zone-b", "zone-c"] });
    expect(report.published?.height).toBeGreaterThan(0);
    const short = { ...receipt, acks: receipt.acks.slice(0, 1) };
    expect(verifyReceipt(short).isDurable).toBe(false);
    const other = await world.client.storage.upload({ files: [{ path: "b", bytes: toUtf8("b") }] }, { name: "b" });
    for (const bad of [
      { ...receipt, object: other.object },
      { ...receipt, network: "0".repeat(64) },
      { ...receipt, acks: other.receipt.acks },
      { ...receipt, publishRequest: "AAAA" },
      { ...receipt, version: 2 },
      "receipt",
    ]) {
      expect(() => verifyReceipt(bad)).toThrow(expect.objectContaining({ name: "DsdnError" }));
    }
  });
});

describe("publication", () => {
  test("of what the log refuses is told with its reason", async () => {
    const world = await makeWorld();
    world.ingress.reject = (event) => (event.kind === "ObjectPublished" ? "quota-exceeded" : undefined);
    const src = world.write("src", { a: "a" });
    await expect(world.client.storage.upload({ paths: [src] })).rejects.toMatchObject({
      code: "DSDN_CLIENT_EVENT_REJECTED",
      facts: { kind: "ObjectPublished", reason: "quota-exceeded" },
    });
  });

  test("goes on without the log: durable at once, published by a later run", async () => {
    const world = await makeWorld();
    world.ingress.isLogDown = true;
    const src = world.write("src", { a: "a" });
    const stages: string[] = [];
    const result = await world.client.storage.upload(
      { paths: [src] },
      { publishTimeoutMs: 0, onStage: (stage) => stages.push(stage) },
    );
    expect(result.stage).toBe("durable");
    expect(stages).toEqual(["accepted", "durable"]);
    expect((await collect(world.client.storage.read("src/a"))).toString()).toBe("a");
    // The coordinator lost what it was given.
    world.ingress.waiting.clear();
    world.ingress.isLogDown = false;
    await world.connect().resend();
    expect(world.ingress.eventsOf("ObjectPublished")).toHaveLength(2);
    expect(world.ingress.eventsOf("PointerUpdated")).toHaveLength(1);
    await world.connect().resend();
    expect(world.ingress.eventsOf("ObjectPublished")).toHaveLength(2);
  });

  describe("that nothing takes to the log", () => {
    /** A client whose pauses take no time and count a hundredfold. */
    const hurried = (world: World) => {
      let leaptMs = 0;
      const real = systemClock();
      const sleep = async (delayMs: number) => {
        leaptMs += 100 * delayMs;
      };
      return world.connect({}, { clock: { ...real, sleep, monotonicMs: () => real.monotonicMs() + leaptMs } });
    };
    const files = { files: [{ path: "a", bytes: toUtf8("a") }] };

    test.each([
      ["no-coordinator", { isCoordinatorDown: true }],
      ["no-log", { isLogDown: true, isConnected: false }],
    ] as const)("is waited for half a minute, told of as %s", async (obstacle, fault) => {
      const world = await makeWorld();
      Object.assign(world.ingress, fault);
      const told: unknown[] = [];
      const result = await hurried(world).storage.upload(files, {
        name: null,
        onProgress: (progress) => {
          if (progress.phase === "publishing") told.push([progress.obstacle, progress.doneBytes]);
        },
      });
      expect([result.stage, result.outcome]).toEqual(["durable", undefined]);
      expect(told).toEqual([
        [undefined, 1],
        [obstacle, 1],
      ]);
      expect(world.ingress.calls.filter((route) => route === "eventOutcome").length).toBeLessThan(10);
    });

    test("is waited for as long as the caller says, and goes through when the obstacle is gone", async () => {
      const world = await makeWorld();
      Object.assign(world.ingress, { isLogDown: true, isConnected: false });
      const told: unknown[] = [];
      world.ingress.before = (route) => {
        if (route !== "eventOutcome" || world.ingress.calls.filter((call) => call === route).length < 20) return;
        world.ingress.isConnected = true;
        world.ingress.bringLogBack();
      };
      const { stage } = await hurried(world).storage.upload(files, {
        name: null,
        publishTimeoutMs: 3_600_000,
        onProgress: ({ phase, obstacle }) => void (phase === "publishing" && told.push(obstacle)),
      });
      expect([stage, told]).toEqual(["published", [undefined, "no-log"]]);
    });

    test("is waited for ten minutes while there is no obstacle to be seen", async () => {
      const world = await makeWorld();
      world.ingress.isLogDown = true;
      const { stage } = await hurried(world).storage.upload(files, { name: null });
      expect(stage).toBe("durable");
      expect(world.ingress.calls.filter((route) => route === "eventOutcome").length).toBeGreaterThan(20);
    });
  });

  test("is done once when the answer to it was lost", async () => {
    const world = await makeWorld();
    let isFirst = true;
    world.ingress.before = (route, request) => {
      if (route !== "publishObject" || !isFirst) return;
      isFirst = false;
      request.raw.destroy();
      throw new Error("cut");
    };
    const src = world.write("src", { a: "a" });
    const result = await world.client.storage.upload({ paths: [src] });
    expect(result.stage).toBe("published");
    const objects = world.ingress
      .eventsOf("ObjectPublished")
      .map((e) => (e.kind === "ObjectPublished" ? e.body.content.object : ""));
    expect(objects.filter((object) => object === result.object)).toHaveLength(1);
  });

  test("uses every sequence once, the grant first, also by several programs at once", async () => {
    const world = await makeWorld();
    await world.client.storage.upload({ files: [{ path: "a", bytes: toUtf8("first") }] }, { name: "first" });
    const runs = Array.from({ length: 4 }, (_, i) =>
      world.connect().storage.upload({ files: [{ path: "a", bytes: toUtf8(`file ${i}`) }] }, { name: `name-${i}` }),
    );
    await Promise.all(runs);
    const sequences = world.ingress.accepted.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, i) => i));
    expect(world.ingress.accepted[0]?.kind).toBe("SessionGranted");
    expect(world.ingress.eventsOf("SessionGranted")).toHaveLength(1);
    const names = (await world.client.storage.list()).map(({ name }) => name);
    expect(names).toEqual(["first", "name-0", "name-1", "name-2", "name-3"]);
  });

  test("leaves an outbox that stays small, and uses no sequence again after it was emptied", async () => {
    const world = await makeWorld();
    for (let round = 0; round < 24; round++) {
      await world.client.storage.upload({ files: [{ path: "a", bytes: toUtf8(`file ${round}`) }] }, { name: null });
    }
    const sequences = world.ingress.accepted.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, i) => i));
    const outboxes = Object.entries(treeOf(world.path("profile"))).filter(([path]) => /outbox-\w+$/.test(path));
    expect(outboxes).toHaveLength(1);
    const [mode, bytes] = outboxes[0]?.[1].split(" ") ?? [];
    expect(mode).toBe("600");
    expect(Buffer.from(bytes ?? "", "base64").length).toBeLessThan(20 * 1024);
  });
});

describe("a session the log refuses", () => {
  test("is replaced, and the upload goes through with the new one", async () => {
    const world = await makeWorld();
    // Another machine's grant overtook this one's, so everything this session signs is refused.
    let firstKey: string | undefined;
    world.ingress.reject = (event) => {
      firstKey ??= event.author;
      if (event.author !== firstKey) return undefined;
      return event.kind === "SessionGranted" ? "nonce" : "session-unknown";
    };
    const src = world.write("src", { a: "a" });
    const result = await world.client.storage.upload({ paths: [src] });
    expect(result.stage).toBe("published");
    expect(result.author).not.toBe(firstKey);
    expect(
      (await collect(world.connect({ profileFolder: world.path("other") }).storage.read("src/a"))).toString(),
    ).toBe("a");
    await world.connect().storage.upload({ paths: [src] }, { name: "again" });
    expect((await world.client.storage.list()).map(({ name }) => name)).toEqual(["again", "src"]);
  });

  test("is made once when two programs begin at the same moment", async () => {
    const world = await makeWorld();
    const put = (name: string) =>
      world.connect().storage.upload({ files: [{ path: name, bytes: toUtf8(name) }] }, { name });
    const results = await Promise.all([put("one"), put("two"), put("three")]);
    expect(new Set(results.map(({ author }) => author)).size).toBe(1);
    expect((await world.client.storage.list()).map(({ name }) => name)).toEqual(["one", "three", "two"]);
  });
});

describe("names", () => {
  test("written on two machines at once are all kept", async () => {
    const world = await makeWorld();
    // Another name of the same ingress, so that the requests of the two can be told apart.
    const ingressUrl = world.ingress.url.replace("127.0.0.1", "localhost");
    const laptop = world.connect({ ingressUrl, profileFolder: world.path("laptop") });
    const put = (client: typeof laptop, name: string) =>
      client.storage.upload({ files: [{ path: name, bytes: toUtf8(name) }] }, { name });
    await put(world.client, "start");
    await laptop.storage.list();
    // The log takes only one of two updates with the same sequence; it is the reducer that says so.
    const taken = new Set<number>();
    let refused = 0;
    world.ingress.reject = (event) => {
      if (event.kind !== "PointerUpdated") return undefined;
      if (taken.has(event.body.sequence)) {
        refused += 1;
        return "pointer-sequence";
      }
      taken.add(event.body.sequence);
      return undefined;
    };
    // Each has published its object and asks where the index is before either moves it.
    const published = new Set<string | undefined>();
    const asking = new Set<string | undefined>();
    const { promise: bothAsk, resolve: go } = Promise.withResolvers<void>();
    world.ingress.before = (route, { raw }) => {
      const machine = raw.headers.host;
      if (route === "publishObject") published.add(machine);
      if (route !== "pointer" || !published.has(machine)) return undefined;
      if (asking.add(machine).size === 2) go();
      return bothAsk;
    };
    await Promise.all([put(world.client, "here"), put(laptop, "there")]);
    await put(world.client, "later here");
    await put(laptop, "later there");
    await put(world.client, "end");
    expect(refused).toBeGreaterThan(0);
    for (const client of [world.client, laptop]) {
      expect((await client.storage.list()).map(({ name }) => name)).toEqual([
        "end",
        "here",
        "later here",
        "later there",
        "start",
        "there",
      ]);
    }
  });

  test("are no objects themselves: nothing that held them is listed, however far the log has come with them", async () => {
    const world = await makeWorld();
    world.ingress.isLogDown = true;
    const names = ["one", "three", "two"];
    for (const name of names) {
      await world.client.storage.upload({ files: [{ path: "a", bytes: toUtf8(name) }] }, { name, until: "durable" });
    }
    world.ingress.isLogDown = false;
    await world.client.resend();
    const events = [...world.ingress.accepted];
    const facts = { owner: "0".repeat(40), position: null, replicas: 3, zones: 3, chunkCount: 1 };
    for (let read = 0; read <= events.length; read++) {
      const known = events.slice(0, read);
      const gone = known.flatMap((event) => (event.kind === "DeleteRequested" ? [event.body.object] : []));
      const objects = known.flatMap((event) => {
        if (event.kind !== "ObjectPublished" || gone.includes(event.body.content.object)) return [];
        const { content, ...times } = event.body;
        const { object, sizeBytes, isPublic } = content;
        return [{ object, sizeBytes, isPublic, status: "published" as const, ...times, ...facts }];
      });
      world.ingress.owned = () => objects;
      expect((await world.client.storage.list()).map(({ name }) => name)).toEqual(names);
    }
    expect(events.filter(({ kind }) => kind === "DeleteRequested")).toHaveLength(names.length - 1);
  });

  test("that a page gives are on the log once its upload is done, though another machine's came first", async () => {
    const world = await makeWorld();
    let moves = 0;
    world.ingress.reject = (event) =>
      event.kind === "PointerUpdated" && ++moves === 1 ? "pointer-sequence" : undefined;
    const findAccount = async () => openAccount(seededRandom("alice").bytes(32));
    const place = { ingressUrl: world.ingress.url, profileFolder: world.path("page"), findAccount };
    const page = connectStorage(place);
    await page.storage.upload({ files: [{ path: "a", bytes: toUtf8("a") }] }, { name: "from a page" });
    // The page is closed now, and everything it knew with it.
    expect((await world.client.storage.list()).map(({ name }) => name)).toEqual(["from a page"]);
    expect(moves).toBe(2);
  });

  test("that a page gives stand although another machine has deleted the index they replace", async () => {
    const world = await makeWorld();
    world.ingress.reject = (event) => (event.kind === "DeleteRequested" ? "object-unknown" : undefined);
    const findAccount = async () => openAccount(seededRandom("alice").bytes(32));
    const page = connectStorage({ ingressUrl: world.ingress.url, profileFolder: world.path("page"), findAccount });
    for (const name of ["one", "two"]) {
      await page.storage.upload({ files: [{ path: "a", bytes: toUtf8(name) }] }, { name });
    }
    expect((await world.client.storage.list()).map(({ name }) => name)).toEqual(["one", "two"]);
  });

  test("are seen on another machine of the same account, and by nobody else", async () => {
    const world = await makeWorld();
    await world.client.storage.upload({ files: [{ path: "a", bytes: toUtf8("a") }] }, { name: "notes" });
    const elsewhere = world.connect({ profileFolder: world.path("laptop") });
    expect((await elsewhere.storage.list()).map(({ name }) => name)).toEqual(["notes"]);
    expect((await collect(elsewhere.storage.read("notes/a"))).toString()).toBe("a");
    await elsewhere.storage.upload({ files: [{ path: "b", bytes: toUtf8("b") }] }, { name: "more" });
    expect((await world.client.storage.list()).map(({ name }) => name)).toEqual(["more", "notes"]);
  });

  test("go when the object is removed; an object with two names loses one name only", async () => {
    const world = await makeWorld();
    const input: UploadInput = { files: [{ path: "a", bytes: toUtf8("a") }] };
    const { object } = await world.client.storage.upload(input, { name: "one" });
    await world.client.storage.upload(input, { name: "two" });
    expect(await world.client.storage.remove("one")).toEqual({ object, isDone: true });
    const deletions = () =>
      world.ingress.eventsOf("DeleteRequested").filter((e) => e.kind === "DeleteRequested" && e.body.object === object);
    expect(deletions()).toHaveLength(0);
    await world.client.storage.remove("two");
    expect(deletions()).toHaveLength(1);
    expect(await world.client.storage.list()).toEqual([]);
    await expect(world.client.storage.remove("two")).rejects.toMatchObject({ code: "DSDN_CLIENT_NAME_UNKNOWN" });
  });

  test("need an account", async () => {
    const world = await makeWorld();
    const nobody = world.connect({ findAccount: async () => undefined });
    await expect(nobody.storage.list()).rejects.toMatchObject({ code: "DSDN_CLIENT_ACCOUNT_NEEDED" });
  });
});

describe("get", () => {
  async function stored() {
    const world = await makeWorld();
    const bytes = random.bytes(600_000);
    const src = world.write("src", { a: "first", "sub/b": bytes });
    const result = await world.client.storage.upload({ paths: [src] });
    return { world, src, result };
  }

  test("leaves nothing under the final name when the end was tampered with", async () => {
    const { world, result } = await stored();
    for (const [chunk, bytes] of world.ingress.chunks) {
      const changed = bytes.slice();
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      if (bytes.length > 500_000) world.ingress.chunks.set(chunk, changed);
    }
    const out = world.path("back");
    await expect(world.client.storage.get(result.object, { out })).rejects.toMatchObject({
      code: "DSDN_CLIENT_CHUNK_UNAVAILABLE",
    });
    expect(existsSync(join(out, "sub/b"))).toBe(false);
    expect(readdirSync(join(out, "sub"))).toEqual([]);
  });

  test("tries again when a copy arrives damaged, and asks another ingress", async () => {
    const { world, src } = await stored();
    let faults = 3;
    world.ingress.before = (route, request) => {
      if (route !== "chunk" || faults-- <= 0) return;
      request.raw.destroy();
      throw new Error("cut");
    };
    const client = world.connect({ ingressUrl: ["http://127.0.0.1:1", world.ingress.url] });
    await client.storage.get("src", { out: world.path("back") });
    expect(treeOf(world.path("back"))).toEqual(treeOf(src));
  });

  test("keeps files that are there whole and fetches the others", async () => {
    const { world, src } = await stored();
    const out = world.path("back");
    await world.client.storage.get("src", { out });
    rmSync(join(out, "a"));
    writeFileSync(join(out, "a.dsdn-part"), "left by a run that was killed");
    const again = await world.client.storage.get("src", { out });
    expect(again.keptFiles).toBe(1);
    expect(treeOf(out)).toEqual(treeOf(src));
  });

  test("replaces nothing that differs unless it is told to", async () => {
    const { world, src } = await stored();
    const out = world.write("back", { a: "something else" });
    await expect(world.client.storage.get("src", { out })).rejects.toMatchObject({
      code: "DSDN_CLIENT_TARGET_EXISTS",
      facts: { path: join(out, "a") },
    });
    expect(readFileSync(join(out, "a"), "utf8")).toBe("something else");
    await world.client.storage.get("src", { out, isForced: true });
    expect(treeOf(out)).toEqual(treeOf(src));
  });

  test("never writes through a link that lies in the target", async () => {
    const { world } = await stored();
    const victim = world.write("victim", { keep: "keep" });
    const out = world.write("back", {});
    mkdirSync(out, { recursive: true });
    symlinkSync(victim, join(out, "sub"));
    await expect(world.client.storage.get("src", { out, isForced: true })).rejects.toMatchObject({
      code: "DSDN_CLIENT_TARGET_UNSAFE",
    });
    expect(readdirSync(victim)).toEqual(["keep"]);
    rmSync(join(out, "sub"));
    symlinkSync(join(victim, "keep"), join(out, "a.dsdn-part"));
    await world.client.storage.get("src", { out });
    expect(readFileSync(join(victim, "keep"), "utf8")).toBe("keep");
  });

  test("says when nobody has the object", async () => {
    const { world, result } = await stored();
    world.ingress.chunks.delete(manifestChunkId(result.object));
    await expect(world.client.storage.get(result.object, { out: world.path("x") })).rejects.toMatchObject({
      name: "DsdnError",
    });
    expect(existsSync(world.path("x"))).toBe(false);
  });
});

describe("stat, listFiles and estimate", () => {
  test("tell what an object is and holds", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: "one", "b/c": "two!" });
    const { object } = await world.client.storage.upload({ paths: [src] }, { name: "it" });
    expect(await world.client.storage.stat("it")).toMatchObject({
      object,
      name: "it",
      content: { root: "folder", files: 2, sizeBytes: 7 },
    });
    const nobody = world.connect({ findAccount: async () => undefined });
    expect((await nobody.storage.stat(object)).content).toBeUndefined();
    expect((await world.client.storage.listFiles("it")).map(({ path, size }) => [path, size])).toEqual([
      ["a", 3],
      ["b", 0],
      ["b/c", 4],
    ]);
  });

  test("count what keeping a folder costs without sending anything", async () => {
    const world = await makeWorld();
    const src = world.write("src", { a: new Uint8Array(10 * MIB) });
    const cost = await world.client.storage.estimate([src]);
    expect(cost).toMatchObject({ files: 1, sizeBytes: 10 * MIB, mayVary: true });
    expect(cost.storedBytes).toBeGreaterThan(10 * MIB);
    expect(cost.storagePerMonth.usd).toBeCloseTo((cost.storedBytes / 1e9) * 0.1, 9);
    expect(cost.totalPerMonth.usd).toBeCloseTo(cost.storagePerMonth.usd + cost.bandwidthPerMonth.usd, 12);
    expect(cost.totalPerMonth.nusa).toBeCloseTo(cost.totalPerMonth.usd / cost.usdPerNusa, 12);
    expect(world.ingress.calls).toEqual([]);
  });
});
