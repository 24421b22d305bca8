import { silentLogger, systemDisk, systemRandom } from "../../../base/index.ts";
import {
  type AccountKeeper,
  createAccountKeeper,
  createKeyStores,
  type KeyStoreKind,
  type PrivateFiles,
} from "../../../keys/index.ts";
import type { CommandContext } from "../base-command.ts";
import { pathFlag, textFlag } from "../flags.ts";
import { keysFolder } from "../home.ts";
import { passphraseSource } from "../secrets/secrets.ts";

/** The account of this user and the files its secrets are written with. */
export interface AccountAccess {
  readonly keeper: AccountKeeper;
  readonly files: PrivateFiles;
}

/** Opens the way to the account; nothing is read or asked before the keeper is used. */
export function openAccountAccess(
  context: Pick<CommandContext, "ui" | "clock">,
  options: { readonly passphraseFile?: string | undefined } = {},
): AccountAccess {
  const { ui, clock } = context;
  const folder = keysFolder(ui.terminal);
  const random = systemRandom();
  const askPassphrase = passphraseSource(ui, options.passphraseFile);
  const { stores, files } = createKeyStores({ folder }, { disk: systemDisk(), random, askPassphrase });
  return { files, keeper: createAccountKeeper({ folder }, { stores, files, clock, random, log: silentLogger() }) };
}

/** `--store`, for commands that put a key to rest. */
export const storeFlag = textFlag({
  options: ["keychain", "file", "device"],
  text: {
    en: "Where the key rests: the system's keychain (unless said), a file under a passphrase (with --passphrase-file), or a bare file of this device.",
    id: "Tempat kunci disimpan: keychain sistem (bila tak disebut), berkas berfrasa sandi (dengan --passphrase-file), atau berkas terbuka di perangkat ini.",
  },
});

/** `--passphrase-file`, for commands that may need a passphrase where nobody can type one. */
export const passphraseFileFlag = pathFlag({
  text: {
    en: "File whose first line is the passphrase; - reads standard input.",
    id: "Berkas yang baris pertamanya frasa sandi; - membaca masukan standar.",
  },
});

/**
 * The kind `--store` names; or a file, when a passphrase is given for one; or the one the user keeps as a setting; the
 * keychain otherwise. Flag and file have refused every other word.
 */
export function toStoreKind(
  context: Pick<CommandContext, "config">,
  asked: { readonly store?: string | undefined; readonly "passphrase-file"?: string | undefined },
): KeyStoreKind {
  const meant = asked["passphrase-file"] === undefined ? context.config.get().settings.store : "file";
  const word = asked.store ?? meant;
  return word === "file" || word === "device" ? word : "keychain";
}
