/**
 * What strangers, faulty posters and rewound sources can put into our namespace: it never changes the root, never
 * stops a replayer and never wedges an honest author. The letters are those of the bad-input catalogue.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes } from "../../../src/base/index.ts";
import {
  encodeBlob,
  encodeCanonical,
  idBytes,
  limits,
  type SignedEvent,
  signaturePreimage,
  signEvent,
} from "../../../src/protocol/index.ts";
import { applyHeight, createState } from "../../../src/state/index.ts";
import { type Actor, actor, content, rootHex, testGenesis, verdictOf, World } from "../../unit/state/world.ts";

const stranger = actor("stranger");
const MAGIC = Uint8Array.of(0x44, 0x53, 0x44, 0x4e);

/** A blob with any payload, rightly signed by its poster. */
function rawBlob(poster: Actor, payload: Uint8Array): Uint8Array {
  const signed = concatBytes(Uint8Array.of(1), idBytes(poster.id), payload);
  const signature = poster.key.sign(signaturePreimage("blob", signed));
  return concatBytes(MAGIC, Uint8Array.of(1), idBytes(poster.id), signature, payload);
}

/** An event with any bytes, rightly signed by its author. */
function rawEvent(author: Actor, bytes: Uint8Array): SignedEvent {
  return { event: bytes, signature: author.key.sign(signaturePreimage("event", bytes)) };
}

/** An event with any head, canonical and rightly signed. */
function anyEvent(
  world: World,
  author: Actor,
  facts: { version?: number; kind?: string; body?: unknown; sequence?: number; network?: Uint8Array },
): SignedEvent {
  return rawEvent(
    author,
    encodeCanonical({
      version: facts.version ?? 1,
      network: facts.network ?? idBytes(world.network),
      author: idBytes(author.id),
      sequence: facts.sequence ?? author.sequence,
      kind: facts.kind ?? "ObjectPublished",
      body: facts.body ?? {},
    }),
  );
}

function prepared() {
  const world = new World();
  const session = world.session();
  world.publish(session, content("a"));
  return { world, session };
}

/** Applies the blobs and expects that nothing at all came of them. */
function expectNothing(world: World, blobs: readonly Uint8Array[]): void {
  const before = rootHex(world.state);
  expect(world.apply(blobs).outcomes).toEqual([]);
  expect(rootHex(world.state)).toBe(before);
}

