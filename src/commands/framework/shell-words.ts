import { escapeForTerminal } from "../../base/index.ts";

/**
 * Words as one line that a shell reads back as the same words: POSIX quoting, and double quotes on Windows, where a
 * word with a double quote or a percent sign in it has no form that every shell there agrees on. What could steer a terminal is written as its bytes, and on Windows only shown.
 */
export function toShellLine(words: readonly string[], platform: NodeJS.Platform = process.platform): string {
  return words.map((word) => (PLAIN.test(word) ? word : quote(word, platform))).join(" ");
}

const PLAIN = /^[\w@%+=:,./-]+$/;

function quote(word: string, platform: NodeJS.Platform): string {
  const shown = escapeForTerminal(word);
  if (platform === "win32") return `"${shown}"`;
  return shown === word ? `'${word.replaceAll("'", "'\\''")}'` : `$'${[...word].map(spell).join("")}'`;
}

/** One character between `$'` and `'`, as bash, zsh and POSIX of 2024 read it. */
function spell(character: string): string {
  if (character === "'" || character === "\\") return `\\${character}`;
  if (escapeForTerminal(character) === character) return character;
  // Three octal digits end by themselves; a hexadecimal digit that follows would be read along.
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
