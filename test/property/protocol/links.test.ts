import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../../src/base/index.ts";
import {
  chunkIdFromDigest,
  formatLink,
  type LinkContent,
  linkIdOf,
  objectIdOfManifestChunk,
  openLinkContent,
  parseLink,
  sealLinkContent,
} from "../../../src/protocol/index.ts";

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const link = bytesOf(16).map(linkIdOf);
const object = bytesOf(32).map((hash) => objectIdOfManifestChunk(chunkIdFromDigest(hash)));
const name = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }).filter((text) => !text.includes("\0"));
const content: fc.Arbitrary<LinkContent> = fc.record({
  version: fc.constant(1 as const),
  name,
  object,
  key: fc.option(bytesOf(32)),
  part: fc.constant(null),
});
const origin = fc
  .record({ isSafe: fc.boolean(), host: fc.domain(), port: fc.integer({ min: 1024, max: 65_535 }) })
  .map(({ isSafe, host, port }) => `http${isSafe ? "s" : ""}://${host}:${port}`);

test("every link reads back from its text, and every text with one character less does not", () => {
  fc.assert(
    fc.property(origin, link, bytesOf(32), fc.nat(), (from, id, carried, at) => {
      const text = formatLink({ origin: from, link: id, carried });
      const parsed = parseLink(text);
      expect([parsed.origin.toLowerCase(), parsed.link, parsed.carried]).toEqual([from.toLowerCase(), id, carried]);
      const secret = text.length - 43 + (at % 43);
      expect(() => parseLink(text.slice(0, secret) + text.slice(secret + 1))).toThrow(
        expect.objectContaining({ code: "DSDN_PROTOCOL_LINK_MALFORMED" }),
      );
    }),
  );
});

test("both halves open what was sealed, and a change of any one bit of either opens nothing", async () => {
  await fc.assert(
    fc.asyncProperty(link, bytesOf(32), bytesOf(32), content, fc.nat({ max: 511 }), async (id, ...rest) => {
      const [carried, kept, given, bit] = rest;
      const halves = { link: id, carried, kept };
      const sealed = sealLinkContent(halves, given, seededRandom(id));
      expect(await openLinkContent(halves, sealed)).toEqual(given);
      const both = Uint8Array.from([...carried, ...kept]);
      both[bit >> 3] = (both[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const changed = { link: id, carried: both.subarray(0, 32), kept: both.subarray(32) };
      await expect(openLinkContent(changed, sealed)).rejects.toMatchObject({ code: "DSDN_PROTOCOL_LINK_WRONG_HALF" });
    }),
  );
});

test("no text makes reading a link do anything but give a link or say that it is none", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl({ withFragments: true })), (text) => {
      expect(() => parseLink(text)).toThrow(expect.objectContaining({ code: "DSDN_PROTOCOL_LINK_MALFORMED" }));
    }),
  );
});
