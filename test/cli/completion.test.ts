import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { toShellLine } from "../../src/commands/framework/shell-words.ts";
import { hasPty } from "./pty.ts";
import { dsdn, makeFolder } from "./script.ts";

const hasShell = (name: string) => spawnSync(name, ["--version"]).status === 0;
const scripts: { [shell: string]: string } = {};

beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { exitCode, stdout } = await dsdn(["completion", shell, "--lang", "en"]);
    expect(exitCode).toBe(0);
    scripts[shell] = stdout;
  }
});

/** The program itself, in the words of a shell: it knows two deployments, and says what it was called with. */
const PLAYED = `dsdn() { if [ "$1" = completion ]; then printf 'my-app\\nother app\\n'; else echo "CALLED:$*:"; fi; }`;

/** The same with names that a shell would run or expand if it took them for more than words. */
const HOSTILE = ["evil$(touch pwned)", "semi;touch pwned", "tick`touch pwned`", "a-*", "pipe|touch pwned", "it's"];
const PLAYED_HOSTILE = PLAYED.replace(/printf '.*?'/, `printf '%s\\n' ${toShellLine(HOSTILE, "linux")}`);

/** What the program was called with after these lines were typed, tabs and all, into an interactive shell. */
async function type(
  shell: string,
  start: readonly string[],
  lines: readonly string[],
  { played = PLAYED, folder = "" } = {},
): Promise<string[]> {
  folder ||= await makeFolder();
  await writeFile(join(folder, "completion"), scripts[shell] ?? "");
  await writeFile(join(folder, "a-file.txt"), "");
  const command = [shell, ...start].join(" ");
  const child = spawn("script", ["--quiet", "--flush", "--command", command, "/dev/null"], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, TERM: "xterm", SHELL: "/bin/sh", LANG: "C.UTF-8" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  const ready = Promise.withResolvers<void>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    if (output.includes("READY\r\n")) ready.resolve();
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  child.stdin.write(
    `${played}\n${shell === "zsh" ? "autoload -Uz compinit; compinit -u\n" : ""}. ./completion\necho REA''DY\n`,
  );
  await ready.promise;
  child.stdin.write(`${lines.join("\n")}\nexit\n`);
  await ended;
  child.stdin.end();
  return [...stripVTControlCharacters(output).matchAll(/^CALLED:(.*):\r?$/gm)].map(([, words = ""]) => words);
}

const typed = [
  ["uplo\t", "upload"],
  ["dev sto\t", "dev stop"],
  ["--la\tid dev hea\t", "--lang id dev heal"],
  ["deploy . --ty\tw\t", "deploy . --type web_app"],
  ["deploy a-fi\t", "deploy a-file.txt"],
  ["dev fault kil\tnode-1", "dev fault kill node-1"],
  ["logs my\t", "logs my-app"],
  ["logs --follow --num\t5 my\t", "logs --follow --number 5 my-app"],
  ["network use my\t", "network use my-app"],
  ["secrets put other\tNAME", "secrets put other app NAME"],
] as const;

describe.each([
  ["bash", ["--norc", "--noprofile", "-i"]],
  ["zsh", ["-f", "-i"]],
] as const)("in %s", (shell, start) => {
  test.skipIf(!hasPty || !hasShell(shell))(
    "a tab completes commands, flags, values, files and names (skipped without the shell)",
    async () => {
      const called = await type(
        shell,
        start,
        typed.map(([keys]) => `dsdn ${keys}`),
      );
      expect(called).toEqual(typed.map(([, words]) => words));
    },
  );

  test.skipIf(!hasPty || !hasShell(shell))(
    "a name that a shell could run is put there as a word and nothing else (skipped without the shell)",
    async () => {
      const folder = await makeFolder();
      const keys = ["evil", "semi", "tick", "a-", "pipe", "it"].map((start) => `dsdn get ${start}\t`);
      expect(await type(shell, start, keys, { played: PLAYED_HOSTILE, folder })).toEqual(
        HOSTILE.map((name) => `get ${name}`),
      );
      expect(await readdir(folder)).not.toContain("pwned");
    },
  );
});

describe("in fish", () => {
  const complete = async (line: string) => {
    const folder = await makeFolder();
    await writeFile(join(folder, "completion.fish"), scripts["fish"] ?? "");
    await writeFile(join(folder, "a-file.txt"), "");
    const played = "function dsdn; printf 'my-app\\nother app\\n'; end";
    const command = `source completion.fish; ${played}; complete -C ${JSON.stringify(line)}`;
    const env = { PATH: process.env["PATH"] ?? "", HOME: folder };
    const output = execFileSync("fish", ["--no-config", "-c", command], { cwd: folder, env, encoding: "utf8" });
    return output.split("\n").flatMap((row) => (row === "" ? [] : [row.split("\t")[0] ?? ""]));
  };

  test.skipIf(!hasShell("fish"))(
    "a tab completes commands, flags, values, files and names (skipped without the shell)",
    async () => {
      expect(await complete("dsdn uplo")).toEqual(["upload"]);
      expect(await complete("dsdn dev sto")).toEqual(["stop"]);
      expect(await complete("dsdn --lang id dev hea")).toEqual(["heal"]);
      expect(await complete("dsdn deploy . --ty")).toEqual(["--type"]);
      expect(await complete("dsdn deploy . --type w")).toEqual(["web_app"]);
      expect(await complete("dsdn deploy a-fi")).toEqual(["a-file.txt"]);
      expect(await complete("dsdn logs ")).toEqual(expect.arrayContaining(["my-app", "other app"]));
      expect(await complete("dsdn logs my-app ")).not.toContain("other app");
      expect(await complete("deai-cli completion ")).toEqual(["bash", "fish", "powershell", "zsh"]);
    },
  );
});

test("the script for PowerShell has every command and flag, and all its quotes and brackets are closed", async () => {
  const script = scripts["powershell"] ?? "";
  const { commands } = JSON.parse((await dsdn(["--help", "--json"])).stdout).summary;
  for (const { id, flags } of commands) {
    const [, node = ""] = script.split(`\n  '${id}' = @{\n`);
    const [block = ""] = node.split("\n  }\n");
    for (const flag of flags) expect(block, `${id} --${flag.name}`).toContain(`'--${flag.name}' = '`);
  }
  // Outside of quoted text, which holds whatever people write.
  const code = script.replace(/'(?:[^']|'')*'|"(?:[^"`]|`.)*"/g, "").replace(/^#.*$/gm, "");
  expect(code).not.toMatch(/['"]/);
  for (const [open = "", close = ""] of ["()", "{}", "[]"]) {
    expect(code.split(open).length, open).toBe(code.split(close).length);
  }
  expect(script).toContain("Register-ArgumentCompleter -Native -CommandName 'dsdn', 'deai-cli' -ScriptBlock {");
});

test("PowerShell is given a word without quotes only when it can be nothing else", () => {
  const [, rule = ""] = /-cmatch '([^']+)'/.exec(scripts["powershell"] ?? "") ?? [];
  const plain = new RegExp(rule);
  for (const word of ["upload", "--type", "my-app", "a.txt", "photos/b.jpg"]) expect(word).toMatch(plain);
  const more = [
    "$(calc)",
    "a b",
    "a;b",
    "a|b",
    "a&b",
    "a`b",
    "@a",
    "a,b",
    "(a)",
    "{a}",
    "#a",
    "a\u2019;calc",
    "%a",
    "",
  ];
  for (const word of [...HOSTILE, ...more]) expect(word).not.toMatch(plain);
});

