import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
import { startDevnet } from "../../src/index.ts";
// Builds the program when a source is newer than it.
import "../cli/script.ts";
import { hasChromium, useChromium } from "../devnet/chromium.ts";

const page = (language: string) => readFile(join(root, "docs", language, "guides/library.md"), "utf8");
const blocksOf = (text: string, fence: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((match) => match[1] ?? "");

const english = await page("en");
const programs = blocksOf(english, "ts").filter((block) => !block.includes('"vitest"'));
let folder = "";

// A project of a user who installed the package.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-library-guide-"));
  await mkdir(join(folder, "node_modules"));
  for (const [name, target] of [
    ["dsdn", root],
    ["vitest", join(root, "node_modules/vitest")],
  ] as const) {
    await symlink(target, join(folder, "node_modules", name));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the guide to the library", () => {
  /** What the program prints, by what it is about. */
  const printed: readonly RegExp[] = [
    /^water the plants\n\n\[ 'notes.txt', 'open notes' \]\nhttp:\/\/127\.0\.0\.1:\d+\/links\/\S+#\S+$/,
    /sending: done[\s\S]*publishing: done\npublished$/,
    /^http:\/\/\S+ hello from a node/,
    /^system program ready after [\s\S]*\n\S+ asked$/,
    /^DSDN_LIBRARY_NETWORK_UNKNOWN .*dsdn network add[\s\S]*\nTidak ada jaringan/,
  ];

  test("shows the same programs in both languages", async () => {
    const indonesian = await page("id");
    for (const fence of ["ts", "js"]) expect(blocksOf(indonesian, fence)).toEqual(blocksOf(english, fence));
    expect(programs).toHaveLength(printed.length);
  });

  test.each(programs.map((program, index) => [index + 1, program] as const))(
    "shows program %i as it runs",
    async (number, program) => {
      const path = join(folder, `program-${number}.mts`);
      await writeFile(path, program);
      const env = { HOME: folder, PATH: process.env["PATH"] };
      const { stdout } = await execa(process.execPath, [path], { cwd: folder, env, extendEnv: false });
      expect(stdout).toMatch(printed[number - 1] ?? /^$/);
    },
  );

  test("shows tests that pass", async () => {
    const [shown, ...rest] = blocksOf(english, "ts").filter((block) => block.includes('"vitest"'));
    expect(rest).toEqual([]);
    await mkdir(join(folder, "tests"));
    await writeFile(join(folder, "tests/photos.test.mjs"), shown ?? "");
    const report = join(folder, "report.json");
    // A busy machine takes longer than the five seconds that vitest gives unless told.
    const limits = ["--testTimeout", "120000"];
    const run = ["run", "--root", folder, "--dir", "tests", ...limits, "--reporter", "json", "--outputFile", report];
    await execa(join(root, "node_modules/.bin/vitest"), run, { cwd: folder, env: { CI: "1" } });
    expect(JSON.parse(await readFile(report, "utf8"))).toMatchObject({ numPassedTests: 2, numFailedTests: 0 });
  });
});

describe.skipIf(!hasChromium)("the page of the guide, in Chromium", () => {
  const visitor = useChromium();

  test("does what it says", async () => {
    const [shown, ...rest] = blocksOf(english, "js");
    expect(rest).toEqual([]);
    const bundle = await readFile(join(root, "dist/browser.js"));
    const server = createServer(({ url }, response) => {
      response.setHeader("content-type", url === "/browser.js" ? "text/javascript" : "text/html");
      response.end(url === "/browser.js" ? bundle : '<!doctype html><meta charset="utf-8"><title>Before</title>');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await using devnet = await startDevnet({ allowedOrigins: [origin] });
      const program = (shown ?? "")
        .replace(/^import (\{.*\}) from "dsdn\/browser";/, 'const $1 = await import("/browser.js");')
        .replace("http://127.0.0.1:8088", devnet.url)
        .replace("the token of a local ingress", devnet.token);
      const { page: opened, context, complaints } = await visitor();
      await opened.goto(origin);
      await opened.evaluate(`(async () => {${program}})()`);
      expect([await opened.title(), complaints]).toEqual(["from a page", []]);
      await context.close();
    } finally {
      server.close();
    }
  });
});
