import { spawn } from "node:child_process";
import { chmodSync, existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
// Builds the program when a source is newer than it.
import "../cli/script.ts";
import { findFreePorts } from "../free-ports.ts";

/** Pages whose `sh` blocks need more than this machine has, or are about a checkout. */
const notTyped = ["contributing", "guides/celestia"];
const languages = ["en", "id"] as const;
const PAGE_MS = 600_000;

const read = (language: string, page: string) => readFileSync(join(root, "docs", language, `${page}.md`), "utf8");
const blocksOf = (text: string, fence: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((match) => match[1] ?? "");

const everyPage = globSync("**/*.md", { cwd: join(root, "docs/en") }).map((path) => path.slice(0, -".md".length));
/** Pages whose `sh` blocks a reader can type one after the other, in an empty folder. The reference shows examples. */
const pages = everyPage
  .filter((page) => !page.startsWith("api-reference/"))
  .filter((page) => !notTyped.includes(page) && blocksOf(read("en", page), "sh").length > 0)
  .sort();

/** Output without what differs from one run to the next: numbers, units of time and size, ids, the reader's home. */
function plain(output: string, { env }: { env: { HOME: string } } = { env: { HOME: "~" } }): string {
  return output
    .replaceAll(env.HOME, "~")
    .replaceAll(/\b(?=\w*\d)[a-z0-9]{10,}\b|\b[a-z0-9]{10}(?=\.localhost|\/)/g, "ID")
    .replaceAll(/[\d.,:]*\d( (ms|s|B|KiB))?\b/g, "N")
    .replaceAll(/ +/g, " ");
}

/** The lines of output a page shows, as `plain` has them. Blocks with a prompt show what to type elsewhere. */
const linesShown = (page: string, language: string) =>
  blocksOf(read(language, page), "console")
    .filter((block) => !block.startsWith("$ "))
    .flatMap((block) => plain(block).trim().split("\n"))
    .filter((line) => line !== "...");

const scratch: string[] = [];

afterEach(async () => {
  for (const folder of scratch.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** A folder with the user's own `work`, a home, and `bin/dsdn` on the PATH. */
async function makeReader(language = "en") {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-docs-"));
  scratch.push(folder);
  for (const name of ["work", "bin", "home"]) await mkdir(join(folder, name));
  const program = join(folder, "bin", "dsdn");
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${join(root, "bin/dsdn.js")}' "$@"\n`);
  chmodSync(program, 0o700);
  const env = {
    PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
    HOME: join(folder, "home"),
    DSDN_HOME: join(folder, "home", ".dsdn"),
    LANG: "C.UTF-8",
    DSDN_LANG: language,
    CI: "1",
  };
  return { folder: join(folder, "work"), env };
}

type Reader = Awaited<ReturnType<typeof makeReader>>;

/** Types the lines into one shell that stops at the first failure; `-x` names the failing line in the output. */
function type(lines: string, { folder, env }: Reader): Promise<{ exitCode: number; output: string }> {
  const child = spawn("/bin/sh", ["-ex"], { cwd: folder, env, stdio: "pipe" });
  let output = "";
  const keep = (chunk: string) => {
    output += chunk;
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  child.stdin.end(lines);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? -1, output }));
  });
}

describe("the snippets of the documentation", () => {
  test("are typed from the quickstart, every tutorial and the guides", () => {
    const tutorials = globSync("tutorials/*.md", { cwd: join(root, "docs/en") });
    expect(pages).toEqual(expect.arrayContaining(["quickstart", ...tutorials.map((path) => path.slice(0, -3))]));
    expect(tutorials).toHaveLength(4);
    expect(pages.filter((page) => page.startsWith("guides/")).length).toBeGreaterThan(6);
  });

  test.each(pages)("%s shows the same commands in both languages", (page) => {
    expect(blocksOf(read("id", page), "sh")).toEqual(blocksOf(read("en", page), "sh"));
  });

  test.each(pages)("%s works when typed in order into an empty folder", { timeout: PAGE_MS }, async (page) => {
    const reader = await makeReader();
    try {
      const lines = blocksOf(read("en", page), "sh")
        .join("\n")
        .replace("FIRST=21400", `FIRST=${await findFreePorts(11)}`);
      const { exitCode, output } = await type(lines, reader);
      expect(exitCode, output.slice(-4_000)).toBe(0);
      expect(linesShown(page, "en").filter((line) => !plain(output, reader).includes(line))).toEqual([]);
      // Every page leaves the machine as it found it.
      expect(existsSync(join(reader.env.DSDN_HOME, "devnet", "running.json")), "a devnet still runs").toBe(false);
    } finally {
      await type("dsdn dev stop || true; kill $(cat *.pid) || true", reader);
    }
  });

  test.each(pages.filter((page) => linesShown(page, "id").length > 0))(
    "%s shows in Indonesian what an Indonesian reader sees",
    { timeout: PAGE_MS },
    async (page) => {
      const reader = await makeReader("id");
      const { exitCode, output } = await type(blocksOf(read("id", page), "sh").join("\n"), reader);
      expect(exitCode, output.slice(-4_000)).toBe(0);
      expect(linesShown(page, "id").filter((line) => !plain(output, reader).includes(line))).toEqual([]);
    },
  );

  test("show a program that runs against the library", { timeout: PAGE_MS }, async () => {
    const reader = await makeReader();
    const [shown, ...rest] = blocksOf(read("en", "guides/devnet"), "ts");
    expect(rest).toEqual([]);
    expect(blocksOf(read("id", "guides/devnet"), "ts")).toEqual([shown]);
    const library = pathToFileURL(join(root, "dist/index.js")).href;
    const program = (shown ?? "").replace('"dsdn"', `"${library}"`).replace("/tmp/my-devnet", `${reader.folder}/net`);
    writeFileSync(join(reader.folder, "program.mjs"), program);
    const { exitCode, output } = await type(`'${process.execPath}' program.mjs`, reader);
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
  });

  test("name only commands that exist", async () => {
    const { manifest } = (await import(pathToFileURL(join(root, "dist/manifest.js")).href)) as {
      manifest: { commands: { id: string }[] };
    };
    const known = manifest.commands.map(({ id }) => id);
    const calls = everyPage.flatMap((page) =>
      languages.flatMap((language) =>
        ["sh", "console"]
          .flatMap((fence) => blocksOf(read(language, page), fence))
          .flatMap((block) => [...block.matchAll(/^(?:\$ )?(?:npx )?dsdn ([^\n|&#]+)/gm)])
          .map((match) => `${page}: ${(match[1] ?? "").trim()}`),
      ),
    );
    const isKnown = (call: string) => {
      const words = call.replace(/^[^:]+: /, "");
      return words.startsWith("--") || known.some((id) => words === id || words.startsWith(`${id} `));
    };
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter((call) => !isKnown(call))).toEqual([]);
  });
});
