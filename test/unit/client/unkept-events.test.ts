import { describe, expect, test } from "vitest";
import { UnkeptEvents } from "../../../src/client/publishing/unkept-events.ts";
import { ed25519FromSeed } from "../../../src/crypto/index.ts";
import { hexId, type KeyId, limits, type NetworkId, readEventHead, signEvent } from "../../../src/protocol/index.ts";

const signer = ed25519FromSeed(new Uint8Array(32).fill(7));
const network = hexId<NetworkId>(new Uint8Array(32).fill(1));
const body = { sessionKey: hexId<KeyId>(new Uint8Array(32).fill(2)) };
const eventAt = (sequence: number) => signEvent(signer, { network, sequence, kind: "SessionRevoked", body });
const sequencesOf = (events: ReturnType<UnkeptEvents["between"]>) =>
  events.map((event) => readEventHead(event).sequence);

describe("events that only the outbox keeps", () => {
  test("go with a request in the order of their numbers: those before it that the log has not used", () => {
    const events = new UnkeptEvents();
    events.add([9, 3, 4].map(eventAt));
    events.add([eventAt(6), eventAt(4)]);
    expect(sequencesOf(events.between(4, 9))).toEqual([4, 6]);
  });

  test("stay behind when they are more than go with one, and when a coordinator took them", () => {
    const events = new UnkeptEvents();
    const most = Array.from({ length: limits.eventsBeforeRequest }, (_, at) => eventAt(at));
    events.add(most);
    expect(events.between(0, 100)).toHaveLength(most.length);
    events.add([eventAt(most.length)]);
    expect(events.between(0, 100)).toEqual([]);
    expect(events.between(1, 100)).toHaveLength(most.length);
    events.clear();
    expect(events.between(1, 100)).toEqual([]);
  });
});
