// From the end of the upload to the first answer of the URL, on data-availability layers of three speeds: once for a
// new deployment, once for a new version of one. Measured by the program itself, as `deploy --json` reports it.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildInto } from "../../scripts/build.ts";
import { type Measurement, median } from "../report.ts";
import { measureLargeProject } from "./large-project.ts";

const run = promisify(execFile);
const bin = join(import.meta.dirname, "../../bin/dsdn.js");

const GOAL_MS = 1_000;
const SPEEDS = [
  { delayMs: 0, runs: 7 },
  { delayMs: 3_000, runs: 5 },
  { delayMs: 30_000, runs: 1 },
];

export async function measure(): Promise<readonly Measurement[]> {
  await buildInto(join(import.meta.dirname, "../../dist"));
  const measurements: Measurement[] = [];
  for (const speed of SPEEDS) measurements.push(...(await measureSpeed(speed)));
  return [...measurements, ...(await measureLargeProject())];
}

async function measureSpeed({ delayMs, runs }: { delayMs: number; runs: number }): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-bench-deploy-"));
  const dsdn = async (...args: string[]) => {
    const options = { cwd: folder, env: { PATH: process.env["PATH"], HOME: folder, DSDN_HOME: join(folder, "home") } };
    return (await run(process.execPath, [bin, ...args, "--json"], options)).stdout;
  };
  const deploy = async (name: string): Promise<number> => {
    const { scheduleMs, waitMs } = JSON.parse(await dsdn("deploy", "app", "--name", name)).details;
    return scheduleMs + waitMs;
  };
  await dsdn("dev", "start", "-d", "--da-delay", `${delayMs}ms`);
  try {
    await dsdn("init", "app");
    const [fresh, again]: [number[], number[]] = [[], []];
    for (let index = 0; index < runs; index++) {
      fresh.push(await deploy(`app-${index}`));
      again.push(await deploy(`app-${index}`));
    }
    return [describe("first version", delayMs, fresh), describe("new version", delayMs, again)];
  } finally {
    await dsdn("dev", "stop");
    // The stopped program may still be writing its compile cache.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

function describe(what: string, delayMs: number, values: readonly number[]): Measurement {
  const range = `${Math.min(...values)}-${Math.max(...values)}`;
  return {
    what: `${what}, log ${delayMs / 1000} s`,
    value: median(values),
    unit: "ms",
    goal: GOAL_MS + delayMs,
    note: `${values.length} runs, ${range}`,
  };
}
