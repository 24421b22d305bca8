import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findBase64, findHex, toHex, toUtf8 } from "../../../src/base/index.ts";
import { commitBlob, subtreeWidth } from "../../../src/da/celestia/commitment.ts";
import { countShares, splitBlob } from "../../../src/da/celestia/share.ts";

interface Row {
  readonly source: string;
  readonly namespace: string;
  readonly dataUtf8?: string;
  readonly dataHex?: string;
  readonly patternBytes?: number;
  readonly shares?: number;
  readonly width?: number;
  readonly shareVersion: number;
  readonly signer?: string;
  readonly commitment: string;
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`blobs/${name}`, import.meta.url), "utf8"));
const rows = read("commitments.json") as Row[];
const hex = (text: string) => findHex(text) ?? new Uint8Array(0);

function dataOf(row: Row): Uint8Array {
  if (row.dataUtf8 !== undefined) return toUtf8(row.dataUtf8);
  if (row.dataHex !== undefined) return hex(row.dataHex);
  return Uint8Array.from({ length: row.patternBytes ?? 0 }, (_, index) => (7 * index + 3) % 256);
}

describe("share commitments", () => {
  it("has all 23 rows to check", () => {
    expect(rows.length).toBe(23);
  });

  for (const row of rows) {
    const size = dataOf(row).length;
    it(`match the ${row.source} vector of ${size} bytes in share version ${row.shareVersion}`, () => {
      const signer = row.signer === undefined ? undefined : hex(row.signer);
      const blob = { namespace: hex(row.namespace), data: dataOf(row), shareVersion: row.shareVersion, signer };
      expect(toHex(commitBlob(blob))).toBe(row.commitment);
      if (row.shares === undefined) return;
      expect(splitBlob(blob).length).toBe(row.shares);
      expect(countShares(size, row.shareVersion)).toBe(row.shares);
      expect(subtreeWidth(row.shares)).toBe(row.width);
    });
  }

  it("match the example blob of celestia-node", () => {
    const json = read("celestia-node-blob.json") as { namespace: string; data: string; commitment: string };
    const bytes = (text: string) => findBase64(text) ?? new Uint8Array(0);
    const blob = { namespace: bytes(json.namespace), data: bytes(json.data), shareVersion: 0, signer: undefined };
    expect(blob.data.length).toBe(476);
    expect(commitBlob(blob)).toEqual(bytes(json.commitment));
  });
});
