import { describe, expect, test } from "vitest";
import { defineError, fail, VirtualClock } from "../../../src/base/index.ts";
import {
  BaseCommand,
  type CommandTexts,
  nameArg,
  numberFlag,
  pathFlag,
  switchFlag,
} from "../../../src/commands/framework/index.ts";
import { builtinCommands, type CommandEntry, type Manifest } from "../../../src/commands/framework/manifest.ts";
import { type CommandModule, runCli } from "../../../src/commands/framework/run-cli.ts";
import { run } from "../../../src/commands/framework/run-command.ts";
import type { CommandResult, Terminal } from "../../../src/ui/index.ts";
import { fakeTerminal } from "../ui/fake-terminal.ts";

const offline = defineError({
  code: "DSDN_TEST_OFFLINE",
  kind: "network",
  exit: 33,
  httpStatus: 503,
  text: { en: "No network.", enHint: "Wait.", id: "Tidak ada jaringan.", idHint: "Tunggu." },
});

const text = { en: "x", id: "x" };

class ProbeCommand extends BaseCommand<{ name: string; replicas: number }> {
  static override readonly texts: CommandTexts = { summary: text };
  static override readonly args = { name: nameArg({ required: true, text }) };
  static override readonly flags = {
    replicas: numberFlag({ text, min: 1, max: 6, default: 3 }),
    out: pathFlag({ text }),
    hidden: switchFlag({ text }),
  };

  async run(): Promise<CommandResult<{ name: string; replicas: number }> | undefined> {
    const { args, flags } = await this.parse(ProbeCommand);
    if (args.name === "fail") throw fail(offline, {});
    if (args.name === "crash") throw new TypeError("secret hunter2");
    if (args.name === "partly") this.exitCode = 3;
    this.canResume = args.name === "keep";
    if (args.name === "wait" || args.name === "keep") await this.clock.sleep(60_000, this.signal);
    if (args.name === "stream") {
      for (const line of [1, 2]) this.ui.item({ line }, `line ${line}`);
      return undefined;
    }
    return {
      summary: { name: args.name, replicas: flags.replicas },
      details: { latencyMs: 2 },
      audit: [{ step: "probe" }],
    };
  }
}

const probe: CommandEntry = { id: "net probe", file: "probe.js", summary: text, examples: [], args: [], flags: [] };
const manifest: Manifest = { version: "1.2.3", commands: [...builtinCommands, probe], topics: { net: text } };

async function call(args: readonly string[], options: Partial<Terminal> = {}, controller = new AbortController()) {
  // A home that is not there: what the machine's own user keeps must not matter.
  const terminal = fakeTerminal({ ...options, env: { DSDN_HOME: "/work/no-home", ...options.env } });
  const loaded: string[] = [];
  const load = async (file: string): Promise<CommandModule> => {
    loaded.push(file);
    return { default: ProbeCommand, run };
  };
  const exitCode = await runCli(args, {
    terminal,
    clock: new VirtualClock(),
    manifest,
    signal: controller.signal,
    load,
    listErrors: async () => [],
  });
  return { exitCode, stdout: terminal.output, stderr: terminal.errors, loaded, terminal };
}

describe("a call", () => {
  test("parses, runs and draws the one command it names", async () => {
    const outcome = await call(["net", "probe", "budi", "--replicas", "4"]);
    expect(outcome).toMatchObject({
      exitCode: 0,
      stdout: "name      budi\nreplicas  4\n",
      stderr: "",
      loaded: ["probe.js"],
    });
  });

  test("may carry global flags before, between and after the words of the command", async () => {
    const details = { status: "done", tookMs: 0, latencyMs: 2 };
    const expected = { summary: { name: "budi", replicas: 3 }, details, audit: [{ step: "probe" }] };
    for (const args of [
      ["--json", "net", "probe", "budi"],
      ["net", "--json", "probe", "budi"],
      ["net", "probe", "budi", "-vvv", "--json"],
    ]) {
      const outcome = await call(args);
      expect({ exitCode: outcome.exitCode, document: JSON.parse(outcome.stdout) }).toEqual({
        exitCode: 0,
        document: expected,
      });
    }
  });

  test("takes what stands behind -- as values, whatever it looks like", async () => {
    const outcome = await call(["net", "probe", "--", "--json"]);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain("DSDN_COMMANDS_VALUE_INVALID");
    expect(outcome.stdout).toBe("");
  });

  test("loads no command for version, help and refusals", async () => {
    for (const args of [["--version"], ["help"], ["net"], ["net", "probe", "--help"], ["nett"], ["--lang", "xx"]]) {
      expect((await call(args)).loaded).toEqual([]);
    }
  });
});

