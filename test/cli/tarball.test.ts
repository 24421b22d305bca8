import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { externalPackages } from "../../scripts/build.ts";
import { pack } from "../../scripts/pack.ts";
import { visit } from "./network.ts";

const INSTALL_MS = 240_000;
let folder = "";

// The tarball as a user gets it: installed by npm into an empty folder, without running any install script.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-tarball-"));
  const tarball = await pack(folder);
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  await execa("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", tarball], {
    cwd: folder,
    env: surroundings(),
    extendEnv: false,
  });
}, INSTALL_MS);

afterAll(() => rm(folder, { recursive: true, force: true }));

// The machine's npm settings (registry, proxy) hold here too; what `npm test` says about our own package does not.
function surroundings(): NodeJS.ProcessEnv {
  const own = /^(?:npm_(?:package|lifecycle)_|npm_config_(?:local_prefix|prefix)$|INIT_CWD$|NODE_ENV$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

async function call(bin: string, args: readonly string[]): Promise<string> {
  const script = join(folder, "node_modules/.bin", bin);
  const { stdout } = await execa(process.execPath, [script, ...args], {
    cwd: folder,
    env: { HOME: folder, LANG: "C" },
    extendEnv: false,
    stripFinalNewline: false,
  });
  return stdout;
}

async function readManifest(): Promise<Record<string, Record<string, unknown>>> {
  return JSON.parse(await readFile(join(folder, "node_modules/dsdn/package.json"), "utf8"));
}

describe("the published package", () => {
  test("answers its version under both of its names", async () => {
    const { version } = await readManifest();
    expect(await call("dsdn", ["--version"])).toBe(`dsdn ${version}\n`);
    expect(await call("deai-cli", ["--version"])).toBe(`dsdn ${version}\n`);
  });

  test("explains itself and runs a command that needs no network", async () => {
    expect(await call("dsdn", ["--help"])).toContain("completion");
    expect(await call("dsdn", ["completion", "bash"])).toContain("complete -o default -F _dsdn dsdn deai-cli");
  });

  test("starts a whole network, runs a program on its installed engine, and stops it", async () => {
    const { summary } = JSON.parse(await call("dsdn", ["dev", "start", "-d", "--json"]));
    try {
      expect(summary.chainRpcUrl).toMatch(/^http:\/\/127\.0\.0\.1:/);
      await mkdir(join(folder, "adder"));
      const program =
        "export default { fetch: ({ url }) => new Response(String(20 + Number(new URL(url).searchParams.get('n')))) };";
      await writeFile(join(folder, "adder", "index.js"), program);
      const deployed = JSON.parse(await call("dsdn", ["deploy", "adder", "--json"])).summary;
      expect(await visit(deployed.url, "?n=22")).toMatchObject({ status: 200, text: "42" });
    } finally {
      await call("dsdn", ["dev", "stop"]);
    }
  });

  test("runs nothing at install and brings neither tools nor a Node", async () => {
    const { scripts, devDependencies, dependencies = {}, optionalDependencies = {} } = await readManifest();
    expect({ scripts, devDependencies }).toEqual({ scripts: undefined, devDependencies: undefined });
    const names = Object.keys({ ...dependencies, ...optionalDependencies });
    expect(names.filter((name) => name.startsWith("node-"))).toEqual([]);
    expect(names.toSorted()).toEqual(externalPackages.toSorted());
  });

  test("carries the licences of what it bundles and no sources", async () => {
    const files = await readdir(join(folder, "node_modules/dsdn"));
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "bin", "dist", "package.json"]));
    expect(files).not.toContain("src");
    const licences = await readFile(join(folder, "node_modules/dsdn/dist/THIRD-PARTY-LICENSES.txt"), "utf8");
    expect(licences).toContain("@oclif/core");
  });
});
