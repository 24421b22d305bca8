import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type Clock,
  type Disk,
  fail,
  seededRandom,
  silentLogger,
  systemDisk,
  VirtualClock,
} from "../../../src/base/index.ts";
import { PASSWORD_COST_MIN } from "../../../src/crypto/index.ts";
import {
  type AccountKeeper,
  createAccountKeeper,
  createDeviceKeyStore,
  createKeychainStore,
  createPasswordFileStore,
  type Keychain,
  type KeyStores,
  keysErrors,
  type PrivateFiles,
  systemPrivateFiles,
} from "../../../src/keys/index.ts";

/** A keychain in memory, as a desktop has one. */
export function memoryKeychain(): Keychain & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    find: async (name) => entries.get(name),
    save: async (name, secret) => void entries.set(name, secret),
    remove: async (name) => void entries.delete(name),
  };
}

/** What a server has. */
export function absentKeychain(): Keychain {
  const refuse = async () => {
    throw fail(keysErrors.keychainUnavailable, {});
  };
  return { find: refuse, save: refuse, remove: refuse };
}

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-keys-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface World {
  readonly folder: string;
  readonly keychain?: Keychain;
  readonly passphrase?: string;
  readonly disk?: Disk;
  readonly files?: PrivateFiles;
  readonly seed?: string;
  readonly clock?: Clock;
}

export function makeStores({ folder, keychain = memoryKeychain(), passphrase = "frasa sandi", ...rest }: World): {
  stores: KeyStores;
  files: PrivateFiles;
} {
  const { disk = systemDisk(), seed = "keys" } = rest;
  const files = rest.files ?? systemPrivateFiles(disk);
  const random = seededRandom(seed);
  const askPassphrase = async () => passphrase;
  return {
    files,
    stores: {
      keychain: createKeychainStore({ folder, profile: "test" }, { keychain, files, disk }),
      file: createPasswordFileStore(
        { path: join(folder, "account.key"), cost: PASSWORD_COST_MIN },
        { files, random, askPassphrase },
      ),
      device: createDeviceKeyStore({ path: join(folder, "device.key") }, { files }),
    },
  };
}

export function makeKeeper(world: World): AccountKeeper {
  const { clock = new VirtualClock(), seed = "keeper" } = world;
  const deps = { ...makeStores(world), clock, random: seededRandom(seed), log: silentLogger() };
  return createAccountKeeper({ folder: world.folder }, deps);
}
