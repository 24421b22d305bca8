/**
 * Session text 1: a session key and what it may open, as one line that fits a CI secret.
 *
 *   text    = "dsdn.session.1." || base64(payload)
 *   payload = check(8) || canonical CBOR of the record       check = first bytes of SHA-256 over the record
 *
 * The check finds a text that was cut or mistyped; what the text claims is proven by the wallet's signature in it.
 */
import { concatBytes, equalBytes, fail, findBase64, toBase64 } from "../base/index.ts";
import { ed25519FromSeed, sha256 } from "../crypto/index.ts";
import {
  byteString,
  encodeWith,
  findWith,
  hexId,
  isSessionGrantSigned,
  type KeyId,
  type NetworkId,
  networkId,
  type SessionGrant,
  sessionGrant,
  text,
  z,
} from "../protocol/index.ts";
import { type Account, type DataSecrets, type Reach, reaches, sealingWith } from "./account.ts";
import { keysErrors } from "./errors.ts";

/** A session key that was given away to act for the account elsewhere. Whoever has its text can use it. */
export interface SessionCredential {
  /** The owner's name for it; what it stores is kept apart under this name. */
  readonly name: string;
  readonly network: NetworkId;
  /** Where the network is reached when nothing else is said; may be empty. */
  readonly ingresses: readonly string[];
  readonly reach: Reach;
  readonly secrets: DataSecrets;
  /** Private half of the session key, 32 bytes. */
  readonly seed: Uint8Array;
  readonly grant: SessionGrant;
}

const PREFIX = "dsdn.session.1.";
const CHECK_BYTES = 8;
const TEXT_LENGTH_MAX = 16 * 1024;
const secret = byteString(32);
const credentialRecord = z.strictObject({
  version: z.literal(1),
  name: text(64, 1),
  network: networkId,
  ingresses: z.array(text(512, 1)).max(8),
  reach: z.enum(reaches),
  secrets: z.strictObject({
    fingerprint: text(16, 16),
    index: secret,
    file: secret,
    salt: secret,
    pointer: secret,
    record: secret,
  }),
  seed: secret,
  grant: sessionGrant,
});

/** The text of a credential. It is a secret. */
export function formatSessionCredential(credential: SessionCredential): string {
  const { ingresses, ...rest } = credential;
  const record = encodeWith(credentialRecord, { version: 1, ...rest, ingresses: [...ingresses] });
  return `${PREFIX}${toBase64(concatBytes(checkOf(record), record))}`;
}

/**
 * The credential of a text, checked: whole, of one key, and granted by the wallet it names.
 *
 * @param place - what the user knows the text by: a variable or a file.
 * @throws DSDN_KEYS_SESSION_INVALID {place}
 */
export function parseSessionCredential(input: string, place: string): SessionCredential {
  const refuse = () => fail(keysErrors.sessionInvalid, { place });
  // A terminal or an editor may have broken the line.
  const line = input.replace(/\s+/g, "");
  if (!line.startsWith(PREFIX) || line.length > TEXT_LENGTH_MAX) throw refuse();
  const payload = findBase64(line.slice(PREFIX.length));
  const record = payload?.slice(CHECK_BYTES) ?? new Uint8Array(0);
  const isWhole = payload !== undefined && equalBytes(payload.subarray(0, CHECK_BYTES), checkOf(record));
  if (!isWhole) throw refuse();
  const found = findWith(credentialRecord, record, { what: "session", limitBytes: TEXT_LENGTH_MAX });
  if (found === undefined) throw refuse();
  const { version: _, ...credential } = found;
  const { grant, seed, network } = credential;
  if (hexId<KeyId>(ed25519FromSeed(seed).publicKey) !== grant.sessionKey) throw refuse();
  if (!isSessionGrantSigned(network, grant)) throw refuse();
  return credential;
}

/** The account as the session has it: it signs with the session key, and has no wallet. */
export function openLentAccount({ name, network, reach, secrets, seed, grant }: SessionCredential): Account {
  const refuse = (): never => {
    throw fail(keysErrors.walletMissing, { name });
  };
  return {
    ...sealingWith(secrets),
    reach,
    lent: { name, network, signer: ed25519FromSeed(seed), key: grant.sessionKey, grant },
    lend: refuse,
    wallet: refuse,
    address: () => grant.wallet,
  };
}

function checkOf(record: Uint8Array): Uint8Array {
  return sha256(record).subarray(0, CHECK_BYTES);
}
