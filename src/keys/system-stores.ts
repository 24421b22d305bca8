import type { Disk, Random } from "../base/index.ts";
import { toUtf8 } from "../base/index.ts";
import { hashHex } from "../crypto/index.ts";
import type { KeyStores } from "./account-vault.ts";
import { createDeviceKeyStore, createKeychainStore, createPasswordFileStore } from "./key-store.ts";
import { type Keychain, systemKeychain } from "./keychain.ts";
import { type PrivateFiles, systemPrivateFiles } from "./private-files.ts";

interface StoreDeps {
  readonly disk: Disk;
  readonly random: Random;
  /** The passphrase from the user: `new` when it is to be chosen, `open` when it is to be told. */
  readonly askPassphrase: (purpose: "new" | "open") => Promise<string>;
  readonly keychain?: Keychain;
}

/** The three places a key can rest in for one folder, and the files they use. `folder` is absolute. */
export function createKeyStores(
  { folder }: { readonly folder: string },
  { disk, random, askPassphrase, keychain = systemKeychain() }: StoreDeps,
): { readonly stores: KeyStores; readonly files: PrivateFiles } {
  const files = systemPrivateFiles(disk);
  const profile = hashHex(toUtf8(folder)).slice(0, 16);
  return {
    files,
    stores: {
      keychain: createKeychainStore({ folder, profile }, { keychain, files, disk }),
      file: createPasswordFileStore({ path: `${folder}/account.key` }, { files, random, askPassphrase }),
      device: createDeviceKeyStore({ path: `${folder}/device.key` }, { files }),
    },
  };
}
