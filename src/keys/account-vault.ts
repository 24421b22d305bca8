import { acquireFileLock, type Clock, fail, isError, type Logger, type Random } from "../base/index.ts";
import { fingerprintOf } from "./account-key.ts";
import { keysErrors } from "./errors.ts";
import { type KeyStore, type KeyStoreKind, keyStoreKinds } from "./key-store.ts";
import { findKeysConfig, formatKeysConfig, type KeysConfig, type SplitRecord } from "./keys-config.ts";
import type { PrivateFiles } from "./private-files.ts";

export type KeyStores = { readonly [Kind in KeyStoreKind]: KeyStore };

interface VaultDeps {
  readonly stores: KeyStores;
  readonly files: PrivateFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface RestingKey {
  readonly key: Uint8Array;
  readonly config: KeysConfig;
  /** Whether this call put the key to rest. */
  readonly isNew: boolean;
}

/** The account key at rest and `keys.json`, which says where. */
export interface AccountVault {
  /** The config; mended first when a crash or a loss left a key without one. */
  findConfig(): Promise<KeysConfig | undefined>;
  /** Changes what is known of splits; programs that do so at once lose nothing. The account is there. */
  changeSplits(change: (splits: readonly SplitRecord[]) => readonly SplitRecord[]): Promise<void>;
  /** @throws DSDN_KEYS_LOST when the config names a key that is not there */
  find(): Promise<RestingKey | undefined>;
  /** @throws DSDN_KEYS_EXISTS when another key rests here */
  install(kind: KeyStoreKind, key: Uint8Array): Promise<RestingKey>;
}

/**
 * The vault of one folder. A key is first put to rest, then the config is made under an exclusive name; a crash between
 * the two, or a lost config, is mended by looking into the stores.
 */
export function createAccountVault({ folder }: { readonly folder: string }, deps: VaultDeps): AccountVault {
  const { stores, files } = deps;
  const configPath = `${folder}/keys.json`;

  async function readConfig(): Promise<KeysConfig | undefined> {
    const bytes = await files.find(configPath);
    const config = bytes && findKeysConfig(bytes);
    if (bytes && !config) {
      deps.log.warn("keys.config.damaged", { path: configPath });
      await files.replace(`${configPath}.damaged`, bytes);
      await files.remove(configPath);
    }
    return config;
  }

  /** Makes the config of a key that rests in the store; gives the config of whoever was first. */
  async function settle(kind: KeyStoreKind, key: Uint8Array): Promise<KeysConfig> {
    const fingerprint = fingerprintOf(key);
    const config: KeysConfig = { version: 1, store: kind, fingerprint, splits: [] };
    if (await files.create(configPath, formatKeysConfig(config))) return config;
    const winner = (await readConfig()) ?? (await settle(kind, key));
    if (winner.fingerprint !== fingerprint) await stores[kind].discard(key);
    return winner;
  }

  async function adopt(): Promise<RestingKey | undefined> {
    for (const kind of keyStoreKinds) {
      const key = await findResting(stores[kind]);
      if (key === undefined) continue;
      const config = await settle(kind, key);
      deps.log.info("keys.adopted", { store: config.store, fingerprint: config.fingerprint });
      return config.fingerprint === fingerprintOf(key) ? { key, config, isNew: false } : find();
    }
    return undefined;
  }

  async function find(): Promise<RestingKey | undefined> {
    const config = await readConfig();
    if (config === undefined) return adopt();
    const store = stores[config.store];
    const key = await store.find(config.fingerprint);
    if (key === undefined || fingerprintOf(key) !== config.fingerprint) {
      throw fail(keysErrors.lost, { place: store.place, fingerprint: config.fingerprint });
    }
    return { key, config, isNew: false };
  }

  return {
    findConfig: async () => (await readConfig()) ?? (await adopt())?.config,
    async changeSplits(change) {
      const lock = await acquireFileLock({ path: `${configPath}.lock` }, deps);
      try {
        const config = (await readConfig()) ?? (await adopt())?.config;
        if (config === undefined) throw fail(keysErrors.missing, { folder });
        await files.replace(configPath, formatKeysConfig({ ...config, splits: change(config.splits) }));
      } finally {
        await lock.release();
      }
    },
    find,
    async install(kind, key) {
      const fingerprint = fingerprintOf(key);
      const existing = await find();
      if (existing === undefined) await stores[kind].save(key);
      const config = existing?.config ?? (await settle(kind, key));
      if (config.fingerprint !== fingerprint) throw fail(keysErrors.exists, { place: stores[config.store].place });
      return { key, config, isNew: existing === undefined };
    },
  };
}

/** A key in a store that no config names. A keychain that cannot be asked holds none that we could use. */
async function findResting(store: KeyStore): Promise<Uint8Array | undefined> {
  try {
    return await store.find();
  } catch (error) {
    if (isError(error, keysErrors.keychainUnavailable)) return undefined;
    throw error;
  }
}