describe("failing", () => {
  test.each([
    ["a room's error", "fail", 33, "DSDN_TEST_OFFLINE"],
    ["a bug, whose text stays hidden", "crash", 1, "DSDN_BASE_BUG"],
    ["a refused value", "-x", 2, "DSDN_COMMANDS_FLAG_UNKNOWN"],
    ["a refused number", "ok --replicas 7", 2, "DSDN_COMMANDS_VALUE_INVALID"],
  ])("by %s has one exit code in plain and in JSON", async (_what, words, exitCode, code) => {
    const plain = await call(["net", "probe", ...words.split(" ")]);
    const json = await call(["net", "probe", ...words.split(" "), "--json"]);
    expect([plain.exitCode, json.exitCode]).toEqual([exitCode, exitCode]);
    expect(plain.stdout).toBe("");
    expect(plain.stderr).toContain(code);
    expect(json.stderr).toBe("");
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code, exitCode } });
    expect(plain.stderr + json.stdout).not.toContain("hunter2");
  });

  test.each([
    ["--replica", "--replicas"],
    ["--replcas=4", "--replicas"],
    ["-replicas", "--replicas"],
    ["--jsn", "--json"],
    ["--completely-else", ""],
  ])("by the flag %s names the one that was meant", async (typed, meant) => {
    const { exitCode, stdout } = await call(["net", "probe", "x", typed, "--json"]);
    expect([exitCode, JSON.parse(stdout).error.facts.candidates]).toEqual([2, meant]);
  });

  test("in part exits 3 and still shows the result", async () => {
    expect(await call(["net", "probe", "partly"])).toMatchObject({
      exitCode: 3,
      stdout: expect.stringContaining("partly"),
    });
  });
});

describe("being interrupted", () => {
  test("by Ctrl-C exits 130 in plain and in JSON", async () => {
    for (const extra of [[], ["--json"]]) {
      const controller = new AbortController();
      const running = call(["net", "probe", "wait", ...extra], {}, controller);
      controller.abort(new DOMException("interrupted", "AbortError"));
      const outcome = await running;
      expect(outcome.exitCode).toBe(130);
      expect(outcome.stdout + outcome.stderr).toContain("DSDN_COMMANDS_INTERRUPTED");
    }
  });

  test("names the very command that goes on, quoted for a shell, when its work is kept", async () => {
    for (const extra of [[], ["--json"]]) {
      const controller = new AbortController();
      const running = call(["net", "probe", "keep", "--out", "a b's", ...extra], {}, controller);
      controller.abort(new DOMException("interrupted", "AbortError"));
      const outcome = await running;
      const command = `dsdn net probe keep --out 'a b'\\''s'${extra.length > 0 ? " --json" : ""}`;
      expect(outcome.exitCode).toBe(130);
      if (extra.length === 0) expect(outcome.stderr).toContain(command);
      else expect(JSON.parse(outcome.stdout).error.facts).toEqual({ command });
    }
  });

  test("by a reader that left says nothing", async () => {
    const controller = new AbortController();
    const running = call(["net", "probe", "wait"], { isOutputClosed: true }, controller);
    controller.abort(new DOMException("output closed", "AbortError"));
    expect(await running).toMatchObject({ stdout: "", stderr: "" });
  });
});

describe("a stream", () => {
  test("is one line an item for people and NDJSON for programs", async () => {
    expect((await call(["net", "probe", "stream"])).stdout).toBe("line 1\nline 2\n");
    expect((await call(["net", "probe", "stream", "--json"])).stdout).toBe('{"line":1}\n{"line":2}\n');
  });
});

describe("help", () => {
  test("fits a narrow terminal", async () => {
    const outcome = await call(["--help"], { isOutputTty: true, columns: 40, env: { NO_COLOR: "1" } });
    const wide = outcome.stdout.split("\n").filter((line) => line.length > 44);
    expect(wide).toEqual([]);
  });

  test("of a topic lists its commands", async () => {
    const outcome = await call(["net"]);
    expect(outcome).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("net probe") });
  });

  test("an unknown word in a topic suggests its commands", async () => {
    const outcome = await call(["net", "prob", "--json"]);
    expect(JSON.parse(outcome.stdout).error.facts).toEqual({ command: "net prob", candidates: "net probe" });
  });
});
