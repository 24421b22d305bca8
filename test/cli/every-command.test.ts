import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import type { CommandEntry, Manifest } from "../../src/commands/framework/manifest.ts";
import { errorDocumentSchema, isDescribed, isStreaming } from "../../src/commands/framework/schemas/index.ts";
import { labelOf, wordOf } from "../../src/ui/labels.ts";
import {
  building,
  calledElsewhere,
  fillIn,
  leaving,
  reading,
  type WalkedCall,
  writeWalkedFiles,
} from "./every-call.ts";
import { hasPty, onTerminal } from "./pty.ts";
import { type CallOptions, dsdn, type Outcome } from "./script.ts";

/** What the program knows of itself, as it was built: a new command is held to all of this without being named here. */
const { manifest } = (await import(pathToFileURL(join(root, "dist/manifest.js")).href)) as { manifest: Manifest };
const commands: readonly CommandEntry[] = manifest.commands;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-every-"));
  await writeWalkedFiles(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function call(args: readonly string[], options: Omit<CallOptions, "folder"> & { home?: string } = {}) {
  const env = { DSDN_HOME: join(folder, options.home ?? "home"), CI: "1", ...options.env };
  return dsdn(args, { folder, ...options, env });
}

/** Asks the same of every command, two at a time, and lists what differs from what is wanted. */
async function differing(wanted: object, ask: (command: CommandEntry) => Promise<object>): Promise<object[]> {
  const wrong: object[] = [];
  const left = [...commands];
  const work = async () => {
    for (let command = left.shift(); command !== undefined; command = left.shift()) {
      const found = await ask(command);
      if (JSON.stringify(found) !== JSON.stringify(wanted)) wrong.push({ command: command.id, ...found });
    }
  };
  await Promise.all([work(), work()]);
  return wrong;
}

const words = ({ id }: CommandEntry) => id.split(" ");
// biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
const hasControls = (text: string) => /[\u0000-\u0009\u000b-\u001f]/.test(text);

describe("every command", () => {
  test.each(["en", "id"] as const)(
    "explains itself with an example in %s, without control characters",
    async (lang) => {
      const example = lang === "id" ? "Contoh" : "Examples";
      const wanted = { exitCode: 0, stderr: "", isNamed: true, hasExample: true, hasControls: false };
      const wrong = await differing(wanted, async (command) => {
        const { exitCode, stdout, stderr } = await call([...words(command), "--help", "--lang", lang]);
        const isNamed = stdout.includes(`dsdn ${command.id}`) && stdout.includes(command.summary[lang]);
        return { exitCode, stderr, isNamed, hasExample: stdout.includes(example), hasControls: hasControls(stdout) };
      });
      expect(wrong).toEqual([]);
    },
  );

  test("has a published schema, of its document or of its lines", () => {
    expect(commands.filter(({ id }) => !isDescribed(id) && !isStreaming(id)).map(({ id }) => id)).toEqual([]);
  });

  test("refuses an unknown flag with exit code 2 and one JSON error, before it does anything", async () => {
    const wanted = { exitCode: 2, stderr: "", code: "DSDN_COMMANDS_FLAG_UNKNOWN", said: 2 };
    const wrong = await differing(wanted, async (command) => {
      const { exitCode, stdout, stderr } = await call([...words(command), "--no-such-flag", "--json"]);
      const { error } = errorDocumentSchema.parse(JSON.parse(stdout));
      return { exitCode, stderr, code: error.code, said: error.exitCode };
    });
    expect(wrong).toEqual([]);
  });

  test("ends quietly when the reader of its output is gone", async () => {
    const wanted = { exitCode: 0, stderr: "" };
    const wrong = await differing(wanted, async (command) => {
      const { exitCode, stderr } = await call([...words(command), "--help"], { closeOutput: "at-once" });
      return { exitCode, stderr };
    });
    expect(wrong).toEqual([]);
  });
});

/** Names that are the same in both languages. */
const SAME = [
  "alias",
  "blob",
  "deployment",
  "domain",
  "folder",
  "genesis",
  "ingress",
  "log",
  "namespace",
  "node",
  "platform",
  "port",
  "runs",
  "state",
  "status",
];

/** Seventy programs, one after the other, on a machine with other work. */
const WALK_MS = 900_000;

describe("on a network that runs", () => {
  const kept = new Map<string, string>();
  const outcomes = new Map<string, Outcome>();
  const failed: object[] = [];

  beforeAll(async () => {
    outcomes.set("dev start", await call(["dev", "start", "-d", "--json"]));
    for (const each of building) outcomes.set(each.command, await walkOne(each));
  }, WALK_MS);

  afterAll(() => call(["dev", "stop"]));

  async function walkOne({ args, input, exitCodes = [0], keep, home = "home" }: WalkedCall): Promise<Outcome> {
    const filled = fillIn(args, kept);
    const outcome = await call([...filled, "--json"], { home, ...(input === undefined ? {} : { input }) });
    if (!exitCodes.includes(outcome.exitCode)) failed.push({ call: filled.join(" "), ...outcome });
    else
      for (const [name, value] of Object.entries(keep?.(JSON.parse(outcome.stdout).summary) ?? {}))
        kept.set(name, String(value));
    return outcome;
  }

  const linesOf = (text: string) => text.split("\n").length - 1;

  test("each level shows more than the one before, and --quiet the least", async () => {
    const levels = ["--quiet", "--lang=en", "-v", "-vv", "-vvv"];
    for (const { args } of reading) {
      const shown = await Promise.all(levels.map((level) => call([...args, level])));
      expect({ args, stderr: shown.map(({ stderr }) => stderr).join("") }).toEqual({ args, stderr: "" });
      const [quiet = 0, plain = 0, verbose = 0, more = 0, most = 0] = shown.map(({ stdout }) => linesOf(stdout));
      expect({ args, isOrdered: quiet <= plain && plain < verbose && verbose <= more && more <= most }).toEqual({
        args,
        isOrdered: true,
      });
      expect(shown[2]?.stdout).toMatch(/^Details$/m);
    }
  });

  test("a command that asks the network says how fast it answered, as of which height, and what it was asked", () => {
    for (const command of ["upload", "ls", "stat", "status", "usage", "deploy"]) {
      const { details, audit } = JSON.parse(outcomes.get(command)?.stdout ?? "{}");
      expect({ command, details, audit }).toMatchObject({
        details: {
          status: "done",
          tookMs: expect.any(Number),
          latencyMs: expect.any(Number),
          references: { ingress: expect.stringContaining("http://127.0.0.1:"), logHeight: expect.any(Number) },
        },
        audit: expect.arrayContaining([expect.objectContaining({ step: "ask the ingress" })]),
      });
    }
  });

  test("every name among the details and steps has a word in Indonesian, and so has every step", () => {
    const documents = [...outcomes.values()].filter(({ stdout }) => stdout.startsWith('{\n  "summary"'));
    const missing = documents.flatMap(({ stdout }) => {
      const { details, audit } = JSON.parse(stdout) as { details: object; audit: { step: string }[] };
      const { references, ...rest } = details as { references?: object };
      const names = [rest, references ?? {}, ...audit.map(({ step: _step, ...facts }) => facts)].flatMap(Object.keys);
      const steps = audit.map(({ step }) => step).filter((step) => wordOf(step).id === step);
      return [...names.filter((name) => labelOf(name).id === labelOf(name).en), ...steps];
    });
    expect([...new Set(missing)].filter((name) => !SAME.includes(name)).sort()).toEqual([]);
  });

  test("a reader that is gone ends a command quietly, whether it answers people, programs or in lines", async () => {
    const calls = [...reading.map(({ args }) => args), ["dev", "logs"], ["logs", "hello"], ["cat", "words"]];
    for (const args of calls) {
      const closed = [args, [...args, "--json"]].map((words) => call(words, { closeOutput: "at-once" }));
      for (const { exitCode, stderr } of await Promise.all(closed)) {
        expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: "" });
      }
    }
  });

  test.runIf(hasPty)("NO_COLOR leaves a terminal without colours", async () => {
    const options = { columns: 80, folder, env: { DSDN_HOME: join(folder, "home"), HOME: folder } };
    const plain = await onTerminal(["status"], { ...options, env: { ...options.env, NO_COLOR: "1" } });
    const coloured = await onTerminal(["status"], options);
    expect([plain.exitCode, coloured.exitCode]).toEqual([0, 0]);
    expect(stripVTControlCharacters(coloured.raw)).not.toBe(coloured.raw);
    expect(stripVTControlCharacters(plain.raw)).toBe(plain.raw);
  });

  // `dsdn` of script.ts holds each document and each line against the schema of its command.
  test("every command answers with its document, or its lines, and nothing else", async () => {
    for (const each of leaving) outcomes.set(each.command, await walkOne(each));
    outcomes.set("dev stop", await call(["dev", "stop", "--json"]));
    outcomes.set("dev reset", await call(["dev", "reset", "--json"]));
    expect(failed).toEqual([]);
    const missing = commands.filter(({ id }) => !outcomes.has(id) && calledElsewhere[id] === undefined);
    expect(missing.map(({ id }) => `${id}: add a call to every-call.ts`)).toEqual([]);
    expect(Object.keys(calledElsewhere).filter((id) => outcomes.has(id))).toEqual([]);
    const noisy = [...outcomes].filter(
      ([id, { stdout, stderr }]) => (stdout === "" && !isStreaming(id)) || stderr !== "",
    );
    expect(noisy).toEqual([]);
  });
});