describe("hostile blobs change nothing", () => {
  test("arbitrary bytes", () => {
    const { world } = prepared();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.uint8Array({ maxLength: 300 }).map((tail) => concatBytes(MAGIC, Uint8Array.of(1), idBytes(stranger.id), tail)),
      fc
        .uint8Array({ maxLength: 300 })
        .map((tail) => concatBytes(MAGIC, Uint8Array.of(1), idBytes(world.coordinator.id), tail)),
      fc.uint8Array({ maxLength: 300 }).map((payload) => rawBlob(world.coordinator, payload)),
      fc.uint8Array({ maxLength: 300 }).map((payload) => rawBlob(stranger, payload)),
    );
    fc.assert(fc.property(fc.array(bytes, { maxLength: 4 }), (blobs) => expectNothing(world, blobs)));
  });

  test("a real blob with any one bit flipped", () => {
    const { world, session } = prepared();
    const honest = world.blob([
      world.sign(session, "ObjectPublished", { content: content("b"), createdMs: 1, expiresMs: null }),
    ]);
    fc.assert(
      fc.property(fc.nat(honest.length * 8 - 1), (bit) => {
        const flipped = Uint8Array.from(honest);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expectNothing(world, [flipped]);
      }),
      { numRuns: 300 },
    );
    expect(world.apply([honest]).outcomes.map(verdictOf)).toEqual(["accepted"]);
  });

  test("a real blob cut or lengthened", () => {
    const { world, session } = prepared();
    const honest = world.blob([world.sign(session, "DeleteRequested", { object: content("a").object })]);
    for (let length = 0; length < honest.length; length++) expectNothing(world, [honest.subarray(0, length)]);
    expectNothing(world, [concatBytes(honest, Uint8Array.of(0))]);
  });

  test("G1: empty, at the bound and one above it", () => {
    const { world } = prepared();
    const full = rawBlob(world.coordinator, new Uint8Array(limits.blobBytes - 101));
    expect(full.length).toBe(limits.blobBytes);
    expectNothing(world, [new Uint8Array(0), full]);
    expectNothing(world, [rawBlob(world.coordinator, new Uint8Array(limits.blobBytes - 100))]);
  });

  test("G2: a stranger's key, even with honest events inside", () => {
    const { world, session } = prepared();
    const event = world.sign(session, "DeleteRequested", { object: content("a").object });
    expectNothing(world, [world.blob([event], stranger)]);
    expectNothing(world, [world.blob([event], session)]);
    expect(world.post(event).map(verdictOf)).toEqual(["accepted"]);
  });

  test("G3: the same blob again, at once, later and a year later", () => {
    const { world, session } = prepared();
    const event = world.sign(session, "DeleteRequested", { object: content("a").object });
    const blob = world.blob([event, event]);
    expect(world.apply([blob, blob]).outcomes.map(verdictOf)).toEqual(["accepted"]);
    expectNothing(world, [blob, world.blob([event], actor("coordinator-1"))]);
    world.wait(365 * 24 * 3_600_000);
    expectNothing(world, [blob]);
  });

  test("G5: a small blob that promises to be a large one", () => {
    const { world } = prepared();
    for (const head of [0x9b, 0xbb, 0x5b, 0x7b]) {
      // CBOR heads of an array, map, byte string and text of 2^40 items.
      expectNothing(world, [rawBlob(world.coordinator, Uint8Array.of(head, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3))]);
    }
    const deep = new Uint8Array(500_000).fill(0x81);
    expectNothing(world, [rawBlob(world.coordinator, deep)]);
  });

  test("a blob of another network or of another version", () => {
    const { world, session } = prepared();
    const other = new World({ governed: { replicationFactor: 1 } });
    const event = world.sign(session, "DeleteRequested", { object: content("a").object });
    const facts = { network: other.network, previous: null, events: [event] };
    expectNothing(world, [encodeBlob(world.coordinator.key, facts)]);
    const newer = Uint8Array.from(world.blob([event]));
    newer[4] = 2;
    expectNothing(world, [newer]);
  });
});

