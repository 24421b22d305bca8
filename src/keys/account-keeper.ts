import { type Clock, fail, isError, type Logger, type Random, toHex } from "../base/index.ts";
import type { RejectedShare, ShareSet } from "../crypto/index.ts";
import type { Account } from "./account.ts";
import { ACCOUNT_KEY_BYTES, fingerprintOf } from "./account-key.ts";
import { createAccountVault, type KeyStores, type RestingKey } from "./account-vault.ts";
import { keysErrors } from "./errors.ts";
import type { KeyStoreKind } from "./key-store.ts";
import { SPLITS_MAX, type SplitRecord } from "./keys-config.ts";
import type { PrivateFiles } from "./private-files.ts";

interface KeeperDeps {
  readonly stores: KeyStores;
  readonly files: PrivateFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** What can be said about the account without opening it. */
export interface KeysStatus {
  readonly store: KeyStoreKind;
  readonly place: string;
  readonly fingerprint: string;
  readonly splits: readonly SplitRecord[];
}

/** An account that is open, and where its key rests. */
export interface OpenedAccount {
  readonly account: Account;
  readonly store: KeyStoreKind;
  readonly place: string;
  /** Whether this call made the account or put its key here. */
  readonly isNew: boolean;
}

/** How shares were found when they were brought together. */
export interface ShareReport {
  readonly setId: string;
  readonly rejected: readonly RejectedShare[];
}

/** Keeps the one account of a folder. Calls of one keeper must not overlap; other programs may run at the same time. */
export interface AccountKeeper {
  /** Undefined when there is no account. Never asks for a passphrase unless a crash left the account half made. */
  findStatus(): Promise<KeysStatus | undefined>;
  /** @throws DSDN_KEYS_MISSING, DSDN_KEYS_LOST, and what the store throws */
  open(): Promise<OpenedAccount>;
  /** Makes an account in the store. @throws DSDN_KEYS_EXISTS when there is one, and what the store throws */
  create(kind: KeyStoreKind): Promise<OpenedAccount>;
  /** The account that is there, or a new one in the store. */
  openOrCreate(kind: KeyStoreKind): Promise<OpenedAccount>;
  /** Splits the account key and writes its commitment down before the shares come out. @throws as `splitKey` */
  split(counts: { readonly threshold: number; readonly total: number }): Promise<ShareSet>;
  /**
   * Proves that these shares (texts, share files or scanned codes) give this account's key, and notes the day.
   *
   * @throws as `recoverKey`, DSDN_KEYS_CHECK_MISSING
   */
  rehearse(texts: readonly string[]): Promise<ShareReport>;
  /**
   * Brings the account back from shares. `check` is the commitment or its first 16 hex digits from a page; share files
   * and scanned codes carry it.
   *
   * @throws as `recoverKey`, DSDN_KEYS_CHECK_MISSING, DSDN_KEYS_CHECK_INVALID, DSDN_KEYS_EXISTS
   */
  recover(
    texts: readonly string[],
    options: { readonly kind: KeyStoreKind; readonly check?: string },
  ): Promise<OpenedAccount & ShareReport>;
  /** The account as a text under a passphrase. @throws as `exportAccount` */
  export(passphrase: string): Promise<string>;
  /** Brings the account back from such a text. @throws as `importAccount`, DSDN_KEYS_EXISTS */
  import(text: string, options: { readonly passphrase: string; readonly kind: KeyStoreKind }): Promise<OpenedAccount>;
}

/**
 * The keeper of the account in `folder`, which is absolute. What opens, splits or gathers keys is loaded when it is
 * used: most calls only ask what is there.
 */
export function createAccountKeeper({ folder }: { readonly folder: string }, deps: KeeperDeps): AccountKeeper {
  const { stores, clock, random } = deps;
  const vault = createAccountVault({ folder }, deps);

  const toOpened = async ({ key, config, isNew }: RestingKey): Promise<OpenedAccount> => {
    const { openAccount } = await import("./account.ts");
    return { account: openAccount(key), store: config.store, place: stores[config.store].place, isNew };
  };

  async function get(): Promise<RestingKey> {
    const found = await vault.find();
    if (found === undefined) throw fail(keysErrors.missing, { folder });
    return found;
  }

  const create = async (kind: KeyStoreKind) => toOpened(await vault.install(kind, random.bytes(ACCOUNT_KEY_BYTES)));

  return {
    async findStatus() {
      const config = await vault.findConfig();
      return config && { ...config, place: stores[config.store].place };
    },
    open: async () => toOpened(await get()),
    create,
    async openOrCreate(kind) {
      const found = await vault.find();
      if (found) return toOpened(found);
      try {
        return await create(kind);
      } catch (error) {
        // Another program made the account between our look and our write.
        if (isError(error, keysErrors.exists)) return toOpened(await get());
        throw error;
      }
    },
    async split({ threshold, total }) {
      const { key } = await get();
      const { splitKey } = await import("../crypto/index.ts");
      const set = await splitKey(key, { threshold, total, random });
      const commitment = toHex(set.commitment);
      const record = { setId: set.setId, threshold, total, commitment, createdMs: clock.nowMs(), rehearsedMs: null };
      await vault.changeSplits((splits) => [...splits, record].slice(-SPLITS_MAX));
      return set;
    },
    async rehearse(texts) {
      const { config } = await get();
      const { gatherShares } = await import("./share-gathering.ts");
      const { key, setId, rejected } = await gatherShares(texts, { splits: config.splits });
      if (fingerprintOf(key) !== config.fingerprint) throw fail(keysErrors.otherAccount, { setId });
      const rehearsedMs = clock.nowMs();
      await vault.changeSplits((splits) =>
        splits.map((split) => (split.setId === setId ? { ...split, rehearsedMs } : split)),
      );
      return { setId, rejected };
    },
    async recover(texts, { kind, check }) {
      const splits = (await vault.findConfig())?.splits ?? [];
      const { gatherShares } = await import("./share-gathering.ts");
      const { key, setId, rejected } = await gatherShares(texts, { splits, check });
      return { ...(await toOpened(await vault.install(kind, key))), setId, rejected };
    },
    async export(passphrase) {
      const { exportAccount } = await import("./account-text.ts");
      return exportAccount((await get()).key, { passphrase, random });
    },
    async import(text, { passphrase, kind }) {
      const { importAccount } = await import("./account-text.ts");
      return toOpened(await vault.install(kind, await importAccount(text, passphrase)));
    },
  };
}
