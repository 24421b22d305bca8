import { fail } from "../base/index.ts";
import { keysErrors } from "./errors.ts";

/** Named secret texts of this user in the operating system's keychain. */
export interface Keychain {
  /** @throws DSDN_KEYS_KEYCHAIN_UNAVAILABLE, as every method here */
  find(name: string): Promise<string | undefined>;
  /** Replaces what the name had. */
  save(name: string, secret: string): Promise<void>;
  /** Nothing happens when there is none. */
  remove(name: string): Promise<void>;
}

const SERVICE = "dsdn";
/**
 * Linux: only the Secret Service. The library would otherwise fall back to the kernel's keyring, which forgets
 * everything at a restart.
 */
const OPTIONS = { linux: { store: "secret-service" as const } };

/**
 * The keychain of macOS, Windows or a Linux desktop. The native module is optional and loaded at the first use; where it
 * or the keychain is missing every method throws DSDN_KEYS_KEYCHAIN_UNAVAILABLE.
 */
export function systemKeychain(): Keychain {
  const entry = async (name: string) => {
    const { AsyncEntry } = await import("@napi-rs/keyring");
    return new AsyncEntry(SERVICE, name, OPTIONS);
  };
  return {
    find: (name) => attempt(async () => (await (await entry(name)).getPassword()) ?? undefined),
    save: (name, secret) => attempt(async () => (await entry(name)).setPassword(secret)),
    remove: (name) => attempt(async () => void (await (await entry(name)).deletePassword())),
  };
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    // The library's text may name the machine's session bus; it stays in the cause and out of the message.
    throw fail(keysErrors.keychainUnavailable, {}, { cause });
  }
}
