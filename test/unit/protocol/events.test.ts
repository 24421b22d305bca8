import { describe, expect, test } from "vitest";
import { isError } from "../../../src/base/index.ts";
import { ed25519FromSeed } from "../../../src/crypto/index.ts";
import {
  BLOB_OVERHEAD_BYTES,
  comparePositions,
  decodeGenesis,
  decodeSignedEvent,
  encodeBlob,
  encodeCanonical,
  encodeGenesis,
  encodeSignedEvent,
  eventBodies,
  findBlobPoster,
  findEvent,
  hexId,
  isEventKind,
  isEventSigned,
  type KeyId,
  limits,
  networkIdOf,
  objectIdOf,
  openBlob,
  openEvent,
  protocolErrors,
  readEventHead,
  signaturePreimage,
  signEvent,
} from "../../../src/protocol/index.ts";
import { testGenesis } from "../state/world.ts";

const key = ed25519FromSeed(new Uint8Array(32).fill(1));
const poster = ed25519FromSeed(new Uint8Array(32).fill(2));
const network = networkIdOf(testGenesis());
const author = hexId<KeyId>(key.publicKey);
const object = objectIdOf(new Uint8Array(1));

function make(sequence = 3) {
  return signEvent(key, { network, sequence, kind: "DeleteRequested", body: { object } });
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return "none";
  } catch (error) {
    return isError(error, protocolErrors.badSignature) ||
      isError(error, protocolErrors.notCanonical) ||
      isError(error, protocolErrors.tooLarge)
      ? error.code
      : "another error";
  }
}

describe("a signed event", () => {
  test("opens to what was signed", () => {
    const head = openEvent(make());
    expect(head).toMatchObject({ version: 1, network, author, sequence: 3, kind: "DeleteRequested" });
    expect(findEvent(head)).toMatchObject({ kind: "DeleteRequested", body: { object } });
    expect(readEventHead(make())).toEqual(head);
    expect(isEventSigned(author, make())).toBe(true);
  });

  test("survives its encoding, and its bytes are bounded", () => {
    expect(decodeSignedEvent(encodeSignedEvent(make()))).toEqual(make());
    const bytes = encodeSignedEvent(make());
    expect(codeOf(() => decodeSignedEvent(bytes.subarray(1)))).toBe("DSDN_PROTOCOL_NOT_CANONICAL");
    const huge = new Uint8Array(limits.eventBytes + 257);
    expect(codeOf(() => decodeSignedEvent(huge))).toBe("DSDN_PROTOCOL_TOO_LARGE");
  });

  test("does not open when event or signature were altered, or another key signed", () => {
    const good = make();
    const event = Uint8Array.from(good.event);
    event[event.length - 1] = (event.at(-1) ?? 0) ^ 1;
    expect(codeOf(() => openEvent({ ...good, event }))).toBe("DSDN_PROTOCOL_BAD_SIGNATURE");
    expect(codeOf(() => openEvent({ ...good, signature: new Uint8Array(64) }))).toBe("DSDN_PROTOCOL_BAD_SIGNATURE");
    const signature = poster.sign(signaturePreimage("event", good.event));
    expect(codeOf(() => openEvent({ ...good, signature }))).toBe("DSDN_PROTOCOL_BAD_SIGNATURE");
    const wrongDomain = key.sign(signaturePreimage("blob", good.event));
    expect(codeOf(() => openEvent({ ...good, signature: wrongDomain }))).toBe("DSDN_PROTOCOL_BAD_SIGNATURE");
  });

  test("of a kind, version or body this program does not know has a head and no event", () => {
    const head = openEvent(make());
    expect(findEvent({ ...head, kind: "Unheard" })).toBeUndefined();
    expect(findEvent({ ...head, kind: "toString" })).toBeUndefined();
    expect(findEvent({ ...head, version: 2 })).toBeUndefined();
    expect(findEvent({ ...head, body: { object: 1 } })).toBeUndefined();
    expect(isEventKind("__proto__")).toBe(false);
    expect(Object.keys(eventBodies).every(isEventKind)).toBe(true);
  });
});

