import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listSources, root } from "../../scripts/rooms.ts";
import { looksEnglish } from "../../src/base/index.ts";
import type { Manifest } from "../../src/commands/framework/manifest.ts";
import { building, fillIn, leaving, type WalkedCall, writeWalkedFiles } from "./every-call.ts";
import { hasPty, onTerminal } from "./pty.ts";
import { type CallOptions, dsdn } from "./script.ts";

const { manifest } = (await import(pathToFileURL(join(root, "dist/manifest.js")).href)) as { manifest: Manifest };

/** Seventy programs, one after the other, on a machine with other work. */
const WALK_MS = 900_000;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-bahasa-"));
  await writeWalkedFiles(folder);
});
afterAll(async () => {
  await call(["dev", "stop"]);
  await rm(folder, { recursive: true, force: true });
});

function call(args: readonly string[], options: Omit<CallOptions, "folder"> & { home?: string } = {}) {
  const env = { DSDN_HOME: join(folder, options.home ?? "home"), CI: "1", DSDN_LANG: "id", ...options.env };
  return dsdn(args, { folder, ...options, env });
}

/** The sentences of a text that are not Indonesian, with the call they came from. */
function englishIn(args: readonly string[], text: string): string[] {
  const lines = text.split("\n").filter((line) => !/^\s+at /.test(line));
  const sentences = lines.flatMap((line) => line.split(/(?<=[.?!]) /)).map((line) => line.trim());
  return sentences.filter(looksEnglish).map((line) => `dsdn ${args.join(" ")}: ${line}`);
}

describe("in Indonesian", () => {
  test("the detector finds English where it is", async () => {
    const { stdout } = await call(["help", "--lang", "en"]);
    expect(englishIn(["help"], stdout).length).toBeGreaterThan(20);
  });

  test("every help is without an English sentence", async () => {
    const calls = [["help"], ...manifest.commands.map(({ id }) => [...id.split(" "), "--help"])];
    const topics = Object.keys(manifest.topics).map((topic) => [...topic.split(" "), "--help"]);
    const left = [...calls, ...topics];
    const found: string[] = [];
    const work = async () => {
      for (let args = left.shift(); args !== undefined; args = left.shift()) {
        const { stdout, stderr } = await call(args);
        found.push(...englishIn(args, stdout + stderr));
      }
    };
    await Promise.all([work(), work()]);
    expect(found).toEqual([]);
  });

  test("every text in the sources has words of its own in Indonesian", () => {
    const found = listSources("src")
      .filter(({ path }) => !path.includes("generated"))
      .flatMap(({ path, text }) => pairsIn(text).map((pair) => ({ path, ...pair })))
      .filter(({ en, id }) => looksEnglish(id.replace(/\{\w+\}/g, "x")) || (looksEnglish(en) && en === id));
    expect(found).toEqual([]);
  });

  test(
    "a walk through the program shows no English sentence, at the highest level",
    async () => {
      const found: string[] = [];
      const kept = new Map<string, string>();
      const take = async ({ args, input, exitCodes = [0], keep, home = "home" }: WalkedCall) => {
        const filled = fillIn(args, kept);
        const level = args.includes("--") ? [] : ["-vvv"];
        const options = { home, ...(input === undefined ? {} : { input }) };
        const outcome = await call(keep === undefined ? [...filled, ...level] : [...filled, "--json"], options);
        if (!exitCodes.includes(outcome.exitCode)) found.push(`${filled.join(" ")}: exit ${outcome.exitCode}`);
        if (keep !== undefined)
          for (const [name, value] of Object.entries(keep(JSON.parse(outcome.stdout).summary)))
            kept.set(name, String(value));
        else found.push(...englishIn(filled, outcome.stdout + outcome.stderr));
      };
      await take({ command: "dev start", args: ["dev", "start", "-d"] });
      // What a shell reads is not for people.
      const walk = [...building, ...leaving].filter(({ command }) => command !== "completion");
      for (const each of walk) await take(each);
      expect(found).toEqual([]);
    },
    WALK_MS,
  );

  test("a fault that nobody foresaw is told in Indonesian too, also one that no command caught", async () => {
    const crash =
      "const t=setInterval(()=>{if(process.listenerCount('uncaughtException')){clearInterval(t);throw new TypeError('hun'+'ter2')}},1)";
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}` };
    const plain = await call(["doctor"], { env });
    expect({ exitCode: plain.exitCode, english: englishIn(["doctor"], plain.stderr) }).toEqual({
      exitCode: 1,
      english: [],
    });
    expect(plain.stderr).toContain("DSDN_BASE_BUG");
    expect(plain.stderr).not.toContain("hunter2");
    const { error } = JSON.parse((await call(["doctor", "--json"], { env })).stdout);
    expect(error).toMatchObject({ code: "DSDN_BASE_BUG", exitCode: 1, causes: [{ message: "TypeError" }] });
  });

  test.runIf(hasPty)("a question is asked and answered in Indonesian", async () => {
    await mkdir(join(folder, ".git"));
    await writeFile(join(folder, ".git/config"), '[remote "origin"]\n\turl = git@github.com:acme/shop.git\n');
    const { exitCode, lines } = await onTerminal(["init", "asked", "--template", "web-app"], {
      columns: 80,
      folder,
      env: { HOME: folder, DSDN_HOME: join(folder, "home"), DSDN_LANG: "id" },
      answers: [{ after: "Tidak", keys: "n" }],
    });
    expect({ exitCode, english: englishIn(["init"], lines.join("\n")) }).toEqual({ exitCode: 0, english: [] });
    expect(lines.join("\n")).toMatch(/Ya.*Tidak/);
  });

  test("refusals of every kind are Indonesian: of the parser, of Node.js, of the network and of prompts", async () => {
    const wrong: readonly (readonly string[])[] = [
      ["uplod"],
      ["upload"],
      ["upload", "a", "--colour"],
      ["completion", "tcsh"],
      ["completion", "bash", "zsh"],
      ["upload", "a", "--ttl"],
      ["upload", "a", "--ttl", "soon"],
      ["deploy", "--priority", "urgent", "."],
      ["upload", "missing.txt"],
      ["get", "nothing"],
      ["stat", "bafyreinothing"],
      ["deploy", "missing"],
      ["status", "nothing"],
      ["explain", "99"],
      ["schema", "nothing"],
      ["ls", "--ingress", "http://127.0.0.1:9"],
      ["ls", "--ingress", "ftp://x"],
      ["ls", "--network", "nowhere"],
      ["keys", "export", "--out", "x"],
      ["keys", "recover"],
      ["config", "set", "nothing", "x"],
      ["dev", "fault", "slow", "validator"],
      ["verify", "receipt", "note.txt"],
      ["role", "run", "node"],
      ["exec", "nothing", "GET", "/"],
    ];
    const found: string[] = [];
    for (const args of wrong) {
      const { exitCode, stdout, stderr } = await call([...args, "-v"]);
      if (exitCode === 0) found.push(`dsdn ${args.join(" ")} was not refused`);
      found.push(...englishIn(args, stdout + stderr));
    }
    expect(found).toEqual([]);
  });
});

/** Every `en: "..."` that stands with an `id: "..."`, as the sources write both. */
function pairsIn(text: string): { en: string; id: string }[] {
  const pair = /\ben: "((?:[^"\\]|\\.)*)",?\s*(?:enHint: "(?:[^"\\]|\\.)*",\s*)?id: "((?:[^"\\]|\\.)*)"/g;
  return [...text.matchAll(pair)].map(([, en = "", id = ""]) => ({ en, id }));
}
