import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareApi, readReports, reportApi } from "../../scripts/api-report.ts";
import { externalPackages } from "../../scripts/build.ts";
import { pack } from "../../scripts/pack.ts";
import { visit } from "./network.ts";

/** Types, bundles and an installation: most of a minute for a machine that does nothing else. */
const INSTALL_MS = 600_000;
const root = fileURLToPath(new URL("../..", import.meta.url));
let folder = "";
let tarball = "";

// The tarball as a user gets it: installed by npm into an empty folder, without running any install script.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-tarball-"));
  tarball = await pack(folder);
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

async function call(
  bin: string,
  args: readonly string[],
  env: { readonly [name: string]: string } = { HOME: folder },
): Promise<string> {
  const script = join(folder, "node_modules/.bin", bin);
  const { stdout } = await execa(process.execPath, [script, ...args], {
    cwd: folder,
    env: { LANG: "C", ...env },
    extendEnv: false,
    stripFinalNewline: false,
  });
  return stdout;
}

/** Calls the installed program with a home of its own; the summary of its answer. */
function machine(name: string, ingressUrl?: string) {
  const own = { HOME: join(folder, name), ...(ingressUrl === undefined ? {} : { DSDN_INGRESS_ENDPOINT: ingressUrl }) };
  return async (...args: string[]): Promise<Record<string, unknown>> =>
    JSON.parse(await call("dsdn", [...args, "--json"], own)).summary;
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

  // The first hour with the program, as the quickstart tells it, up to data that comes back with two printed shares.
  test("takes a newcomer from an empty folder to a site, private files, and their recovery on another machine", async () => {
    const first = machine("first");
    expect((await first("dev", "start", "-d"))["chainRpcUrl"]).toMatch(/^http:\/\/127\.0\.0\.1:/);
    try {
      await first("init", "my-app", "--template", "web-app");
      const { url } = await first("deploy", "my-app");
      const hello = await visit(String(url), "api/hello?name=Siti&language=id");
      expect(JSON.parse(hello.text)).toEqual({ greeting: "Halo, Siti!", language: "id" });

      await mkdir(join(folder, "photos"));
      await writeFile(join(folder, "photos/garden.txt"), "what only I may see");
      await first("upload", "photos", "--name", "photos", "--shares-out", "shares");
      await first("get", "photos", "--out", "photos-again");
      expect(await readFile(join(folder, "photos-again/garden.txt"), "utf8")).toBe("what only I may see");

      // No key and no names are there, and no keychain answers: the key comes to rest under a passphrase.
      const second = machine("second", String((await first("dev", "status"))["ingressUrl"]));
      const [one, , three] = (await readdir(join(folder, "shares"))).filter((name) => name.endsWith(".txt")).sort();
      const shares = [one, three].flatMap((name) => ["--share-file", join("shares", name ?? "")]);
      await writeFile(join(folder, "passphrase.txt"), "correct horse battery staple", { mode: 0o600 });
      const passphrase = ["--passphrase-file", "passphrase.txt"];
      await second("keys", "recover", ...shares, ...passphrase);
      // The name follows its object to the log, from where alone the other machine knows it.
      const listed = async () => (await second("ls", ...passphrase))["rows"];
      await expect.poll(listed).toContainEqual(expect.objectContaining({ name: "photos" }));
      await second("get", "photos", "--out", "recovered", ...passphrase);
      expect(await readFile(join(folder, "recovered/garden.txt"), "utf8")).toBe("what only I may see");
    } finally {
      await first("dev", "stop");
    }
  });

  test("runs nothing at install and brings neither tools nor a Node", async () => {
    const { scripts, devDependencies, dependencies = {}, optionalDependencies = {} } = await readManifest();
    expect({ scripts, devDependencies }).toEqual({ scripts: undefined, devDependencies: undefined });
    const names = Object.keys({ ...dependencies, ...optionalDependencies });
    expect(names.filter((name) => name.startsWith("node-"))).toEqual([]);
    expect(names.toSorted()).toEqual(externalPackages.toSorted());
  });

  test("names what only an entry needs as something its users may bring", async () => {
    const { peerDependencies, peerDependenciesMeta } = await readManifest();
    expect(peerDependencies?.["vitest"]).toMatch(/^>=/);
    expect(peerDependenciesMeta?.["vitest"]).toEqual({ optional: true });
  });

  test("carries the licences of what it bundles and no sources", async () => {
    const files = await readdir(join(folder, "node_modules/dsdn"));
    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "bin", "dist", "llms.txt", "package.json"]));
    expect(await readdir(join(folder, "node_modules/dsdn/dist"))).toContain("dsdn.1");
    expect(await readdir(join(folder, "node_modules/dsdn/templates"))).toContain("AGENTS.md");
    expect(files).not.toContain("src");
    const licences = await readFile(join(folder, "node_modules/dsdn/dist/THIRD-PARTY-LICENSES.txt"), "utf8");
    expect(licences).toContain("@oclif/core");
  });
});

