import { describe, expect, test } from "vitest";
import { manifestChunkId, parseKeyId } from "../../../src/protocol/index.ts";
import { actor, chunkRef, content, HOUR_MS, rootHex, World, wallet } from "./world.ts";

describe("a session key", () => {
  test("acts for the wallet that granted it", () => {
    const world = new World();
    const session = actor("session");
    expect(world.say(session, "SessionGranted", world.grant(session))).toBe("accepted");
    expect(world.state.findSession(session.id)).toMatchObject({ wallet: wallet("alice").id, isRevoked: false });
    expect(world.publish(session, content("a"))).toBe("accepted");
  });

  test("is refused when the grant names another key, is forged, reused, too old or for another network", () => {
    const world = new World();
    const other = new World({ governed: { replicationFactor: 2 } });
    const session = actor("session");
    const before = rootHex(world.state);
    const attempt = (body: Parameters<typeof world.grant>[2], base = world.grant(session)) => {
      session.sequence = 0;
      return world.say(session, "SessionGranted", { ...base, ...body });
    };
    expect(attempt({}, world.grant(actor("else")))).toBe("not-owner");
    expect(attempt({ quotaBytes: 7 })).toBe("grant-signature");
    expect(attempt({}, other.grant(session))).toBe("grant-signature");
    expect(attempt({}, world.grant(session, "alice", { expiresMs: world.nowMs }))).toBe("session-expired");
    expect(attempt({}, world.grant(session, "alice", { nonce: Number.MAX_SAFE_INTEGER }))).toBe("nonce");
    expect(rootHex(world.state)).toBe(before);
    const good = world.grant(session);
    expect(attempt({}, good)).toBe("accepted");
    expect(world.say(session, "SessionGranted", good)).toBe("nonce");
    expect(world.say(session, "SessionGranted", world.grant(session, "bob"))).toBe("session-other-wallet");
  });

  test("can be ended by another session of the same wallet only, and renewed by a later grant", () => {
    const world = new World();
    const first = world.session("first");
    const second = world.session("second");
    const stranger = world.session("third", "bob");
    expect(world.say(stranger, "SessionRevoked", { sessionKey: first.id })).toBe("session-other-wallet");
    expect(world.say(second, "SessionRevoked", { sessionKey: actor("none").id })).toBe("session-unknown");
    expect(world.say(second, "SessionRevoked", { sessionKey: first.id })).toBe("accepted");
    expect(world.publish(first, content("a"))).toBe("session-unknown");
    expect(world.say(first, "SessionGranted", world.grant(first))).toBe("accepted");
    expect(world.publish(first, content("a"))).toBe("accepted");
  });

  test("does nothing after its time, beyond its scope or beyond its quota", () => {
    const world = new World();
    const reader = world.session("reader", "alice", { scopes: ["delete"] });
    expect(world.publish(reader, content("a"))).toBe("scope");
    const small = world.session("small", "alice", { quotaBytes: 300 });
    expect(world.publish(small, content("a"))).toBe("accepted");
    expect(world.publish(small, content("b"))).toBe("quota");
    world.wait(25 * HOUR_MS);
    expect(world.publish(small, content("a"))).toBe("session-expired");
  });

  test("one wallet holds a bounded number of live sessions, and ended ones make room", () => {
    const world = new World();
    world.session("s0");
    const one = world.state.findSession(actor("s0").id);
    if (one === undefined) throw new Error("the session is missing");
    for (let at = 1; at < 1000; at++) {
      const key = parseKeyId(at.toString(16).padStart(64, "0"));
      world.state.tables.session.put(key, { ...one, key });
    }
    const late = actor("late");
    expect(world.say(late, "SessionGranted", world.grant(late))).toBe("session-limit");
    const first = Object.assign(actor("s0"), { sequence: 1 });
    expect(world.say(first, "SessionRevoked", { sessionKey: first.id })).toBe("accepted");
    late.sequence = 0;
    expect(world.say(late, "SessionGranted", world.grant(late))).toBe("accepted");
  });
});

