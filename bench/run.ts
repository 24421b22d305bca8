// Runs the benchmarks named on the command line, or all of them, and fails when a goal is missed.
// Benchmarks are never tests: a busy machine may miss a goal without anything being wrong.
import { globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Benchmark, formatReport, isKept } from "./report.ts";

const folder = import.meta.dirname;
const known = globSync("*/run.ts", { cwd: folder })
  .map((path) => basename(dirname(path)))
  .sort();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  process.exit(2);
}
let isAllKept = true;
for (const name of asked.length > 0 ? asked : known) {
  const benchmark = (await import(pathToFileURL(join(folder, name, "run.ts")).href)) as Benchmark;
  const measurements = await benchmark.measure();
  console.log(formatReport(name, measurements).join("\n"));
  isAllKept &&= measurements.every(isKept);
}
process.exitCode = isAllKept ? 0 : 1;
