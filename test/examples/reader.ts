import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/rooms.ts";
import type { SharedNetwork } from "../cli/network.ts";

const PROGRAM = join(root, "bin", "dsdn.js");

/** What a shell left behind. */
export interface Typed {
  readonly exitCode: number;
  /** Standard output and standard error as they came, with each command that was typed. */
  readonly output: string;
}

/** A copy of an example in the reader's own folder, beside the network of a test file. */
export interface ExampleCopy {
  readonly folder: string;
  readonly env: { readonly [name: string]: string };
  /** The text of a file of the copy. */
  read(path: string): string;
  write(path: string, text: string): void;
  /** Types lines into one shell that stops at the first failure. */
  type(lines: string): Promise<Typed>;
}

/** The blocks of a page with this fence. */
export function blocksOf(text: string, fence: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((match) => match[1] ?? "");
}

/** The README of an example, in English or Indonesian. */
export function readReadme(name: string, language: "en" | "id"): string {
  return readFileSync(join(root, "examples", name, language === "en" ? "README.md" : "README.id.md"), "utf8");
}

/** Copies an example to a folder of that name unless another is said; `dsdn` is on the PATH and, for programs that import it, installed as the checkout's own. */
export function copyExample(name: string, network: Pick<SharedNetwork, "folder" | "home">, place = name): ExampleCopy {
  const folder = join(network.folder, place);
  cpSync(join(root, "examples", name), folder, { recursive: true });
  const tools = join(network.folder, "bin");
  mkdirSync(tools, { recursive: true });
  const quoted = (path: string) => `'${path}'`;
  for (const [tool, command] of [
    ["dsdn", `${quoted(process.execPath)} ${quoted(PROGRAM)}`],
    ["node", quoted(process.execPath)],
  ] as const) {
    writeFileSync(join(tools, tool), `#!/bin/sh\nexec ${command} "$@"\n`);
    chmodSync(join(tools, tool), 0o700);
  }
  const manifest = join(folder, "package.json");
  if (existsSync(manifest) && readFileSync(manifest, "utf8").includes('"dsdn"')) {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules", "dsdn"));
  }
  const env = {
    PATH: `${tools}:${process.env["PATH"] ?? ""}`,
    HOME: join(network.folder, "user"),
    DSDN_HOME: network.home,
    LANG: "C.UTF-8",
    CI: "1",
  };
  return {
    folder,
    env,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    write: (path, text) => writeFileSync(join(folder, path), text),
    type: (lines) => typeLines(lines, { folder, env }),
  };
}

/** Runs lines in a shell that stops at the first failure; `-x` names the failing line in the output. */
export function typeLines(
  lines: string,
  { folder, env, shell = ["/bin/sh", "-ex"] }: Pick<ExampleCopy, "folder" | "env"> & { readonly shell?: string[] },
): Promise<Typed> {
  const [command = "/bin/sh", ...flags] = shell;
  const child = spawn(command, flags, { cwd: folder, env: { ...env }, stdio: "pipe" });
  let output = "";
  const keep = (chunk: string) => {
    output += chunk;
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  // A shell that failed early leaves the rest unread.
  child.stdin.on("error", () => {});
  child.stdin.end(lines);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? -1, output }));
  });
}
