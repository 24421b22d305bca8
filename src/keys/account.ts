import { concatBytes, fail, type Random, toUtf8 } from "../base/index.ts";
import {
  type Ed25519Signer,
  hkdfSha256,
  open,
  openWallet,
  type SealOptions,
  seal,
  type Wallet,
} from "../crypto/index.ts";
import {
  type Address,
  addressOfWallet,
  domainHash,
  hexId,
  type KeyId,
  type NetworkId,
  type PointerId,
  type SessionGrant,
} from "../protocol/index.ts";
import { ACCOUNT_KEY_BYTES, deriveFromAccount, fingerprintOf } from "./account-key.ts";
import { keysErrors } from "./errors.ts";

/**
 * How much private data somebody can open: what a session stored itself, also the settings and secrets of the account's
 * deployments, or everything of the account.
 */
export const reaches = ["own", "deployments", "account"] as const;
export type Reach = (typeof reaches)[number];

/** The secrets private data is sealed and found with, 32 bytes each. None of them signs anything. */
export interface DataSecrets {
  readonly fingerprint: string;
  readonly index: Uint8Array;
  readonly file: Uint8Array;
  readonly salt: Uint8Array;
  readonly pointer: Uint8Array;
  readonly record: Uint8Array;
}

/** The session that acts where the account key is not. */
export interface LentSession {
  readonly name: string;
  readonly network: NetworkId;
  readonly signer: Ed25519Signer;
  readonly key: KeyId;
  readonly grant: SessionGrant;
}

/** Everything that follows from one account key. The key itself does not come out. */
export interface Account {
  /** 16 hex digits, not secret: tells accounts apart on pages and in `dsdn keys status`. */
  readonly fingerprint: string;
  /** Key of the owner's own index of files, 32 bytes. */
  readonly indexKey: Uint8Array;
  /** Everything unless this is a session's part of an account. */
  readonly reach: Reach;
  /** The session that stands for the account where the account key is not; undefined where it is. */
  readonly lent: LentSession | undefined;
  /**
   * The secrets a session of that name gets. Under one name they are always the same, so that a later session finds
   * what an earlier one stored.
   *
   * @throws DSDN_KEYS_WALLET_MISSING
   */
  lend(name: string, reach: Reach): DataSecrets;
  /**
   * The wallet of the account. It is derived, so shares or an export bring it back with everything else.
   *
   * @throws DSDN_KEYS_WALLET_MISSING where only a session is
   */
  wallet(): Wallet;
  address(): Address;
  /**
   * How to seal a file whose SHA-256 is known: the same file of this account gives the same bytes, so an unchanged one
   * is found and not sent again. Another account's copy of the file has nothing in common with it.
   */
  sealingOf(contentHash: Uint8Array): SealOptions;
  /** How to seal bytes that are not known beforehand or must not be recognised. */
  freshSealing(random: Random): SealOptions;
  /** The id under which the account's mutable name `name` moves; it does not tell the name. */
  pointerId(name: string): PointerId;
  /** Seals a small local record for this account only. `purpose` must be the same to open it. */
  wrap(purpose: string, bytes: Uint8Array, random: Random): Uint8Array;
  /** @throws DSDN_KEYS_RECORD_INVALID when it is altered, of another account or of another purpose. */
  unwrap(purpose: string, wrapped: Uint8Array): Uint8Array;
}

/** header(67) || sealed */
const HEADER_BYTES = 67;

/**
 * The account of a key.
 *
 * @param accountKey - 32 bytes, not kept.
 * @throws DSDN_KEYS_KEY_INVALID
 */
export function openAccount(accountKey: Uint8Array): Account {
  const secrets = dataSecretsOf(accountKey);
  const walletKey = deriveFromAccount(accountKey, "wallet");
  let wallet: Wallet | undefined;
  const openOnce = () => {
    wallet ??= openWallet(walletKey);
    return wallet;
  };
  return {
    ...sealingWith(secrets),
    reach: "account",
    lent: undefined,
    lend: (name, reach) => {
      if (reach === "account") return secrets;
      const own = dataSecretsOf(deriveFromAccount(accountKey, `session/${name}`));
      return reach === "own" ? own : { ...own, record: secrets.record };
    },
    wallet: openOnce,
    address: () => addressOfWallet(openOnce()),
  };
}

function dataSecretsOf(key: Uint8Array): DataSecrets {
  return {
    fingerprint: fingerprintOf(key),
    index: deriveFromAccount(key, "index"),
    file: deriveFromAccount(key, "file key"),
    salt: deriveFromAccount(key, "file salt"),
    pointer: deriveFromAccount(key, "pointer"),
    record: deriveFromAccount(key, "record"),
  };
}

/** What seals, opens and finds private data with these secrets. */
export function sealingWith(secrets: DataSecrets): Omit<Account, "reach" | "lent" | "lend" | "wallet" | "address"> {
  const { fingerprint, index, file, salt, pointer, record } = secrets;
  return {
    fingerprint,
    indexKey: index,
    sealingOf: (contentHash) => ({
      key: hkdfSha256(file, { salt: contentHash, info: "dsdn/account/1/file key" }),
      salt: { ownerSecret: salt, contentHash },
    }),
    freshSealing: (random) => ({ key: random.bytes(ACCOUNT_KEY_BYTES), salt: { random } }),
    pointerId: (name) => hexId<PointerId>(domainHash("pointerId", pointer, toUtf8(name))),
    wrap: (purpose, bytes, random) => {
      const { header, sealed } = seal({ key: recordKey(record, purpose), salt: { random } }, bytes);
      return concatBytes(header, sealed);
    },
    unwrap: (purpose, wrapped) => {
      const header = wrapped.subarray(0, HEADER_BYTES);
      try {
        return open({ key: recordKey(record, purpose), header }, wrapped.subarray(HEADER_BYTES));
      } catch (cause) {
        throw fail(keysErrors.recordInvalid, { purpose }, { cause });
      }
    },
  };
}

const SALT = new Uint8Array(0);

function recordKey(secret: Uint8Array, purpose: string): Uint8Array {
  return hkdfSha256(secret, { salt: SALT, info: `dsdn/account/1/record/${purpose}` });
}
