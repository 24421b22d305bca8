import { afterEach, describe, expect, test } from "vitest";
import { baseErrors, createHttpServer, fail, type HttpServer, VirtualClock } from "../../../src/base/index.ts";
import { type ChunkHolder, createChunkFetcher } from "../../../src/net/index.ts";
import { chunkIdOf, type KeyId } from "../../../src/protocol/index.ts";

const BYTES = new TextEncoder().encode("the right bytes");
const CHUNK = chunkIdOf(BYTES);
const servers: HttpServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

type Behaviour = "right" | "wrong" | "missing" | "fails" | "hangs";

/** A node that behaves so; counts how often it was asked. */
async function node(
  name: string,
  behaviour: Behaviour,
): Promise<ChunkHolder & { asked: number; behaviour: Behaviour }> {
  const holder = { node: name.padEnd(64, "0") as KeyId, url: "", asked: 0, behaviour };
  const server = createHttpServer(
    { name, host: "127.0.0.1", port: 0 },
    {
      routes: [
        {
          method: "GET",
          path: "/storage/chunk/{hash}",
          handle: async () => {
            holder.asked++;
            if (holder.behaviour === "missing") throw fail(baseErrors.fileMissing, { path: "the chunk" });
            if (holder.behaviour === "fails") return { status: 500, json: {} };
            if (holder.behaviour === "hangs") await new Promise(() => {});
            return { body: holder.behaviour === "right" ? BYTES : new TextEncoder().encode("other bytes") };
          },
        },
      ],
    },
  );
  await server.start();
  servers.push(server);
  return Object.assign(holder, { url: server.url });
}

/** Its clock stands still: nobody is slow unless the test says so. */
function fetcher() {
  const faults: string[] = [];
  const clock = new VirtualClock();
  const made = createChunkFetcher({
    clock,
    onFault: ({ node: id, kind }) => faults.push(`${id.slice(0, 1)} ${kind}`),
  });
  return { faults, clock, fetch: made.fetch.bind(made) };
}

describe("a chunk is read", () => {
  test("from the first holder, and nobody else is asked", async () => {
    const [first, second] = [await node("a", "right"), await node("b", "right")];
    expect(await fetcher().fetch(CHUNK, [first, second])).toEqual(BYTES);
    expect([first.asked, second.asked]).toEqual([1, 0]);
  });

  test.each<Behaviour>(["wrong", "missing", "fails"])("from the next one when a holder is %s", async (behaviour) => {
    const { fetch, faults } = fetcher();
    expect(await fetch(CHUNK, [await node("a", behaviour), await node("b", "right")])).toEqual(BYTES);
    expect(faults).toHaveLength(1);
  });

  test("soon, although the first holder never answers; that one is asked last from then on", async () => {
    const { fetch, faults, clock } = fetcher();
    const [stuck, good] = [await node("a", "hangs"), await node("b", "right")];
    const first = fetch(CHUNK, [stuck, good]);
    await expect.poll(() => stuck.asked).toBe(1);
    await clock.advance(999);
    expect(good.asked).toBe(0);
    await clock.advance(1);
    expect(await first).toEqual(BYTES);
    expect(await fetch(CHUNK, [stuck, good])).toEqual(BYTES);
    expect(faults).toEqual(["a slow"]);
    expect([stuck.asked, good.asked]).toEqual([1, 2]);
  });

  test("from a holder that is gone when it is the only one that can have it", async () => {
    const { fetch } = fetcher();
    const only = await node("a", "fails");
    await expect(fetch(CHUNK, [only])).rejects.toMatchObject({ code: "DSDN_NET_CHUNK_UNAVAILABLE" });
    only.behaviour = "right";
    expect(await fetch(CHUNK, [only])).toEqual(BYTES);
  });
});

describe("a chunk nobody gives", () => {
  test("is missing when all say so, and only late when one of them failed", async () => {
    const [a, b] = [await node("a", "missing"), await node("b", "missing")];
    await expect(fetcher().fetch(CHUNK, [a, b])).rejects.toMatchObject({ facts: { isMissing: true, tried: 2 } });
    b.behaviour = "wrong";
    await expect(fetcher().fetch(CHUNK, [a, b])).rejects.toMatchObject({ facts: { isMissing: false } });
    await expect(fetcher().fetch(CHUNK, [])).rejects.toMatchObject({ facts: { isMissing: false, tried: 0 } });
  });

  test("is not waited for once the reader has left", async () => {
    const stop = new AbortController();
    const stuck = await node("a", "hangs");
    const reading = fetcher().fetch(CHUNK, [stuck], stop.signal);
    stop.abort(new Error("left"));
    await expect(reading).rejects.toThrow("left");
  });
});
