import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seededRandom, systemClock, systemDisk, toHex, VirtualClock } from "../../../src/base/index.ts";
import { splitKey } from "../../../src/crypto/index.ts";
import {
  formatShareCode,
  formatShareFile,
  type Keychain,
  keyStoreKinds,
  type PrivateFiles,
  renderSharePage,
  systemPrivateFiles,
} from "../../../src/keys/index.ts";
import { absentKeychain, makeFolder, makeKeeper, makeStores, memoryKeychain } from "./key-ports.ts";

const coded = (code: string, facts: object = {}) =>
  expect.objectContaining({ code: `DSDN_${code}`, facts: expect.objectContaining(facts) });

describe("the keeper of an account", () => {
  test.each(keyStoreKinds)("makes one in the %s store once, and opens it afterwards", async (kind) => {
    const world = { folder: await makeFolder(), keychain: memoryKeychain() };
    await expect(makeKeeper(world).open()).rejects.toEqual(coded("KEYS_MISSING", { folder: world.folder }));
    expect(await makeKeeper(world).findStatus()).toBeUndefined();
    const made = await makeKeeper(world).create(kind);
    expect(made).toMatchObject({ isNew: true, store: kind });
    const opened = await makeKeeper(world).openOrCreate(kind);
    expect(opened.isNew).toBe(false);
    expect(opened.account.fingerprint).toBe(made.account.fingerprint);
    expect(await makeKeeper(world).findStatus()).toMatchObject({
      store: kind,
      fingerprint: made.account.fingerprint,
      splits: [],
    });
    await expect(makeKeeper({ ...world, seed: "second" }).create(kind)).rejects.toEqual(coded("KEYS_EXISTS"));
  });

  test("two that start at the same moment end up with one account", async () => {
    for (const kind of keyStoreKinds) {
      const world = { folder: await makeFolder(), keychain: memoryKeychain() };
      const keepers = ["first", "second", "third"].map((seed) => makeKeeper({ ...world, seed }));
      const opened = await Promise.all(keepers.map((keeper) => keeper.openOrCreate(kind)));
      const lasting = (await makeKeeper(world).open()).account.fingerprint;
      expect(opened.map(({ account }) => account.fingerprint)).toEqual([lasting, lasting, lasting]);
    }
  });

  test("two that split the key at the same moment both come through, and neither forgets the other's split", async () => {
    const world = { folder: await makeFolder(), clock: systemClock() };
    await makeKeeper(world).create("device");
    const keepers = ["first", "second", "third", "fourth"].map((seed) => makeKeeper({ ...world, seed }));
    const sets = await Promise.all(keepers.map((keeper) => keeper.split({ threshold: 2, total: 3 })));
    const status = await makeKeeper(world).findStatus();
    expect(status?.splits.map(({ setId }) => setId).sort()).toEqual(sets.map(({ setId }) => setId).sort());
    expect((await readdir(world.folder)).sort()).toEqual(["device.key", "keys.json"]);
  });

  test("a key that is gone is named, never silently made anew", async () => {
    const world = { folder: await makeFolder(), keychain: memoryKeychain() };
    const { account } = await makeKeeper(world).create("keychain");
    world.keychain.entries.clear();
    const lost = coded("KEYS_LOST", { fingerprint: account.fingerprint });
    await expect(makeKeeper(world).open()).rejects.toEqual(lost);
    await expect(makeKeeper(world).openOrCreate("device")).rejects.toEqual(lost);
  });

  test("an absent keychain is named and blocks neither another store nor a later try", async () => {
    const world = { folder: await makeFolder(), keychain: absentKeychain() };
    await expect(makeKeeper(world).create("keychain")).rejects.toEqual(coded("KEYS_KEYCHAIN_UNAVAILABLE"));
    expect(await makeKeeper(world).openOrCreate("device")).toMatchObject({ isNew: true, store: "device" });
    expect(await makeKeeper(world).open()).toMatchObject({ isNew: false, store: "device" });
  });
});

