import { join, resolve } from "node:path";
import { fail, systemFileTree, toUtf8 } from "../../../base/index.ts";
import {
  formatShareFile,
  type PrivateFiles,
  readShareText,
  renderSharePage,
  type ShareSet,
} from "../../../keys/index.ts";
import type { Say, Ui } from "../../../ui/index.ts";
import { commandErrors } from "../errors.ts";
import { pathArg, pathFlag } from "../flags.ts";
import { readSecretFile } from "./secrets.ts";

/** `--share-file`, once for each share; `-` reads shares from standard input, one a line. */
export const shareFileFlag = pathFlag({
  multiple: true,
  multipleNonGreedy: true,
  text: {
    en: "File with one share, once for each; - reads standard input, one share a line.",
    id: "Berkas berisi satu bagian, satu kali untuk tiap bagian; - membaca masukan standar, satu bagian per baris.",
  },
});

/** The same files without a flag, any number of them. */
export const shareArg = pathArg({
  text: {
    en: "Share files, printed pages, or a folder of them; - reads standard input.",
    id: "Berkas bagian, halaman cetaknya, atau foldernya; - membaca masukan standar.",
  },
});

const questions = {
  share: { en: "Share {number} (empty when there are no more)", id: "Bagian {number} (kosongkan bila tidak ada lagi)" },
} as const;

/** How many files of a folder are looked at: a set has at most 255 shares, each as a file and a page. */
const FOLDER_FILES_MAX = 1024;

/**
 * The share texts from files, folders of them or standard input, or typed; one that is given twice counts once.
 *
 * @throws DSDN_COMMANDS_ARGUMENT_MISSING, DSDN_COMMANDS_SECRET_IN_ARGUMENT, and as `readSecretFile`
 */
export async function readShares(ui: Ui, named: readonly string[] | undefined, command: string): Promise<string[]> {
  if (named === undefined || named.length === 0) return askShares(ui, command);
  // Refused before anything could show it: a share is no path.
  if (named.some((path) => SHARE.test(path))) throw fail(commandErrors.secretInArgument, { flag: "dsdnshare1..." });
  const texts = new Map<string, string>();
  for (const path of (await Promise.all(named.map((path) => listShareFiles(ui, path)))).flat()) {
    const text = await readSecretFile(ui, path);
    for (const part of path === "-" ? text.split(/\r?\n/).filter((line) => line.trim() !== "") : [text]) {
      const share = readShareText(part).share.replace(/\s/g, "").toLowerCase();
      texts.set(share, texts.get(share) ?? part);
    }
  }
  return [...texts.values()];
}

const SHARE = /^\s*dsdnshare/i;

/** The path itself, or the text files of the folder it names: the pages beside them say the same. */
async function listShareFiles(ui: Ui, path: string): Promise<readonly string[]> {
  const place = resolve(ui.terminal.folder, path);
  const tree = systemFileTree();
  if (path === "-" || (await tree.find(place))?.kind !== "folder") return [path];
  const names = (await tree.list(place, FOLDER_FILES_MAX)).map(({ name }) => name);
  const shares = names.filter((name) => name.endsWith(".txt"));
  return (shares.length > 0 ? shares : names.filter((name) => name.endsWith(".html"))).map((name) => join(place, name));
}

async function askShares(ui: Ui, command: string): Promise<string[]> {
  if (!ui.prompts.canAsk) throw fail(commandErrors.argumentMissing, { command, argument: "--share-file" });
  const texts: string[] = [];
  for (;;) {
    const text = await ui.prompts.secret(ui.say(questions.share, { number: texts.length + 1 }));
    if (text.trim() === "") return texts;
    texts.push(text);
  }
}

const reports = {
  rejected: { en: "Share {position} was left aside ({code}).", id: "Bagian {position} disisihkan ({code})." },
} as const;

/** One line for each share that did not fit the others. */
export function describeRejected(rejected: readonly { position: number; code: string }[], say: Say): string[] {
  return rejected.map(({ position, code }) => say(reports.rejected, { position, code }));
}

/** Writes each share of a set as a text file and a page to print. @returns the paths. @throws DSDN_COMMANDS_FILE_EXISTS */
export async function writeShares(
  set: ShareSet,
  facts: { readonly folder: string; readonly network: string; readonly subject: string; readonly createdMs: number },
  files: PrivateFiles,
): Promise<readonly string[]> {
  const written: string[] = [];
  const write = async (name: string, text: string) => {
    const path = join(facts.folder, name);
    if (!(await files.create(path, toUtf8(text)))) throw fail(commandErrors.fileExists, { path });
    written.push(path);
  };
  const { network, subject, createdMs } = facts;
  for (const [index, share] of set.shares.entries()) {
    const name = `dsdn-share-${set.setId}-${index + 1}`;
    await write(`${name}.txt`, formatShareFile(share, set));
    await write(`${name}.html`, await renderSharePage(share, { set, network, subject, createdMs }));
  }
  return written;
}
