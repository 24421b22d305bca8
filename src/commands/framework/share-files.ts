import { join } from "node:path";
import { fail, toUtf8 } from "../../base/index.ts";
import { formatShareFile, type PrivateFiles, renderSharePage, type ShareSet } from "../../keys/index.ts";
import type { Say, Ui } from "../../ui/index.ts";
import { commandErrors } from "./errors.ts";
import { pathFlag } from "./flags.ts";
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

const questions = {
  share: { en: "Share {number} (empty when there are no more)", id: "Bagian {number} (kosongkan bila tidak ada lagi)" },
} as const;

/** The share texts from files, from standard input, or typed. @throws DSDN_COMMANDS_ARGUMENT_MISSING, and as `readSecretFile` */
export async function readShares(ui: Ui, paths: readonly string[] | undefined, command: string): Promise<string[]> {
  if (paths === undefined || paths.length === 0) return askShares(ui, command);
  const texts: string[] = [];
  for (const path of paths) {
    const text = await readSecretFile(ui, path);
    texts.push(...(path === "-" ? text.split(/\r?\n/).filter((line) => line.trim() !== "") : [text]));
  }
  return texts;
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
