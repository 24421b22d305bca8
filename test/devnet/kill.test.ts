import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom, systemClock } from "../../src/base/index.ts";
import {
  connectToSpawned,
  eventually,
  hashOf,
  makeBytes,
  makeScratch,
  readBack,
  replayCopy,
  type SpawnedDevnet,
  spawnDevnet,
} from "./devnet-fixture.ts";

const KILLS = 25;
const RESTART_MS = 5_000;
const SEED = "kill -9";

/** What somebody outside the system wrote down: the only judge of what was promised. */
interface Promised {
  readonly object: string;
  readonly hash: string;
  readonly round: number;
}

const random = seededRandom(SEED);
const below = (bound: number) => Buffer.from(random.bytes(4)).readUInt32BE() % bound;
const clock = systemClock();
const oracle: Promised[] = [];
const restartsMs: number[] = [];
let scratch: string;
let folder: string;
let devnet: SpawnedDevnet;
let firstStartMs = 0;
let seen = { height: 0, stateRoot: "" };

beforeAll(async () => {
  scratch = await makeScratch();
  folder = join(scratch, "net");
  devnet = await spawnDevnet(folder);
  firstStartMs = devnet.startedAfterMs;
});

const user = () => connectToSpawned(devnet, { account: "alice", profileFolder: join(scratch, "profile") });

/** Uploads one thing after the other until the signal; what is called durable goes to the oracle. */
async function keepUploading(worker: string, round: number, signal: AbortSignal): Promise<void> {
  const client = user();
  for (let count = 0; !signal.aborted; count++) {
    const name = `${round}/${worker}/${count}`;
    const bytes = makeBytes(1 + below(120_000), name);
    // Named objects move the owner's index too: more events, more moments to die in.
    const options = { name: count % 2 === 0 ? null : `${worker}-${count % 5}`, signal };
    try {
      const stored = await client.storage.upload(
        { files: [{ path: "a.bin", bytes }] },
        { ...options, until: "durable" },
      );
      oracle.push({ object: stored.object, hash: hashOf(bytes), round });
      seen = await client.stateRoot(undefined, signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
  }
}

async function expectKept(promised: readonly Promised[]): Promise<void> {
  const client = user();
  for (const { object, hash, round } of promised) {
    const bytes = await readBack(client, `${object}/a.bin`);
    expect({ object, round, hash: hashOf(bytes) }).toEqual({ object, round, hash });
  }
}

describe(`kill -9 at ${KILLS} moments of seed "${SEED}"`, () => {
  test.each(Array.from({ length: KILLS }, (_, at) => at + 1))(
    "kill %i: the devnet is back by itself, in the same state, with everything it promised",
    async (round) => {
      const stop = new AbortController();
      // So far into the work, however fast this machine is, and a little further.
      const wanted = below(3);
      const momentMs = below(400);
      const working = Promise.all(["a", "b"].map((worker) => keepUploading(worker, round, stop.signal)));
      await eventually(() => oracle.filter((promised) => promised.round === round).length >= wanted, {
        what: `${wanted} durable uploads`,
      });
      await clock.sleep(momentMs);
      const killed = devnet.kill();
      stop.abort(new Error("killed"));
      await killed;
      await working;
      const independent = await replayCopy(folder);
      devnet = await spawnDevnet(folder);
      restartsMs.push(devnet.startedAfterMs);
      const client = user();
      expect(independent.height).toBeGreaterThanOrEqual(seen.height);
      if (seen.height > 0) expect(independent.rootAt(seen.height)).toBe(seen.stateRoot);
      const { stateRoot } = await client.stateRoot(independent.height);
      expect(stateRoot).toBe(independent.rootAt(independent.height));
      await expectKept(oracle.filter((promised) => promised.round === round));
    },
  );

  test("at the end everything that was ever called durable is readable and reaches the log", async () => {
    expect(oracle.length).toBeGreaterThan(KILLS / 2);
    await expectKept(oracle);
    const client = user();
    for (const { object } of oracle) {
      await eventually(async () => (await client.storage.stat(object)).details.status === "published", {
        what: `publication of ${object}`,
      });
    }
    expect((await client.storage.list()).length).toBeGreaterThan(0);
    expect(await devnet.interrupt()).toBe(0);
  });

  test("it took no five seconds to be back, most of the time; on a slow machine not much longer than the first start", () => {
    const sorted = restartsMs.toSorted((left, right) => left - right);
    expect(sorted).toHaveLength(KILLS);
    expect(sorted[KILLS >> 1]).toBeLessThan(Math.max(RESTART_MS, 3 * firstStartMs));
  });
});
