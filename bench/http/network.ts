// A network of separate processes, as it would run on servers: each role has a processor's time of its own.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

const bin = join(import.meta.dirname, "../../bin/dsdn.js");
/** Six roles of one port, four nodes of two, and some to spare. */
const PORTS = 16;

export interface Network {
  /** Deploys files; where the ingress and, past it, the node answer for them. */
  deploy(name: string, files: { readonly [path: string]: string }): Promise<Deployed>;
  stop(): Promise<void>;
}

export interface Deployed {
  readonly host: string;
  readonly ingress: URL;
  /** The workload's own address on the node that runs it. */
  readonly node: URL;
}

/** @param folder - an empty folder; everything of the network lies below it. */
export async function startNetwork(folder: string): Promise<Network> {
  const children: ChildProcess[] = [];
  const net = join(folder, "net");
  const env: NodeJS.ProcessEnv = { PATH: process.env["PATH"], HOME: folder, DSDN_HOME: join(folder, "home") };
  const dsdn = (...args: string[]) => {
    const done = spawnSync(process.execPath, [bin, ...args, "--json"], { cwd: folder, env, encoding: "utf8" });
    if (done.status !== 0) throw new TypeError(`dsdn ${args.join(" ")} failed: ${done.stdout}${done.stderr}`);
    return JSON.parse(done.stdout);
  };
  const start = async ({ role, config }: { role: string; config: string }) => {
    const options = { env, stdio: ["ignore", "pipe", "ignore"] as ["ignore", "pipe", "ignore"] };
    const child = spawn(process.execPath, [bin, "role", "run", role, "--config", config, "--json"], options);
    children.push(child);
    for await (const line of createInterface({ input: child.stdout })) if (line.endsWith("}")) return;
    throw new TypeError(`${role} did not start`);
  };
  const stop = async () => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
  };
  try {
    const { roles } = dsdn("role", "init", net, "--first-port", String(await freePorts(PORTS))).summary;
    for (const role of roles) await start(role);
    const { url } = roles.find(({ role }: { role: string }) => role === "ingress");
    env["DSDN_INGRESS_ENDPOINT"] = url;
    env["DSDN_TOKEN_FILE"] = join(net, "token");
    dsdn("keys", "generate", "--store", "device");
    return { deploy: (name, files) => deploy({ folder, name, files, ingress: new URL(url) }, dsdn), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Deployment {
  readonly folder: string;
  readonly name: string;
  readonly files: { readonly [path: string]: string };
  readonly ingress: URL;
}

async function deploy(
  { folder, name, files, ingress }: Deployment,
  dsdn: (...args: string[]) => { summary: { url: string; workload: string } },
): Promise<Deployed> {
  const source = join(folder, name);
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(source, path), text);
  const { url, workload } = dsdn("deploy", source, "--name", name).summary;
  const ask = async (path: string) => {
    const answer = (await (await fetch(new URL(path, ingress))).json()) as { details: Details };
    return answer.details;
  };
  const { node: id } = await ask(`/v1/workloads/${workload}`);
  const node = (await ask("/v1/nodes")).nodes.find((row) => row.node === id);
  if (node === undefined) throw new TypeError(`no node runs ${name}`);
  return { host: new URL(url).host, ingress, node: new URL(`/w/${workload}`, node.httpUrl) };
}

interface Details {
  readonly node: string;
  readonly nodes: readonly { readonly node: string; readonly httpUrl: string }[];
}

/** The first of a stretch of ports that nobody listens on right now. */
async function freePorts(count: number): Promise<number> {
  for (let first = 42_000; first < 60_000; first += 200) {
    const servers = Array.from({ length: count }, (_, index) => createServer().listen(first + index, "127.0.0.1"));
    const free = await Promise.all(
      servers.map((server) =>
        once(server, "listening").then(
          () => once(server.close(), "close").then(() => true),
          () => false,
        ),
      ),
    );
    if (free.every(Boolean)) return first;
  }
  throw new TypeError("no free ports");
}
