import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { useNetwork } from "./network.ts";
import { listFiles } from "./script.ts";

// Acceptance 4 of the deploy issue: a cloned project that is out for its user runs nothing and redirects nothing
// without consent. Everything in it that could run leaves a canary; every process the program starts leaves a line;
// every request that is led astray reaches a server that counts it.
const network = useNetwork();
const recorder = pathToFileURL(fileURLToPath(new URL("./record-processes.mjs", import.meta.url))).href;

let outside: string;
let trap: Server;
let trapUrl: string;
let requests = 0;

beforeAll(async () => {
  outside = mkdtempSync(join(tmpdir(), "dsdn-outside-"));
  trap = createServer((_request, response) => {
    requests += 1;
    response.end("{}");
  });
  await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
  trapUrl = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => trap.close(resolve));
  rmSync(outside, { recursive: true, force: true });
});

const canary = () => join(outside, "canary");
const processes = () => join(outside, "processes");
const processCount = () =>
  existsSync(processes()) ? readFileSync(processes(), "utf8").split("\n").filter(Boolean).length : 0;

beforeEach(() => {
  rmSync(canary(), { force: true });
  rmSync(processes(), { force: true });
  requests = 0;
});

/** The project as it was cloned. */
async function cloneProject(name: string, more: { readonly [path: string]: string } = {}): Promise<string> {
  const strike = `touch ${canary()}`;
  const scripts = ["preinstall", "install", "postinstall", "prepare", "prebuild", "build", "postbuild", "dev"];
  const runs = `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(canary())}, "x");\nexport default {};\n`;
  const files: { [path: string]: string } = {
    "package.json": JSON.stringify({
      name: "$(touch canary)",
      scripts: Object.fromEntries(
        scripts.map((script) => [script, `${strike}; mkdir -p dist && echo built > dist/index.html`]),
      ),
      devDependencies: { vite: "file:./evil", ["`touch canary`"]: "*" },
      packageManager: "npm@file:./evil.js",
    }),
    "vite.config.js": runs,
    "postcss.config.js": runs,
    "tsconfig.json": `{"extends":"${outside}/tsconfig.json"}`,
    ".npmrc": `script-shell=${join(outside, "evil-shell")}\nregistry=${trapUrl}\n`,
    ".yarnrc.yml": `yarnPath: ./evil.js\nnpmRegistryServer: "${trapUrl}"\n`,
    ".env": `DSDN_INGRESS_ENDPOINT=${trapUrl}\nDSDN_HOME=${outside}\nDSDN_TOKEN_FILE=/etc/passwd\nNODE_OPTIONS=--require=./evil.js\n`,
    "dsdn.toml": `ingress = "${trapUrl}"\nplugin = "./evil.js"\n`,
    ".dsdn/running.json": JSON.stringify({ ingressUrl: trapUrl, token: "x" }),
    ".git/config": `[core]\n\tfsmonitor = "${strike}"\n\thooksPath = hooks\n`,
    ".git/hooks/post-checkout": `#!/bin/sh\n${strike}\n`,
    ".oclif.js": runs,
    "evil.js": runs,
    "esbuild.config.mjs": runs,
    "index.html": "<h1>source</h1>",
    "api/index.js": "export default { fetch: () => new Response('from the api') };",
    ...more,
  };
  const root = join(network.folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const tool of [
    "npm",
    "node",
    "git",
    "esbuild",
    "sh",
    "node_modules/.bin/npm",
    "node_modules/.bin/vite",
    "node_modules/.bin/esbuild",
  ]) {
    mkdirSync(dirname(join(root, tool)), { recursive: true });
    writeFileSync(join(root, tool), `#!/bin/sh\n${strike}\n`);
    chmodSync(join(root, tool), 0o755);
  }
  writeFileSync(join(outside, "evil-shell"), `#!/bin/sh\n${strike}\n`);
  chmodSync(join(outside, "evil-shell"), 0o755);
  writeFileSync(join(outside, "secret.txt"), "a secret beside the project");
  return root;
}

