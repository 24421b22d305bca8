import { describe, expect, test } from "vitest";
import { seededRandom, toBase64 } from "../../../src/base/index.ts";
import { ed25519FromSeed, generateWalletKey, openWallet, sha256 } from "../../../src/crypto/index.ts";
import {
  addressOfWallet,
  encodeUploadLease,
  hexId,
  type KeyId,
  type NetworkId,
  type SessionGrant,
  signSessionGrant,
  signUploadLease,
} from "../../../src/protocol/index.ts";
import { createLeaseBook } from "../../../src/roles/node/leases.ts";

const NETWORK = "44".repeat(32) as NetworkId;
const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const WALLET = openWallet(generateWalletKey(seededRandom("lease wallet")));
const SESSION = ed25519FromSeed(sha256(new TextEncoder().encode("lease session")));

interface LeaseChange {
  readonly network?: NetworkId;
  readonly grantNetwork?: NetworkId;
  readonly sizeBytes?: number;
  readonly createdMs?: number;
  readonly expiresMs?: number;
  readonly grant?: Partial<SessionGrant>;
}

function lease(change: LeaseChange = {}): string {
  const grant = signSessionGrant(WALLET, change.grantNetwork ?? change.network ?? NETWORK, {
    wallet: addressOfWallet(WALLET),
    sessionKey: hexId<KeyId>(SESSION.publicKey),
    scopes: ["upload"],
    quotaBytes: 1_000_000,
    expiresMs: NOW + 100 * HOUR,
    nonce: 0,
    ...change.grant,
  });
  const { network = NETWORK, sizeBytes = 100, createdMs = NOW, expiresMs = NOW + HOUR } = change;
  return toBase64(encodeUploadLease(signUploadLease(SESSION, { network, sizeBytes, createdMs, expiresMs, grant })));
}

function bookAt(nowMs = NOW, isRevoked = false) {
  const time = { nowMs };
  return { time, book: createLeaseBook({ network: NETWORK, nowMs: () => time.nowMs, isRevoked: () => isRevoked }) };
}

describe("an upload lease", () => {
  test("pays for its bytes and not for one more", () => {
    const { book } = bookAt();
    const text = lease();
    expect(book.spend(text, 60)).toBe(addressOfWallet(WALLET));
    book.spend(text, 40);
    expect(() => book.spend(text, 1)).toThrow(expect.objectContaining({ code: "DSDN_NODE_LEASE_INVALID" }));
  });

  test.each<[string, LeaseChange]>([
    ["of another network", { network: "55".repeat(32) as NetworkId }],
    ["whose grant was signed for another network", { grantNetwork: "55".repeat(32) as NetworkId }],
    ["that has expired", { createdMs: NOW - 2 * HOUR, expiresMs: NOW - 1 }],
    ["that begins in the future", { createdMs: NOW + HOUR, expiresMs: NOW + 2 * HOUR }],
    ["that lasts too long", { expiresMs: NOW + 48 * HOUR }],
    ["whose session may not upload", { grant: { scopes: ["deploy"] } }],
    ["whose session has expired", { grant: { expiresMs: NOW - 1 } }],
  ])("%s is refused", (_what, change) => {
    expect(() => bookAt().book.spend(lease(change), 1)).toThrow(
      expect.objectContaining({ code: "DSDN_NODE_LEASE_INVALID" }),
    );
  });

  test("of a revoked session is refused", () => {
    expect(() => bookAt(NOW, true).book.spend(lease(), 1)).toThrow(
      expect.objectContaining({ code: "DSDN_NODE_LEASE_INVALID" }),
    );
  });

  test("is checked again at every use: it ends with its time although it was known", () => {
    const { book, time } = bookAt();
    const text = lease();
    book.spend(text, 1);
    time.nowMs = NOW + 2 * HOUR;
    expect(() => book.spend(text, 1)).toThrow(expect.objectContaining({ code: "DSDN_NODE_LEASE_INVALID" }));
  });

  test("with any bit changed is refused", () => {
    const { book } = bookAt();
    const bytes = Buffer.from(lease(), "base64");
    for (let bit = 0; bit < bytes.length * 8; bit += 37) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => book.spend(toBase64(changed), 1)).toThrow();
    }
    for (const text of ["", "not base64!", toBase64(new Uint8Array(10))]) expect(() => book.spend(text, 1)).toThrow();
  });
});
