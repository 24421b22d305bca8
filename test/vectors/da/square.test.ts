import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findBase64, toHex } from "../../../src/base/index.ts";
import { dataRootOf, extendSquare, layOutSquare } from "../../../src/da/celestia/square.ts";
import { encodeParity } from "../../../src/da/celestia/leopard.ts";
import { createNamespace } from "../../../src/da/celestia/namespace.ts";

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`square/${name}`, import.meta.url), "utf8"));
const bytes = (text: string) => findBase64(text) ?? new Uint8Array(0);

function rootOf(shares: readonly Uint8Array[], width: number): string {
  const extended = extendSquare({ width, shares, starts: [] });
  return toHex(dataRootOf(extended.rowRoots, extended.columnRoots));
}

describe("the extended square", () => {
  it("of a block without blobs has the published minimal data root", () => {
    const { width, shares } = layOutSquare([]);
    expect(width).toBe(1);
    expect(rootOf(shares, width)).toBe("3d96b7d238e7e0456f6af8e7cdf0a67bd6cf9c2089ecb559c659dcaa1f880353");
  });

  it("of four equal shares has the data root that celestia-app publishes", () => {
    const share = new Uint8Array(512).fill(0xff);
    share.set(createNamespace(new Uint8Array(10).fill(1)));
    const root = rootOf([share, share, share, share], 2);
    expect(root).toBe("b56e4d251ac266f4b91cc5464b3fc7efcbdc888064647496d13133f0dc65ac25");
  });

  it("captured from a Go node is rebuilt, cell by cell and root by root, from its original quarter", () => {
    const cells = (read("eds.json") as { data_square: string[] }).data_square.map(bytes);
    const dah = read("dah.json") as { row_roots: string[]; column_roots: string[] };
    const whole = Math.sqrt(cells.length);
    const width = whole / 2;
    const cell = (row: number, column: number) => cells[row * whole + column] ?? new Uint8Array(0);
    const indices = Array.from({ length: width }, (_, index) => index);
    const shares = indices.flatMap((row) => indices.map((column) => cell(row, column)));
    for (const row of indices) {
      const parity = encodeParity(indices.map((column) => cell(row, column)));
      expect(parity).toEqual(indices.map((column) => cell(row, width + column)));
    }
    for (let column = 0; column < whole; column++) {
      const parity = encodeParity(indices.map((row) => cell(row, column)));
      expect(parity).toEqual(indices.map((row) => cell(width + row, column)));
    }
    const extended = extendSquare({ width, shares, starts: [] });
    expect(extended.rowRoots).toEqual(dah.row_roots.map(bytes));
    expect(extended.columnRoots).toEqual(dah.column_roots.map(bytes));
  });
});