describe("an object", () => {
  test("belongs to the wallet whose session published it and takes from its quota", () => {
    const world = new World();
    const session = world.session();
    expect(world.publish(session, content("a"))).toBe("accepted");
    const alice = wallet("alice").id;
    expect(world.state.findOwner(alice)?.usedBytes).toBe(250);
    expect(world.state.listObjectsOf(alice)).toMatchObject([{ object: content("a").object, sizeBytes: 250 }]);
    expect(world.state.findChunk(content("a").manifest.id)).toMatchObject({ size: 50, replicas: [] });
  });

  test("is refused when its size lies, its manifest is another's, or a chunk stands twice", () => {
    const world = new World();
    const session = world.session();
    const good = content("a");
    expect(world.publish(session, { ...good, sizeBytes: 249 })).toBe("object-malformed");
    expect(
      world.publish(session, { ...good, manifest: { ...good.manifest, id: manifestChunkId(content("b").object) } }),
    ).toBe("object-malformed");
    const twice = [chunkRef("x"), chunkRef("x")];
    expect(world.publish(session, content("a", { chunks: twice }))).toBe("object-malformed");
    const self = [{ ...chunkRef("x"), id: good.manifest.id }];
    expect(world.publish(session, content("a", { chunks: self }))).toBe("object-malformed");
    expect(world.state.findOwner(wallet("alice").id)?.usedBytes).toBe(0);
  });

  test("may not give a known chunk another size or root", () => {
    const world = new World();
    const session = world.session();
    expect(world.publish(session, content("a", { chunks: [chunkRef("x", 100)] }))).toBe("accepted");
    expect(world.publish(session, content("b", { chunks: [chunkRef("x", 101)] }))).toBe("chunk-conflict");
    const otherRoot = { ...chunkRef("x", 100), merkleRoot: new Uint8Array(32) };
    expect(world.publish(session, content("b", { chunks: [otherRoot] }))).toBe("chunk-conflict");
    expect(world.publish(session, content("b", { chunks: [chunkRef("x", 100)] }))).toBe("accepted");
  });

  test("published again by its owner stays one object and only lasts longer", () => {
    const world = new World();
    const session = world.session();
    const soon = world.nowMs + HOUR_MS;
    expect(world.publish(session, content("a"), soon)).toBe("accepted");
    expect(world.publish(session, content("a"), soon - 10)).toBe("accepted");
    const alice = wallet("alice").id;
    expect(world.state.findHolding(content("a").object, alice)?.expiresMs).toBe(soon);
    expect(world.publish(session, content("a"), null)).toBe("accepted");
    expect(world.state.findHolding(content("a").object, alice)?.expiresMs).toBeNull();
    expect(world.publish(session, content("a", { isPublic: true }), null)).toBe("accepted");
    expect(world.state.findObject(content("a").object)?.isPublic).toBe(true);
    expect(world.publish(session, content("a", { chunks: [] }), null)).toBe("object-malformed");
    expect(world.state.findOwner(alice)?.usedBytes).toBe(250);
  });

  test("of two owners survives the deletion by one of them", () => {
    const world = new World();
    const alice = world.session("alice-key", "alice");
    const bob = world.session("bob-key", "bob");
    const shared = content("a", { isPublic: true });
    expect(world.publish(alice, shared)).toBe("accepted");
    expect(world.say(bob, "DeleteRequested", { object: shared.object })).toBe("object-unknown");
    expect(world.publish(bob, shared)).toBe("accepted");
    expect(world.say(alice, "DeleteRequested", { object: shared.object })).toBe("accepted");
    expect(world.say(alice, "DeleteRequested", { object: shared.object })).toBe("object-unknown");
    expect(world.state.isChunkUsed(shared.manifest.id)).toBe(true);
    expect(world.state.findObject(shared.object)?.held.map(({ owner }) => owner)).toEqual([wallet("bob").id]);
    expect(world.say(bob, "DeleteRequested", { object: shared.object })).toBe("accepted");
    expect(world.state.isChunkUsed(shared.manifest.id)).toBe(false);
  });

  test("deletion needs the scope, gives quota back, and an old publication cannot be replayed after it", () => {
    const world = new World();
    const session = world.session();
    const upload = world.session("upload-only", "alice", { scopes: ["upload"] });
    const event = world.sign(session, "ObjectPublished", { content: content("a"), createdMs: 1, expiresMs: null });
    world.post(event);
    expect(world.say(upload, "DeleteRequested", { object: content("a").object })).toBe("scope");
    expect(world.say(session, "DeleteRequested", { object: content("a").object })).toBe("accepted");
    expect(world.state.findOwner(wallet("alice").id)?.usedBytes).toBe(0);
    expect(world.post(event)).toEqual([]);
    expect(world.state.listObjectsOf(wallet("alice").id)).toEqual([]);
    expect(world.publish(session, content("a"))).toBe("accepted");
    expect(world.state.findOwner(wallet("alice").id)?.usedBytes).toBe(250);
  });

  test("expires by log time and then makes room in the quota when room is needed", () => {
    const world = new World({ governed: { givenQuotaBytes: 500 } });
    const session = world.session();
    expect(world.publish(session, content("a"), world.nowMs)).toBe("object-expired");
    expect(world.publish(session, content("a"), world.nowMs + HOUR_MS)).toBe("accepted");
    expect(world.publish(session, content("b"))).toBe("accepted");
    const before = rootHex(world.state);
    expect(world.publish(session, content("c"))).toBe("quota");
    expect(rootHex(world.state)).not.toBe(before);
    world.wait(2 * HOUR_MS);
    const alice = wallet("alice").id;
    expect(world.state.listObjectsOf(alice).map(({ object }) => object)).toEqual([content("b").object]);
    expect(world.state.findOwner(alice)?.usedBytes).toBe(500);
    expect(world.publish(session, content("c"))).toBe("accepted");
    expect(world.state.findOwner(alice)?.usedBytes).toBe(500);
    expect(world.publish(session, content("a"))).toBe("quota");
  });

  test("that expired and is published again is counted once", () => {
    const world = new World();
    const session = world.session();
    world.publish(session, content("a"), world.nowMs + HOUR_MS);
    world.wait(2 * HOUR_MS);
    expect(world.publish(session, content("a"))).toBe("accepted");
    expect(world.state.findOwner(wallet("alice").id)?.usedBytes).toBe(250);
  });

  test("is kept longer by its owner, never shorter", () => {
    const world = new World();
    const session = world.session();
    const other = world.session("other", "bob");
    const { object } = content("a");
    const soon = world.nowMs + HOUR_MS;
    world.publish(session, content("a"), soon);
    expect(world.say(other, "ObjectExtended", { object, expiresMs: null })).toBe("object-unknown");
    expect(world.say(session, "ObjectExtended", { object, expiresMs: soon - 1 })).toBe("not-later");
    expect(world.say(session, "ObjectExtended", { object, expiresMs: soon + HOUR_MS })).toBe("accepted");
    world.wait(2 * HOUR_MS + 10_000);
    expect(world.say(session, "ObjectExtended", { object, expiresMs: null })).toBe("object-unknown");
  });
});

describe("a pointer", () => {
  test("is claimed by its first update and then moves by one, by its owner only", () => {
    const world = new World();
    const session = world.session();
    const other = world.session("other", "bob");
    const pointer = actor("pointer").id as never;
    const move = (by: typeof session, sequence: number, root = content("a").object) =>
      world.say(by, "PointerUpdated", { pointer, sequence, root });
    expect(move(session, 1)).toBe("pointer-sequence");
    expect(move(session, 0)).toBe("accepted");
    expect(move(other, 1)).toBe("not-owner");
    expect(move(session, 2)).toBe("pointer-sequence");
    expect(move(session, 0)).toBe("pointer-sequence");
    expect(move(session, 1, content("b").object)).toBe("accepted");
    expect(world.state.findPointer(pointer)).toMatchObject({ sequence: 1, root: content("b").object });
    const noUpload = world.session("no-upload", "alice", { scopes: ["deploy"] });
    expect(move(noUpload, 2)).toBe("scope");
  });
});