describe("what programs import of the published package", () => {
  const tool = (name: string) => join(root, "node_modules/.bin", name);

  /** Tools of the repository as the user's project would have them. */
  async function lend(...names: string[]): Promise<void> {
    for (const name of names) {
      await mkdir(join(folder, "node_modules", name, ".."), { recursive: true });
      await symlink(join(root, "node_modules", name), join(folder, "node_modules", name)).catch(() => {});
    }
  }

  test("is published as publint and arethetypeswrong want an ES module to be", async () => {
    const { publint } = await import("publint");
    const { messages } = await publint({ pkgDir: join(folder, "node_modules/dsdn"), level: "suggestion" });
    expect(messages).toEqual([]);
    // Whoever requires it gets an ES module, which Node loads: that is the profile. Any other problem is an exit code.
    const { stdout } = await execa(tool("attw"), [tarball, "--profile", "esm-only", "--format", "ascii"], {
      cwd: folder,
    });
    expect(stdout).toContain('"dsdn/vitest"');
  });

  test("loads little before it is used, and is small in a page", async () => {
    const dist = join(folder, "node_modules/dsdn/dist");
    const loaded = new Map<string, number>();
    const load = async (name: string): Promise<void> => {
      if (loaded.has(name)) return;
      const text = await readFile(join(dist, name), "utf8");
      loaded.set(name, text.length);
      const imports = text.matchAll(/(?:^|[;}])(?:import|export)[^"'()]*?(?:from)?"([^"]+)"/g);
      for (const [, specifier = ""] of imports) {
        // Node's own modules take longer to start than all of ours here.
        expect(specifier).toMatch(/^\.\//);
        await load(specifier.slice(2));
      }
    };
    await load("index.js");
    expect([...loaded.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(80_000);
    const page = await readFile(join(dist, "browser.js"));
    expect(gzipSync(page).length).toBeLessThan(170_000);
    expect(page.toString()).not.toMatch(/(?:^|[;}])import[^(]{0,200}from"/);
  });

  test("is what the report in api/ says: `npm run api-report -- --update` writes it down", async () => {
    const now = await reportApi(join(folder, "node_modules/dsdn"));
    expect([...now.keys()].sort()).toEqual(["browser", "index", "vitest"]);
    const differences = await compareApi(await readReports(now.keys()), now);
    expect(differences.map(({ entry, text }) => `${entry}\n${text}`)).toEqual([]);
  });

  test("has types that a strict program compiles with, of packages every user has", async () => {
    await lend("@types/node", "undici-types", "vitest");
    const program = `import { connect, startDevnet, type ProgressStage } from "dsdn";
import { useDevnet } from "dsdn/vitest";
const client = await connect("https://ingress.example");
const tell = ({ stage, leftMs }: ProgressStage) => \`\${stage} \${leftMs?.toFixed() ?? ""}\`;
const { object } = await client.storage.uploadFile("a.txt").encrypted().waitWithProgress(tell);
const { stateRoot, height } = await client.status();
const roots: string = stateRoot + height.toFixed() + object.toUpperCase();
const deployed = await client.compute.deploy({ path: ".", type: "static" });
const url: string | null = deployed.url;
await using devnet = await startDevnet();
export { roots, url, useDevnet };
`;
    await writeFile(join(folder, "program.mts"), program);
    const wrong = program.replace('type: "static"', 'type: "sites"');
    await writeFile(join(folder, "wrong.mts"), wrong);
    const options = [
      "--strict",
      "--noEmit",
      "--target",
      "es2022",
      "--module",
      "nodenext",
      "--lib",
      "es2022,esnext.disposable",
    ];
    const checks = ["--types", "node", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"];
    const { stdout } = await execa(tool("tsc"), [...options, ...checks, "program.mts", "wrong.mts"], {
      cwd: folder,
      reject: false,
    });
    const faults = stdout.split("\n").filter((line) => /^(?:program|wrong|node_modules\/dsdn)/.test(line));
    expect(faults.map((line) => /^(\S+)\(.*error (TS\d+)/.exec(line)?.slice(1))).toEqual([["wrong.mts", "TS2322"]]);
  });

  test("starts a network for the tests of a user's project in one line", async () => {
    await lend("vitest");
    const project = join(folder, "project");
    await mkdir(project, { recursive: true });
    await writeFile(
      join(project, "photos.test.mjs"),
      `import { expect, test } from "vitest";
import { useDevnet } from "dsdn/vitest";
const network = useDevnet();
test("keeps a photo", async () => {
  await network.client.storage.uploadBytes(new Uint8Array([1, 2, 3]), "photo.raw").encrypted();
  expect([...(await network.client.storage.getBytes("photo.raw"))]).toEqual([1, 2, 3]);
});
test("keeps it from others", async () => {
  const other = await network.connect();
  await expect(other.storage.getBytes("photo.raw")).rejects.toMatchObject({ code: "DSDN_CLIENT_NAME_UNKNOWN" });
});
`,
    );
    const early = `import { expect, test } from "vitest";
import { useDevnet } from "dsdn/vitest";
const network = useDevnet();
const early = (() => { try { return network.url; } catch ({ code }) { return code; } })();
test("says that it does not run yet", () => expect(early).toBe("DSDN_LIBRARY_DEVNET_NOT_STARTED"));
`;
    await writeFile(join(project, "early.test.mjs"), early);
    const report = ["--reporter", "json", "--outputFile", join(folder, "report.json")];
    // Five seconds a test, as it is otherwise, would be a limit for slow machines.
    const args = ["run", "--testTimeout", "120000", ...report];
    await execa(tool("vitest"), args, { cwd: project, env: { CI: "1" } });
    const { numPassedTests, numFailedTests } = JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
    expect({ numPassedTests, numFailedTests }).toEqual({ numPassedTests: 3, numFailedTests: 0 });
  });
});
