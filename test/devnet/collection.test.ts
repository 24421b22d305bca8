import { beforeAll, describe, expect, test } from "vitest";
import { toHex } from "../../src/base/index.ts";
import { digestOf, parseChunkId } from "../../src/protocol/index.ts";
import {
  eventually,
  hashOf,
  LeapClock,
  makeBytes,
  readBack,
  startTestDevnet,
  type TestDevnet,
} from "./devnet-fixture.ts";

const DAY_MS = 24 * 3_600_000;
/** Longer than nodes keep what nobody needs, of whatever class. */
const DELAY_MS = 31 * DAY_MS;
const SWEEP_MS = 61_000;

let clock: LeapClock;
let net: TestDevnet;

beforeAll(async () => {
  clock = new LeapClock();
  net = await startTestDevnet({ clock });
});

const fileOf = (name: string) => ({ files: [{ path: "a.bin", bytes: makeBytes(9_000, name) }] });

async function chunksOf(object: string): Promise<string[]> {
  const { details } = await net.client.storage.stat(object);
  return [details.manifest, ...details.chunks].map(({ id }) => toHex(digestOf(parseChunkId(id))));
}

const nodeUrls = () => net.devnet.status().roles.flatMap(({ kind, url }) => (kind === "node" ? [url] : []));

/** How many nodes hold each of the chunks. */
async function countHolders(hashes: readonly string[]): Promise<number[]> {
  return Promise.all(
    hashes.map(async (hash) => {
      const answers = nodeUrls().map(async (url) => (await fetch(`${url}/storage/has/${hash}`)).json());
      return (await Promise.all(answers)).filter((answer) => (answer as { exists: boolean }).exists).length;
    }),
  );
}

const isWhole = (object: string) =>
  eventually(async () => (await net.client.storage.stat(object)).details.replicas >= 3, { what: "three replicas" });

/** Lets every node look for what it may drop. */
async function sweep(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    clock.leap(SWEEP_MS);
    const { height } = net.devnet.status();
    await eventually(() => net.devnet.status().height > height, { what: "a height" });
  }
}

/** Lets time pass until no node holds any of the chunks. */
async function untilCollected(hashes: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      clock.leap(SWEEP_MS);
      return Math.max(...(await countHolders(hashes))) === 0;
    },
    { what: "collection" },
  );
}

describe("what its owner deleted", () => {
  test("stays on the nodes for the delay, and is gone from every disk after it", async () => {
    const { object } = await net.client.storage.upload(fileOf("deleted"), { name: "deleted" });
    await isWhole(object);
    const hashes = await chunksOf(object);
    await net.client.storage.remove("deleted");
    await sweep();
    expect(Math.min(...(await countHolders(hashes)))).toBeGreaterThanOrEqual(3);
    await net.devnet.advanceClock(DELAY_MS);
    await untilCollected(hashes);
  });

  test("is kept when it is uploaded again right before it would be collected", async () => {
    const { object } = await net.client.storage.upload(fileOf("again"), { name: "again" });
    await isWhole(object);
    await net.client.storage.remove("again");
    await net.devnet.advanceClock(DELAY_MS);
    const uploading = net.client.storage.upload(fileOf("again"), { name: "again" });
    for (let turn = 0; turn < 5; turn++) {
      clock.leap(SWEEP_MS);
      await net.client.status();
    }
    const stored = await uploading;
    expect(stored.object).toBe(object);
    await sweep();
    expect(await readBack(net.client, `${object}/a.bin`)).toEqual(makeBytes(9_000, "again"));
    await isWhole(object);
  });

  test("is kept for another owner of the same public bytes", async () => {
    const bob = net.connectAs({ account: "bob", profile: "bob" });
    const options = { isPublic: true, name: "shared" };
    const mine = await net.client.storage.upload(fileOf("shared"), options);
    const his = await bob.storage.upload(fileOf("shared"), options);
    expect(his.object).toBe(mine.object);
    await isWhole(mine.object);
    await net.client.storage.remove("shared");
    await net.devnet.advanceClock(DELAY_MS);
    await sweep();
    expect(await readBack(bob, `${his.object}/a.bin`)).toEqual(makeBytes(9_000, "shared"));
    await isWhole(his.object);
  });
});

test("what expired is collected like what was deleted", async () => {
  const { object } = await net.client.storage.upload(fileOf("expiring"), { name: null, ttlMs: DAY_MS });
  await isWhole(object);
  const hashes = await chunksOf(object);
  await net.devnet.advanceClock(2 * DAY_MS);
  await sweep();
  expect(Math.min(...(await countHolders(hashes)))).toBeGreaterThanOrEqual(3);
  await net.devnet.advanceClock(DELAY_MS);
  await untilCollected(hashes);
});

test("bytes that nobody ever published are dropped after two days, and not before", async () => {
  const bytes = makeBytes(500, "orphan");
  const hash = hashOf(bytes);
  const body = bytes as Uint8Array<ArrayBuffer>;
  expect((await fetch(`${nodeUrls()[0]}/storage/chunk`, { method: "PUT", body })).status).toBe(200);
  clock.leap(DAY_MS);
  await sweep();
  expect(await countHolders([hash])).toEqual([1]);
  clock.leap(1.2 * DAY_MS);
  await eventually(
    async () => {
      clock.leap(SWEEP_MS);
      return (await countHolders([hash]))[0] === 0;
    },
    { what: "its removal" },
  );
});
