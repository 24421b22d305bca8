// What the network costs a request, in requests a second of keep-alive connections on this machine: a deployed page
// straight from the node that serves it against a bare node:http server, the ingress against a plain proxy before the
// same node, and a deployed handler beside miniflare and Node itself. The two sides of a comparison run in turn, each
// in processes of its own; a ratio is the median of the rounds' ratios.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildInto } from "../../scripts/build.ts";
import { type Measurement, median } from "../report.ts";
import { type Deployed, startNetwork } from "./network.ts";
import { handlerSource, pageText } from "./site.ts";

const root = join(import.meta.dirname, "../..");
const MINIFLARE = "4.20260426.0";
const ROUNDS = 9;
const CONNECTIONS = 32;
const WARM_UP_MS = 300;
const MEASURED_MS = 1_000;
/** Most of the processor's time of a handler's answer. */
const HANDLER_BOUND = "bound by QuickJS in WASM interpreting Request and Response";

interface Target {
  readonly port: number;
  readonly host: string;
  readonly path: string;
  readonly headers?: readonly string[];
}

/** Requests a second, and the network's as multiples of its peers'. */
export async function measure(): Promise<readonly Measurement[]> {
  await buildInto(join(root, "dist"));
  const folder = mkdtempSync(join(tmpdir(), "dsdn-bench-http-"));
  const children: ChildProcess[] = [];
  const peer = async (...args: string[]): Promise<Target> => {
    const program = [join(import.meta.dirname, "peers.ts"), ...args];
    const child = spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    return { port: Number(line), host: "127.0.0.1", path: "/" };
  };
  const network = await startNetwork(folder);
  try {
    const page = await network.deploy("page", { "index.html": pageText });
    const program = await network.deploy("program", { "index.js": handlerSource });
    const atNode = nodeTarget(page);
    const proxy = await peer("proxy", page.node.origin, atNode.path);
    // Asked with the same bytes: what a longer request costs Node to read is no difference between the two.
    const bare = { ...atNode, port: (await peer("bare")).port };
    const native = await peer("handler");
    const rival = await peer("miniflare", installMiniflare());
    return [
      ...(await compare("page from its node / node:http", { ours: atNode, theirs: bare, least: 0.8 })),
      ...(await compare("page by ingress / undici proxy", { ours: ingressTarget(page), theirs: proxy, least: 0.9 })),
      ...(await compare("handler at its node / miniflare", {
        ours: nodeTarget(program),
        theirs: rival,
        bound: HANDLER_BOUND,
      })),
      ...(await compare("handler at its node / Node", {
        ours: nodeTarget(program),
        theirs: native,
        bound: HANDLER_BOUND,
      })),
    ];
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await network.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** Asked as an ingress asks: with the id of the request. */
function nodeTarget({ node }: Deployed): Target {
  const headers = ["X-Dsdn-Request-Id: 0123456789abcdef"];
  return { port: Number(node.port), host: node.host, path: `${node.pathname}/`, headers };
}

function ingressTarget({ ingress, host }: Deployed): Target {
  return { port: Number(ingress.port), host, path: "/" };
}

async function compare(
  what: string,
  { ours, theirs, least, bound }: { ours: Target; theirs: Target; least?: number; bound?: string },
): Promise<Measurement[]> {
  const rounds: { ours: number; theirs: number }[] = [];
  // The first round warms both up and is thrown away.
  for (let round = 0; round <= ROUNDS; round++) {
    const sample = { theirs: await requestsPerSecond(theirs), ours: await requestsPerSecond(ours) };
    if (round > 0) rounds.push(sample);
  }
  const ratios = rounds.map((round) => round.ours / round.theirs);
  const spread = `${ROUNDS} pairs, ${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`;
  const rates = [rounds.map((round) => round.ours), rounds.map((round) => round.theirs)].map((list) => median(list));
  const seen = `${spread}; ${rates.map((rate) => Math.round(rate)).join(" / ")} requests/s`;
  const note = bound === undefined ? seen : `${seen}; ${bound}`;
  return [{ what, value: median(ratios), unit: "x", note, ...(least === undefined ? {} : { least }) }];
}

async function requestsPerSecond(target: Target): Promise<number> {
  const load = { ...target, connections: CONNECTIONS, warmUpMs: WARM_UP_MS, measuredMs: MEASURED_MS };
  const program = [join(import.meta.dirname, "load.ts"), JSON.stringify(load)];
  const child = spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  await once(child, "exit");
  return (JSON.parse(line) as { perSecond: number }).perSecond;
}

function installMiniflare(): string {
  const folder = join(root, ".cache", "bench", `miniflare-${MINIFLARE}`);
  if (!existsSync(join(folder, "node_modules/miniflare/package.json"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"private":true}');
    const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", `miniflare@${MINIFLARE}`];
    if (spawnSync("npm", args, { cwd: folder }).status !== 0) throw new TypeError("miniflare could not be installed");
  }
  return folder;
}
