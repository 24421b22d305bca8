import { concatBytes, fail, type Random, toUtf8 } from "../base/index.ts";
import { hkdfSha256, open, openWallet, type SealOptions, seal, type Wallet } from "../crypto/index.ts";
import { type Address, addressOfWallet, domainHash, hexId, type PointerId } from "../protocol/index.ts";
import { ACCOUNT_KEY_BYTES, deriveFromAccount, fingerprintOf } from "./account-key.ts";
import { keysErrors } from "./errors.ts";

/** Everything that follows from one account key. The key itself does not come out. */
export interface Account {
  /** 16 hex digits, not secret: tells accounts apart on pages and in `dsdn keys status`. */
  readonly fingerprint: string;
  /** Key of the owner's own index of files, 32 bytes. */
  readonly indexKey: Uint8Array;
  /** The wallet of the account. It is derived, so shares or an export bring it back with everything else. */
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
  const derive = (use: string) => deriveFromAccount(accountKey, use);
  const fileSecret = derive("file key");
  const saltSecret = derive("file salt");
  const pointerSecret = derive("pointer");
  const recordSecret = derive("record");
  const walletKey = derive("wallet");
  let wallet: Wallet | undefined;
  const openOnce = () => {
    wallet ??= openWallet(walletKey);
    return wallet;
  };
  return {
    fingerprint: fingerprintOf(accountKey),
    indexKey: derive("index"),
    wallet: openOnce,
    address: () => addressOfWallet(openOnce()),
    sealingOf: (contentHash) => ({
      key: hkdfSha256(fileSecret, { salt: contentHash, info: "dsdn/account/1/file key" }),
      salt: { ownerSecret: saltSecret, contentHash },
    }),
    freshSealing: (random) => ({ key: random.bytes(ACCOUNT_KEY_BYTES), salt: { random } }),
    pointerId: (name) => hexId<PointerId>(domainHash("pointerId", pointerSecret, toUtf8(name))),
    wrap: (purpose, bytes, random) => {
      const { header, sealed } = seal({ key: recordKey(recordSecret, purpose), salt: { random } }, bytes);
      return concatBytes(header, sealed);
    },
    unwrap: (purpose, wrapped) => {
      const header = wrapped.subarray(0, HEADER_BYTES);
      try {
        return open({ key: recordKey(recordSecret, purpose), header }, wrapped.subarray(HEADER_BYTES));
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
