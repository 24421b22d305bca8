// A program of 200 modules, changed for each round: how long this program takes to build its package (by itself, as `dsdn package` reports it: a
// deployment builds while it opens the network), and to deploy it whole, against the time the esbuild CLI takes to bundle
// the same modules. Taken in turns, so that a busy machine slows all of them.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock } from "../../src/base/index.ts";
import { type Measurement, median } from "../report.ts";

const run = promisify(execFile);
const clock = systemClock();
const root = join(import.meta.dirname, "../..");
const MODULES = 200;
const ROUNDS = 15;
/** After a deploy its node gets the next program's process ready: that is no part of what is measured next. */
const SETTLE_MS = 1_000;
const BUILD_GOAL = 1.3;
const DEPLOY_GOAL = 3;

/** The build phase and the whole deployment, each as a multiple of the esbuild CLI. */
export async function measureLargeProject(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-bench-modules-"));
  const env = { PATH: process.env["PATH"], HOME: folder, DSDN_HOME: join(folder, "home") };
  const project = join(folder, "large");
  const dsdn = async (...args: string[]) =>
    (await run(process.execPath, [join(root, "bin/dsdn.js"), ...args, "--json"], { cwd: folder, env })).stdout;
  const bundle = ["src/index.ts", "--bundle", "--format=esm", `--outfile=${join(folder, "out.js")}`];
  const esbuild = join(root, "node_modules/.bin/esbuild");
  await writeProject(project);
  await dsdn("dev", "start", "-d");
  try {
    const [builds, deploys, again, bundles]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let round = -1; round < ROUNDS; round++) {
      await writeIndex(project, round);
      await clock.sleep(SETTLE_MS);
      const bundleMs = await timed(() => run(esbuild, bundle, { cwd: project, env }));
      const { buildMs } = JSON.parse(await dsdn("package", "large")).details;
      const deployMs = await timed(() => dsdn("deploy", "large"));
      await clock.sleep(SETTLE_MS);
      const againMs = await timed(() => dsdn("deploy", "large", "--if-changed"));
      // The first round fills caches on both sides.
      if (round < 0) continue;
      bundles.push(bundleMs);
      builds.push(buildMs);
      deploys.push(deployMs);
      again.push(againMs);
    }
    const bundleMs = median(bundles);
    return [
      describe("build phase, 200 modules", { values: builds, bundleMs, goal: BUILD_GOAL }),
      describe("whole deploy, 200 modules", { values: deploys, bundleMs, goal: DEPLOY_GOAL }),
      describe("deploy with nothing changed", { values: again, bundleMs }),
    ];
  } finally {
    await dsdn("dev", "stop");
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

function describe(what: string, facts: { values: readonly number[]; bundleMs: number; goal?: number }): Measurement {
  const { values, bundleMs, ...goal } = facts;
  const note = `${median(values).toFixed(0)} ms against ${bundleMs.toFixed(0)} ms, ${values.length} rounds`;
  return { what, value: median(values) / bundleMs, unit: "x esbuild CLI", note, ...goal };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** Modules of the size people write, each importing the next one. */
async function writeProject(project: string): Promise<void> {
  await mkdir(join(project, "src/parts"), { recursive: true });
  for (let number = 0; number < MODULES; number++) {
    await writeFile(join(project, `src/parts/part-${number}.ts`), moduleText(number));
  }
}

/** Each round deploys another program: what is deployed has been on no node before. */
async function writeIndex(project: string, round: number): Promise<void> {
  const handler = `{ fetch: () => new Response(String(value) + " in round ${round}") }`;
  const index = `import { value } from "./parts/part-0.ts";\nexport default ${handler};\n`;
  await writeFile(join(project, "src/index.ts"), index);
}

function moduleText(number: number): string {
  const next = number === MODULES - 1 ? "const next = 0;" : `import { value as next } from "./part-${number + 1}.ts";`;
  const functions = Array.from(
    { length: 10 },
    (_, index) => `
export interface Row${index} { readonly id: number; readonly name: string; readonly tags: readonly string[] }
/** Sums the rows that are not left out. */
export function sum${index}(rows: readonly Row${index}[]): number {
  let total = 0;
  for (const row of rows) {
    if (row.tags.includes("skip-${number}-${index}")) continue;
    total += row.id * ${index + 1} + row.name.length;
  }
  return total;
}`,
  );
  const value = `export const value: number = next + sum0([{ id: ${number}, name: "x", tags: [] }]);`;
  return [next, ...functions, value, ""].join("\n");
}
