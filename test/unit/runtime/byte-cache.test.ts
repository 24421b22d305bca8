import { expect, test } from "vitest";
import { createByteCache } from "../../../src/runtime/index.ts";

const made = (size: number) => async () => new Uint8Array(size);

test("what was asked for stays once more, what nobody asked for goes first", async () => {
  const cache = createByteCache({ limitBytes: 10_000 });
  for (const key of ["a", "b", "c", "d", "e", "f", "g"]) await cache.get(key, made(900));
  cache.find("a");
  for (const key of ["h", "i"]) await cache.get(key, made(900));
  expect(["a", "b", "h", "i"].map((key) => cache.find(key) !== undefined)).toEqual([true, false, true, true]);
});

test("what is asked for again and again outlives any number of others", async () => {
  const cache = createByteCache({ limitBytes: 10_000 });
  await cache.get("hot", made(900));
  for (let at = 0; at < 100; at++) {
    cache.find("hot");
    await cache.get(`cold ${at}`, made(900));
  }
  expect([cache.find("hot")?.length, cache.find("cold 1"), cache.find("cold 99")?.length]).toEqual([
    900,
    undefined,
    900,
  ]);
});

test("a cache of which everything was used makes room all the same", async () => {
  const cache = createByteCache({ limitBytes: 10_000 });
  const keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
  for (const key of keys) {
    await cache.get(key, made(900));
    cache.find(key);
  }
  for (const key of ["x", "y"]) await cache.get(key, made(900));
  const kept = [...keys, "x", "y"].filter((key) => cache.find(key) !== undefined);
  expect([kept.length, kept.slice(-1)]).toEqual([8, ["y"]]);
});

test("one large entry does not drive out all others", async () => {
  const cache = createByteCache({ limitBytes: 10_000 });
  await cache.get("a", made(900));
  expect((await cache.get("large", made(5000))).length).toBe(5000);
  expect([cache.find("a")?.length, cache.find("large")]).toEqual([900, undefined]);
});

test("what fails is tried again", async () => {
  const cache = createByteCache({ limitBytes: 10_000 });
  await expect(cache.get("a", () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
  expect((await cache.get("a", made(3))).length).toBe(3);
});

test("two that ask at once wait for one reading", async () => {
  const cache = createByteCache({ limitBytes: 10_000 });
  let count = 0;
  const make = async () => new Uint8Array(++count);
  const both = await Promise.all([cache.get("a", make), cache.get("a", make)]);
  expect([count, both[0] === both[1]]).toEqual([1, true]);
});
