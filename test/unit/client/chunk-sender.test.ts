import { expect, test } from "vitest";
import { createBufferPool } from "../../../src/client/files/buffer-pool.ts";
import { createChunkSender } from "../../../src/client/files/chunk-sender.ts";
import { refOf } from "../../../src/objects/index.ts";
import type { NetworkId } from "../../../src/protocol/index.ts";

test("a chunk that is sent twice is counted once, and what leaves never goes back", async () => {
  const left: number[] = [];
  const limits: object[] = [];
  const bytes = new Uint8Array(1_000);
  const refused = new Error("refused");
  const sender = createChunkSender({
    ingress: {
      // The ingress asks again by itself: each try counts from nothing.
      call: async (_route: string, { onSent, ...given }: { onSent: (sentBytes: number) => void }) => {
        limits.push(given);
        for (const sentBytes of [400, 1_000, 100, 400, 900, 1_000]) onSent(sentBytes);
        throw refused;
      },
    } as never,
    network: "11".repeat(32) as NetworkId,
    pool: createBufferPool(1, 1_000),
    zoneOf: () => undefined,
    refreshNodes: async () => {},
    leaseFor: async () => "",
    known: new Map(),
    onStored: async () => {},
    onLeft: () => left.push(sender.leftBytes),
  });
  await sender.store(refOf(bytes), bytes);
  await expect(sender.drain()).rejects.toBe(refused);
  expect(left).toEqual([400, 1_000]);
  // On a slow way it may take as long as it moves.
  expect(limits).toMatchObject([{ stallMs: 120_000 }]);
  expect(limits[0]).not.toHaveProperty("timeoutMs");
});
