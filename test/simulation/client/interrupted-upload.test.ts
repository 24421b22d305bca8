import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Event } from "../../../src/protocol/index.ts";
import { makeWorld, treeOf, type World } from "../../unit/client/world.ts";

/** Every call is a death, an upload and a download of its own: some twenty times a second or two, more on a busy machine. */
const ALL_DEATHS_MS = 600_000;

/** Repeatable bytes that look random. */
function noise(size: number): Uint8Array {
  return new Uint8Array(
    createCipheriv("aes-256-ctr", new Uint8Array(32), new Uint8Array(16)).update(new Uint8Array(size)),
  );
}

function filesOf(world: World): string {
  return world.write("src", { "a/one": "one", "a/two": noise(70_000), three: noise(5 * 1024 * 1024) });
}

/** Uploads until the client has made `calls` calls; the last one is done by the network, or is not, and never answered. */
async function dieAtCall(world: World, src: string, moment: { calls: number; isDone: boolean }): Promise<boolean> {
  const stop = new AbortController();
  const { promise: never } = Promise.withResolvers<void>();
  let made = 0;
  world.ingress.before = async () => {
    made += 1;
    if (made < moment.calls) return;
    // Everything after the moment of death stays unanswered; the call itself may still have its effect.
    queueMicrotask(() => stop.abort(new Error("killed")));
    if (made > moment.calls || !moment.isDone) await never;
  };
  const options = { name: "kept", signal: stop.signal };
  const outcome = await world.client.storage.upload({ paths: [src] }, options).then(
    () => "finished",
    () => "killed",
  );
  world.ingress.before = () => {};
  return outcome === "killed";
}

const objectOf = (event: Event) => (event.kind === "ObjectPublished" ? event.body.content.object : undefined);

describe("an upload that is killed at any call and run again", () => {
  const title = "ends as if nothing had happened (the call had its effect: %s)";
  test.each([false, true])(title, { timeout: ALL_DEATHS_MS }, async (isDone) => {
    let deaths = 0;
    for (let calls = 1; ; calls++) {
      const world = await makeWorld();
      const src = filesOf(world);
      const wasKilled = await dieAtCall(world, src, { calls, isDone });
      if (!wasKilled) break;
      deaths += 1;
      const result = await world.connect().storage.upload({ paths: [src] }, { name: "kept" });
      const where = `killed at call ${calls}`;
      expect(result.stage, where).toBe("published");
      const objects = world.ingress.eventsOf("ObjectPublished").map(objectOf);
      expect(objects, where).toContain(result.object);
      // Whatever was signed before the death reached the log too: no sequence is left open.
      const { accepted, waiting } = world.ingress;
      expect(waiting.size, where).toBe(0);
      expect(
        accepted.map(({ sequence }) => sequence),
        where,
      ).toEqual(accepted.map((_, i) => i));
      await world.client.storage.get("kept", { out: world.path("back") });
      expect(treeOf(world.path("back")), where).toEqual(treeOf(src));
      expect(
        (await world.connect().storage.list()).map(({ name }) => name),
        where,
      ).toEqual(["kept"]);
    }
    expect(deaths).toBeGreaterThan(8);
  });
});
