import { type Disk, fail, findBase64, fromUtf8, type Random, toBase64, toUtf8 } from "../base/index.ts";
import type { PasswordCost } from "../crypto/index.ts";
import { ACCOUNT_KEY_BYTES, fingerprintOf } from "./account-key.ts";
import { keysErrors } from "./errors.ts";
import type { Keychain } from "./keychain.ts";
import type { PrivateFiles } from "./private-files.ts";

export const keyStoreKinds = ["keychain", "file", "device"] as const;
/** Keychain of the operating system, file under a passphrase, or bare file of this device (for a devnet). */
export type KeyStoreKind = (typeof keyStoreKinds)[number];

/** Where one account key rests. */
export interface KeyStore {
  readonly kind: KeyStoreKind;
  /** Where it is, in words for the user; a path or the keychain's entry. */
  readonly place: string;
  /** Whether a key rests here. Asks for no passphrase. */
  has(): Promise<boolean>;
  /**
   * The 32-byte key, or undefined when there is none. May ask for the passphrase. Where several can rest, `fingerprint`
   * picks one.
   */
  find(fingerprint?: string): Promise<Uint8Array | undefined>;
  /**
   * Puts the key to rest; durable when resolved. Doing it again with the same key changes nothing.
   *
   * @throws DSDN_KEYS_EXISTS when another key rests here: a key is never replaced.
   */
  save(key: Uint8Array): Promise<void>;
  /** Forgets exactly this key; nothing happens when it does not rest here. */
  discard(key: Uint8Array): Promise<void>;
}

interface FileOptions {
  /** Absolute. */
  readonly path: string;
}

/** A bare key, `dsdn-device-key 1 <base64>`, in a 0600 file. For devnets; the caller says so to the user. */
export function createDeviceKeyStore({ path }: FileOptions, { files }: { readonly files: PrivateFiles }): KeyStore {
  const find = async () => {
    const bytes = await files.find(path);
    return bytes && parseDeviceKey(bytes, path);
  };
  return {
    kind: "device",
    place: path,
    has: async () => (await files.find(path)) !== undefined,
    find,
    async save(key) {
      const text = `${DEVICE_LABEL}${toBase64(key)}\n`;
      if (!(await files.create(path, toUtf8(text)))) checkSame(key, await find(), path);
    },
    async discard(key) {
      if (isSame(key, await find())) await files.remove(path);
    },
  };
}

const DEVICE_LABEL = "dsdn-device-key 1 ";

function parseDeviceKey(bytes: Uint8Array, path: string): Uint8Array {
  const text = fromUtf8(bytes);
  const key = text.startsWith(DEVICE_LABEL) ? findBase64(text.slice(DEVICE_LABEL.length).trim()) : undefined;
  if (key?.length !== ACCOUNT_KEY_BYTES) throw fail(keysErrors.fileInvalid, { path });
  return key;
}

interface PasswordFileDeps {
  readonly files: PrivateFiles;
  readonly random: Random;
  /** The passphrase from the user: `new` when it is to be chosen, `open` when it is to be told. */
  readonly askPassphrase: (purpose: "new" | "open") => Promise<string>;
}

/** The key under a passphrase, as an account text, in a 0600 file. */
export function createPasswordFileStore(
  { path, cost }: FileOptions & { readonly cost?: PasswordCost },
  { files, random, askPassphrase }: PasswordFileDeps,
): KeyStore {
  const find = async () => {
    const bytes = await files.find(path);
    if (bytes === undefined) return undefined;
    const { importAccount } = await import("./account-text.ts");
    return importAccount(fromUtf8(bytes), await askPassphrase("open"));
  };
  return {
    kind: "file",
    place: path,
    has: async () => (await files.find(path)) !== undefined,
    find,
    async save(key) {
      if ((await files.find(path)) === undefined) {
        const passphrase = await askPassphrase("new");
        const { exportAccount } = await import("./account-text.ts");
        const text = await exportAccount(key, { passphrase, random, ...(cost && { cost }) });
        if (await files.create(path, toUtf8(text))) return;
      }
      checkSame(key, await find(), path);
    },
    async discard(key) {
      if (isSame(key, await find())) await files.remove(path);
    },
  };
}

interface KeychainOptions {
  /** Absolute; holds one empty file an entry, so that entries are found again without a list from the keychain. */
  readonly folder: string;
  /** Tells the accounts of different folders on one machine apart. */
  readonly profile: string;
}

interface KeychainDeps {
  readonly keychain: Keychain;
  readonly files: PrivateFiles;
  readonly disk: Disk;
}

/**
 * The key in the operating system's keychain. The entry's name holds the account's fingerprint, so that two programs
 * that make an account at the same moment cannot overwrite each other's key.
 */
export function createKeychainStore({ folder, profile }: KeychainOptions, deps: KeychainDeps): KeyStore {
  const { keychain, files, disk } = deps;
  const place = `keychain: dsdn ${profile}`;
  const entryOf = (fingerprint: string) => `${profile}/${fingerprint}`;
  const fileOf = (fingerprint: string) => `${folder}/${NAME_PREFIX}${fingerprint}`;
  const fingerprints = async () =>
    (await disk.list(folder))
      .filter(({ name }) => name.startsWith(NAME_PREFIX))
      .map(({ name }) => name.slice(NAME_PREFIX.length));
  const find = async (wanted?: string) => {
    for (const fingerprint of wanted === undefined ? await fingerprints() : [wanted]) {
      const secret = await keychain.find(entryOf(fingerprint));
      if (secret === undefined) continue;
      const key = findBase64(secret);
      if (key?.length !== ACCOUNT_KEY_BYTES) throw fail(keysErrors.fileInvalid, { path: place });
      return key;
    }
    return undefined;
  };
  return {
    kind: "keychain",
    place,
    has: async () => (await find()) !== undefined,
    find,
    async save(key) {
      const existing = await find();
      if (existing) return checkSame(key, existing, place);
      const fingerprint = fingerprintOf(key);
      // The name first: after a crash between the two, an entry is never without its name.
      await files.create(fileOf(fingerprint), new Uint8Array(0));
      try {
        await keychain.save(entryOf(fingerprint), toBase64(key));
      } catch (error) {
        await files.remove(fileOf(fingerprint));
        throw error;
      }
    },
    async discard(key) {
      const fingerprint = fingerprintOf(key);
      if ((await find(fingerprint)) === undefined) return;
      await keychain.remove(entryOf(fingerprint));
      await files.remove(fileOf(fingerprint));
    },
  };
}

const NAME_PREFIX = "keychain-";

function isSame(key: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && fingerprintOf(other) === fingerprintOf(key);
}

function checkSame(key: Uint8Array, existing: Uint8Array | undefined, place: string): void {
  if (!isSame(key, existing)) throw fail(keysErrors.exists, { place });
}
