// The report of the package's public interface: api/*.d.ts and api/*.js, made by tsnapi of what is published and
// committed. `node scripts/api-report.ts` says what differs; with --update it writes the report, unless something was
// taken away that the changelog does not tell.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import {
  analyzeApiChanges,
  type BreakingChange,
  compareSnapshots,
  generateApiSnapshot,
  readSnapshot,
  type SnapshotFile,
  writeSnapshot,
} from "tsnapi";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "api");
const extensions = { runtime: ".js", dts: ".d.ts" };
/** Types the interface only refers to belong to it as far as they are reached. */
const options = { referenceTracingDepth: 12, omitArgumentNames: true };

/** How an entry differs from its report. */
export interface ApiDifference {
  readonly entry: string;
  /** As people read it. */
  readonly text: string;
  /** Names of the interface that are gone or lost something. */
  readonly broken: readonly string[];
}

/** Entry name -> its report, of a package in a folder: installed, or unpacked from its tarball. */
export async function reportApi(packageFolder: string): Promise<ReadonlyMap<string, SnapshotFile>> {
  const entries = await generateApiSnapshot(packageFolder, options);
  const named = Object.entries(entries).filter(([name]) => name !== "./package.json" && name !== "package.json");
  return new Map(named.map(([name, snapshot]) => [nameOf(name), snapshot]));
}

/** How the entries differ from the reports; empty when nothing does. An entry without a report differs as a whole. */
export async function compareApi(
  before: ReadonlyMap<string, SnapshotFile>,
  now: ReadonlyMap<string, SnapshotFile>,
): Promise<ApiDifference[]> {
  const nothing = { runtime: "", dts: "" };
  const differences: ApiDifference[] = [];
  for (const entry of new Set([...before.keys(), ...now.keys()])) {
    const [old, current] = [before.get(entry) ?? nothing, now.get(entry) ?? nothing];
    const mismatch = compareSnapshots(entry, withoutHeader(old), withoutHeader(current));
    if (mismatch === null) continue;
    const text = [mismatch.dtsDiff, mismatch.runtimeDiff].filter((part) => part !== null).join("\n");
    differences.push({ entry, text, broken: brokenNames(await analyzeApiChanges(entry, old, current), old) });
  }
  return differences;
}

/**
 * The names that are gone or lost something and that the changelog does not tell: its newest section must have an entry
 * that begins with `Breaking` and names each in backticks.
 */
export function untoldBreaks(differences: readonly ApiDifference[], changelog: string): string[] {
  const [, newest = ""] = changelog.split(/^## .*$/m);
  const told = newest.split(/^- /m).filter((entry) => /^\**Breaking\b/.test(entry));
  const broken = differences.flatMap(({ broken: names }) => names);
  return [...new Set(broken)].filter((name) => !told.some((entry) => entry.includes(`\`${name}\``))).sort();
}

/** The reports that are committed. */
export async function readReports(names: Iterable<string>): Promise<Map<string, SnapshotFile>> {
  const reports = new Map<string, SnapshotFile>();
  for (const name of names) {
    const report = await readSnapshot(folder, name, extensions);
    if (report !== null) reports.set(name, report);
  }
  return reports;
}

// A type that nobody can name may go; what it took from a type that can be named is found there.
function brokenNames({ removed, modified }: BreakingChange, { runtime, dts }: SnapshotFile): string[] {
  const isExported = (name: string) => new RegExp(`^export [^\\n]*\\b${name}\\b`, "m").test(`${runtime}\n${dts}`);
  return [...removed.filter(isExported), ...modified];
}

function nameOf(entry: string): string {
  return entry === "." ? "index" : entry.replace(/^\.\//, "");
}

function withoutHeader({ runtime, dts }: SnapshotFile): SnapshotFile {
  const cut = (text: string) => text.replace(/^\/\*\*[\s\S]*?\*\/\n/, "");
  return { runtime: cut(runtime), dts: cut(dts) };
}

async function main(isUpdate: boolean): Promise<void> {
  const { pack } = await import("./pack.ts");
  const staging = mkdtempSync(join(tmpdir(), "dsdn-api-"));
  try {
    await execa("tar", ["-xf", await pack(staging), "-C", staging]);
    const now = await reportApi(join(staging, "package"));
    const differences = await compareApi(await readReports(now.keys()), now);
    for (const { entry, text } of differences) process.stdout.write(`${entry}\n${text}\n`);
    if (differences.length === 0) return;
    const untold = untoldBreaks(differences, readFileSync(join(root, "CHANGELOG.md"), "utf8"));
    if (untold.length > 0) {
      process.stderr.write(`Taken away without a "Breaking" entry in CHANGELOG.md: ${untold.join(", ")}\n`);
      process.exitCode = 1;
    } else if (isUpdate) {
      for (const [name, report] of now) await writeSnapshot(folder, name, report, extensions);
    } else {
      process.stderr.write("The public interface changed: `npm run api-report -- --update` writes it down.\n");
      process.exitCode = 1;
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes("--update"));
