import { chmodSync, cpSync, existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { useNetwork, visit } from "./network.ts";

const network = useNetwork();
const { run, summary, failure, write } = network;

const root = fileURLToPath(new URL("../..", import.meta.url));
const site = { "page/index.html": "<h1>hello</h1>", "page/a.css": "a{}", "page/.env": "A=1" };

describe("dsdn package", () => {
  test("writes one archive, says what is in it and what is not, and sends nothing", async () => {
    await write(site);
    const { exitCode, stdout } = await run(["package", "page", "--lang", "en", "-v"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(join(network.folder, "page.dsdn.tar"));
    expect(stdout).toContain("site/index.html (14 B)");
    expect(stdout).toContain(".env (secret)");
    const again = await summary(["package", "page"]);
    expect(again).toMatchObject({ name: "page", kind: "static", mode: "service", framework: null, build: null });
    expect(stdout).toContain(String(again["digest"]));
    expect((await run(["package", "page", "--quiet"])).stdout.trim()).toBe(again["digest"]);
    expect((await failure(["status", "page"])).code).toBe("DSDN_CLIENT_DEPLOYMENT_UNKNOWN");
  });

  test("needs no network and no account", async () => {
    await write(site);
    const alone = { env: { DSDN_HOME: join(network.folder, "nobody") } };
    expect((await run(["package", "page", "--json"], alone)).exitCode).toBe(0);
    expect(existsSync(join(network.folder, "nobody"))).toBe(false);
  });

  test("gives the same archive for the same project elsewhere", async () => {
    await write({ ...site, "other/deep/down/index.html": "<h1>hello</h1>", "other/deep/down/a.css": "a{}" });
    await summary(["package", "page", "--out", "one.tar"]);
    await summary(["package", "other/deep/down", "--out", "two.tar"]);
    const [one, two] = ["one.tar", "two.tar"].map((name) => readFileSync(join(network.folder, name)));
    expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
  });

  test("leaves what is there alone", async () => {
    await write({ ...site, "mine.tar": "mine", "full/x": "x" });
    for (const out of ["mine.tar", "full"]) {
      expect((await failure(["package", "page", "--out", out])).code).toBe("DSDN_PACKAGER_FOLDER_TAKEN");
    }
    expect(readFileSync(join(network.folder, "mine.tar"), "utf8")).toBe("mine");
  });

  test("lists the flags that choose when a project can be several things", async () => {
    await write({ "both/index.html": "x", "both/main.py": "print(1)" });
    const refused = await failure(["package", "both"]);
    expect(refused).toMatchObject({ code: "DSDN_PACKAGER_AMBIGUOUS", exitCode: 21 });
    expect(refused.facts["choices"]).toBe("--site . (static), --entry main.py (python)");
    expect(await summary(["package", "both", "--entry", "main.py"])).toMatchObject({ kind: "python", mode: "batch" });
    expect(await summary(["package", "both", "--type", "static"])).toMatchObject({ kind: "static" });
  });
});

describe("dsdn deploy --dry-run", () => {
  test("says what would be sent, its price and how it differs from what runs, and changes nothing", async () => {
    await write({ "shop/index.html": "1", "shop/same.txt": "s", "shop/gone.txt": "g" });
    const first = (await summary(["deploy", "shop", "--dry-run"]))["plan"];
    expect(first).toMatchObject({ name: "shop", changes: null, isCompared: true, kind: "static" });
    await summary(["deploy", "shop"]);
    await write({ "shop/index.html": "2", "shop/new.txt": "n" });
    await run(["package", "shop", "--quiet"]);
    const { plan } = (await summary(["deploy", "shop", "--dry-run"])) as { plan: Record<string, unknown> };
    expect(plan["changes"]).toEqual({
      version: 1,
      added: ["site/new.txt"],
      changed: ["site/index.html"],
      removed: [],
      unchanged: 2,
    });
    expect(plan["cost"]).toMatchObject({ totalPerMonth: { usd: expect.any(Number) } });
    const { stdout } = await run(["deploy", "shop", "--dry-run", "--lang", "en"]);
    expect(stdout).toMatch(/Nothing was sent[\s\S]*Against version 1:\s+\+ site\/new.txt\s+~ site\/index.html/);
    const { deployment } = (await summary(["status", "shop"])) as { deployment: { workloads: unknown[] } };
    expect(deployment.workloads).toHaveLength(1);
  });

  test("compares with nothing when no network answers, and makes no account", async () => {
    await write(site);
    const alone = { env: { DSDN_HOME: join(network.folder, "nobody") } };
    const { stdout, exitCode } = await run(["deploy", "page", "--dry-run", "--json"], alone);
    expect({ exitCode, plan: JSON.parse(stdout).summary.plan }).toMatchObject({
      exitCode: 0,
      plan: { changes: null, isCompared: false },
    });
    expect(existsSync(join(network.folder, "nobody"))).toBe(false);
  });
});

describe("a project's own build", () => {
  test("is run with --yes, said, remembered, and not run again while its output is current", async () => {
    const build = "mkdir -p dist && cp index.html dist/ && echo built-now";
    const json = JSON.stringify({ scripts: { build }, devDependencies: { vite: "*" } });
    await write({ "app/package.json": json, "app/index.html": "<h1>built</h1>" });
    const verbose = await run(["deploy", "app", "--yes", "-v", "--lang", "en"]);
    expect(verbose.exitCode).toBe(0);
    expect(verbose.stderr).toContain("Running npm run build");
    expect(verbose.stderr).toContain("  built-now");
    const taken = await summary(["deploy", "app"]);
    expect(taken).toMatchObject({ framework: "Vite", build: "taken", version: 2 });
    expect((await visit(String(taken["url"]))).text).toBe("<h1>built</h1>");
    expect(await summary(["deploy", "app", "--build"])).toMatchObject({ build: "built" });
    await write({ "app/index.html": "<h1>again</h1>" });
    expect(await summary(["deploy", "app"])).toMatchObject({ build: "built" });
  });

  test("that fails ends the deployment with its exit code and shows what it wrote; nothing is deployed", async () => {
    const json = JSON.stringify({ scripts: { build: "echo first; echo so it goes >&2; exit 3" } });
    await write({ "broken/package.json": json });
    const refused = await failure(["deploy", "broken", "--yes"]);
    expect(refused).toMatchObject({ code: "DSDN_PACKAGER_BUILD_STEP_FAILED", exitCode: 23 });
    expect(refused.facts["lines"]).toContain("so it goes");
    const { stderr } = await run(["deploy", "broken", "--yes", "--lang", "en"]);
    expect(stderr).toMatch(/^ {2}first$/m);
    expect(stderr).toMatch(/^ {2}so it goes$/m);
    expect(await failure(["status", "broken"])).toMatchObject({ exitCode: expect.any(Number) });
  });

  test("that fails because nobody installed its packages says how to install them", async () => {
    const json = JSON.stringify({ scripts: { build: "exit 127" }, devDependencies: { astro: "*" } });
    await write({ "bare/package.json": json, "bare/yarn.lock": "" });
    const tool = join(network.folder, "tools");
    await write({ "tools/yarn": '#!/bin/sh\nexec npm "$@"\n' });
    chmodSync(join(tool, "yarn"), 0o755);
    const env = { PATH: `${tool}:${process.env["PATH"]}` };
    const { stdout, exitCode } = await run(["package", "bare", "--yes", "--json"], { env });
    expect({ exitCode, error: JSON.parse(stdout).error }).toMatchObject({
      exitCode: 23,
      error: { code: "DSDN_PACKAGER_PACKAGES_MISSING", facts: { missing: "astro", install: "yarn install" } },
    });
    // Installed in the workspace it belongs to, it is something else that failed.
    await write({ "node_modules/astro/package.json": "{}" });
    const other = await run(["package", "bare", "--yes", "--json"], { env });
    expect(JSON.parse(other.stdout).error.code).toBe("DSDN_PACKAGER_BUILD_STEP_FAILED");
  });

  test("ends with everything it started when the user presses Ctrl-C", async () => {
    const build = `node -e "setInterval(() => {}, 1000)" & echo started $! && wait`;
    const json = JSON.stringify({ scripts: { build }, devDependencies: { vite: "*" } });
    await write({ "endless/package.json": json });
    const interruptWhen = (_stdout: string, stderr: string) => /^ *started \d+/m.test(stderr);
    const { exitCode, stderr } = await run(["package", "endless", "--yes", "-v"], { interruptWhen });
    expect(exitCode).toBe(130);
    const [, child = ""] = /^ *started (\d+)/m.exec(stderr) ?? [];
    expect(child).not.toBe("");
    const stateOf = () =>
      existsSync(`/proc/${child}/stat`) ? readFileSync(`/proc/${child}/stat`, "utf8").split(" ")[2] : "";
    await expect.poll(stateOf).toMatch(/^[ZX]?$/);
  });

  test("is a real one: Vite builds the committed project, and its page, script and paths answer", async () => {
    const path = join(network.folder, "vite");
    cpSync(join(root, "test/fixtures/projects/vite"), path, { recursive: true });
    // The bundler comes with the test runner of this repository.
    symlinkSync(join(root, "node_modules"), join(path, "node_modules"));
    rmSync(join(path, "dist"), { recursive: true });
    const { url, framework, build } = await summary(["deploy", "vite", "--yes"]);
    expect({ framework, build }).toEqual({ framework: "Vite", build: "built" });
    const page = await visit(String(url));
    const [, script = ""] = /src="\/(assets\/index-[\w-]+\.js)"/.exec(page.text) ?? [];
    expect(await visit(String(url), script)).toMatchObject({ status: 200, text: expect.stringContaining("count is") });
    expect(await visit(String(url), "some/route")).toMatchObject({ status: 200, text: page.text });
  });
});
