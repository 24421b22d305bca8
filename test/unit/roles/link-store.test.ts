import { describe, expect, test } from "vitest";
import { seededRandom, silentLogger, VirtualClock } from "../../../src/base/index.ts";
import { type Address, limits, linkIdOf, objectIdOf } from "../../../src/protocol/index.ts";
import { createLinkStore, type NewLink } from "../../../src/roles/ingress/links/link-store.ts";
import { crashModes, SimulatedDisk } from "../../simulation/simulated-disk.ts";

const FOLDER = "/data/links";
const DAY = 24 * 3_600_000;
const OWNER = "aa".repeat(20) as Address;
const random = seededRandom("link store");
const object = objectIdOf(random.bytes(8));

function newLink(change: Partial<NewLink> = {}): NewLink {
  const [createdMs, note] = [1_700_000_000_000, random.bytes(20)];
  const terms = { owner: OWNER, object, createdMs, expiresMs: createdMs + DAY, note };
  return { link: linkIdOf(random.bytes(16)), ...terms, half: random.bytes(32), sealed: random.bytes(200), ...change };
}

async function open(disk = new SimulatedDisk(), clock = new VirtualClock(1_700_000_000_000)) {
  const store = createLinkStore({ folder: FOLDER }, { disk, clock, log: silentLogger(), nowMs: () => clock.nowMs() });
  await store.start();
  return { store, disk, clock };
}

/** Whether any file still holds the half. */
async function isKept(disk: SimulatedDisk, { half }: NewLink): Promise<boolean> {
  const files = await disk.list(FOLDER);
  const contents = await Promise.all(files.map(({ name }) => disk.find(`${FOLDER}/${name}`)));
  return contents.some((bytes) => bytes !== undefined && Buffer.from(bytes).includes(Buffer.from(half)));
}