describe("hostile events change nothing, and the author goes on", () => {
  /** Posts events that must leave no trace, then shows that the author's next honest event is accepted. */
  function expectHarmless(world: World, session: Actor, events: readonly SignedEvent[]): void {
    expectNothing(world, [world.blob(events)]);
    expect(world.publish(session, content(`after/${session.sequence}`))).toBe("accepted");
  }

  test("forged, altered and unsigned ones", () => {
    const { world, session } = prepared();
    const real = signEvent(session.key, {
      network: world.network,
      sequence: session.sequence,
      kind: "DeleteRequested",
      body: { object: content("a").object },
    });
    const byStranger = { ...real, signature: stranger.key.sign(signaturePreimage("event", real.event)) };
    const unsigned = { ...real, signature: new Uint8Array(64) };
    const altered = { ...real, event: Uint8Array.from(real.event, (byte, at) => (at === 9 ? byte ^ 1 : byte)) };
    expectHarmless(world, session, [byStranger, unsigned, altered]);
  });

  test("C10: replayed, of another network, expired, or signed over another form", () => {
    const { world, session } = prepared();
    const other = new World({ governed: { replicationFactor: 1 } });
    const foreign = signEvent(session.key, {
      network: other.network,
      sequence: session.sequence,
      kind: "DeleteRequested",
      body: { object: content("a").object },
    });
    const body = { object: "not a link" };
    const asText = rawEvent(session, Buffer.from(JSON.stringify({ kind: "DeleteRequested", body })));
    expectHarmless(world, session, [foreign, asText]);
    const replay = world.sign(session, "DeleteRequested", { object: content("a").object });
    expect(world.post(replay).map(verdictOf)).toEqual(["accepted"]);
    expectHarmless(world, session, [replay]);
    world.wait(48 * 3_600_000);
    expect(world.publish(session, content("late"))).toBe("session-expired");
  });

  test("G4: two events with one sequence, a gap, and the wrong order", () => {
    const { world, session } = prepared();
    const at = session.sequence;
    const make = (name: string, sequence: number) =>
      signEvent(session.key, {
        network: world.network,
        sequence,
        kind: "ObjectPublished",
        body: { content: content(name), createdMs: 1, expiresMs: null },
      });
    expectNothing(world, [world.blob([make("gap", at + 1), make("far", at + 1000), make("old", 0)])]);
    const verdicts = world.post(make("second", at + 1), make("first", at), make("twin", at), make("second", at + 1));
    expect(verdicts.map(({ sequence }) => sequence)).toEqual([at, at + 1]);
    expect(world.state.findObject(content("twin").object)).toBeUndefined();
    expect(world.state.findObject(content("second").object)).toBeDefined();
    session.sequence = at + 2;
    expectHarmless(world, session, [make("far", at + 1000)]);
  });

  test("non-canonical bytes that say the same", () => {
    const { world, session } = prepared();
    const real = world.sign(session, "DeleteRequested", { object: content("a").object });
    session.sequence--;
    const longer = Buffer.from(real.event);
    const at = longer.indexOf("sequence") + "sequence".length;
    const stretched = concatBytes(longer.subarray(0, at), Uint8Array.of(0x18), longer.subarray(at));
    const trailing = concatBytes(real.event, Uint8Array.of(0xf6));
    expectHarmless(world, session, [rawEvent(session, stretched), rawEvent(session, trailing)]);
  });

  test("G6: an unknown version, an unknown kind and a broken body use up their sequence, and that is all", () => {
    const { world, session } = prepared();
    const cases = [
      { facts: { version: 2 }, reason: "version-inactive" },
      { facts: { version: 0 }, reason: "version-inactive" },
      { facts: { kind: "NodeSplit" }, reason: "kind-unknown" },
      { facts: { kind: "constructor" }, reason: "kind-unknown" },
      { facts: { kind: "DeleteRequested", body: { object: 7 } }, reason: "body-malformed" },
      { facts: { kind: "DeleteRequested", body: null }, reason: "body-malformed" },
      { facts: { kind: "NodeUnregistered", body: { extra: 1 } }, reason: "body-malformed" },
    ];
    for (const { facts, reason } of cases) {
      const objects = world.state.counts().objects;
      const verdicts = world.post(anyEvent(world, session, facts)).map(verdictOf);
      session.sequence++;
      expect(verdicts).toEqual([reason]);
      expect(world.state.counts().objects).toBe(objects);
    }
    const counts = world.state.findAuthor(session.id)?.rejected;
    expect(counts).toEqual([
      { reason: "body-malformed", count: 3 },
      { reason: "kind-unknown", count: 2 },
      { reason: "version-inactive", count: 2 },
    ]);
    expectHarmless(world, session, []);
  });

  test("a stranger's events of any kind leave no trace, so the state cannot be made to grow", () => {
    const { world } = prepared();
    const kinds = ["ObjectPublished", "NodeRegistered", "SessionGranted", "ReplicaAdded", "UpgradeActivated", "x"];
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.nat(3), fc.nat(50), (kind, sequence, name) => {
        const author = actor(`stranger/${name}`);
        const before = rootHex(world.state);
        world.post(anyEvent(world, author, { kind, sequence }));
        expect(rootHex(world.state)).toBe(before);
        expect(world.state.findAuthor(author.id)).toBeUndefined();
      }),
    );
  });

  test("a well-formed body of any values never throws and never lets a stranger in", () => {
    const { world, session } = prepared();
    const value = fc.oneof(
      fc.nat(),
      fc.constant(Number.MAX_SAFE_INTEGER),
      fc.constant(null),
      fc.string({ maxLength: 10 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      fc.array(fc.nat(), { maxLength: 3 }),
      fc.boolean(),
    );
    const names = fc.constantFrom("object", "node", "sinceMs", "chunks", "role", "key", "workload", "url", "pointer");
    const body = fc.dictionary(names, value, { maxKeys: 4 });
    const kind = fc.constantFrom(
      "DeleteRequested",
      "NodeSuspected",
      "ReplicaAdded",
      "RoleKeyRevoked",
      "PointerUpdated",
    );
    fc.assert(
      fc.property(kind, body, (name, facts) => {
        const [outcome] = world.post(anyEvent(world, session, { kind: name, body: facts }));
        session.sequence++;
        expect(outcome?.isAccepted).toBe(false);
      }),
    );
  });
});

