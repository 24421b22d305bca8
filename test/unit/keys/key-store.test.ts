import { chmod, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seededRandom, toBase64, toHex } from "../../../src/base/index.ts";
import { keyStoreKinds } from "../../../src/keys/index.ts";
import { absentKeychain, makeFolder, makeStores, memoryKeychain } from "./key-ports.ts";

const key = seededRandom("key").bytes(32);
const other = seededRandom("other").bytes(32);
const coded = (code: string, facts: object = {}) =>
  expect.objectContaining({ code: `DSDN_KEYS_${code}`, facts: expect.objectContaining(facts) });

describe.each(keyStoreKinds)("the %s store", (kind) => {
  test("gives back what was put to rest, also to another program", async () => {
    const world = { folder: await makeFolder(), keychain: memoryKeychain() };
    const store = makeStores(world).stores[kind];
    expect(store.kind).toBe(kind);
    expect(await store.has()).toBe(false);
    expect(await store.find()).toBeUndefined();
    await store.save(key);
    const later = makeStores(world).stores[kind];
    expect(await later.has()).toBe(true);
    expect(await later.find()).toEqual(key);
  });

  test("never replaces a key; the same key again changes nothing", async () => {
    const store = makeStores({ folder: await makeFolder() }).stores[kind];
    await store.save(key);
    await store.save(key);
    await expect(store.save(other)).rejects.toEqual(coded("EXISTS", { place: store.place }));
    expect(await store.find()).toEqual(key);
  });

  test("forgets exactly the key it is told to", async () => {
    const store = makeStores({ folder: await makeFolder() }).stores[kind];
    await store.save(key);
    await store.discard(other);
    expect(await store.find()).toEqual(key);
    await store.discard(key);
    expect(await store.has()).toBe(false);
    await store.save(other);
    expect(await store.find()).toEqual(other);
  });
});

describe("the device file", () => {
  test("is 0600, and is refused once others could read it", async () => {
    const folder = await makeFolder();
    const { device } = makeStores({ folder }).stores;
    await device.save(key);
    const path = join(folder, "device.key");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).toBe(`dsdn-device-key 1 ${toBase64(key)}\n`);
    for (const mode of [0o640, 0o604, 0o644, 0o660]) {
      await chmod(path, mode);
      await expect(device.find()).rejects.toEqual(coded("FILE_EXPOSED", { path, mode: `0${mode.toString(8)}` }));
    }
    await chmod(path, 0o400);
    expect(await device.find()).toEqual(key);
  });

  test("is refused when it is a link", async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, "elsewhere"), `dsdn-device-key 1 ${toBase64(key)}\n`, { mode: 0o600 });
    await symlink(join(folder, "elsewhere"), join(folder, "device.key"));
    await expect(makeStores({ folder }).stores.device.find()).rejects.toEqual(coded("FILE_EXPOSED"));
  });

  test("with other content is damaged, and its content is in no error", async () => {
    for (const text of [
      "",
      "dsdn-device-key 1 ",
      `dsdn-device-key 2 ${toBase64(key)}\n`,
      `${toBase64(key)}\n`,
      "dsdn-device-key 1 AAAA\n",
    ]) {
      const folder = await makeFolder();
      await writeFile(join(folder, "device.key"), text, { mode: 0o600 });
      const error = await makeStores({ folder })
        .stores.device.find()
        .catch((caught: unknown) => caught);
      expect(error).toEqual(coded("FILE_INVALID"));
      expect(String(error)).not.toContain(toBase64(key));
    }
  });
});

describe("the file under a passphrase", () => {
  test("does not hold the key in the clear and wants the right passphrase", async () => {
    const folder = await makeFolder();
    await makeStores({ folder }).stores.file.save(key);
    const text = await readFile(join(folder, "account.key"));
    expect(text.includes(Buffer.from(key))).toBe(false);
    expect(text.includes(toBase64(key).slice(0, 16))).toBe(false);
    expect((await stat(join(folder, "account.key"))).mode & 0o777).toBe(0o600);
    await expect(makeStores({ folder, passphrase: "lain" }).stores.file.find()).rejects.toEqual(
      coded("WRONG_PASSPHRASE"),
    );
  });
});

describe("the keychain", () => {
  test("that is absent is named, and leaves nothing behind", async () => {
    const world = { folder: await makeFolder(), keychain: absentKeychain() };
    const { keychain } = makeStores(world).stores;
    expect(await keychain.has()).toBe(false);
    await expect(keychain.save(key)).rejects.toEqual(coded("KEYCHAIN_UNAVAILABLE"));
    expect(await makeStores(world).stores.keychain.has()).toBe(false);
  });

  test("holds nothing of one folder for another profile, and no secret in file names", async () => {
    const keychain = memoryKeychain();
    const folder = await makeFolder();
    await makeStores({ folder, keychain }).stores.keychain.save(key);
    const [name = ""] = keychain.entries.keys();
    expect(name).toMatch(/^test\/[0-9a-f]{16}$/);
    expect(toHex(key)).not.toContain(name.slice(5));
    expect(await makeStores({ folder: await makeFolder(), keychain }).stores.keychain.find()).toBeUndefined();
  });
});
