import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import { writeCommand, writeOverview, writeTopic } from "../../src/commands/framework/help/help.ts";
import { findCommand, type Manifest } from "../../src/commands/framework/manifest.ts";
import { createStyle, widthOf } from "../../src/ui/index.ts";
import { building, fillIn, leaving, type WalkedCall, writeWalkedFiles } from "./every-call.ts";
import { hasPty, onTerminal } from "./pty.ts";
import { dsdn } from "./script.ts";

const { manifest } = (await import(pathToFileURL(join(root, "dist/manifest.js")).href)) as { manifest: Manifest };
const COLUMNS = 60;

/** What prints something for a program, or what others wrote: nothing of ours may stand behind it. */
const raw = /^(version|help|completion|schema|cat|exec|logs|dev logs|dev shell|deploy count\.js --wait)\b/;

/** Seventy programs, one after the other, on a machine with other work. */
const WALK_MS = 900_000;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-narrow-"));
  await writeWalkedFiles(folder);
});
// The devnet of the walk keeps what it compiled in this home when it ends.
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

function person(home: string) {
  return { columns: COLUMNS, folder, env: { DSDN_HOME: join(folder, home), HOME: folder, DSDN_LANG: "id" } };
}

/** Too wide, and not because of a word that cannot be broken or a command that must not be. */
function isTooWide(line: string): boolean {
  if (widthOf(line) <= COLUMNS || /^ {2}(\$ )?dsdn /.test(line)) return false;
  const longest = Math.max(...line.trim().split(/\s+/).map(widthOf));
  return longest < COLUMNS - 25;
}

/** What is wrong with the command a success ends with; undefined when it is one the program has. */
function faultOfNext(lines: readonly string[]): string | undefined {
  const at = lines.findLastIndex((line) => /^(Next|Selanjutnya):/.test(line));
  if (at < 0) return "no next step";
  const text = lines.slice(at).join(" ");
  const [, call] = /dsdn (.*?)(?: {2}\(.*| *$)/.exec(text) ?? [];
  if (call === undefined) return text;
  const words = call.split(" ");
  const entry = findCommand(manifest, words);
  if (entry === undefined) return text;
  const flags = words.filter((word) => word.startsWith("-"));
  const unknown = flags.filter(
    (flag) => !entry.flags.some(({ name, char }) => [`--${name}`, `-${char}`].includes(flag)),
  );
  return unknown.length === 0 ? undefined : text;
}

test.each(["en", "id"] as const)(
  "no line of any help is wider, but for commands that are to be copied (%s)",
  (language) => {
    const options = { language, columns: COLUMNS, style: createStyle({}, false) };
    const pages = [
      writeOverview(manifest, options),
      ...Object.keys(manifest.topics).map((topic) => writeTopic(topic, manifest, options)),
      ...manifest.commands.map((entry) => writeCommand(entry, options)),
    ];
    expect(pages.length).toBeGreaterThan(80);
    expect(pages.flat().filter((line) => widthOf(line) > COLUMNS && !line.startsWith("  $ dsdn "))).toEqual([]);
  },
);

describe.skipIf(!hasPty)(`on a terminal of ${COLUMNS} columns (skipped where util-linux has no script)`, () => {
  test(
    "every success fits and ends with a command the program has, in Indonesian from start to end",
    async () => {
      const kept = new Map<string, string>();
      const wrong: string[] = [];
      const walk = async ({ args, input, exitCodes = [0], keep, home = "home" }: WalkedCall) => {
        const filled = fillIn(args, kept);
        const call = filled.join(" ");
        if (keep !== undefined || input !== undefined) {
          const env = person(home).env;
          const { stdout } = await dsdn([...filled, "--json"], {
            folder,
            env: { ...env, CI: "1" },
            ...(input === undefined ? {} : { input }),
          });
          for (const [name, value] of Object.entries(keep?.(JSON.parse(stdout).summary) ?? {}))
            kept.set(name, String(value));
          return;
        }
        const { exitCode, lines } = await onTerminal(filled, person(home));
        if (!exitCodes.includes(exitCode)) wrong.push(`${call}: exit ${exitCode} ${lines.join(" | ")}`);
        if (raw.test(call)) return;
        wrong.push(...lines.filter((line) => line.includes("\\u001b")).map((line) => `${call}: ${line}`));
        wrong.push(...lines.filter(isTooWide).map((line) => `${call}: ${line}`));
        const fault = exitCode === 0 ? faultOfNext(lines) : undefined;
        if (fault !== undefined) wrong.push(`${call}: ${fault}`);
      };
      const start = { command: "dev start", args: ["dev", "start", "-d"] };
      const end = ["stop", "reset"].map((word) => ({ command: `dev ${word}`, args: ["dev", word] }));
      try {
        for (const each of [start, ...building, ...leaving]) await walk(each);
      } finally {
        for (const each of end) await walk(each);
      }
      expect(wrong).toEqual([]);
    },
    WALK_MS,
  );
});
