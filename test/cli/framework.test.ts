import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dsdn, listFiles, makeFolder } from "./script.ts";

describe("the program as a whole", () => {
  test("prints its version as one line, and as one JSON document", async () => {
    const plain = await dsdn(["--version"]);
    expect(plain).toMatchObject({ exitCode: 0, stderr: "" });
    expect(plain.stdout).toMatch(/^dsdn \d+\.\d+\.\d+\n$/);
    const json = await dsdn(["version", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ summary: { version: expect.any(String) }, audit: [] });
    const quiet = await dsdn(["version", "-q"]);
    expect(`dsdn ${quiet.stdout}`).toBe(plain.stdout);
  });

  test("explains itself without arguments, in both languages, and leaves no file behind", async () => {
    const folder = await makeFolder();
    const english = await dsdn([], { folder });
    const indonesian = await dsdn(["help", "--lang", "id"], { folder });
    expect([english.exitCode, indonesian.exitCode]).toEqual([0, 0]);
    expect(english.stdout).toContain("completion");
    expect(indonesian.stdout).toContain("Pemakaian");
    expect(await listFiles(folder)).toEqual({});
  });

  test("takes its language from --lang, then DSDN_LANG, then the locale", async () => {
    const locale = await dsdn(["--help"], { env: { LANG: "id_ID.UTF-8" } });
    const asked = await dsdn(["--help"], { env: { LANG: "id_ID.UTF-8", DSDN_LANG: "en" } });
    const flag = await dsdn(["--help", "--lang=id"], { env: { DSDN_LANG: "en" } });
    expect(locale.stdout).toBe(flag.stdout);
    expect(asked.stdout).toContain("Usage");
  });

  test("shows the help of one command wherever --help stands, and names it in JSON", async () => {
    const after = await dsdn(["completion", "bash", "--help"]);
    const before = await dsdn(["--help", "completion"]);
    expect(after.exitCode).toBe(0);
    expect(after.stdout).toContain("dsdn completion <shell> [flags]");
    expect(before.stdout).toBe(after.stdout);
    const json = await dsdn(["completion", "--help", "--json"]);
    expect(JSON.parse(json.stdout).summary.commands).toMatchObject([{ id: "completion" }]);
  });
});

