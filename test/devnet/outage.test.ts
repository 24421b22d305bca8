import { describe, expect, test } from "vitest";
import { eventually, LeapClock, makeBytes, readBack, replayCopy, startTestDevnet } from "./devnet-fixture.ts";

const MINUTE_MS = 60_000;
const fileOf = (name: string) => ({ files: [{ path: "a.bin", bytes: makeBytes(30_000, name) }] });

describe("five minutes without a log", () => {
  test("stop no durable write and no read, and everything is published afterwards", async () => {
    const clock = new LeapClock();
    const net = await startTestDevnet({ clock });
    const before = await net.client.storage.upload(fileOf("before"), { name: "before" });
    await net.devnet.fault("kill", "da");
    // Blocks made before are still read: what the log holds now is where it stands until it is back.
    const { height } = await replayCopy(net.folder);
    await eventually(async () => (await net.client.stateRoot()).height === height, { what: "the log's last block" });
    const objects: string[] = [];
    for (let minute = 0; minute < 5; minute++) {
      const name = `minute ${minute}`;
      const { object, stage } = await net.client.storage.upload(fileOf(name), { name, until: "durable" });
      expect(stage).toBe("durable");
      objects.push(object);
      clock.leap(MINUTE_MS);
      expect(await readBack(net.client, `${object}/a.bin`)).toEqual(makeBytes(30_000, name));
      expect(await readBack(net.client, `${before.object}/a.bin`)).toEqual(makeBytes(30_000, "before"));
    }
    const during = await net.client.status();
    expect(during.dataAvailability).toMatchObject({ isConnected: false });
    expect(during.height).toBe(height);
    await net.devnet.heal();
    for (const object of objects) {
      await eventually(async () => (await net.client.storage.stat(object)).details.status === "published", {
        what: "publication after the outage",
      });
    }
    expect((await net.client.status()).dataAvailability.isConnected).toBe(true);
    expect((await net.client.storage.list()).map(({ name }) => name).filter((name) => name !== "before")).toHaveLength(
      5,
    );
  });

  test("survive a restart of the whole devnet in their middle", async () => {
    const net = await startTestDevnet();
    await net.devnet.fault("kill", "da");
    const { object } = await net.client.storage.upload(fileOf("pending"), { name: null, until: "durable" });
    await net.stop();
    await net.start();
    await eventually(async () => (await net.client.storage.stat(object)).details.status === "published");
    expect(await readBack(net.client, `${object}/a.bin`)).toEqual(makeBytes(30_000, "pending"));
  });
});

describe("a slow log", () => {
  test("holds publication back and not durability", async () => {
    const clock = new LeapClock();
    const net = await startTestDevnet({ clock });
    await net.stop();
    await net.start({ daDelayMs: MINUTE_MS });
    const { object, stage } = await net.client.storage.upload(fileOf("slow"), { name: null, until: "durable" });
    expect(stage).toBe("durable");
    const statusOf = async () => (await net.client.storage.stat(object)).details.status;
    const { height } = await net.client.stateRoot();
    await eventually(() => net.devnet.status().height > height, { what: "a height without it" });
    expect(await statusOf()).toBe("durable");
    const passAndAsk = async () => {
      clock.leap(MINUTE_MS);
      return (await statusOf()) === "published";
    };
    await eventually(passAndAsk, { what: "publication after its delay" });
  });
});
