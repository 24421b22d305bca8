import { describe, expect, test } from "vitest";
import { signaturePreimage } from "../../../src/protocol/index.ts";
import { createVerifiedEvents } from "../../../src/state/index.ts";
import { actor, content, World } from "./world.ts";

function signed(name: string) {
  const world = new World();
  return world.sign(actor("session"), "DeleteRequested", { object: content(name).object });
}

describe("verified events", () => {
  test("are verified once and then known", () => {
    const cache = createVerifiedEvents();
    const first = cache.read(signed("a"))?.verify();
    expect(first?.event?.kind).toBe("DeleteRequested");
    expect(cache.read(signed("a"))?.verify()).toBe(first);
  });

  test("are known by event and signature together: another signature is verified anew", () => {
    const cache = createVerifiedEvents();
    const event = signed("a");
    cache.read(event)?.verify();
    const signature = actor("stranger").key.sign(signaturePreimage("event", event.event));
    expect(cache.read({ ...event, signature })?.verify()).toBeUndefined();
    expect(cache.read({ ...event, signature })?.head.sequence).toBe(0);
  });

  test("forged ones are never remembered", () => {
    const cache = createVerifiedEvents();
    const forged = { ...signed("a"), signature: new Uint8Array(64) };
    for (let round = 0; round < 2; round++) expect(cache.read(forged)?.verify()).toBeUndefined();
  });

  test("what is no event is not read", () => {
    const cache = createVerifiedEvents();
    expect(cache.read({ event: new Uint8Array(5), signature: new Uint8Array(64) })).toBeUndefined();
  });

  test("the one used longest ago is forgotten when there are too many, and verified again when it comes back", () => {
    const cache = createVerifiedEvents({ capacityBytes: 3000 });
    const first = cache.read(signed("a"))?.verify();
    const second = cache.read(signed("b"))?.verify();
    expect(cache.read(signed("a"))?.verify()).toBe(first);
    cache.read(signed("c"))?.verify();
    expect(cache.read(signed("a"))?.verify()).toBe(first);
    const again = cache.read(signed("b"))?.verify();
    expect(again).not.toBe(second);
    expect(again).toEqual(second);
  });
});
