import { expect, test } from "vitest";
import { createByteCache } from "../../../src/runtime/index.ts";

const made = (size: number) => async () => new Uint8Array(size);

test("what was used last stays, what was unused for longest goes", async () => {
  const cache = createByteCache({ limitBytes: 10_000 });
  for (const key of ["a", "b", "c", "d", "e", "f", "g"]) await cache.get(key, made(900));
  cache.find("a");
  for (const key of ["h", "i"]) await cache.get(key, made(900));
  expect(["a", "b", "h", "i"].map((key) => cache.find(key) !== undefined)).toEqual([true, false, true, true]);
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
