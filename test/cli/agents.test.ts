import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { useNetwork, visit } from "./network.ts";
import { dsdn, listFiles, makeFolder } from "./script.ts";

const templates = ["ai-inference", "data-pipeline", "storage-only", "web-app"];

interface Entry {
  readonly id: string;
  readonly flags: readonly { readonly name: string; readonly char?: string }[];
}

/** Every call of the program a page names, in blocks and within lines. */
function callsIn(page: string): string[] {
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const inline = [...page.matchAll(/`(dsdn [^`]+)`/g)].map(([, call = ""]) => call);
  return [...blocks, ...inline].map((line) => line.replace(/\s+#.*$/, "")).filter((line) => line.startsWith("dsdn "));
}

describe("dsdn init", () => {
  test("writes an AGENTS.md into a project of every template, in the user's language", async () => {
    const folder = await makeFolder();
    for (const lang of ["en", "id"] as const) {
      for (const template of templates) {
        const name = `${template}-${lang}`;
        const { exitCode, stdout } = await dsdn(["init", name, "--template", template, "--lang", lang, "-v"], {
          folder,
        });
        expect(exitCode).toBe(0);
        expect(stdout).toContain("AGENTS.md");
        const page = await readFile(join(folder, name, "AGENTS.md"), "utf8");
        expect(page).toContain(lang === "id" ? "Membaca jawaban" : "Read the answers");
      }
    }
  });

  test("leaves a project's own as it is, whatever its letters", async () => {
    const folder = await makeFolder();
    await dsdn(["init", "mine", "--template", "web-app"], { folder });
    await writeFile(join(folder, "mine", "AGENTS.md"), "mine");
    const copied = await dsdn(["init", "copy", "--from", "mine", "--json"], { folder });
    expect(copied.exitCode).toBe(0);
    expect((await listFiles(join(folder, "copy")))["AGENTS.md"]).toBe("mine");
    const again = await dsdn(["init", "mine", "--template", "web-app", "--json"], { folder });
    expect(JSON.parse(again.stdout).error.code).toBe("DSDN_PACKAGER_FOLDER_TAKEN");
    expect(await readFile(join(folder, "mine", "AGENTS.md"), "utf8")).toBe("mine");
  });

  test("gives a folder or an archive that has none one of its own", async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, "index.html"), "<h1>hi</h1>");
    const other = await makeFolder();
    const made = await dsdn(["init", "site", "--from", folder, "--lang", "id", "--json"], { folder: other });
    expect(JSON.parse(made.stdout).summary.files).toContain("AGENTS.md");
  });
});

test("both languages name the same calls, and every call is one the program has", async () => {
  const folder = await makeFolder();
  const pages = await Promise.all(
    ["en", "id"].map(async (lang) => {
      await dsdn(["init", lang, "--template", "web-app", "--lang", lang], { folder });
      return readFile(join(folder, lang, "AGENTS.md"), "utf8");
    }),
  );
  const [english = [], indonesian = []] = pages.map(callsIn);
  const plain = (call: string) => call.replace(/\b[A-Z]{3,}\b/g, "X");
  expect(indonesian.map(plain)).toEqual(english.map(plain));
  const { commands } = JSON.parse((await dsdn(["--help", "--json"])).stdout).summary as { commands: Entry[] };
  const globals = ["json", "lang", "help"];
  for (const call of english.filter((line) => !line.startsWith("dsdn COMMAND "))) {
    const words = call.split(" ").slice(1);
    const entry = commands
      .filter(({ id }) => `${words.join(" ")} `.startsWith(`${id} `))
      .sort((left, right) => right.id.length - left.id.length)[0];
    expect(entry, call).toBeDefined();
    for (const word of words.filter((part) => part.startsWith("-") && part !== "-")) {
      const isKnown = entry?.flags.some(({ name, char }) => word === `--${name}` || word === `-${char}`);
      expect(isKnown || globals.includes(word.slice(2)), `${call}: ${word}`).toBe(true);
    }
  }
});

describe("an agent that does what it says", () => {
  const network = useNetwork();

  test("deploys, tests a change and goes back, all from JSON", async () => {
    const folder = join(network.folder, "app");
    await network.summary(["init", "app", "--template", "web-app"]);
    const run = (args: readonly string[]) =>
      dsdn([...args, "--json"], { folder, env: { DSDN_HOME: network.home, CI: "1" } });
    const json = async (...args: string[]) => JSON.parse((await run(args)).stdout);
    expect((await json("deploy", ".", "--explain")).summary.explanation.name).toBe("app");
    expect((await json("deploy", ".", "--dry-run")).summary.plan).toBeDefined();
    const { summary } = await json("deploy", ".");
    expect(summary).toMatchObject({ name: "app", mode: "service" });
    expect((await visit(summary.url)).status).toBe(200);
    expect((await visit(summary.url, "AGENTS.md")).text).not.toContain("coding agents");
    expect((await json("status", summary.name)).summary.health.status).toBe(200);
    await writeFile(join(folder, "public/index.html"), "<h1>changed</h1>");
    expect((await json("deploy", ".")).summary.url).toBe(summary.url);
    expect((await visit(summary.url)).text).toContain("changed");
    expect((await run(["rollback", "app"])).exitCode).toBe(0);
    expect((await visit(summary.url)).text).not.toContain("changed");
    // A mistyped name is answered with the nearest.
    for (const words of [
      ["status", "apq"],
      ["logs", "App"],
      ["remove", "aplp"],
      ["env", "list", "qpp"],
    ]) {
      expect((await json(...words)).error).toMatchObject({
        code: "DSDN_CLIENT_DEPLOYMENT_UNKNOWN",
        facts: { candidates: "app" },
      });
    }
    await network.summary(["upload", "app/README.md", "--name", "readme"]);
    for (const words of [
      ["get", "redme"],
      ["stat", "read"],
      ["share", "readmee"],
    ]) {
      expect((await json(...words)).error).toMatchObject({
        code: "DSDN_CLIENT_NAME_UNKNOWN",
        facts: { candidates: "readme" },
      });
    }
    // What a shell asks for at a tab, and waits for a second and a half at most: on a busy machine it asks again.
    const named = async (kind: string) => (await network.run(["completion", "bash", "--names", kind])).stdout;
    await expect.poll(() => named("deployments")).toBe("app\n");
    await expect.poll(() => named("objects")).toBe("readme\n");
    const lines = (await run(["logs", "app"])).stdout.trim().split("\n");
    expect(lines.every((line) => typeof JSON.parse(line) === "object")).toBe(true);
  });

  test("finds the output of a batch in the answer", async () => {
    await network.summary(["init", "pipeline", "--template", "data-pipeline"]);
    const { exitCode, stdout } = await network.run(["deploy", "pipeline", "--wait", "--json"]);
    expect(exitCode).toBe(0);
    const { mode, output } = JSON.parse(stdout).summary;
    expect(mode).toBe("batch");
    expect(typeof output.text).toBe("string");
  });
});
