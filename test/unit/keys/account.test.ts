import { describe, expect, test } from "vitest";
import { seededRandom, systemDisk, toUtf8 } from "../../../src/base/index.ts";
import { open, PASSWORD_COST_MIN, seal, sha256 } from "../../../src/crypto/index.ts";
import { createSessionStore, exportAccount, importAccount, openAccount } from "../../../src/keys/index.ts";
import { isSessionGrantSigned, type NetworkId } from "../../../src/protocol/index.ts";
import { makeFolder } from "./key-ports.ts";

const random = seededRandom("account");
const key = random.bytes(32);
const account = openAccount(key);
const stranger = openAccount(random.bytes(32));
const coded = (code: string, facts: object = {}) =>
  expect.objectContaining({ code: `DSDN_${code}`, facts: expect.objectContaining(facts) });

describe("an account", () => {
  test("is the same every time it is opened, and different for another key", () => {
    const again = openAccount(key);
    expect(again.fingerprint).toBe(account.fingerprint);
    expect(again.address()).toBe(account.address());
    expect(again.indexKey).toEqual(account.indexKey);
    expect(again.pointerId("situs")).toBe(account.pointerId("situs"));
    expect(stranger.fingerprint).not.toBe(account.fingerprint);
    expect(stranger.address()).not.toBe(account.address());
    expect(stranger.pointerId("situs")).not.toBe(account.pointerId("situs"));
    expect(account.pointerId("situs")).not.toBe(account.pointerId("situt"));
  });

  test("the derivation is frozen: these values hold for ever", () => {
    const fixed = openAccount(new Uint8Array(32).fill(7));
    expect(fixed.fingerprint).toMatchInlineSnapshot(`"a763561c5b94b99d"`);
    expect(fixed.address()).toMatchInlineSnapshot(`"cf66e75a648c82f2f8474b06a0cf26ff454c7eb6"`);
    expect(fixed.pointerId("situs")).toMatchInlineSnapshot(
      `"c40971175c149d3b8c46a3d78e55f7e18cfb4a624f46cf63b404e1fb7294abcb"`,
    );
  });

  test("gives one file the same bytes again, another account's copy nothing in common", () => {
    const file = toUtf8("isi berkas");
    const hash = sha256(file);
    const first = seal(account.sealingOf(hash), file);
    expect(seal(openAccount(key).sealingOf(hash), file)).toEqual(first);
    const theirs = seal(stranger.sealingOf(hash), file);
    expect(theirs.header).not.toEqual(first.header);
    expect(theirs.sealed).not.toEqual(first.sealed);
    expect(open({ key: account.sealingOf(hash).key, header: first.header }, first.sealed)).toEqual(file);
    const fresh = [account.freshSealing(random), account.freshSealing(random)].map((options) => seal(options, file));
    expect(fresh[0]?.sealed).not.toEqual(fresh[1]?.sealed);
  });

  test("opens its own records, for their purpose only", () => {
    const wrapped = account.wrap("session", toUtf8("rahasia"), random);
    expect(openAccount(key).unwrap("session", wrapped)).toEqual(toUtf8("rahasia"));
    const altered = Uint8Array.from(wrapped);
    altered[80] = (altered[80] ?? 0) ^ 1;
    const attempts = [
      () => account.unwrap("other", wrapped),
      () => stranger.unwrap("session", wrapped),
      () => account.unwrap("session", altered),
      () => account.unwrap("session", wrapped.subarray(0, 66)),
      () => account.unwrap("session", new Uint8Array(0)),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(coded("KEYS_RECORD_INVALID"));
  });

  test("of a key of another length is refused", () => {
    for (const length of [0, 31, 33]) {
      expect(() => openAccount(new Uint8Array(length))).toThrow(coded("KEYS_KEY_INVALID", { actual: length }));
    }
  });

  test("shows none of its secrets when printed", () => {
    expect(JSON.stringify(account)).not.toContain(Buffer.from(key).toString("hex"));
    expect(
      Object.values(account).some((value) => value instanceof Uint8Array && Buffer.compare(value, key) === 0),
    ).toBe(false);
  });
});

describe("an exported account", async () => {
  const cost = PASSWORD_COST_MIN;
  const text = await exportAccount(key, { passphrase: "kopi cafe\u0301", random, cost });

  test("comes back with its passphrase, however that was composed, and however lines end (E9)", async () => {
    expect(await importAccount(text, "kopi caf\u00e9")).toEqual(key);
    expect(await importAccount(`surat\r\n${text.replaceAll("\n", "\r\n")}salam`, "kopi caf\u00e9")).toEqual(key);
  });

  test("does not come back with another passphrase", async () => {
    await expect(importAccount(text, "kopi cafe")).rejects.toEqual(coded("KEYS_WRONG_PASSPHRASE"));
  });

  test("unusable passphrases are refused before anything is made", async () => {
    for (const passphrase of ["", "a\0b", "x".repeat(1025), "x".repeat(1_048_576)]) {
      await expect(exportAccount(key, { passphrase, random, cost })).rejects.toEqual(coded("CRYPTO_PASSPHRASE"));
      await expect(importAccount(text, passphrase)).rejects.toEqual(coded("CRYPTO_PASSPHRASE"));
    }
  });

  const payload = Buffer.from(text.split("\n").slice(1, -2).join(""), "base64");
  const rebuilt = (bytes: Buffer) =>
    `-----BEGIN DSDN ACCOUNT-----\n${bytes.toString("base64")}\n-----END DSDN ACCOUNT-----\n`;
  const changed = (at: number, value: number) => {
    const copy = Buffer.from(payload);
    copy[at] = value;
    return rebuilt(copy);
  };

  test("absurd and weak costs are refused before they are spent (E7)", async () => {
    const started = performance.now();
    for (const [at, value] of [
      [1, 0xff],
      [2, 0x7f],
      [2, 0],
      [5, 0],
      [5, 1],
      [5, 255],
      [6, 0],
      [6, 255],
    ] as const) {
      const bytes = changed(at, value);
      await expect(importAccount(at === 2 && value === 0 ? zeroMemory() : bytes, "x")).rejects.toEqual(
        coded("CRYPTO_PASSWORD_COST"),
      );
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("every byte of the head, the header and the sealed key is authenticated", async () => {
    const accepted = [8, 22, 23, 26, 60, 89, 90, 137];
    for (const at of accepted) {
      const error = await importAccount(changed(at, (payload[at] ?? 0) ^ 1), "kopi caf\u00e9").catch(
        (caught: unknown) => caught,
      );
      expect(error, `byte ${at}`).toEqual(
        expect.objectContaining({ code: expect.stringMatching(/^DSDN_KEYS_(WRONG_PASSPHRASE|TEXT_INVALID)$/) }),
      );
    }
  });

  test.each([
    ["nothing", "", "no account in it"],
    ["other text", "halo", "no account in it"],
    ["no end", text.slice(0, 100), "cut off"],
    ["too much", "x".repeat(5000), "too long"],
    ["letters that are not base64", text.replace("\n", "\n*"), "not base64"],
    ["another version", changed(0, 2), "version 2"],
    ["a byte less", rebuilt(payload.subarray(0, -1)), "wrong length"],
  ])("%s is refused by reason", async (_, bad, reason) => {
    await expect(importAccount(bad, "x")).rejects.toEqual(coded("KEYS_TEXT_INVALID", { reason }));
  });

  function zeroMemory(): string {
    const copy = Buffer.from(payload);
    copy.writeUInt32BE(0, 1);
    return rebuilt(copy);
  }
});

describe("a session", () => {
  const network = "ab".repeat(32) as NetworkId;
  const terms = { network, scopes: ["upload" as const], quotaBytes: 1000, expiresMs: 2_000_000_000_000, nonce: 1 };

  test("is granted by the wallet for this network and found again", async () => {
    const store = createSessionStore({ folder: await makeFolder() }, { disk: systemDisk(), random });
    expect(await store.find(account, network)).toBeUndefined();
    const session = await store.create(account, terms);
    expect(session.grant.wallet).toBe(account.address());
    expect(isSessionGrantSigned(network, session.grant)).toBe(true);
    expect(isSessionGrantSigned("cd".repeat(32) as NetworkId, session.grant)).toBe(false);
    const found = await store.find(openAccount(key), network);
    expect(found?.grant).toEqual(session.grant);
    expect(found?.signer.publicKey).toEqual(session.signer.publicKey);
    expect(await store.find(account, "cd".repeat(32) as NetworkId)).toBeUndefined();
  });

  test("of another account is not opened", async () => {
    const store = createSessionStore({ folder: await makeFolder() }, { disk: systemDisk(), random });
    await store.create(account, terms);
    await expect(store.find(stranger, network)).rejects.toEqual(coded("KEYS_RECORD_INVALID"));
  });

  test("a new one replaces the old", async () => {
    const store = createSessionStore({ folder: await makeFolder() }, { disk: systemDisk(), random });
    const first = await store.create(account, terms);
    const second = await store.create(account, { ...terms, nonce: 2 });
    expect(second.key).not.toBe(first.key);
    expect((await store.find(account, network))?.key).toBe(second.key);
  });
});
