import { resolve } from "node:path";
import { baseErrors, fail, fromUtf8, readFirstBytes, systemDisk } from "../../../base/index.ts";
import type { Ui } from "../../../ui/index.ts";
import { commandErrors } from "../errors.ts";

/** No key, share or passphrase file is longer. */
const SECRET_FILE_BYTES_MAX = 64 * 1024;

const questions = {
  open: { en: "Passphrase of the account", id: "Frasa sandi akun" },
  choose: { en: "New passphrase", id: "Frasa sandi baru" },
  again: { en: "The same passphrase again", id: "Frasa sandi yang sama sekali lagi" },
} as const;

/**
 * The text of a file that holds a secret; `-` reads standard input.
 *
 * @throws DSDN_BASE_FILE_MISSING, DSDN_BASE_FILE_FAILED, DSDN_COMMANDS_SECRET_FILE_TOO_LARGE
 */
export async function readSecretFile(ui: Ui, path: string): Promise<string> {
  const bytes =
    path === "-"
      ? await readFirstBytes(ui.input(), SECRET_FILE_BYTES_MAX + 1)
      : await readFile(resolve(ui.terminal.folder, path));
  if (bytes.length > SECRET_FILE_BYTES_MAX) {
    throw fail(commandErrors.secretFileTooLarge, { path, limitBytes: SECRET_FILE_BYTES_MAX });
  }
  return fromUtf8(bytes);
}

async function readFile(path: string): Promise<Uint8Array> {
  const bytes = await systemDisk().findRange(path, 0, SECRET_FILE_BYTES_MAX + 1);
  if (bytes === undefined) throw fail(baseErrors.fileMissing, { path });
  return bytes;
}

/**
 * How a passphrase is come by: the first line of `file` when one is named, otherwise a question; a new one is asked
 * for twice.
 *
 * @throws DSDN_UI_PROMPT_IMPOSSIBLE, DSDN_COMMANDS_PASSPHRASES_DIFFER, and as `readSecretFile`
 */
export function passphraseSource(ui: Ui, file: string | undefined): (purpose: "new" | "open") => Promise<string> {
  return async (purpose) => {
    if (file !== undefined) return (await readSecretFile(ui, file)).split(/\r?\n/)[0] ?? "";
    if (purpose === "open") return ui.prompts.secret(ui.say(questions.open));
    const first = await ui.prompts.secret(ui.say(questions.choose));
    const second = await ui.prompts.secret(ui.say(questions.again));
    if (first !== second) throw fail(commandErrors.passphrasesDiffer, {});
    return first;
  };
}
