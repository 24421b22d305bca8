/**
 * Account text 1: an account key under a passphrase, as one text. The key file and `dsdn keys export` are the same.
 *
 *   payload = head || envelope header(67) || sealed(48)        in base64 between two lines
 *   head    = version(1) || memoryKib(4, big-endian) || iterations(1) || parallelism(1) || salt(16)
 *   key     = HKDF-SHA-256(argon2id(passphrase, salt, costs), salt = SHA-256(head), "dsdn/account-text/1")
 *
 * The head is authenticated because the key depends on every bit of it; costs are bounded before any are spent.
 */
import { concatBytes, DsdnError, fail, findBase64, type Random, toBase64, toUtf8 } from "../base/index.ts";
import {
  checkPasswordCost,
  deriveFromPassphrase,
  ENVELOPE_HEADER_BYTES,
  hkdfSha256,
  open,
  PASSWORD_COST_DEFAULT,
  PASSWORD_SALT_BYTES,
  type PasswordCost,
  seal,
  sealedSize,
  sha256,
} from "../crypto/index.ts";
import { ACCOUNT_KEY_BYTES } from "./account-key.ts";
import { keysErrors } from "./errors.ts";

const FIRST_LINE = "-----BEGIN DSDN ACCOUNT-----";
const LAST_LINE = "-----END DSDN ACCOUNT-----";
const VERSION = 1;
const HEAD_BYTES = 7 + PASSWORD_SALT_BYTES;
const PAYLOAD_BYTES = HEAD_BYTES + ENVELOPE_HEADER_BYTES + sealedSize(ACCOUNT_KEY_BYTES);
const TEXT_LENGTH_MAX = 4096;

interface ExportOptions {
  readonly passphrase: string;
  readonly random: Random;
  readonly cost?: PasswordCost;
}

/**
 * The account key as a text that only the passphrase opens.
 *
 * @throws DSDN_CRYPTO_PASSPHRASE, DSDN_CRYPTO_PASSWORD_COST, DSDN_KEYS_KEY_INVALID
 */
export async function exportAccount(
  accountKey: Uint8Array,
  { passphrase, random, cost = PASSWORD_COST_DEFAULT }: ExportOptions,
): Promise<string> {
  if (accountKey.length !== ACCOUNT_KEY_BYTES) throw fail(keysErrors.keyInvalid, { actual: accountKey.length });
  const head = new Uint8Array(HEAD_BYTES);
  head[0] = VERSION;
  new DataView(head.buffer).setUint32(1, cost.memoryKib);
  head[5] = cost.iterations;
  head[6] = cost.parallelism;
  head.set(random.bytes(PASSWORD_SALT_BYTES), 7);
  const key = await deriveKey(passphrase, head, cost);
  const { header, sealed } = seal({ key, salt: { random } }, accountKey);
  const lines = toBase64(concatBytes(head, header, sealed)).match(/.{1,64}/g) ?? [];
  return [FIRST_LINE, ...lines, LAST_LINE, ""].join("\n");
}

/**
 * The account key of a text.
 *
 * @throws DSDN_KEYS_TEXT_INVALID {reason}, DSDN_CRYPTO_PASSWORD_COST, DSDN_CRYPTO_PASSPHRASE, DSDN_KEYS_WRONG_PASSPHRASE
 */
export async function importAccount(text: string, passphrase: string): Promise<Uint8Array> {
  const payload = parsePayload(text);
  const head = payload.slice(0, HEAD_BYTES);
  const cost = {
    memoryKib: new DataView(head.buffer).getUint32(1),
    iterations: head[5] ?? 0,
    parallelism: head[6] ?? 0,
  };
  checkPasswordCost(cost);
  const key = await deriveKey(passphrase, head, cost);
  const header = payload.subarray(HEAD_BYTES, HEAD_BYTES + ENVELOPE_HEADER_BYTES);
  try {
    const sealed = payload.subarray(HEAD_BYTES + ENVELOPE_HEADER_BYTES);
    return open({ key, header, sizeBytes: ACCOUNT_KEY_BYTES }, sealed);
  } catch (cause) {
    if (cause instanceof DsdnError && cause.code === "DSDN_CRYPTO_WRONG_KEY") {
      throw fail(keysErrors.wrongPassphrase, {}, { cause });
    }
    throw fail(keysErrors.textInvalid, { reason: "damaged" }, { cause });
  }
}

function parsePayload(text: string): Uint8Array {
  if (text.length > TEXT_LENGTH_MAX) throw fail(keysErrors.textInvalid, { reason: "too long" });
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const first = lines.indexOf(FIRST_LINE);
  const last = lines.indexOf(LAST_LINE);
  if (first < 0) throw fail(keysErrors.textInvalid, { reason: "no account in it" });
  if (last < first) throw fail(keysErrors.textInvalid, { reason: "cut off" });
  const payload = findBase64(lines.slice(first + 1, last).join(""));
  if (payload === undefined) throw fail(keysErrors.textInvalid, { reason: "not base64" });
  if (payload[0] !== VERSION) throw fail(keysErrors.textInvalid, { reason: `version ${payload[0] ?? "missing"}` });
  if (payload.length !== PAYLOAD_BYTES) throw fail(keysErrors.textInvalid, { reason: "wrong length" });
  return payload;
}

async function deriveKey(passphrase: string, head: Uint8Array, cost: PasswordCost): Promise<Uint8Array> {
  const secret = await deriveFromPassphrase(passphrase, { salt: head.subarray(7), cost });
  return hkdfSha256(secret, { salt: sha256(head), info: toUtf8("dsdn/account-text/1") });
}
