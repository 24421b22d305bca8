import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equalBytes, isError, toHex } from "../../../src/base/index.ts";
import {
  chunkIdFromDigest,
  decodeCanonical,
  digestOf,
  type EventBody,
  type EventKind,
  encodeAmount,
  encodeCanonical,
  findAmount,
  findEvent,
  findWith,
  hexId,
  type KeyId,
  manifestChunkId,
  networkIdOf,
  objectIdOfManifestChunk,
  openEvent,
  type PointerId,
  parseChunkId,
  protocolErrors,
  signEvent,
  storedAck,
} from "../../../src/protocol/index.ts";
import { actor, testGenesis } from "../../unit/state/world.ts";

const network = networkIdOf(testGenesis());
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const chunk = bytes32.map((hash) => chunkIdFromDigest(hash));
const object = chunk.map((id) => objectIdOfManifestChunk(id));
const key = bytes32.map((value) => hexId<KeyId>(value));
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const words = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }).filter((value) => !value.includes("\0"));

/** Any value that canonical bytes can hold. */
const { value: canonical } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger().map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((name) => name !== "__proto__"),
      tie("value"),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}));

describe("canonical bytes", () => {
  test("give back the value, and only one form of it is read", () => {
    fc.assert(
      fc.property(canonical, (value) => {
        const bytes = encodeCanonical(value);
        const back = decodeCanonical(bytes, "value", 1_000_000);
        expect(back).toEqual(value);
        expect(toHex(encodeCanonical(back))).toBe(toHex(bytes));
      }),
    );
  });

  test("whatever is read encodes to the very bytes it was read from; the rest is refused by name", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(equalBytes(encodeCanonical(decodeCanonical(bytes, "value", 100)), bytes)).toBe(true);
        } catch (error) {
          expect(isError(error, protocolErrors.notCanonical)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a real message with one byte changed is refused or means something else, never the same", () => {
    const real = encodeCanonical({ a: [1, 2, { b: new Uint8Array(5) }], c: "text", d: null });
    fc.assert(
      fc.property(fc.nat(real.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = Uint8Array.from(real);
        changed[at] = (changed[at] ?? 0) ^ mask;
        try {
          const value = decodeCanonical(changed, "value", 1000);
          expect(equalBytes(encodeCanonical(value), real)).toBe(false);
        } catch (error) {
          expect(isError(error, protocolErrors.notCanonical)).toBe(true);
        }
      }),
    );
  });
});

describe("ids and amounts", () => {
  test("survive their text", () => {
    fc.assert(
      fc.property(bytes32, (hash) => {
        const id = chunkIdFromDigest(hash);
        expect(digestOf(parseChunkId(id))).toEqual(hash);
        expect(parseChunkId(toHex(hash))).toBe(id);
        expect(manifestChunkId(objectIdOfManifestChunk(id))).toBe(id);
      }),
    );
  });

  test("amounts of any size have exactly one form", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 1n << 250n }), (amount) => {
        expect(findAmount(encodeAmount(amount))).toBe(amount);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const amount = findAmount(bytes);
        expect(amount === undefined || equalBytes(encodeAmount(amount), bytes)).toBe(true);
      }),
    );
  });
});

describe("events", () => {
  const bodies: { readonly [K in EventKind]?: fc.Arbitrary<EventBody<K>> } = {
    NodeSuspected: fc.record({ node: key, sinceMs: count }),
    NodeReturned: fc.record({ httpUrl: words, grpcUrl: fc.constant("") }),
    ReplicaAdded: fc.record({ chunks: fc.array(chunk, { minLength: 1, maxLength: 20 }) }),
    ObjectExtended: fc.record({ object, expiresMs: fc.option(count) }),
    PointerUpdated: fc.record({
      pointer: bytes32.map((value) => hexId<PointerId>(value)),
      sequence: count,
      root: fc.option(object),
    }),
    UpgradeActivated: fc.record({ version: fc.nat(1_000_000), height: count }),
    RoleKeyRotated: fc.record({ role: fc.constantFrom("coordinator", "validator"), oldKey: key, newKey: key }),
  };
  const author = actor("author");

  test.each(Object.keys(bodies) as (keyof typeof bodies)[])("%s survives signing and opening", (kind) => {
    const arbitrary = bodies[kind] as fc.Arbitrary<EventBody<typeof kind>>;
    fc.assert(
      fc.property(arbitrary, count, (body, sequence) => {
        const event = findEvent(openEvent(signEvent(author.key, { network, sequence, kind, body })));
        expect(event).toEqual({ version: 1, network, author: author.id, sequence, kind, body });
      }),
      { numRuns: 30 },
    );
  });
});

describe("schemas", () => {
  test("never throw on canonical bytes of any content", () => {
    fc.assert(
      fc.property(canonical, (value) => {
        expect(findWith(storedAck, encodeCanonical(value), { what: "value", limitBytes: 1_000_000 })).toBeUndefined();
      }),
    );
  });
});
