/** A key from a passphrase: argon2id (RFC 9106) with costs that are bounded both ways before any memory is taken. */
import { fail, toUtf8 } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";

export interface PasswordCost {
  readonly memoryKib: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** 64 MiB, three passes, one lane (RFC 9106 section 4, second choice, with one lane since the engine has one thread). */
export const PASSWORD_COST_DEFAULT: PasswordCost = { memoryKib: 65_536, iterations: 3, parallelism: 1 };
/** Weaker than 19 MiB and two passes is not accepted (OWASP's least), nor costs that could stall the machine. */
export const PASSWORD_COST_MIN: PasswordCost = { memoryKib: 19_456, iterations: 2, parallelism: 1 };
const PASSWORD_COST_MAX: PasswordCost = { memoryKib: 131_072, iterations: 8, parallelism: 4 };
const PASSPHRASE_BYTES_MAX = 1024;
export const PASSWORD_SALT_BYTES = 16;

/**
 * The bytes of a passphrase: UTF-8 of its NFKC form, so that it is the same however the keyboard composed it.
 *
 * @throws DSDN_CRYPTO_PASSPHRASE when it is empty, holds a NUL or half a surrogate pair, or has more than 1,024 bytes.
 */
export function normalisePassphrase(passphrase: string): Uint8Array {
  if (passphrase.length > PASSPHRASE_BYTES_MAX) throw fail(cryptoErrors.passphrase, { reason: "tooLong" });
  if (!passphrase.isWellFormed()) throw fail(cryptoErrors.passphrase, { reason: "notText" });
  const bytes = toUtf8(passphrase.normalize("NFKC"));
  if (bytes.length === 0) throw fail(cryptoErrors.passphrase, { reason: "empty" });
  if (bytes.length > PASSPHRASE_BYTES_MAX) throw fail(cryptoErrors.passphrase, { reason: "tooLong" });
  if (bytes.includes(0)) throw fail(cryptoErrors.passphrase, { reason: "NUL" });
  return bytes;
}

/** @throws DSDN_CRYPTO_PASSWORD_COST naming the first number that is out of bounds. */
export function checkPasswordCost(cost: PasswordCost): void {
  for (const name of ["memoryKib", "iterations", "parallelism"] as const) {
    const [least, most] = [PASSWORD_COST_MIN[name], PASSWORD_COST_MAX[name]];
    if (!Number.isInteger(cost[name]) || cost[name] < least || cost[name] > most) {
      throw fail(cryptoErrors.passwordCost, { name, value: cost[name], least, most });
    }
  }
}

interface PasswordOptions {
  /** 16 random bytes, stored beside the result. */
  readonly salt: Uint8Array;
  readonly cost?: PasswordCost;
}

/**
 * 32 key bytes from the passphrase; about a third of a second and 64 MiB at the default cost.
 *
 * @throws DSDN_CRYPTO_PASSPHRASE, DSDN_CRYPTO_PASSWORD_COST, DSDN_CRYPTO_KEY_LENGTH
 */
export async function deriveFromPassphrase(passphrase: string, options: PasswordOptions): Promise<Uint8Array> {
  const { salt, cost = PASSWORD_COST_DEFAULT } = options;
  checkPasswordCost(cost);
  if (salt.length !== PASSWORD_SALT_BYTES) {
    throw fail(cryptoErrors.keyLength, { what: "password salt", expected: PASSWORD_SALT_BYTES, actual: salt.length });
  }
  const password = normalisePassphrase(passphrase);
  // Loaded here: its compiled engines are 400 KB that most commands never need.
  const { argon2id } = await import("hash-wasm");
  try {
    return await argon2id({
      password,
      salt,
      iterations: cost.iterations,
      parallelism: cost.parallelism,
      memorySize: cost.memoryKib,
      hashLength: 32,
      outputType: "binary",
    });
  } finally {
    password.fill(0);
  }
}
