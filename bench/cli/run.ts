// Start-up of the program against `node -e 0`, paired: each round runs the baseline and every command once, in turn,
// so that a slow moment of the machine hits both. The ratio of a command is the median of its rounds' ratios.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildInto } from "../../scripts/build.ts";
import { type Measurement, median } from "../report.ts";

const root = join(import.meta.dirname, "../..");
const ROUNDS = 21;

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly goal: number;
}

const cases: readonly Case[] = [
  { name: "dsdn --version", args: ["--version"], goal: 2 },
  { name: "dsdn version --json", args: ["version", "--json"], goal: 3 },
  { name: "dsdn --help", args: ["--help"], goal: 3 },
  { name: "dsdn completion --help", args: ["completion", "--help"], goal: 3 },
  { name: "dsdn completion bash", args: ["completion", "bash"], goal: 3 },
  { name: "dsdn <unknown command>", args: ["nothing"], goal: 3 },
  { name: "dsdn keys generate (again)", args: ["keys", "generate", "--store", "device"], goal: 3 },
  { name: "dsdn keys status", args: ["keys", "status"], goal: 3 },
  { name: "dsdn da cost", args: ["da", "cost", "--blob-bytes", "65536", "--per-hour", "600"], goal: 3 },
  { name: "dsdn schema", args: ["schema"], goal: 3 },
  { name: "dsdn estimate", args: ["estimate", join(root, "LICENSE")], goal: 3 },
  { name: "dsdn verify receipt (none there)", args: ["verify", "receipt", "none.json"], goal: 3 },
  { name: "dsdn role init (refused)", args: ["role", "init", "."], goal: 3 },
  { name: "dsdn dev status (none runs)", args: ["dev", "status"], goal: 3 },
  { name: "dsdn init", args: ["init", "bench-app"], goal: 3 },
];

/** The wall time of each command as a multiple of an empty Node. */
export async function measure(): Promise<readonly Measurement[]> {
  await buildInto(join(root, "dist"));
  const home = mkdtempSync(join(tmpdir(), "dsdn-bench-cli-"));
  try {
    // The first call fills the compile cache, as a user's first call does.
    for (const { args } of cases) time([join(root, "bin/dsdn.js"), ...args], home);
    const baseline: number[] = [];
    const ratios = cases.map((): number[] => []);
    for (let round = 0; round < ROUNDS; round += 1) {
      const emptyMs = time(["-e", "0"], home);
      baseline.push(emptyMs);
      for (const [index, { args }] of cases.entries())
        ratios[index]?.push(time([join(root, "bin/dsdn.js"), ...args], home) / emptyMs);
    }
    return [
      { what: "node -e 0", value: median(baseline), unit: "ms" },
      ...cases.map(({ name, goal }, index): Measurement => {
        const values = ratios[index] ?? [];
        const spread = `${ROUNDS} pairs, ${Math.min(...values).toFixed(2)}-${Math.max(...values).toFixed(2)}`;
        return { what: name, value: median(values), unit: "x", goal, note: spread };
      }),
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function time(args: readonly string[], home: string): number {
  const startMs = performance.now();
  spawnSync(process.execPath, args, { cwd: home, env: { HOME: home, LANG: "C" }, stdio: "ignore" });
  return performance.now() - startMs;
}
