import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../src/base/index.ts";
import { platformCipher } from "../../../src/browser/platform/cipher.ts";
import {
  formatLink,
  type LinkContent,
  linkIdOf,
  objectIdOf,
  openLinkContent,
  parseLink,
  sealLinkContent,
} from "../../../src/protocol/index.ts";

const random = seededRandom("links");
const link = linkIdOf(random.bytes(16));
const halves = { link, carried: random.bytes(32), kept: random.bytes(32) };
const content: LinkContent = {
  version: 1,
  name: "photos",
  object: objectIdOf(random.bytes(10)),
  key: random.bytes(32),
  part: null,
};
const sealed = sealLinkContent(halves, content, random);
const wrongHalf = expect.objectContaining({ code: "DSDN_PROTOCOL_LINK_WRONG_HALF" });

/** The bytes with one bit of one byte turned over. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
}

describe.each([
  ["Node's cipher", undefined],
  ["WebCrypto", platformCipher],
])("what a link opens, with %s", (_name, cipher) => {
  test("comes back when both halves are there", async () => {
    expect(await openLinkContent(halves, sealed, cipher)).toEqual(content);
  });

  test.each([
    ["the carried half alone", { ...halves, kept: new Uint8Array(32) }],
    ["the kept half alone", { ...halves, carried: new Uint8Array(32) }],
    ["the halves the other way round", { ...halves, carried: halves.kept, kept: halves.carried }],
    ["a carried half with one bit changed", { ...halves, carried: flipped(halves.carried, 31) }],
    ["a kept half with one bit changed", { ...halves, kept: flipped(halves.kept, 0) }],
    ["a half cut short, its bytes moved to the other", { ...halves, carried: halves.carried.subarray(0, 31) }],
    ["both halves of it under another id", { ...halves, link: linkIdOf(new Uint8Array(16)) }],
  ])("stays shut for %s", async (_what, given) => {
    await expect(openLinkContent(given, sealed, cipher)).rejects.toEqual(wrongHalf);
  });

  test("is refused when the ingress changed it", async () => {
    for (const at of [67, sealed.length - 1]) {
      await expect(openLinkContent(halves, flipped(sealed, at), cipher)).rejects.toMatchObject({
        code: "DSDN_CRYPTO_DAMAGED",
      });
    }
    await expect(openLinkContent(halves, sealed.subarray(0, sealed.length - 1), cipher)).rejects.toMatchObject({
      code: "DSDN_CRYPTO_DAMAGED",
    });
    await expect(openLinkContent(halves, sealed.subarray(0, 70), cipher)).rejects.toMatchObject({
      code: "DSDN_CRYPTO_TRUNCATED",
    });
  });
});

describe("the text of a link", () => {
  const parts = { origin: "https://dsdn.example:8443", link, carried: halves.carried };
  const whole = formatLink(parts);

  test("is an address whose fragment is the half, and reads back", () => {
    expect(whole).toMatch(/^https:\/\/dsdn\.example:8443\/links\/[a-z2-7]{26}#[A-Za-z0-9_-]{43}$/);
    expect(parseLink(`  ${whole}\n`)).toEqual(parts);
  });

  test.each([
    ["nothing", ""],
    ["no fragment", whole.split("#")[0] ?? ""],
    ["a fragment cut short", whole.slice(0, -1)],
    ["a fragment that is longer", `${whole}A`],
    ["a fragment with bits no 32 bytes have", `${whole.slice(0, -1)}_`],
    ["an id cut short", whole.replace(link, link.slice(1))],
    ["a path below it", whole.replace(`${link}#`, `${link}/x#`)],
    ["another scheme", whole.replace("https:", "file:")],
    ["credentials", whole.replace("https://", "https://user@")],
    ["text around it", `see ${whole}`],
  ])("with %s is refused, and the error holds nothing of it", (_what, given) => {
    const attempt = () => parseLink(given);
    expect(attempt).toThrow(expect.objectContaining({ code: "DSDN_PROTOCOL_LINK_MALFORMED", facts: {} }));
  });
});
