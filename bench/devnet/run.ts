// Start of a devnet with every role against `wrangler dev`, in turn: spawn of the program to the first answer that
// means ready. Memory is that of the whole process tree then. wrangler is installed into the cache folder, not here.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildInto } from "../../scripts/build.ts";
import { type Measurement, median } from "../report.ts";

const root = join(import.meta.dirname, "../..");
const ROUNDS = 7;
const WRANGLER = "4.86.0";

interface Sample {
  readonly readyMs: number;
  readonly memoryMib: number;
}

/** Readiness and memory of `dsdn dev start`, new and restarted, as multiples of `wrangler dev`. */
export async function measure(): Promise<readonly Measurement[]> {
  await buildInto(join(root, "dist"));
  const wrangler = installWrangler();
  const home = mkdtempSync(join(tmpdir(), "dsdn-bench-devnet-"));
  const samples: { peer: Sample; fresh: Sample; again: Sample }[] = [];
  try {
    // The first round fills caches and is thrown away.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const folder = join(home, `devnet-${round}`);
      const peer = await startWrangler(wrangler, join(home, "worker"));
      const fresh = await startDevnet(home, folder);
      const again = await startDevnet(home, folder);
      if (round > 0) samples.push({ peer, fresh, again });
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  const ratio = (pick: (sample: (typeof samples)[number]) => number) => median(samples.map(pick));
  const note = `${ROUNDS} rounds`;
  return [
    { what: "wrangler dev ready", value: ratio(({ peer }) => peer.readyMs), unit: "ms" },
    { what: "wrangler dev memory", value: ratio(({ peer }) => peer.memoryMib), unit: "MiB" },
    {
      what: "dsdn dev start, new, ready",
      value: ratio(({ peer, fresh }) => fresh.readyMs / peer.readyMs),
      unit: "x",
      goal: 0.7,
      note,
    },
    {
      what: "dsdn dev start, again, ready",
      value: ratio(({ peer, again }) => again.readyMs / peer.readyMs),
      unit: "x",
      goal: 0.7,
      note,
    },
    {
      what: "dsdn dev start memory",
      value: ratio(({ peer, fresh }) => fresh.memoryMib / peer.memoryMib),
      unit: "x",
      goal: 0.6,
      note,
    },
  ];
}

function installWrangler(): string {
  const folder = join(root, ".cache", "bench", `wrangler-${WRANGLER}`);
  const program = join(folder, "node_modules/wrangler/bin/wrangler.js");
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"private":true}');
    const npm = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", `wrangler@${WRANGLER}`], {
      cwd: folder,
    });
    if (npm.status !== 0) throw new TypeError("wrangler could not be installed");
  }
  return program;
}

async function startWrangler(program: string, folder: string): Promise<Sample> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "worker.js"), 'export default { fetch: () => new Response("ok") };\n');
  writeFileSync(
    join(folder, "wrangler.toml"),
    'name = "bench"\nmain = "worker.js"\ncompatibility_date = "2026-04-01"\n',
  );
  const port = await freePort();
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, CI: "1", WRANGLER_SEND_METRICS: "false" };
  const startMs = performance.now();
  const child = spawn(process.execPath, [program, "dev", "--port", String(port), "--ip", "127.0.0.1"], {
    cwd: folder,
    env,
    stdio: "ignore",
    detached: true,
  });
  while (!(await answers(`http://127.0.0.1:${port}/`)))
    if (child.exitCode !== null) throw new TypeError("wrangler ended");
  return finish(child, performance.now() - startMs);
}

async function startDevnet(home: string, folder: string): Promise<Sample> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, DSDN_HOME: home };
  const startMs = performance.now();
  const args = [join(root, "bin/dsdn.js"), "dev", "start", "--quiet", "--data", folder];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "ignore"], detached: true });
  // The address is printed when a signed write was read back.
  await once(createInterface({ input: child.stdout }), "line");
  return finish(child, performance.now() - startMs);
}

async function finish(child: ChildProcess, readyMs: number): Promise<Sample> {
  const memoryMib = memoryOfTree(child.pid ?? 0) / 1024;
  const ended = once(child, "exit");
  if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  await ended;
  return { readyMs, memoryMib };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return false;
  }
}

/** Resident memory of a process and its descendants, in KiB (Linux). */
function memoryOfTree(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  const children = readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" "))
    .filter((text) => text !== "")
    .map(Number);
  return own + children.reduce((sum, child) => sum + memoryOfTree(child), 0);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
