import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { toShellLine } from "../../src/commands/framework/shell-words.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** True where the `script` of util-linux gives a program a terminal of its own. */
export const hasPty = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") ?? false;

export interface Screen {
  readonly exitCode: number;
  /** Everything the terminal got, escape sequences and all. */
  readonly raw: string;
  /** Every state of every line that was drawn, without escape sequences, in order. */
  readonly lines: readonly string[];
}

/**
 * Runs `dsdn` on a terminal of `columns`, as a person does. Once `interruptWhen` holds of what was drawn so far, Ctrl-C
 * is pressed. Each answer is typed once what it comes after was drawn, in order.
 */
export async function onTerminal(
  args: readonly string[],
  options: {
    readonly columns: number;
    readonly folder: string;
    readonly env: { readonly [name: string]: string };
    readonly interruptWhen?: (raw: string) => boolean;
    readonly answers?: readonly { readonly after: string; readonly keys: string }[];
  },
): Promise<Screen> {
  const program = toShellLine([process.execPath, join(root, "bin/dsdn.js"), ...args], "linux");
  const command = `stty cols ${options.columns} rows 24; exec ${program}`;
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", command, "/dev/null"], {
    cwd: options.folder,
    env: { PATH: process.env["PATH"] ?? "", TERM: "xterm-256color", LANG: "C.UTF-8", SHELL: "/bin/sh", ...options.env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let raw = "";
  let isInterrupted = false;
  const answers = [...(options.answers ?? [])];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    raw += chunk;
    if (answers[0] !== undefined && raw.includes(answers[0].after)) child.stdin.write(answers.shift()?.keys ?? "");
    if (isInterrupted || options.interruptWhen?.(raw) !== true) return;
    isInterrupted = true;
    child.stdin.write("\u0003");
  });
  child.stdin.on("error", () => {});
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 128));
  });
  child.stdin.end();
  // A redraw begins with going to the first column.
  const drawn = raw.split("\u001b[1G").join("\n").split("\u001b[G").join("\n");
  const lines = stripVTControlCharacters(drawn)
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== "");
  return { exitCode, raw, lines };
}