describe("a blob", () => {
  const facts = { network, previous: null, events: [make(0), make(1)] };
  const blob = encodeBlob(poster, facts);

  test("shows its poster without being parsed and opens to its events", () => {
    expect(findBlobPoster(blob)).toBe(hexId(poster.publicKey));
    expect(openBlob(blob, network)).toEqual({ ...facts, poster: hexId(poster.publicKey) });
    const empty = encodeBlob(poster, { ...facts, previous: new Uint8Array(32), events: [] });
    expect(empty.length).toBeLessThanOrEqual(BLOB_OVERHEAD_BYTES);
  });

  test("has no poster when its head is another's or its size is out of bounds", () => {
    expect(findBlobPoster(new Uint8Array(0))).toBeUndefined();
    expect(findBlobPoster(blob.subarray(0, 101))).toBeUndefined();
    expect(findBlobPoster(Uint8Array.from(blob, (byte, at) => (at === 0 ? 0 : byte)))).toBeUndefined();
    expect(findBlobPoster(Uint8Array.from(blob, (byte, at) => (at === 4 ? 9 : byte)))).toBeUndefined();
    const large = new Uint8Array(limits.blobBytes + 1);
    large.set(blob);
    expect(findBlobPoster(large)).toBeUndefined();
    expect(codeOf(() => openBlob(large, network))).toBe("DSDN_PROTOCOL_NOT_CANONICAL");
  });

  test("does not open for another network or with another poster's name on it", () => {
    const other = networkIdOf(testGenesis({ governed: { replicationFactor: 1 } }));
    expect(codeOf(() => openBlob(blob, other))).toBe("DSDN_PROTOCOL_BAD_SIGNATURE");
    const renamed = Uint8Array.from(blob);
    renamed.set(key.publicKey, 5);
    expect(codeOf(() => openBlob(renamed, network))).toBe("DSDN_PROTOCOL_BAD_SIGNATURE");
  });

  test("that would pass its bound is not made", () => {
    const large = { event: new Uint8Array(limits.eventBytes), signature: new Uint8Array(64) };
    const events = Array.from({ length: 5 }, () => large);
    expect(codeOf(() => encodeBlob(poster, { ...facts, events }))).toBe("DSDN_PROTOCOL_TOO_LARGE");
  });
});

describe("positions", () => {
  test("are ordered by height, then blob, then event", () => {
    const positions = [
      { height: 2, blob: 0, event: 0 },
      { height: 1, blob: 1, event: 0 },
      { height: 1, blob: 0, event: 5 },
      { height: 1, blob: 0, event: 4 },
    ];
    expect(positions.toSorted(comparePositions)).toEqual(positions.toReversed());
  });
});

describe("the genesis document", () => {
  test("survives its encoding, and every change of it is another network", () => {
    const genesis = testGenesis();
    expect(decodeGenesis(encodeGenesis(genesis))).toEqual(genesis);
    const changed = [
      { ...genesis, name: "other" },
      { ...genesis, createdMs: genesis.createdMs + 1 },
      { ...genesis, governed: { ...genesis.governed, livenessMs: 1 } },
      { ...genesis, roles: { ...genesis.roles, validators: genesis.roles.validators.slice(1) } },
      { ...genesis, da: { ...genesis.da, startHeight: 2 } },
    ];
    expect(new Set([genesis, ...changed].map(networkIdOf)).size).toBe(changed.length + 1);
  });

  test.each([
    ["no validator", { roles: { ...testGenesis().roles, validators: [] } }],
    ["a start height of 0", { da: { ...testGenesis().da, startHeight: 0 } }],
    ["another version", { version: 2 }],
    ["an unknown stage", { stage: "moon" }],
  ])("is refused with %s", (_, change) => {
    const genesis = testGenesis();
    const raw = encodeGenesis(genesis);
    expect(codeOf(() => decodeGenesis(encodeCanonical({ ...genesis, ...change })))).toBe("DSDN_PROTOCOL_NOT_CANONICAL");
    expect(codeOf(() => decodeGenesis(raw.subarray(0, raw.length - 1)))).toBe("DSDN_PROTOCOL_NOT_CANONICAL");
  });

  test("above its bound is refused unread", () => {
    expect(codeOf(() => decodeGenesis(new Uint8Array(limits.genesisBytes + 1)))).toBe("DSDN_PROTOCOL_TOO_LARGE");
  });
});
