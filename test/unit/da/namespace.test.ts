import { describe, expect, it } from "vitest";
import { toHex, toUtf8 } from "../../../src/base/index.ts";
import {
  createNamespace,
  DEFAULT_NAMESPACE,
  daErrors,
  describeNamespace,
  parseNamespace,
} from "../../../src/da/index.ts";

const code = (spec: { code: string }) => expect.objectContaining({ code: spec.code });
const zeros = "0".repeat(38);

describe("a namespace setting", () => {
  it("is taken when it is version 0 with a part of its own", () => {
    expect(toHex(parseNamespace(toHex(DEFAULT_NAMESPACE)))).toBe(`${zeros}6473646e2d6c6f672d31`);
    expect(parseNamespace(`${zeros}00000000000000000100`)).toHaveLength(29);
  });

  it("is refused by name when it is the road map's example, with a valid one offered", () => {
    const example = "0102030405060708091011121314151617181920212223242526272829";
    expect(() => parseNamespace(example)).toThrow(code(daErrors.namespaceExample));
    expect(() => parseNamespace(example)).toThrow(
      expect.objectContaining({ facts: { suggestion: toHex(DEFAULT_NAMESPACE) } }),
    );
  });

  it("is refused when it is no hex, too short, too long, of another version, reserved, or not led by zeros", () => {
    const bad = [
      "",
      "zz",
      zeros,
      `${zeros}6473646e2d6c6f672d3100`,
      `01${"0".repeat(36)}6473646e2d6c6f672d31`,
      `${zeros}00000000000000000000`,
      `${zeros}000000000000000000ff`,
      "f".repeat(58),
      `${"f".repeat(56)}fe`,
      `00${"1".repeat(56)}`,
    ];
    for (const hex of bad) expect(() => parseNamespace(hex), hex).toThrow(code(daErrors.namespaceInvalid));
  });
});

describe("a namespace of one's own", () => {
  it("is padded with zeros on the left and takes 1 to 10 bytes", () => {
    expect(toHex(createNamespace(toUtf8("abc")))).toBe(`${zeros}00000000000000616263`);
    for (const length of [0, 11]) {
      expect(() => createNamespace(new Uint8Array(length).fill(1))).toThrow(code(daErrors.namespaceInvalid));
    }
  });

  it("is shown as text when it is text, as hex otherwise", () => {
    expect(describeNamespace(DEFAULT_NAMESPACE)).toBe(`dsdn-log-1 (${toHex(DEFAULT_NAMESPACE)})`);
    const binary = createNamespace(new Uint8Array([1, 255]));
    expect(describeNamespace(binary)).toBe(toHex(binary));
  });
});
