import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHttpServer, type HttpServer, toBase64 } from "../../../src/base/index.ts";
import { ed25519FromSeed, sha256 } from "../../../src/crypto/index.ts";
import { createHttpEventSink } from "../../../src/net/index.ts";
import {
  type ChunkId,
  chunkIdOf,
  encodeSignedEvent,
  ingressApi,
  type NetworkId,
  signEvent,
} from "../../../src/protocol/index.ts";
import { answer, serveApi } from "../../../src/roles/surface/index.ts";
import { OutboxWorld } from "./outbox-world.ts";

const KEY = ed25519FromSeed(sha256(new TextEncoder().encode("sink")));
const NETWORK = "11".repeat(32) as NetworkId;
const CHUNKS: ChunkId[] = Array.from({ length: 2000 }, (_, index) => chunkIdOf(new TextEncoder().encode(`${index}`)));

let server: HttpServer;
let taken: string[];

beforeEach(async () => {
  taken = [];
  const route = serveApi(ingressApi.submitEvents, (_request, { events }) => {
    taken.push(...events);
    return answer("", { accepted: events.length });
  });
  server = createHttpServer({ name: "coordinator", host: "127.0.0.1", port: 0 }, { routes: [route] });
  await server.start();
});

afterEach(() => server.stop());

describe("handing over many events", () => {
  const eventOf = (sequence: number, chunks: number) =>
    signEvent(KEY, {
      network: NETWORK,
      sequence,
      kind: "ReplicaAdded",
      body: { chunks: CHUNKS.slice(0, chunks) },
    });

  test("more than a coordinator takes at once arrive in order", async () => {
    const events = Array.from({ length: 1_201 }, (_, sequence) => eventOf(sequence, 1));
    await createHttpEventSink({ coordinatorUrls: [server.url] }).submit(events);
    expect(taken).toEqual(events.map((event) => toBase64(encodeSignedEvent(event))));
  });

  test("larger than a coordinator takes at once arrive whole", async () => {
    await createHttpEventSink({ coordinatorUrls: [server.url] }).submit(new Array(100).fill(eventOf(0, 2_000)));
    expect(taken).toHaveLength(100);
  });
});

describe("an outbox whose disk fails while it is emptied", () => {
  test("stays usable and lets no rejection escape", async () => {
    const faults: unknown[] = [];
    const onFault = (reason: unknown) => void faults.push(reason);
    process.on("unhandledRejection", onFault);
    try {
      const world = new OutboxWorld();
      const { truncate } = world.disk;
      await world.outbox.start();
      world.disk.truncate = async () => {
        throw new Error("EIO");
      };
      const first = world.say();
      await world.clock.advance(10);
      await world.mine();
      await first;
      await world.clock.advance(10);
      world.disk.truncate = truncate;
      const second = world.say();
      await world.clock.advance(10);
      await world.mine();
      await second;
    } finally {
      process.off("unhandledRejection", onFault);
    }
    expect(faults).toEqual([]);
  });
});