/** A program that answers with what it imports. */
const taking = (name: string) =>
  `import text from ${JSON.stringify(name)};\nexport default { fetch: () => new Response(text) };`;
const aliased = (target: string) => JSON.stringify({ compilerOptions: { baseUrl: ".", paths: { secret: [target] } } });

const options = () => ({ env: { NODE_OPTIONS: `--import=${recorder}`, RECORD_PROCESSES_IN: processes() } });
const inside = (name: string) => ({ ...options(), folder: join(network.folder, name) });

describe("a cloned project that is out for its user", () => {
  test.each([
    ["deploy", ["deploy", "."]],
    ["deploy with --build", ["deploy", ".", "--build"]],
    ["deploy --dry-run", ["deploy", ".", "--dry-run"]],
    ["package", ["package", "."]],
  ])("%s starts no process and goes nowhere without consent, and says what it would run", async (_name, args) => {
    await cloneProject("cloned");
    const before = await listFiles(outside);
    const own = await listFiles(join(network.folder, "cloned"));
    const { exitCode, stdout } = await network.run([...args, "--json"], inside("cloned"));
    expect({ exitCode, code: JSON.parse(stdout).error.code }).toEqual({
      exitCode: 22,
      code: "DSDN_PACKAGER_NEEDS_BUILD",
    });
    expect(JSON.parse(stdout).error.facts.command).toBe("npm run build");
    expect(existsSync(canary())).toBe(false);
    expect(processCount()).toBe(0);
    expect(requests).toBe(0);
    expect(await listFiles(outside)).toEqual(before);
    expect(await listFiles(join(network.folder, "cloned"))).toEqual(own);
  });

  test("output that is there is deployed to the user's own network, without a process of the project", async () => {
    await cloneProject("ready", { "dist/index.html": "<h1>built</h1>", "dist/.env": "A=1", "dist/x/id_rsa": "key" });
    const args = ["deploy", ".", "--no-build", "--type", "static", "--json"];
    const { exitCode, stdout } = await network.run(args, inside("ready"));
    expect(exitCode).toBe(0);
    const { url, skipped } = JSON.parse(stdout).summary;
    expect(url).toMatch(/\.localhost:/);
    expect(skipped).toEqual([
      { path: ".env", reason: "secret" },
      { path: "x/id_rsa", reason: "secret" },
    ]);
    expect(existsSync(canary())).toBe(false);
    expect(processCount()).toBe(0);
    expect(requests).toBe(0);
  });

  test("a program is bundled without running a tool or a configuration of the project", async () => {
    await cloneProject("bundled", { "dist/index.html": "<h1>built</h1>" });
    const { exitCode } = await network.run(["package", ".", "--no-build", "--out", "../packed"], inside("bundled"));
    expect(exitCode).toBe(0);
    expect(existsSync(canary())).toBe(false);
    // The bundler is a program of this installation.
    expect(processCount()).toBe(1);
    expect(readFileSync(join(network.folder, "packed", "program.js"), "utf8")).toContain("from the api");
    expect(requests).toBe(0);
  });

  test("links and names that a shell would read are refused or packed as plain names", async () => {
    const root = await cloneProject("linked", {
      "dist/index.html": "x",
      [`dist/$(touch canary);\`touch canary\`.txt`]: "x",
    });
    const packed = await network.run(["package", ".", "--no-build", "--type", "static", "--json"], inside("linked"));
    expect(JSON.parse(packed.stdout).summary.files).toContainEqual({
      path: "site/$(touch canary);`touch canary`.txt",
      sizeBytes: 1,
    });
    symlinkSync(join(outside, "secret.txt"), join(root, "dist", "secret.txt"));
    const refused = await network.run(["package", ".", "--no-build", "--type", "static", "--json"], inside("linked"));
    expect(JSON.parse(refused.stdout).error).toMatchObject({
      code: "DSDN_PACKAGER_FILE_REFUSED",
      facts: { path: "secret.txt" },
    });
    expect(existsSync(join(root, "canary"))).toBe(false);
    expect(existsSync(canary())).toBe(false);
    expect(processCount()).toBe(0);
  });

  test("the folder to serve and the archive to write cannot be led out of their places by the project", async () => {
    await cloneProject("redirected", { "vite.config.js": `export default { build: { outDir: "${outside}" } }` });
    const { stdout } = await network.run(["package", ".", "--json"], inside("redirected"));
    expect(JSON.parse(stdout).error.code).toBe("DSDN_PACKAGER_OUTSIDE_PROJECT");
    const root = await cloneProject("planted", { "dist/index.html": "x" });
    symlinkSync(join(outside, "secret.txt"), join(root, "planted.dsdn.tar"));
    const written = await network.run(["package", ".", "--no-build", "--type", "static", "--json"], inside("planted"));
    expect(JSON.parse(written.stdout).error.code).toBe("DSDN_PACKAGER_FOLDER_TAKEN");
    expect(readFileSync(join(outside, "secret.txt"), "utf8")).toBe("a secret beside the project");
  });

  test.each<[string, string]>([
    ["dist", "a link to a folder outside"],
    ["build", "a link to a folder outside"],
  ])("an output folder %s that is %s is not packed", async (output) => {
    const root = await cloneProject(`led-${output}`);
    rmSync(join(root, "package.json"));
    rmSync(join(root, "vite.config.js"));
    rmSync(join(root, "index.html"));
    rmSync(join(root, "api"), { recursive: true });
    mkdirSync(join(outside, "pages"), { recursive: true });
    writeFileSync(join(outside, "pages", "index.html"), "not of this project");
    symlinkSync(join(outside, "pages"), join(root, output));
    for (const more of [[], ["--site", output]]) {
      const args = ["package", ".", "--no-build", "--type", "static", ...more, "--json"];
      const { exitCode, stdout } = await network.run(args, inside(`led-${output}`));
      expect([exitCode >= 20 && exitCode < 30, stdout]).toEqual([
        true,
        expect.not.stringContaining("pages/index.html"),
      ]);
    }
    expect(processCount()).toBe(0);
  });

  test.each([
    ["a line break", "a\nb.html"],
    ["an escape sequence", "\u001b]0;owned\u0007.html"],
  ])("a name with %s is refused, and shown so that it steers no terminal", async (_what, path) => {
    const root = await cloneProject("named", { "dist/index.html": "x", [`dist/${path}`]: "x" });
    const args = ["package", ".", "--no-build", "--type", "static"];
    const told = await network.run(args, inside("named"));
    rmSync(root, { recursive: true });
    expect(told.exitCode).toBeGreaterThanOrEqual(20);
    expect(told.stderr).toContain("DSDN_PACKAGER_FILE_REFUSED");
    expect(`${told.stdout}${told.stderr}`.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("a name with a mark that turns the reading direction is shown so that it does not", async () => {
    const marked = "gpj.\u202eexe.html";
    await cloneProject("turned", { "dist/index.html": "x", [`dist/${marked}`]: "x", [`dist/.${marked}`]: "x" });
    const { exitCode, stdout, stderr } = await network.run(
      ["package", ".", "--no-build", "--type", "static", "-vv"],
      inside("turned"),
    );
    expect([exitCode, `${stdout}${stderr}`]).toEqual([0, expect.stringContaining(".gpj.\\u202eexe.html")]);
    expect(`${stdout}${stderr}`).not.toContain("\u202e");
  });

  test.each<[string, string | undefined, (place: string) => Record<string, string>]>([
    [
      "paths of its tsconfig.json",
      "DSDN_PACKAGER_BUILD_FAILED",
      (place) => ({ "tsconfig.json": aliased(`${place}/secret.txt`), "api/index.js": taking("secret") }),
    ],
    [
      "imports of its package.json",
      "DSDN_PACKAGER_BUILD_FAILED",
      (place) => ({
        "package.json": JSON.stringify({ imports: { "#secret": `../../${place}/secret.txt` } }),
        "api/index.js": taking("#secret"),
      }),
    ],
    [
      "the browser field of a package",
      undefined,
      (place) => ({
        "node_modules/pkg/package.json": JSON.stringify({
          name: "pkg",
          main: "./m.js",
          browser: { "./m.js": `${place}/secret.txt` },
        }),
        "node_modules/pkg/m.js": "export default 'own';",
        "api/index.js": taking("pkg"),
      }),
    ],
    [
      "the exports of a package",
      "DSDN_PACKAGER_BUILD_FAILED",
      (place) => ({
        "node_modules/pkg/package.json": JSON.stringify({ name: "pkg", exports: `../../../../${place}/secret.txt` }),
        "api/index.js": taking("pkg"),
      }),
    ],
    [
      "a path out of the project",
      "DSDN_PACKAGER_OUTSIDE_PROJECT",
      (place) => ({ "api/index.js": taking(`${place}/secret.txt`) }),
    ],
    [
      "a map of packages",
      "DSDN_PACKAGER_BUILD_FAILED",
      (place) => ({
        ".pnp.cjs": `require("fs").writeFileSync(${JSON.stringify(join(place, "canary"))}, "x");`,
        "api/index.js": taking("pkg"),
      }),
    ],
  ])("%s takes no file from outside into a program, and runs nothing", async (_what, code, files) => {
    const root = await cloneProject("reaching", { "dist/index.html": "x", ...files(outside) });
    const packed = join(network.folder, "reached");
    const args = ["package", ".", "--no-build", "--type", "web_app", "--entry", "api/index.js", "--out", packed];
    const { stdout } = await network.run([...args, "--json"], inside("reaching"));
    expect(JSON.parse(stdout).error?.code).toBe(code);
    rmSync(root, { recursive: true });
    const inIt = existsSync(packed) ? JSON.stringify(await listFiles(packed)) : "";
    rmSync(packed, { recursive: true, force: true });
    expect(inIt).not.toContain("a secret beside the project");
    expect(existsSync(canary())).toBe(false);
  });

  test.each([
    ["outside", () => join(outside, "theirs.yaml")],
    ["inside", () => "own.yaml"],
    ["nowhere", () => "missing.yaml"],
  ])("a dsdn.yaml that is a link leading %s is refused instead of passed over", async (_where, target) => {
    writeFileSync(join(outside, "theirs.yaml"), "name: theirs\n");
    const root = await cloneProject("pointing", { "dist/index.html": "x", "own.yaml": "name: own\n" });
    symlinkSync(target(), join(root, "dsdn.yaml"));
    for (const verb of ["package", "deploy"]) {
      const { exitCode, stdout } = await network.run(
        [verb, ".", "--no-build", "--type", "static", "--json"],
        inside("pointing"),
      );
      expect([exitCode, JSON.parse(stdout).error.code]).toEqual([23, "DSDN_INTENT_FILE_NOT_REGULAR"]);
    }
    rmSync(root, { recursive: true });
  });

  test("a private file of the user is given to no program that names it, nor its key to a node, without consent", async () => {
    await network.write({ "diary.txt": "a private sentence" });
    const { summary } = JSON.parse((await network.run(["upload", "diary.txt", "--json"])).stdout);
    const reading = `import { read } from "dsdn:storage";
export default { fetch: async () => new Response(await read("${summary.object}")) };`;
    const wish = `intent: {}\ngrants:\n  objects: [${summary.object}]\n  hosts: [example.org]\n`;
    const root = join(network.folder, "thieving");
    await network.write({ "thieving/index.js": reading, "thieving/dsdn.yaml": wish });
    const deploy = async (...flags: string[]) => {
      const { exitCode, stdout } = await network.run(["deploy", ".", "--json", ...flags], inside("thieving"));
      const { error, summary: done } = JSON.parse(stdout);
      return {
        exitCode,
        code: error?.code,
        objects: error?.facts.objects,
        url: done?.fallbackUrl as string | undefined,
      };
    };
    const refused = { exitCode: 2, code: "DSDN_COMMANDS_READS_UNCONFIRMED", objects: summary.object };
    expect(await deploy()).toMatchObject(refused);
    expect((await network.run(["status", "thieving", "--json"])).exitCode).not.toBe(0);
    const allowed = await deploy("--yes");
    expect(allowed).toMatchObject({ exitCode: 0 });
    expect(await (await fetch(allowed.url ?? "")).text()).toBe("a private sentence");
    // What the version before may read, the next one may.
    expect(await deploy()).toMatchObject({ exitCode: 0 });
    expect(await deploy("--name", "another")).toMatchObject(refused);
    rmSync(root, { recursive: true });
  });

  test("a dsdn.yml, which would be read under another name, is not passed over in silence", async () => {
    await cloneProject("misnamed", { "dist/index.html": "x", "dsdn.yml": "name: mine\n" });
    const { stdout } = await network.run(["package", ".", "--no-build", "--json"], inside("misnamed"));
    expect(JSON.parse(stdout).error).toMatchObject({ code: "DSDN_INTENT_FILE_MISNAMED", exitCode: 23 });
  });

  test.each<[string, (trap: string, place: string) => string, string]>([
    ["an ingress", (trap) => `ingress: ${trap}\n`, "DSDN_INTENT_FIELD_"],
    ["a network", (trap) => `network: {url: "${trap}"}\n`, "DSDN_INTENT_FIELD_"],
    ["a build command", (_trap, place) => `build: touch ${place}\n`, "DSDN_INTENT_FIELD_"],
    ["consent to its build", () => "yes: true\n", "DSDN_INTENT_"],
    ["a plugin", () => "plugins: [./evil.js]\n", "DSDN_INTENT_FIELD_"],
    ["code", (_trap, place) => `name: !!js/function "require('fs').writeFileSync('${place}','')"\n`, "DSDN_INTENT_"],
    ["a site outside", () => "site: ../outside\n", "DSDN_"],
    ["an entry outside", () => "entry: /etc/passwd\n", "DSDN_"],
  ])("a dsdn.yaml that sets %s is refused", async (_name, text, code) => {
    await cloneProject("configured", { "dist/index.html": "x", "dsdn.yaml": text(trapUrl, canary()) });
    const args = ["package", ".", "--no-build", "--type", "static", "--json"];
    const { exitCode, stdout } = await network.run(args, inside("configured"));
    expect({ exitCode, code: JSON.parse(stdout).error.code }).toMatchObject({
      exitCode: expect.toSatisfy((exit: number) => exit >= 20 && exit < 30),
      code: expect.stringContaining(code),
    });
    expect(existsSync(canary())).toBe(false);
    expect(processCount()).toBe(0);
    expect(requests).toBe(0);
  });

  test("consent holds for one folder and one command, and ends when either changes", async () => {
    const scripts = (build: string) => JSON.stringify({ scripts: { build }, devDependencies: { vite: "*" } });
    const build = `mkdir -p dist && echo built > dist/index.html && env > ${canary()}`;
    await network.write({ "mine/package.json": scripts(build), "yours/package.json": scripts(build) });
    const call = async (name: string, ...flags: string[]) => {
      const { exitCode } = await network.run(["package", ".", "--build", ...flags], inside(name));
      return exitCode;
    };
    const secrets = { DSDN_TOKEN_FILE: "/nowhere", DSDN_LANG: "en", MY_TOKEN: "secret", NPM_TOKEN: "secret" };
    expect(await call("mine")).toBe(22);
    const allowed = await network.run(["package", ".", "--yes"], {
      ...inside("mine"),
      env: { ...options().env, ...secrets },
    });
    expect(allowed.exitCode).toBe(0);
    // The recorder sees what runs, and the build sees nothing that was not for it.
    expect(processCount()).toBeGreaterThan(0);
    expect(readFileSync(canary(), "utf8")).not.toMatch(/DSDN_|TOKEN|NODE_OPTIONS|RECORD_/);
    expect(await call("mine")).toBe(0);
    expect(await call("yours")).toBe(22);
    await network.write({ "mine/package.json": scripts(`${build} && true`) });
    expect(await call("mine")).toBe(22);
    await network.write({ "mine/package.json": scripts(build), "mine/.npmrc": "script-shell=./x" });
    expect(await call("mine")).toBe(22);
  });
});
