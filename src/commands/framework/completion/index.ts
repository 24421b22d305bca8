import { writeBash } from "./bash.ts";
import { writeFish } from "./fish.ts";
import { writePowerShell } from "./powershell.ts";
import type { CompletionNode } from "./words.ts";
import { writeZsh } from "./zsh.ts";

export { listNames } from "./names.ts";
export { completionNodes, nameKinds } from "./words.ts";

const writers: { readonly [shell: string]: (nodes: readonly CompletionNode[]) => string } = {
  bash: writeBash,
  zsh: writeZsh,
  fish: writeFish,
  powershell: writePowerShell,
};

/** The shells there is a script for. */
export const completionShells: readonly string[] = Object.keys(writers);

/** The script that teaches a shell what may be typed. @param shell - one of `completionShells` */
export function writeCompletion(shell: string, nodes: readonly CompletionNode[]): string {
  return writers[shell]?.(nodes) ?? "";
}
