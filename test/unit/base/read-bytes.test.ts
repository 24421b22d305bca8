import { describe, expect, it } from "vitest";
import { readBytes, readFirstBytes } from "../../../src/base/index.ts";

function* parts(...sizes: readonly number[]): Generator<Uint8Array> {
  for (const [index, size] of sizes.entries()) yield new Uint8Array(size).fill(index + 1);
}

describe("readBytes", () => {
  it("gives all parts in order, none as nothing", async () => {
    expect([...(await readBytes(parts(2, 0, 1)))]).toEqual([1, 1, 3]);
    expect(await readBytes([])).toEqual(new Uint8Array(0));
  });

  it("gives memory of its own, so that a sender may use its buffer again", async () => {
    const part = new Uint8Array([7]);
    const bytes = await readBytes([part]);
    part[0] = 0;
    expect([...bytes]).toEqual([7]);
  });

  it("takes an input up to the bound and refuses one byte more without reading on", async () => {
    let read = 0;
    const bound = { limitBytes: 4, refuse: () => new RangeError("too large") };
    async function* input(...sizes: readonly number[]) {
      for (const part of parts(...sizes)) {
        read += 1;
        yield part;
      }
    }
    expect(await readBytes(input(3, 1), bound)).toHaveLength(4);
    read = 0;
    await expect(readBytes(input(3, 2, 1), bound)).rejects.toThrow(RangeError);
    expect(read).toBe(2);
  });

  it("joins more parts than a call could take as arguments", async () => {
    const many = Array.from({ length: 300_000 }, () => new Uint8Array(1));
    expect(await readBytes(many)).toHaveLength(300_000);
  });
});

describe("readFirstBytes", () => {
  it("cuts the input at the bound, inside a part too, and gives a shorter one whole", async () => {
    expect([...(await readFirstBytes(parts(2, 3), 4))]).toEqual([1, 1, 2, 2]);
    expect(await readFirstBytes(parts(1), 4)).toHaveLength(1);
  });

  it("leaves the rest unread and lets the input close", async () => {
    let isClosed = false;
    async function* input() {
      try {
        yield* parts(2, 2);
        throw new Error("read too far");
      } finally {
        isClosed = true;
      }
    }
    expect(await readFirstBytes(input(), 4)).toHaveLength(4);
    expect(isClosed).toBe(true);
  });
});