describe("a crash while an account is made (points 22 and 23)", () => {
  test.each(keyStoreKinds)(
    "at any step with the %s store is mended by the next start, without a manual step",
    async (kind) => {
      let crashed = 0;
      for (let step = 0, isWhole = false; !isWhole; step++) {
        const world = { folder: await makeFolder(), keychain: memoryKeychain() };
        const budget = { left: step };
        const dying = { ...world, files: crashingFiles(budget), keychain: crashingKeychain(world.keychain, budget) };
        const first = await makeKeeper({ ...dying, seed: "first" })
          .openOrCreate(kind)
          .catch(() => undefined);
        if (first === undefined) crashed++;
        isWhole = first !== undefined;
        const opened = await makeKeeper({ ...world, seed: "second" }).openOrCreate(kind);
        if (first) expect(opened.account.fingerprint).toBe(first.account.fingerprint);
        expect((await makeKeeper(world).open()).account.fingerprint).toBe(opened.account.fingerprint);
        expect(await makeKeeper(world).findStatus()).toMatchObject({ store: kind });
        const { stores } = makeStores(world);
        expect((await Promise.all(keyStoreKinds.map((each) => stores[each].has()))).filter(Boolean).length).toBe(1);
      }
      expect(crashed).toBeGreaterThan(2);
      expect(crashed).toBeLessThan(20);
    },
  );

  test.each(keyStoreKinds)("a key in the %s store without a config is taken up, not replaced", async (kind) => {
    const world = { folder: await makeFolder(), keychain: memoryKeychain() };
    const key = seededRandom("resting").bytes(32);
    await makeStores(world).stores[kind].save(key);
    const opened = await makeKeeper(world).openOrCreate("device");
    expect(opened).toMatchObject({ isNew: false, store: kind });
  });

  test.each([
    "",
    "{",
    '{"version":1',
    '{"version":2}',
    "[]",
    '{"version":1,"store":"cloud","fingerprint":"00","splits":[]}',
  ])("a config that reads %j is set aside and made again from the key", async (text) => {
    const world = { folder: await makeFolder(), keychain: memoryKeychain() };
    const { account } = await makeKeeper(world).create("keychain");
    await writeFile(join(world.folder, "keys.json"), text);
    expect((await makeKeeper(world).open()).account.fingerprint).toBe(account.fingerprint);
    expect(await readFile(join(world.folder, "keys.json.damaged"), "utf8")).toBe(text);
    expect((await makeKeeper(world).findStatus())?.fingerprint).toBe(account.fingerprint);
  });
});