describe("a wrong call", () => {
  const wrong: readonly (readonly [string, readonly string[], string])[] = [
    ["an unknown command", ["complet"], "DSDN_COMMANDS_UNKNOWN"],
    ["an unknown command that looks like a path out", ["../../etc"], "DSDN_COMMANDS_UNKNOWN"],
    ["a shell fragment as a command", ["$(touch x)"], "DSDN_COMMANDS_UNKNOWN"],
    ["a missing argument", ["completion"], "DSDN_COMMANDS_ARGUMENT_MISSING"],
    ["an argument too many", ["completion", "bash", "zsh"], "DSDN_COMMANDS_ARGUMENT_UNEXPECTED"],
    ["an unknown flag", ["completion", "bash", "--colour"], "DSDN_COMMANDS_FLAG_UNKNOWN"],
    ["a value outside its choices", ["completion", "tcsh"], "DSDN_COMMANDS_VALUE_INVALID"],
    ["a secret on the command line", ["completion", "bash", "--token=hunter2"], "DSDN_COMMANDS_SECRET_IN_ARGUMENT"],
    [
      "credentials in an address",
      ["completion", "bash", "--ingress", "http://me:hunter2@x/"],
      "DSDN_COMMANDS_SECRET_IN_ARGUMENT",
    ],
    [
      "an address of another scheme",
      ["completion", "bash", "--ingress", "file:///etc/passwd"],
      "DSDN_COMMANDS_VALUE_INVALID",
    ],
    ["a language nobody speaks here", ["--lang", "xx"], "DSDN_COMMANDS_VALUE_INVALID"],
    ["flags that contradict each other", ["completion", "bash", "-q", "-v"], "DSDN_COMMANDS_FLAG_INVALID"],
    ["a flag without its value", ["completion", "bash", "--network"], "DSDN_COMMANDS_ARGUMENT_MISSING"],
  ];
  test.each(wrong)("%s exits 2 in plain and in JSON, and echoes no secret", async (_name, args, code) => {
    const folder = await makeFolder();
    const plain = await dsdn(args, { folder });
    expect({ exitCode: plain.exitCode, stdout: plain.stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(plain.stderr).toContain(code);
    const json = await dsdn(["--json", ...args], { folder });
    const { error } = JSON.parse(json.stdout);
    expect({ exitCode: json.exitCode, stderr: json.stderr, code: error.code, said: error.exitCode }).toEqual({
      exitCode: 2,
      stderr: "",
      code,
      said: 2,
    });
    expect(plain.stderr + json.stdout).not.toContain("hunter2");
    expect(await listFiles(folder)).toEqual({});
  });

  test("names the argument whose choices were missed", async () => {
    const { stdout } = await dsdn(["--json", "completion", "tcsh"], { folder: await makeFolder() });
    expect(JSON.parse(stdout).error.facts).toMatchObject({ name: "<shell>", value: "'tcsh'" });
  });

  test("suggests the command that was meant", async () => {
    const outcome = await dsdn(["complet", "--json"]);
    expect(JSON.parse(outcome.stdout).error.facts.candidates).toContain("completion");
  });

  test("control characters of the caller never reach the terminal", async () => {
    const outcome = await dsdn(["completion", "\u001b]52;c;aGk=\u0007\u202etxt"]);
    expect(outcome.exitCode).toBe(2);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    expect(outcome.stderr).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  test("five thousand repeats of a flag end as quickly as one", async () => {
    const outcome = await dsdn(["completion", "bash", ...Array.from({ length: 5000 }, () => "--json")]);
    expect(outcome.exitCode).toBe(0);
    expect(JSON.parse(outcome.stdout).summary.shell).toBe("bash");
  });

  test("a megabyte of arguments is refused without being echoed", async () => {
    const outcome = await dsdn(["completion", ...Array.from({ length: 9000 }, () => "x".repeat(100))]);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr.length).toBeLessThan(2000);
  });
});

describe("the surroundings", () => {
  test("a reader that closes stdout early is not a failure", async () => {
    const outcome = await dsdn(["--help"], { closeOutput: "after-first" });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("a closed standard input is an empty one", async () => {
    const folder = await makeFolder();
    const outcome = await dsdn(["keys", "rehearse", "--share-file", "-", "--json"], {
      folder,
      env: { DSDN_HOME: folder },
    });
    expect(JSON.parse(outcome.stdout).error.exitCode).toBe(outcome.exitCode);
  });

  test("a read-only or missing home only costs the compile cache", async () => {
    for (const home of ["/dev/null", "/proc/nowhere", ""]) {
      const outcome = await dsdn(["version"], { env: { HOME: home } });
      expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    }
  });

  test("an older Node is refused in both languages before anything else runs", async () => {
    const older = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"22.18.9"}})';
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(older)}` };
    const outcome = await dsdn(["--version"], { env });
    expect(outcome).toMatchObject({ exitCode: 10, stdout: "" });
    expect(outcome.stderr).toMatch(/needs Node\.js 22\.19[\s\S]*memerlukan Node\.js 22\.19/);
  });

  test("the compile cache is the user's alone, whatever the umask", async () => {
    const home = await makeFolder();
    const before = process.umask(0);
    try {
      await dsdn(["version"], { env: { HOME: home, XDG_CACHE_HOME: "" } });
    } finally {
      process.umask(before);
    }
    const modes = [".cache", ".cache/dsdn", ".cache/dsdn/compiled"].map(
      (path) => statSync(join(home, path)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o700, 0o700]);
  });

  test("colours appear only when asked for, as the output is no terminal", async () => {
    const plain = await dsdn(["--help"]);
    const forced = await dsdn(["--help"], { env: { FORCE_COLOR: "1" } });
    expect(plain.stdout).not.toContain("\u001b[");
    expect(forced.stdout).toContain("\u001b[1m");
  });
});
