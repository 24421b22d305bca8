import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createHttpClient,
  createHttpServer,
  fail,
  type HttpServer,
  silentLogger,
  toUtf8,
  VirtualClock,
} from "../../../src/base/index.ts";
import { chunkIdOf, type KeyId, type NetworkId, type StoredAck } from "../../../src/protocol/index.ts";
import { createSpreader } from "../../../src/roles/ingress/spreader.ts";
import { writeRoutes } from "../../../src/roles/ingress/write-routes.ts";
import { nodeErrors } from "../../../src/roles/node/errors.ts";
import type { Replica } from "../../../src/state/index.ts";

const NETWORK = "22".repeat(32) as NetworkId;
const BYTES = toUtf8("a chunk");
const CHUNK = chunkIdOf(BYTES);
const DAY = 24 * 3_600_000;
const NODES = ["a", "b", "c"].map((zone, index) => ({ id: `0${index}`.repeat(32) as KeyId, zone, status: "active" }));

let clock: VirtualClock;
let log: { isUsed: boolean; replicas: readonly KeyId[] };
let ingress: HttpServer;

beforeEach(async () => {
  clock = new VirtualClock();
  log = { isUsed: true, replicas: [] };
  const state = {
    isChunkUsed: () => log.isUsed,
    findChunk: () => ({ replicas: log.replicas }),
    findNode: (id: KeyId) => NODES.find((node) => node.id === id),
  };
  const acks = NODES.map(({ id: node, zone }) => {
    const facts = { version: 1, network: NETWORK, chunk: CHUNK, size: BYTES.length, node, zone, timeMs: 0 } as const;
    return { ...facts, publishRequest: null, signature: new Uint8Array(64) } satisfies StoredAck;
  });
  const routes = writeRoutes({
    replica: { state } as unknown as Replica,
    spreader: { spread: async () => acks },
    sink: { submit: async () => {} },
    recent: { add: () => {}, find: () => undefined },
    clock,
    log: silentLogger(),
  });
  ingress = createHttpServer({ name: "ingress", host: "127.0.0.1", port: 0 }, { routes });
  await ingress.start();
});

afterEach(() => ingress.stop());

const client = () => createHttpClient({ name: "The ingress", url: ingress.url });

async function isSaidToBeStored(): Promise<boolean> {
  const found = await client().json("/v1/chunks/find", { method: "POST", json: { chunks: [CHUNK] } });
  return JSON.stringify(found).includes(CHUNK);
}

describe("what an ingress calls stored", () => {
  test("is a chunk in two zones that an object needs", async () => {
    log.replicas = NODES.map(({ id }) => id);
    expect(await isSaidToBeStored()).toBe(true);
  });

  test("is no chunk that nobody needs any more: its nodes may collect it before it is published again", async () => {
    log = { isUsed: false, replicas: NODES.map(({ id }) => id) };
    expect(await isSaidToBeStored()).toBe(false);
    await client().send("/v1/chunks", { method: "PUT", body: BYTES });
    expect(await isSaidToBeStored()).toBe(true);
  });

  test("is an acknowledged chunk only as long as its nodes surely keep it unpublished", async () => {
    log.isUsed = false;
    await client().send("/v1/chunks", { method: "PUT", body: BYTES });
    await clock.advance(DAY - 1);
    expect(await isSaidToBeStored()).toBe(true);
    await clock.advance(2);
    expect(await isSaidToBeStored()).toBe(false);
  });
});

describe("bytes that the nodes refuse for their own sake", () => {
  test("are not carried to every node of the network", async () => {
    let asked = 0;
    const refuse = () => {
      asked++;
      throw fail(nodeErrors.leaseInvalid, { reason: "it has expired" });
    };
    const node = createHttpServer(
      { name: "node", host: "127.0.0.1", port: 0 },
      { routes: [{ method: "PUT", path: "/storage/chunk", handle: refuse }] },
    );
    await node.start();
    const nodes = Array.from({ length: 20 }, (_, index) => ({
      id: index.toString(16).padStart(64, "0") as KeyId,
      class: "regular" as const,
      zone: `zone-${index % 5}`,
      isActive: true,
      httpUrl: node.url,
    }));
    const spreader = createSpreader({ network: NETWORK, nodes: () => nodes, log: silentLogger() });
    const job = { chunk: CHUNK, path: "/storage/chunk", method: "PUT" as const, body: BYTES, lease: "x" };
    await expect(spreader.spread(job)).rejects.toMatchObject({ code: "DSDN_NODE_LEASE_INVALID" });
    await node.stop();
    expect(asked).toBeLessThan(6);
  });
});