describe("shares of an account", () => {
  const clock = new VirtualClock();

  async function makeSplit(seed = "keeper") {
    const world = { folder: await makeFolder(), clock, seed };
    const keeper = makeKeeper(world);
    const { account } = await keeper.create("device");
    const set = await keeper.split({ threshold: 2, total: 3 });
    return { world, keeper, account, set, shares: set.shares as [string, string, string] };
  }

  test("a split is written down with its commitment, and a rehearsal with its day", async () => {
    const { keeper, set, shares } = await makeSplit();
    const commitment = toHex(set.commitment);
    expect((await keeper.findStatus())?.splits).toEqual([
      { setId: set.setId, threshold: 2, total: 3, commitment, createdMs: clock.nowMs(), rehearsedMs: null },
    ]);
    await clock.advance(1000);
    expect(await keeper.rehearse([shares[0], formatShareFile(shares[2], set)])).toEqual({
      setId: set.setId,
      rejected: [],
    });
    expect((await keeper.findStatus())?.splits[0]?.rehearsedMs).toBe(clock.nowMs());
    await expect(keeper.rehearse([shares[0]])).rejects.toEqual(coded("CRYPTO_SHARES_SINGLE"));
  });

  test("a rehearsal with another account's shares is refused", async () => {
    const { keeper } = await makeSplit();
    const foreign = await makeSplit("foreign");
    const files = foreign.shares.map((share) => formatShareFile(share, foreign.set));
    await expect(keeper.rehearse(files)).rejects.toEqual(coded("KEYS_OTHER_ACCOUNT"));
    await expect(keeper.rehearse(foreign.shares)).rejects.toEqual(coded("KEYS_CHECK_MISSING"));
  });

  test("bring the account back on an empty machine, by files, codes or a typed check", async () => {
    const { account, set, shares } = await makeSplit();
    const [a, b, c] = shares;
    const check = toHex(set.commitment).slice(0, 16);
    const ways: [readonly string[], { check?: string }][] = [
      [[formatShareFile(a, set), formatShareFile(b, set)], {}],
      [[formatShareCode(b, set.commitment), c], {}],
      [[a, c], { check: `${check.slice(0, 8)} ${check.slice(8).toUpperCase()}` }],
    ];
    for (const [texts, options] of ways) {
      const keeper = makeKeeper({ folder: await makeFolder(), seed: "new machine" });
      const recovered = await keeper.recover(texts, { kind: "device", ...options });
      expect(recovered.account.fingerprint).toBe(account.fingerprint);
      expect(recovered.account.address()).toBe(account.address());
      expect(recovered).toMatchObject({ isNew: true, setId: set.setId, rejected: [] });
      expect((await keeper.open()).account.fingerprint).toBe(account.fingerprint);
    }
  });

  test("without anything to check against nothing is brought back", async () => {
    const { set, shares } = await makeSplit();
    const keeper = makeKeeper({ folder: await makeFolder() });
    const kind = "device";
    await expect(keeper.recover([shares[0], shares[1]], { kind })).rejects.toEqual(coded("KEYS_CHECK_MISSING"));
    await expect(keeper.recover([shares[0]], { kind })).rejects.toEqual(coded("CRYPTO_SHARES_SINGLE"));
    for (const check of ["", "12345", "zz".repeat(8), "ab".repeat(33)]) {
      await expect(keeper.recover(shares, { kind, check })).rejects.toEqual(coded("KEYS_CHECK_INVALID"));
    }
    const wrong = toHex(set.commitment).replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
    await expect(keeper.recover(shares, { kind, check: wrong })).rejects.toEqual(coded("CRYPTO_SHARES_WRONG_KEY"));
    await expect(keeper.open()).rejects.toEqual(coded("KEYS_MISSING"));
  });

  test("never replace another account, and change nothing on their own", async () => {
    const { keeper, set, shares } = await makeSplit();
    const files = shares.map((share) => formatShareFile(share, set));
    expect(await keeper.recover(files, { kind: "device" })).toMatchObject({ isNew: false });
    const other = makeKeeper({ folder: await makeFolder(), seed: "other" });
    const { account } = await other.create("device");
    await expect(other.recover(files, { kind: "device" })).rejects.toEqual(coded("KEYS_EXISTS"));
    expect((await other.open()).account.fingerprint).toBe(account.fingerprint);
  });

  test("with one more than needed name the bad one", async () => {
    const { set, shares } = await makeSplit();
    const keeper = makeKeeper({ folder: await makeFolder() });
    const twin = await splitKey(seededRandom("twin").bytes(32), { threshold: 2, total: 3, random: seededRandom("t") });
    const texts = [
      formatShareFile(shares[0], set),
      "rusak",
      formatShareFile(twin.shares[0] ?? "", twin),
      formatShareFile(shares[1], set),
    ];
    expect((await keeper.recover(texts, { kind: "device" })).rejected).toEqual([
      { position: 2, code: "DSDN_CRYPTO_SHARE_DAMAGED" },
      { position: 3, code: "DSDN_CRYPTO_SHARES_WRONG_SET" },
    ]);
  });

  test("an export brings the account back too", async () => {
    const { keeper, account } = await makeSplit();
    const text = await keeper.export("ekspor");
    const other = makeKeeper({ folder: await makeFolder() });
    const imported = await other.import(text, { passphrase: "ekspor", kind: "device" });
    expect(imported.account.fingerprint).toBe(account.fingerprint);
    await expect(other.import(text, { passphrase: "salah", kind: "device" })).rejects.toEqual(
      coded("KEYS_WRONG_PASSPHRASE"),
    );
  });

  test("a page prints everything, escapes everything and fetches nothing", async () => {
    const { set, shares, account } = await makeSplit();
    const options = { set, network: '<script>alert("x")</script>', subject: account.fingerprint, createdMs: 0 };
    const html = await renderSharePage(shares[0], options);
    const text = html.replace(/<[^>]*>/g, " ").replace(/\s+/g, "");
    for (const part of [shares[0], set.setId, account.fingerprint, toHex(set.commitment), "2/3", "1970-01-01"]) {
      expect(text).toContain(part);
    }
    expect(html).toContain('lang="en"');
    expect(html).toContain('lang="id"');
    expect(html).toMatch(/role="img" aria-label="[^"]+"><svg/);
    expect(html.match(/<th(?! scope="row">)/g)).toBeNull();
    expect(html).not.toMatch(/<script|\ssrc=|\shref=|url\(|@import|javascript:/i);
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:/);
    for (const other of shares.slice(1)) expect(text).not.toContain(other);
  });

  test("the code on the page reads back to the share and its check", async () => {
    const { default: decodeQR } = await import("qr/decode.js");
    const { encodeQR } = await import("qr");
    const { set, shares } = await makeSplit();
    const code = formatShareCode(shares[0], set.commitment);
    const size = 4;
    const cells = encodeQR(code, "raw", { ecc: "quartile", border: 2 });
    const width = cells.length * size;
    const data = new Uint8Array(width * width * 3).map((_, i) => {
      const pixel = Math.floor(i / 3);
      return cells[Math.floor(pixel / width / size)]?.[Math.floor((pixel % width) / size)] ? 0 : 255;
    });
    expect(decodeQR({ width, height: width, data })).toBe(code);
    const keeper = makeKeeper({ folder: await makeFolder() });
    expect((await keeper.recover([code, shares[1]], { kind: "device" })).setId).toBe(set.setId);
  });
});

/** Files that work `left` more times and then are as dead as the process would be. */
function crashingFiles(budget: { left: number }): PrivateFiles {
  const files = systemPrivateFiles(systemDisk());
  return {
    find: files.find,
    create: (path, bytes) => spend(budget, () => files.create(path, bytes)),
    replace: (path, bytes) => spend(budget, () => files.replace(path, bytes)),
    remove: (path) => spend(budget, () => files.remove(path)),
  };
}

function crashingKeychain(keychain: Keychain, budget: { left: number }): Keychain {
  return {
    find: keychain.find,
    save: (name, secret) => spend(budget, () => keychain.save(name, secret)),
    remove: (name) => spend(budget, () => keychain.remove(name)),
  };
}

/** Each step may be the last: the process dies before it or right after it. */
async function spend<T>(budget: { left: number }, work: () => Promise<T>): Promise<T> {
  if (budget.left-- <= 0) throw new Error("killed before the step");
  const result = await work();
  if (budget.left-- <= 0) throw new Error("killed after the step");
  return result;
}
