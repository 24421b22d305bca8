import { afterAll, expect, test } from "vitest";
import { fail, fromUtf8, toUtf8 } from "../../../src/base/index.ts";
import { type GuestStorage, runtimeErrors } from "../../../src/runtime/index.ts";
import { get, packageOf, testRuntime } from "./packages.ts";

const runtime = testRuntime();
afterAll(() => runtime.close());

/** Storage of one deployment in memory, as a node gives it to the runtime. */
function memoryStorage(): GuestStorage {
  const kept = new Map<string, Uint8Array>();
  return {
    files: async (object) => {
      if (object !== "granted") throw fail(runtimeErrors.storageRefused, { reason: "no grant" });
      return [{ path: "a.txt", size: 3 }];
    },
    read: async (object, path) => {
      if (object !== "granted") throw fail(runtimeErrors.storageRefused, { reason: "no grant" });
      return path === "large" ? new Uint8Array(512 * 1024) : toUtf8(`file ${path ?? "first"}`);
    },
    get: async (name) => kept.get(name),
    put: async (name, bytes) => {
      if (name === "") throw new Error("a secret of the node");
      kept.set(name, bytes);
    },
    remove: async (name) => void kept.delete(name),
    list: async () => [...kept].map(([name, { length: size }]) => ({ name, size })),
  };
}

const PROGRAM = `
  import storage, { get, put, files } from "dsdn:storage";
  const attempt = async (work) => { try { return await work() } catch (error) { return [error.name, error.code ?? null, error.message] } };
  export default { async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/put") await put("notes/one", searchParams.get("text"));
    if (pathname === "/all") {
      await put("bytes", Uint8Array.of(0, 255));
      const seen = [await storage.getText("notes/one"), [...await get("bytes")], await get("none"), await storage.list(), await files("granted"),
        new TextDecoder().decode(await storage.read("granted")), new TextDecoder().decode(await storage.read("granted", "a.txt"))];
      await storage.remove("bytes");
      return Response.json([...seen, await get("bytes"), storage === dsdn.storage]);
    }
    if (pathname === "/bad") return Response.json([await attempt(() => files("other")), await attempt(() => storage.read("granted", "large")), await attempt(() => put("", "x"))]);
    return new Response(await storage.getText("notes/one"));
  } };`;

test("a program keeps and reads names of its own and files of granted objects", async () => {
  const handle = await runtime.load({ ...packageOf(PROGRAM), storage: memoryStorage() });
  await runtime.call(handle, get("/put?text=hello"));
  const { body } = await runtime.call(handle, get("/all"));
  await runtime.stop(handle);
  const list = [
    { name: "notes/one", size: 5 },
    { name: "bytes", size: 2 },
  ];
  expect(JSON.parse(fromUtf8(body))).toEqual([
    "hello",
    [0, 255],
    null,
    list,
    [{ path: "a.txt", size: 3 }],
    "file first",
    "file a.txt",
    null,
    true,
  ]);
});

test("what it may not have is a TypeError with a code, and nothing of the node is told", async () => {
  const handle = await runtime.load({ ...packageOf(PROGRAM), storage: memoryStorage() });
  const { body } = await runtime.call(handle, get("/bad"));
  await runtime.stop(handle);
  const [refused, large, broken] = JSON.parse(fromUtf8(body)) as [string[], string[], string[]];
  expect(refused.slice(0, 2)).toEqual(["TypeError", "DSDN_RUNTIME_STORAGE_REFUSED"]);
  expect(large.slice(0, 2)).toEqual(["TypeError", "DSDN_RUNTIME_STORAGE_REFUSED"]);
  expect(broken).toEqual(["TypeError", null, "the runtime failed"]);
});

test("two deployments of one program do not see what the other keeps", async () => {
  const load = (workload: string) => runtime.load({ ...packageOf(PROGRAM), workload, storage: memoryStorage() });
  const [left, right] = await Promise.all([load("left"), load("right")]);
  await runtime.call(left, get("/put?text=left"));
  await runtime.call(right, get("/put?text=right"));
  const replies = await Promise.all([runtime.call(left, get("/")), runtime.call(right, get("/"))]);
  expect(replies.map(({ body }) => fromUtf8(body))).toEqual(["left", "right"]);
  await Promise.all([runtime.stop(left), runtime.stop(right)]);
});

test("a batch uses it as a service does, and without storage the import works and every call is refused", async () => {
  const batch = await runtime.load({
    ...packageOf(
      `import { put, getText } from "dsdn:storage"; export default async () => { await put("x", "1"); return getText("x") }`,
      {},
      "batch",
    ),
    storage: memoryStorage(),
  });
  expect(fromUtf8((await runtime.run(batch, new Uint8Array(0))).output)).toBe("1");
  const bare = await runtime.load(
    packageOf(
      `import { get } from "dsdn:storage"; export default async () => Response.json(await get("x").catch((error) => error.code))`,
    ),
  );
  expect(fromUtf8((await runtime.call(bare, get())).body)).toBe('"DSDN_RUNTIME_STORAGE_REFUSED"');
  await Promise.all([runtime.stop(batch), runtime.stop(bare)]);
});
