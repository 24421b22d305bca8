// Creates a project of every site builder by its own generator, installs it, and deploys it with the command line to a
// devnet of its own, as a user would; then asks the sites. Needs the package registries, and hugo, jekyll and mdbook on
// the PATH. A second run goes on where the first one ended. `--save` makes the committed projects anew from what was built.
//
//   node scripts/try-frameworks.ts [--only vite,next] [--again] [--save] [--folder /tmp/x] [--program /path/to/bin/dsdn.js]
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { frameworkProjects } from "../test/framework-projects.ts";
import { type TriedFramework, triedFrameworks } from "./frameworks-tried.ts";
import { root } from "./rooms.ts";
import { saveFramework } from "./save-framework.ts";
import { visitSite } from "./visit-site.ts";

/** What became of one project. */
interface Row {
  readonly name: string;
  readonly framework: string;
  readonly version: string;
  readonly command: string;
  readonly site: string;
  readonly files: number;
  readonly sizeBytes: number;
  readonly seconds: number;
  readonly verdict: string;
}

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    again: { type: "boolean" },
    save: { type: "boolean" },
    folder: { type: "string", default: join(tmpdir(), "dsdn-frameworks") },
    program: { type: "string", default: join(root, "bin/dsdn.js") },
  },
});
const { folder, program, save = false } = values;
const only = values.only?.split(",");
const resultsFile = join(folder, "results.json");
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
  HOME: join(folder, "home"),
  DSDN_HOME: join(folder, "dsdn"),
  LANG: "C.UTF-8",
  CI: "1",
};
mkdirSync(env.HOME, { recursive: true });

const rows = readRows();
const chosen = triedFrameworks.filter(({ name }) => only?.includes(name) ?? true);
await dsdn(["dev", "start", "-d", "--json"]);
try {
  for (const tried of chosen) {
    if (values.again || rows.get(tried.name)?.verdict !== "ok") rows.set(tried.name, await tryFramework(tried));
    writeFileSync(resultsFile, JSON.stringify([...rows.values()], null, 2));
  }
} finally {
  await dsdn(["dev", "stop", "--json"]);
}
const all = triedFrameworks.flatMap(({ name }) => rows.get(name) ?? []);
const shown = all.map(({ verdict, ...row }) => ({
  ...row,
  verdict: verdict === "ok" ? "ok" : "failed",
}));
console.table(shown);
for (const { name, verdict } of all) if (verdict !== "ok") console.error(`${name}: ${verdict}`);
if (chosen.some(({ name }) => rows.get(name)?.verdict !== "ok")) process.exitCode = 1;

function readRows(): Map<string, Row> {
  const known: Row[] = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, "utf8")) : [];
  return new Map(known.map((row) => [row.name, row]));
}

async function tryFramework(tried: TriedFramework): Promise<Row> {
  const { name, flags = [] } = tried;
  const path = join(folder, name);
  console.log(`${name}: creating and installing`);
  const facts = { name, framework: "", version: "", command: "", site: "", files: 0, sizeBytes: 0, seconds: 0 };
  try {
    await createProject(tried, path);
    const command = await askForConsent(path, flags);
    console.log(`${name}: ${command}`);
    const startedMs = performance.now();
    const deployed = await dsdn(["deploy", path, "--yes", "--build", "--name", name, "--json", ...flags]);
    const { framework, files, sizeBytes, url } = deployed;
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    const { decisions } = (await dsdn(["deploy", path, "--explain", "--json", ...flags])).explanation;
    const site = decisions.find(({ what }: { what: string }) => what === "site").value;
    const wrong = framework === tried.framework ? [] : [`called ${framework}`];
    wrong.push(...(await visitSite(url, tried)));
    const verdict = wrong.length === 0 ? "ok" : wrong.join("; ");
    const isSaved = save && verdict === "ok" && tried.isCommitted !== false;
    if (isSaved) saveFramework({ name, path, site, deep: tried.deep[0], hasSources: tried.generator === null });
    const version = await findVersion(tried, path);
    return { name, framework, version, command, site, files, sizeBytes, seconds, verdict };
  } catch (error) {
    return { ...facts, verdict: error instanceof Error ? error.message.slice(-1500) : String(error) };
  }
}

/** Without `--yes`, by somebody who never agreed: nothing is built. @returns the command that would be run */
async function askForConsent(path: string, flags: readonly string[]): Promise<string> {
  const argv = [process.execPath, program, "package", path, "--build", "--json", ...flags] as const;
  const { code, stdout } = await start(argv, folder, { ...env, DSDN_HOME: join(folder, "stranger") });
  const { error } = JSON.parse(stdout);
  if (code === 0 || typeof error?.facts?.command !== "string") throw new Error(`no consent was asked: ${stdout}`);
  return error.facts.command;
}

/** Once; what was created and installed stays for the next run. */
async function createProject({ name, generator, edits, install }: TriedFramework, path: string): Promise<void> {
  const stamp = join(folder, `${name}.installed`);
  if (existsSync(stamp)) return;
  rmSync(path, { recursive: true, force: true });
  if (generator === null) copySources(name, path);
  else await run(generator, folder);
  for (const [file, edit] of Object.entries(edits ?? {})) {
    const target = join(path, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, typeof edit === "string" ? edit : edit(readFileSync(target, "utf8")));
  }
  for (const argv of install) await run(argv, path);
  writeFileSync(stamp, "");
}

/** The committed project without its committed output. */
function copySources(name: string, path: string): void {
  cpSync(join(root, "test/fixtures/projects", name), path, { recursive: true });
  const { site } = frameworkProjects.find(({ folder: found }) => found === name) ?? {};
  if (site !== undefined) rmSync(join(path, site), { recursive: true, force: true });
}

async function findVersion({ version }: TriedFramework, path: string): Promise<string> {
  if ("argv" in version) return /\d+(\.\d+)+/.exec(await run(version.argv, path))?.[0] ?? "";
  return JSON.parse(readFileSync(join(path, "node_modules", version.npm, "package.json"), "utf8")).version;
}

async function dsdn(args: readonly string[]) {
  const stdout = await run([process.execPath, program, ...args], folder);
  return JSON.parse(stdout).summary;
}

/** Runs it to its end without a standard input. @returns what it wrote to standard output */
async function run(argv: readonly [string, ...string[]], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await start(argv, cwd, env);
  if (code !== 0) throw new Error(`${argv.join(" ")}: exit ${code}\n${stdout.slice(-1200)}\n${stderr.slice(-1200)}`);
  return stdout;
}

async function start([command, ...args]: readonly [string, ...string[]], cwd: string, environment: typeof env) {
  const child = spawn(command, args, { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    stdout += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    stderr += part;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, stdout, stderr };
}
