import { fail, toHex } from "../base/index.ts";
import { hkdfSha256 } from "../crypto/index.ts";
import { keysErrors } from "./errors.ts";

/** Length of an account key, in bytes. */
export const ACCOUNT_KEY_BYTES = 32;

const SALT = new Uint8Array(0);
const FINGERPRINT_BYTES = 8;

/**
 * A secret of 32 bytes that follows from an account key and is used for one thing only.
 *
 * @throws DSDN_KEYS_KEY_INVALID
 * @source project format: HKDF-SHA-256 with the labels `dsdn/account/1/<use>`.
 */
export function deriveFromAccount(accountKey: Uint8Array, use: string): Uint8Array {
  if (accountKey.length !== ACCOUNT_KEY_BYTES) throw fail(keysErrors.keyInvalid, { actual: accountKey.length });
  return hkdfSha256(accountKey, { salt: SALT, info: `dsdn/account/1/${use}` });
}

/** What tells accounts apart, 16 hex digits, not secret. @throws DSDN_KEYS_KEY_INVALID */
export function fingerprintOf(accountKey: Uint8Array): string {
  return toHex(deriveFromAccount(accountKey, "fingerprint").subarray(0, FINGERPRINT_BYTES));
}