describe("an author", () => {
  test("has a budget of events and bytes per log hour, and is heard again in the next", () => {
    const world = new World({ governed: { eventsPerAuthorHour: 4, bytesPerAuthorHour: 100_000 } });
    const session = world.session();
    const verdicts = ["a", "b", "c", "d"].map((name) => world.publish(session, content(name)));
    expect(verdicts).toEqual(["accepted", "accepted", "accepted", "rate"]);
    world.wait(3_600_000);
    expect(world.publish(session, content("d"))).toBe("accepted");
    const tight = new World({ governed: { bytesPerAuthorHour: 1400 } });
    const other = tight.session();
    expect(tight.publish(other, content("a"))).toBe("accepted");
    expect(tight.publish(other, content("b"))).toBe("rate");
  });
});

describe("two replayers", () => {
  test("reach the same root however the same events were batched, repeated and mixed with rubbish", () => {
    const genesis = testGenesis();
    const world = new World();
    const session = world.session();
    const events = Array.from({ length: 12 }, (_, at) =>
      at % 3 === 2
        ? world.sign(session, "DeleteRequested", { object: content(`o${at - 1}`).object })
        : world.sign(session, "ObjectPublished", { content: content(`o${at}`), createdMs: at, expiresMs: null }),
    );
    const [grant] = world.log;
    if (grant === undefined) throw new Error("the grant is missing");
    const rubbish = fc.constantFrom(
      new Uint8Array(50),
      world.blob(events.slice(3, 5), stranger),
      rawBlob(world.coordinator, Uint8Array.of(1, 2, 3)),
    );
    const run = (blobs: readonly Uint8Array[]) => {
      const state = createState(genesis);
      applyHeight(state, grant);
      applyHeight(state, { height: 2, timeMs: grant.timeMs + 5000, blobs });
      return rootHex(state);
    };
    const plain = run([world.blob(events)]);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 11 }), { maxLength: 5 }),
        fc.array(rubbish, { maxLength: 3 }),
        fc.boolean(),
        (cuts, noise, isTwice) => {
          const ends = [...new Set([...cuts, events.length])].sort((left, right) => left - right);
          const parts = ends.map((end, at) => events.slice(ends[at - 1] ?? 0, end));
          const posters = [world.coordinator, actor("coordinator-1")] as const;
          const blobs = parts.flatMap((part, at) => {
            const blob = world.blob(part, posters[at % 2 === 0 ? 0 : 1]);
            return [...noise, blob, ...(isTwice ? [blob, world.blob(events.slice(0, 1))] : [])];
          });
          expect(run(blobs)).toBe(plain);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("G7: a source that goes back, repeats or skips a height is refused and the state stays", () => {
    const { world } = prepared();
    const before = rootHex(world.state);
    for (const height of [0, 1, world.state.height, world.state.height + 2, -1]) {
      expect(() => applyHeight(world.state, { height, timeMs: world.nowMs, blobs: [] })).toThrowError(
        /delivered height/,
      );
    }
    expect(rootHex(world.state)).toBe(before);
  });

  test("log time never goes back", () => {
    const { world } = prepared();
    const { timeMs } = world.state;
    const applied = applyHeight(world.state, { height: world.state.height + 1, timeMs: 5, blobs: [] });
    expect(applied.timeMs).toBe(timeMs);
  });
});