describe("the halves an ingress keeps", () => {
  test("outlive a restart, with everything said of them", async () => {
    const { store, disk } = await open();
    const link = newLink();
    const added = await store.add(link);
    await store.stop();
    const { store: again } = await open(disk);
    expect(again.find(link.link)).toEqual(added);
    expect(await again.openSecret(link.link)).toEqual({ half: link.half, sealed: link.sealed });
  });

  test("are thrown away when a link is revoked, and how it ended is remembered over a restart", async () => {
    const { store, disk } = await open();
    const link = newLink();
    await store.add(link);
    expect(await isKept(disk, link)).toBe(true);
    await store.end(link.link, "revoked");
    expect(await store.openSecret(link.link)).toBeUndefined();
    expect(await isKept(disk, link)).toBe(false);
    await store.stop();
    const { store: again } = await open(disk);
    expect(again.find(link.link)).toMatchObject({ state: "revoked", owner: OWNER });
    expect(await again.openSecret(link.link)).toBeUndefined();
  });

  test("are given until the moment a link ends and not at it, and the next sweep throws them away", async () => {
    const { store, disk, clock } = await open();
    const link = newLink();
    await store.add(link);
    await clock.advance(DAY - 1);
    expect(await store.openSecret(link.link)).toBeDefined();
    await clock.advance(1);
    expect(await store.openSecret(link.link)).toBeUndefined();
    await clock.advance(60_000);
    expect(store.find(link.link)?.state).toBe("expired");
    expect(await isKept(disk, link)).toBe(false);
  });

  test("are thrown away at the start when a link ended while the ingress was down", async () => {
    const { store, disk, clock } = await open();
    const link = newLink();
    await store.add(link);
    await store.stop();
    await clock.advance(2 * DAY);
    const { store: again } = await open(disk, clock);
    expect(again.find(link.link)?.state).toBe("expired");
    expect(await isKept(disk, link)).toBe(false);
  });

  test("cannot be brought back by adding the same link again", async () => {
    const { store, disk } = await open();
    const link = newLink();
    await store.add(link);
    await store.add(link);
    expect(store.listOf(OWNER)).toHaveLength(1);
    await store.end(link.link, "revoked");
    expect(await store.add(link)).toMatchObject({ state: "revoked" });
    expect(await isKept(disk, link)).toBe(false);
  });

  test("of another owner's link are not replaced by one with the same id", async () => {
    const { store } = await open();
    const link = newLink();
    await store.add(link);
    await expect(store.add(newLink({ link: link.link, owner: "bb".repeat(20) as Address }))).rejects.toMatchObject({
      code: "DSDN_INGRESS_LINK_REFUSED",
    });
    expect((await store.openSecret(link.link))?.half).toEqual(link.half);
  });

  test("are forgotten a month after the end, the last trace too", async () => {
    const { store, disk, clock } = await open();
    await store.add(newLink());
    await clock.advance(32 * DAY);
    expect([store.listOf(OWNER), await disk.list(FOLDER)]).toEqual([[], []]);
  });

  test("are bounded for one owner by number and by bytes; another owner still has room", async () => {
    const { store } = await open();
    const sealed = new Uint8Array(limits.linkContentBytes);
    for (let at = 0; at < limits.linkBytesPerOwner / limits.linkContentBytes; at++)
      await store.add(newLink({ sealed }));
    await expect(store.add(newLink())).rejects.toMatchObject({ code: "DSDN_INGRESS_LINKS_FULL" });
    const other = "bb".repeat(20) as Address;
    const small = { owner: other, sealed: new Uint8Array(83) };
    const [first] = [newLink(small)];
    await store.add(first);
    for (let at = 1; at < limits.linksPerOwner; at++) await store.add(newLink(small));
    await expect(store.add(newLink(small))).rejects.toMatchObject({ code: "DSDN_INGRESS_LINKS_FULL" });
    await store.end(first.link, "revoked");
    await store.add(newLink(small));
  });

  test("leave no room to somebody who makes links and ends them, but for the oldest once none can be replayed", async () => {
    const { store, clock } = await open();
    const [first] = [newLink()];
    await store.add(first);
    await store.end(first.link, "revoked");
    for (let at = 1; at < limits.linksPerOwner; at++) {
      const link = newLink();
      await store.add(link);
      await store.end(link.link, "revoked");
    }
    await expect(store.add(newLink())).rejects.toMatchObject({ code: "DSDN_INGRESS_LINKS_FULL" });
    await clock.advance(31 * 60_000);
    await store.add(newLink());
    expect(store.find(first.link)).toBeUndefined();
    expect(store.listOf(OWNER)).toHaveLength(limits.linksPerOwner);
  });

  test("stay as they are when the disk cannot take the end, and the caller is told", async () => {
    const { store, disk } = await open();
    const link = newLink();
    await store.add(link);
    disk.fault = (operation) => (operation === "write" ? "EIO" : undefined);
    await expect(store.end(link.link, "revoked")).rejects.toMatchObject({ code: "DSDN_BASE_FILE_FAILED" });
    disk.fault = () => undefined;
    expect(store.find(link.link)?.state).toBe("open");
    await store.end(link.link, "revoked");
    expect(await isKept(disk, link)).toBe(false);
  });

  test("a damaged file opens nothing and does not keep the ingress from starting", async () => {
    const { store, disk } = await open();
    const link = newLink();
    await store.add(link);
    await store.stop();
    await disk.write(`${FOLDER}/${link.link}`, random.bytes(50), { sync: true });
    const { store: again } = await open(disk);
    expect(again.find(link.link)).toBeUndefined();
    expect(await again.openSecret(link.link)).toBeUndefined();
  });
});

describe.each(crashModes)("after a crash that leaves unsynced work %s", (mode) => {
  test("a link that was answered for is there, and one that was ended has no half anywhere", async () => {
    const disk = new SimulatedDisk();
    const { store } = await open(disk);
    const link = newLink();
    const before = disk.steps.length;
    await store.add(link);
    const added = disk.steps.length;
    await store.end(link.link, "revoked");
    for (let step = before; step <= disk.steps.length; step++) {
      const survivor = disk.crash(step, mode);
      const { store: again } = await open(survivor);
      const state = again.find(link.link)?.state;
      if (step >= added) expect(["open", "revoked"]).toContain(state);
      if (step === disk.steps.length) expect([state, await isKept(survivor, link)]).toEqual(["revoked", false]);
      // What is there is whole: a half without its record, or the other way round, is never given out.
      if (state === "open") expect((await again.openSecret(link.link))?.half).toEqual(link.half);
      else expect(await isKept(survivor, link)).toBe(false);
      await again.stop();
    }
  });
});
