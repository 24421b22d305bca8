import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/index.ts";
import {
  eventually,
  hashOf,
  makeBytes,
  readBack,
  replayCopy,
  startTestDevnet,
  type TestDevnet,
} from "./devnet-fixture.ts";

const STEPS = Number(process.env["CHAOS_STEPS"] ?? 6);
const ZONES = ["zone-a", "zone-b", "zone-c"] as const;

interface Promised {
  readonly object: string;
  readonly hash: string;
}

/** One fault after another on one zone or one role at a time, with work and reads going on all the while. */
class Chaos {
  readonly #net: TestDevnet;
  readonly #below: (bound: number) => number;
  readonly promised: Promised[] = [];
  readonly said: string[] = [];
  #count = 0;

  constructor(net: TestDevnet, seed: string) {
    const random = seededRandom(seed);
    this.#net = net;
    this.#below = (bound) => Buffer.from(random.bytes(4)).readUInt32BE() % bound;
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[this.#below(items.length)];
    if (item === undefined) throw new TypeError("nothing to pick from");
    return item;
  }

  async step(): Promise<void> {
    const { devnet } = this.#net;
    const zone = this.#pick(ZONES);
    const nodes = devnet.status().roles.filter((role) => role.zone === zone);
    const fault = this.#pick(["kill", "kill", "partition", "slow", "corrupt", "restart", "role", "da", "all"] as const);
    this.said.push(`${fault} ${zone}`);
    if (fault === "all") {
      await this.#net.stop();
      await this.#net.start();
    } else if (fault === "da") await devnet.fault(this.#pick(["kill", "restart"]), "da");
    else if (fault === "role") {
      const role = this.#pick(["coordinator", "validator", "sequencer"]);
      await devnet.fault(this.#pick(["kill", "restart", "partition"]), role);
    } else for (const { name } of nodes) await devnet.fault(fault, name);
    await this.#work();
    await this.#net.devnet.heal();
    if (this.#below(2) === 0) await this.#work();
  }

  async #work(): Promise<void> {
    for (let turn = 0; turn < 2; turn++) {
      const bytes = makeBytes(1 + this.#below(150_000), `chaos ${this.#count}`);
      const name = this.#below(2) === 0 ? null : `named-${this.#below(4)}`;
      this.#count++;
      const files = [{ path: "a.bin", bytes }];
      const { object } = await this.#net.client.storage.upload({ files }, { name, until: "durable" });
      this.promised.push({ object, hash: hashOf(bytes) });
      await this.read(this.#pick(this.promised));
    }
  }

  async read({ object, hash }: Promised): Promise<void> {
    expect({ object, hash: hashOf(await readBack(this.#net.client, `${object}/a.bin`)) }).toEqual({ object, hash });
  }
}

describe.each((process.env["CHAOS_SEEDS"] ?? "one").split(" "))("faults in the order of seed %s", (seed) => {
  test("lose nothing that was promised, stop no read, and leave every role in one state", async () => {
    const net = await startTestDevnet();
    const chaos = new Chaos(net, seed);
    try {
      for (let step = 0; step < STEPS; step++) await chaos.step();
    } catch (error) {
      throw new Error(`seed ${seed} after ${chaos.said.join(", ")}`, { cause: error });
    }
    await net.devnet.heal();
    for (const { object } of chaos.promised) {
      await eventually(
        async () => {
          const { details } = await net.client.storage.stat(object);
          return details.status === "published" && details.replicas >= 3;
        },
        { what: `publication and replicas of ${object}` },
      );
    }
    for (const promised of chaos.promised) await chaos.read(promised);
    const { height, stateRoot } = await net.client.stateRoot();
    expect((await replayCopy(net.folder)).rootAt(height)).toBe(stateRoot);
    for (const { name } of net.devnet.status().roles) {
      expect(await net.devnet.rebuild(name)).toMatchObject({ isEqual: true });
    }
  }, 600_000);
});
