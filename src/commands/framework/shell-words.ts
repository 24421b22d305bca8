/**
 * Words as one line that a shell reads back as the same words: POSIX quoting, and double quotes on Windows, where a
 * word with a double quote or a percent sign in it has no form that every shell there agrees on.
 */
export function toShellLine(words: readonly string[], platform: NodeJS.Platform = process.platform): string {
  return words.map((word) => (PLAIN.test(word) ? word : quote(word, platform))).join(" ");
}

const PLAIN = /^[\w@%+=:,./-]+$/;

function quote(word: string, platform: NodeJS.Platform): string {
  return platform === "win32" ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}