test.skipIf(!hasShell("pwsh"))("PowerShell completes with it (skipped without the shell)", async () => {
  const folder = await makeFolder();
  const ask = (line: string) =>
    `([System.Management.Automation.CommandCompletion]::CompleteInput('${line}', ${line.length}, $null)).CompletionMatches.CompletionText`;
  await writeFile(
    join(folder, "c.ps1"),
    [scripts["powershell"], ask("dsdn uplo"), ask("dsdn deploy . --type w")].join("\n"),
  );
  expect(
    execFileSync("pwsh", ["-NoProfile", "-File", "c.ps1"], { cwd: folder, encoding: "utf8" }).trim().split(/\r?\n/),
  ).toEqual(["upload", "web_app"]);
});

describe("the names a script asks for", () => {
  test("are those of the user's networks, of errors and of commands, one a line and nothing else", async () => {
    expect(await dsdn(["completion", "bash", "--names", "networks"])).toMatchObject({
      exitCode: 0,
      stdout: "devnet\n",
      stderr: "",
    });
    const codes = (await dsdn(["completion", "fish", "--names", "codes"])).stdout.trim().split("\n");
    expect(codes).toContain("DSDN_COMMANDS_INTERRUPTED");
    expect((await dsdn(["completion", "zsh", "--names", "commands"])).stdout).toContain("\ndev start\n");
  });

  test("are none, and no error, without a network or an account; no account is made", async () => {
    const folder = await makeFolder();
    for (const kind of ["deployments", "objects"]) {
      const env = { DSDN_HOME: join(folder, "home") };
      const outcome = await dsdn(["completion", "bash", "--names", kind], { env });
      expect(outcome).toEqual({ exitCode: 0, stdout: "", stderr: "" });
      expect(spawnSync("ls", [join(folder, "home", "keys")]).status).not.toBe(0);
    }
  });
});
