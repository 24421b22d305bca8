import { describe, expect, test } from "vitest";
import { seededRandom, toHex, toUtf8 } from "../../../src/base/index.ts";
import { ed25519FromSeed } from "../../../src/crypto/index.ts";
import {
  formatSessionCredential,
  openAccount,
  openLentAccount,
  parseSessionCredential,
  type Reach,
  type SessionCredential,
} from "../../../src/keys/index.ts";
import { hexId, type KeyId, type NetworkId, signSessionGrant } from "../../../src/protocol/index.ts";

const random = seededRandom("session credentials");
const account = openAccount(random.bytes(32));
const network = "ab".repeat(32) as NetworkId;

function makeCredential(reach: Reach = "own", name = "ci"): SessionCredential {
  const seed = random.bytes(32);
  const grant = signSessionGrant(account.wallet(), network, {
    wallet: account.address(),
    sessionKey: hexId<KeyId>(ed25519FromSeed(seed).publicKey),
    scopes: ["upload"],
    quotaBytes: 1000,
    expiresMs: 2_000_000_000_000,
    nonce: 7,
  });
  const ingresses = ["https://ingress.example.org"];
  return { name, network, ingresses, reach, secrets: account.lend(name, reach), seed, grant };
}

const INVALID = expect.objectContaining({ code: "DSDN_KEYS_SESSION_INVALID" });

describe("the text of a session", () => {
  test("gives back what was put in, also when a terminal broke its line", () => {
    const credential = makeCredential();
    const text = formatSessionCredential(credential);
    expect(text).toMatch(/^dsdn\.session\.1\.[A-Za-z0-9+/]+=*$/);
    expect(parseSessionCredential(text, "here")).toEqual(credential);
    expect(parseSessionCredential(`\n ${text.match(/.{1,60}/g)?.join("\r\n")} \n`, "here")).toEqual(credential);
  });

  test("is refused when a character of it was changed, or a part is missing", () => {
    const text = formatSessionCredential(makeCredential());
    for (let at = 0; at < text.length - 2; at += 7) {
      const other = text[at] === "A" ? "B" : "A";
      expect(() => parseSessionCredential(text.slice(0, at) + other + text.slice(at + 1), "here")).toThrow(INVALID);
      expect(() => parseSessionCredential(text.slice(0, at), "here")).toThrow(INVALID);
    }
    expect(() => parseSessionCredential("A".repeat(100_000), "here")).toThrow(INVALID);
  });

  test("is refused when the wallet did not grant this very key on this very network", () => {
    const good = makeCredential();
    const forged: readonly SessionCredential[] = [
      { ...good, network: "cd".repeat(32) as NetworkId },
      { ...good, seed: random.bytes(32) },
      { ...good, grant: { ...good.grant, expiresMs: good.grant.expiresMs + 1 } },
      { ...good, grant: { ...good.grant, scopes: ["upload", "delete"] } },
      { ...good, grant: { ...good.grant, quotaBytes: 1e12 } },
    ];
    for (const credential of forged) {
      expect(() => parseSessionCredential(formatSessionCredential(credential), "here")).toThrow(INVALID);
    }
  });
});

describe("the account as a session has it", () => {
  const sealed = (of: ReturnType<typeof openAccount>) => of.wrap("note", toUtf8("a note"), random);

  test("has the address and no wallet, and lends nothing on", () => {
    const lent = openLentAccount(makeCredential("account"));
    expect(lent.address()).toBe(account.address());
    expect(() => lent.wallet()).toThrow(expect.objectContaining({ code: "DSDN_KEYS_WALLET_MISSING" }));
    expect(() => lent.lend("x", "own")).toThrow(expect.objectContaining({ code: "DSDN_KEYS_WALLET_MISSING" }));
  });

  test("opens by its reach: nothing of the account, its records, or all", () => {
    const [own, deployments, whole] = (["own", "deployments", "account"] as const).map((reach) =>
      openLentAccount(makeCredential(reach)),
    );
    const note = sealed(account);
    expect(() => own?.unwrap("note", note)).toThrow(expect.objectContaining({ code: "DSDN_KEYS_RECORD_INVALID" }));
    expect(deployments?.unwrap("note", note)).toEqual(toUtf8("a note"));
    expect(whole?.unwrap("note", note)).toEqual(toUtf8("a note"));
    const indexes = [account, own, deployments, whole].map((one) => toHex(one?.indexKey ?? new Uint8Array(0)));
    expect(new Set(indexes).size).toBe(2);
    expect(indexes[3]).toBe(indexes[0]);
    expect(indexes[2]).toBe(indexes[1]);
    expect(own?.pointerId("index")).not.toBe(account.pointerId("index"));
    expect(own?.fingerprint).not.toBe(account.fingerprint);
  });

  test("is the same under the same name, and another under another", () => {
    const first = openLentAccount(makeCredential("own", "ci"));
    const later = openLentAccount(makeCredential("own", "ci"));
    const other = openLentAccount(makeCredential("own", "ci2"));
    expect(later.unwrap("note", sealed(first))).toEqual(toUtf8("a note"));
    expect(later.pointerId("index")).toBe(first.pointerId("index"));
    expect(other.pointerId("index")).not.toBe(first.pointerId("index"));
    expect(() => other.unwrap("note", sealed(first))).toThrow();
  });
});
