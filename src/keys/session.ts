import type { Disk, Random } from "../base/index.ts";
import { writeDurable } from "../base/index.ts";
import { type Ed25519Signer, ed25519FromSeed } from "../crypto/index.ts";
import {
  byteString,
  decodeWith,
  encodeWith,
  hexId,
  type KeyId,
  type NetworkId,
  type SessionGrant,
  sessionGrant,
  signSessionGrant,
  z,
} from "../protocol/index.ts";
import type { Account } from "./account.ts";

/** A key that acts for the wallet on one network, with the wallet's signature. */
export interface Session {
  readonly signer: Ed25519Signer;
  readonly key: KeyId;
  /** Body of the SessionGranted event that makes the network know the key. */
  readonly grant: SessionGrant;
}

interface SessionOptions {
  readonly network: NetworkId;
  readonly scopes: SessionGrant["scopes"];
  readonly quotaBytes: number;
  readonly expiresMs: number;
  /** Higher than that of every earlier grant of the wallet; milliseconds since 1970 will do. */
  readonly nonce: number;
}

interface SessionRecord {
  readonly seed: Uint8Array;
  readonly grant: SessionGrant;
}

const sessionRecord = z.strictObject({ seed: byteString(32), grant: sessionGrant });
const RECORD_BYTES_MAX = 4096;

/** Where the sessions of one machine lie: one sealed file a network. */
export interface SessionStore {
  /**
   * The session of that network on this machine, or undefined.
   *
   * @throws DSDN_KEYS_RECORD_INVALID when the file is damaged or of another account.
   */
  find(account: Account, network: NetworkId): Promise<Session | undefined>;
  /**
   * Makes a session key, has the account's wallet sign its grant and stores both before it resolves; a session that was
   * there is replaced.
   */
  create(account: Account, options: SessionOptions): Promise<Session>;
}

/** Sessions in `folder`/sessions, sealed by the account. */
export function createSessionStore(
  { folder }: { readonly folder: string },
  { disk, random }: { readonly disk: Disk; readonly random: Random },
): SessionStore {
  const sessions = `${folder}/sessions`;
  const pathOf = (network: NetworkId) => `${sessions}/${network}.sealed`;
  const purposeOf = (network: NetworkId) => `session/${network}`;
  return {
    async find(account, network) {
      const wrapped = await disk.find(pathOf(network));
      if (wrapped === undefined) return undefined;
      const bytes = account.unwrap(purposeOf(network), wrapped.subarray(0, RECORD_BYTES_MAX));
      return toSession(decodeWith(sessionRecord, bytes, { what: "session file", limitBytes: RECORD_BYTES_MAX }));
    },
    async create(account, { network, ...terms }) {
      const seed = random.bytes(32);
      const sessionKey = hexId<KeyId>(ed25519FromSeed(seed).publicKey);
      const wallet = account.address();
      const grant = signSessionGrant(account.wallet(), network, { wallet, sessionKey, ...terms });
      const bytes = encodeWith(sessionRecord, { seed, grant });
      await disk.makeFolder(sessions);
      await writeDurable(disk, pathOf(network), account.wrap(purposeOf(network), bytes, random));
      return toSession({ seed, grant });
    },
  };
}

function toSession({ seed, grant }: SessionRecord): Session {
  return { signer: ed25519FromSeed(seed), key: grant.sessionKey, grant };
}
