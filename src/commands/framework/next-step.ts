import type { Block } from "../../ui/index.ts";
import { toShellLine } from "./shell-words.ts";

type NextBlock = Extract<Block, { readonly next: string }>;

/**
 * The command to run next, ready to be pasted: words with spaces are quoted, `<path>` stays for the user to fill in.
 *
 * @param words - after `dsdn`. @param why - what it is good for, when its name does not say so
 */
export function nextStep(words: readonly string[], why?: string): NextBlock {
  const line = words.map((word) => (PLACEHOLDER.test(word) ? word : toShellLine([word])));
  const next = ["dsdn", ...line].join(" ");
  return why === undefined ? { next } : { next, why };
}

const PLACEHOLDER = /^<[a-zA-Z-]+>$/;
