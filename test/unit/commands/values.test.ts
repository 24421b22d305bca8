import { describe, expect, test } from "vitest";
import { commandErrors } from "../../../src/commands/framework/errors.ts";
import {
  checkText,
  parseDuration,
  parseName,
  parsePath,
  parseRoot,
  parseUrl,
  parseWholeNumber,
} from "../../../src/commands/framework/values.ts";

const refused = expect.objectContaining({ spec: commandErrors.valueInvalid });

function refusal(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("a whole number", () => {
  test("is plain decimal digits within its range", () => {
    expect(["0", "7", "9007199254740991"].map((input) => parseWholeNumber("--n", input))).toEqual([
      0, 7, 9007199254740991,
    ]);
    expect(parseWholeNumber("--n", "3", { min: 1, max: 6 })).toBe(3);
  });

  test.each([
    "-1",
    "+1",
    "1e3",
    "1e309",
    "NaN",
    "Infinity",
    "0x10",
    "0b1",
    "012",
    "1_000",
    "1.5",
    "1.",
    ".5",
    " 1",
    "1 ",
    "",
    "٣",
    "１",
    "9007199254740992",
    "9007199254740993",
    "99999999999999999999",
  ])("refuses %j", (input) => {
    expect(refusal(() => parseWholeNumber("--n", input))).toEqual(refused);
  });

  test.each(["0", "7"])("refuses %s outside 1..6", (input) => {
    expect(refusal(() => parseWholeNumber("--replicas", input, { min: 1, max: 6 }))).toMatchObject({
      spec: commandErrors.valueInvalid,
      facts: { name: "--replicas", value: `'${input}'` },
    });
  });
});

describe("a duration", () => {
  test("carries its unit", () => {
    expect(["500ms", "30s", "15m", "12h", "7d"].map((input) => parseDuration("--ttl", input))).toEqual([
      500, 30_000, 900_000, 43_200_000, 604_800_000,
    ]);
  });

  test.each(["", "5", "-5s", "1.5h", "5 s", "999999999999d", "5sec"])("a duration refuses %j", (input) => {
    expect(refusal(() => parseDuration("--ttl", input))).toEqual(refused);
  });
});

describe("a name", () => {
  test("is visible text, brought to one Unicode form", () => {
    expect(parseName("name", "Foto keluarga é")).toBe("Foto keluarga é");
    expect(parseName("name", "$(touch x);`id`")).toBe("$(touch x);`id`");
  });

  test.each([
    ["nothing", ""],
    ["a flag in disguise", "-rf"],
    ["a way out", "../../etc/passwd"],
    ["a Windows path", "a\\b"],
    ["a hidden file", ".env"],
    ["a line feed", "a\nb"],
    ["NUL", "a\u0000b"],
    ["a terminal command (OSC 52)", "\u001b]52;c;aGk=\u0007"],
    ["a change of direction", "gpj.\u202eexe"],
    ["bytes that are no UTF-8", "a\ufffdb"],
    ["256 bytes", "x".repeat(256)],
    ["space at its end", "a "],
  ])("refuses %s", (_what, input) => {
    expect(refusal(() => parseName("name", input))).toEqual(refused);
  });
});

describe("a text, a path and an address", () => {
  test("a text of 4097 bytes is refused and not echoed whole", () => {
    expect(checkText("--x", "é".repeat(2048))).toHaveLength(2048);
    const error = refusal(() => checkText("--x", "y".repeat(4097))) as Error;
    expect(error).toEqual(refused);
    expect(error.message.length).toBeLessThan(250);
  });

  test("a path keeps what file systems allow and refuses what they cannot mean", () => {
    expect(parsePath("path", "dir/with\nline feed")).toBe("dir/with\nline feed");
    for (const input of ["", "a\u0000b", "broken\ufffdname"])
      expect(refusal(() => parsePath("path", input))).toEqual(refused);
  });

  test("an address is http or https and holds no credentials", () => {
    expect(parseUrl("--ingress", "http://127.0.0.1:45800")).toBe("http://127.0.0.1:45800");
    for (const input of ["file:///etc/passwd", "javascript:alert(1)", "127.0.0.1", ""]) {
      expect(refusal(() => parseUrl("--ingress", input))).toEqual(refused);
    }
    const error = refusal(() => parseUrl("--ingress", "https://me:hunter2@example.org")) as Error;
    expect(error).toMatchObject({ spec: commandErrors.secretInArgument });
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });
});

describe("a root", () => {
  test("is 64 hex digits, whatever their case, with or without 0x", () => {
    const root = "0123456789abcdef".repeat(4);
    for (const input of [root, `0x${root}`, root.toUpperCase()]) expect(parseRoot("--state-root", input)).toBe(root);
  });

  test.each(["", "0x", "ab".repeat(31), "ab".repeat(33), "zz".repeat(32), ` ${"ab".repeat(32)}`])(
    "cannot be %j",
    (input) => {
      expect(refusal(() => parseRoot("--state-root", input))).toEqual(refused);
    },
  );
});
