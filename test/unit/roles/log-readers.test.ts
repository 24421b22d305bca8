import { describe, expect, test } from "vitest";
import { seededRandom, toBase64 } from "../../../src/base/index.ts";
import { ed25519FromSeed, generateWalletKey, openWallet, sha256 } from "../../../src/crypto/index.ts";
import {
  addressOfWallet,
  encodeLogRequest,
  hexId,
  type KeyId,
  type NetworkId,
  type SessionGrant,
  signLogRequest,
  signSessionGrant,
  type WorkloadId,
} from "../../../src/protocol/index.ts";
import { checkLogReader } from "../../../src/roles/node/log-readers.ts";

const NETWORK = "44".repeat(32) as NetworkId;
const WORKLOAD = "66".repeat(32) as WorkloadId;
const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const OWNER = openWallet(generateWalletKey(seededRandom("log owner")));
const STRANGER = openWallet(generateWalletKey(seededRandom("log stranger")));
const SESSION = ed25519FromSeed(sha256(new TextEncoder().encode("log session")));
const OTHER = ed25519FromSeed(sha256(new TextEncoder().encode("another session")));

interface Change {
  readonly network?: NetworkId;
  readonly grantNetwork?: NetworkId;
  readonly workload?: WorkloadId;
  readonly createdMs?: number;
  readonly wallet?: typeof OWNER;
  readonly grant?: Partial<SessionGrant>;
  /** Puts another text in the place of the header. */
  readonly shown?: (good: string) => string;
  readonly isRevoked?: boolean;
}

function check(change: Change = {}): void {
  const { network = NETWORK, workload = WORKLOAD, createdMs = NOW, wallet = OWNER, shown = (good) => good } = change;
  const grant = signSessionGrant(wallet, change.grantNetwork ?? network, {
    wallet: addressOfWallet(wallet),
    sessionKey: hexId<KeyId>(SESSION.publicKey),
    scopes: ["upload", "deploy"],
    quotaBytes: 1_000_000,
    expiresMs: NOW + 100 * MINUTE,
    nonce: 0,
    ...change.grant,
  });
  const request = signLogRequest(SESSION, { network, workload, createdMs, grant });
  const deps = { network: NETWORK, nowMs: () => NOW, isRevoked: () => change.isRevoked ?? false };
  const target = { id: WORKLOAD, owner: addressOfWallet(OWNER) };
  checkLogReader(deps, target, shown(toBase64(encodeLogRequest(request))));
}

describe("the log of a workload", () => {
  test("is read by a session of the wallet that deployed it, whose clock may be some minutes off", () => {
    check();
    check({ createdMs: NOW - 5 * MINUTE });
    check({ createdMs: NOW + 5 * MINUTE });
  });

  test.each<[string, Change]>([
    ["nothing to show", { shown: () => "" }],
    ["what is no base64", { shown: (good) => `${good}!` }],
    ["what is no request", { shown: () => "AAAA" }],
    ["a request with a byte changed", { shown: (good) => good.replace(/^(.{60})./, (_, head) => `${head}_`) }],
    ["a request for another network", { network: "55".repeat(32) as NetworkId }],
    ["a request for another workload", { workload: "77".repeat(32) as WorkloadId }],
    ["a request from another account", { wallet: STRANGER }],
    ["a stranger's signature under the owner's name", { wallet: STRANGER, grant: { wallet: addressOfWallet(OWNER) } }],
    ["a grant for another network", { grantNetwork: "55".repeat(32) as NetworkId }],
    ["a grant of another session", { grant: { sessionKey: hexId<KeyId>(OTHER.publicKey) } }],
    ["a session that may only upload", { grant: { scopes: ["upload"] } }],
    ["a session that has expired", { grant: { expiresMs: NOW } }],
    ["a session that was revoked", { isRevoked: true }],
    ["a request of an hour ago", { createdMs: NOW - 60 * MINUTE }],
    ["a request from the future", { createdMs: NOW + 6 * MINUTE }],
  ])("is closed to %s", (_what, change) => {
    expect(() => check(change)).toThrow(expect.objectContaining({ code: "DSDN_NODE_LOG_PRIVATE" }));
  });
});
