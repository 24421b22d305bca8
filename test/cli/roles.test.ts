import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { findFreePorts } from "../free-ports.ts";
import { visit } from "./network.ts";
import { killRoles, type PlannedRole, startRole, untilNodesJoined } from "./role-processes.ts";
import { dsdn, makeFolder } from "./script.ts";

let folder = "";

const root = fileURLToPath(new URL("../..", import.meta.url));

afterAll(async () => {
  await killRoles();
  if (folder !== "") await rm(folder, { recursive: true, force: true });
});

describe("a network of separate processes", () => {
  let roles: readonly PlannedRole[] = [];
  const children = new Map<string, ChildProcess>();
  let env: Record<string, string> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dsdn-roles-"));
    const ports = await findFreePorts(13);
    const net = join(folder, "net");
    const planned = await dsdn([
      "role",
      "init",
      net,
      "--nodes",
      "4",
      "--zones",
      "3",
      "--first-port",
      String(ports),
      "--json",
    ]);
    expect(planned.exitCode).toBe(0);
    roles = JSON.parse(planned.stdout).summary.roles;
    const [da, coordinator, ...others] = roles;
    if (da === undefined || coordinator === undefined) throw new TypeError("no roles were planned");
    const start = async (role: PlannedRole) => children.set(role.name, (await startRole(role)).child);
    await start(da);
    await start(coordinator);
    await Promise.all(others.map(start));
    await untilNodesJoined(roles);
    const ingress = roles.find(({ role }) => role === "ingress")?.url ?? "";
    env = { DSDN_HOME: join(folder, "home"), DSDN_INGRESS_ENDPOINT: ingress, DSDN_TOKEN_FILE: join(net, "token") };
    await expect(dsdn(["keys", "generate", "--store", "device"], { env })).resolves.toMatchObject({ exitCode: 0 });
  });

  test("stores a folder encrypted and gives the same bytes back", async () => {
    await mkdir(join(folder, "data/deep"), { recursive: true });
    await writeFile(join(folder, "data/a.txt"), "alpha");
    await writeFile(join(folder, "data/deep/b.bin"), new Uint8Array(200_000).fill(7));
    const uploaded = await dsdn(["upload", "data", "--json"], { folder, env });
    expect(uploaded.exitCode).toBe(0);
    expect(JSON.parse(uploaded.stdout).summary).toMatchObject({
      stage: "published",
      zones: 2,
      files: 2,
      isPublic: false,
    });
    const got = await dsdn(["get", "data", "--out", "back"], { folder, env });
    expect(got.exitCode).toBe(0);
    expect(await readFile(join(folder, "back/a.txt"), "utf8")).toBe("alpha");
    expect((await readFile(join(folder, "back/deep/b.bin"))).equals(Buffer.alloc(200_000, 7))).toBe(true);
  });

  test("every role derives the same state root at the same height", async () => {
    const urls = roles.filter(({ role }) => role !== "da").map(({ url }) => url);
    const readRoot = async (url: string, query = "") => {
      const answer = (await (await fetch(`${url}/v1/state/root${query}`)).json()) as {
        details: { height: number; stateRoot: string };
      };
      return answer.details;
    };
    const height = Math.min(...(await Promise.all(urls.map((url) => readRoot(url)))).map((root) => root.height));
    const roots = await Promise.all(urls.map(async (url) => (await readRoot(url, `?height=${height}`)).stateRoot));
    expect(new Set(roots).size).toBe(1);
  });

  test("deploys a site and a script whose answers come from a node in another process", async () => {
    await mkdir(join(folder, "site"), { recursive: true });
    await writeFile(join(folder, "site/index.html"), "<h1>apart</h1>");
    const site = await dsdn(["deploy", "site", "--json"], { folder, env });
    expect(site.exitCode, site.stdout).toBe(0);
    const { url, fallbackUrl } = JSON.parse(site.stdout).summary;
    for (const address of [url, fallbackUrl]) expect((await visit(address)).text).toBe("<h1>apart</h1>");
    await writeFile(join(folder, "upper.js"), "export default (stdin) => stdin.text().toUpperCase();");
    const script = await dsdn(["deploy", "upper.js", "--wait", "--stdin", "-"], { folder, env, input: "loud" });
    expect(script).toMatchObject({ exitCode: 0, stdout: "LOUD" });
  });

  test("verify state replays the log of the running network and agrees with every role it is told of", async () => {
    const da = roles.find(({ role }) => role === "da")?.url ?? "";
    const more = roles
      .filter(({ role }) => role !== "da" && role !== "node" && role !== "ingress")
      .flatMap(({ name, url }) => ["--role", `${name}=${url}`]);
    const verified = await dsdn(["verify", "state", ...more, "--json"], { folder, env: { ...env, DA_RPC_URL: da } });
    expect(verified.exitCode, verified.stdout).toBe(0);
    const verdicts: { verdict: string }[] = JSON.parse(verified.stdout).summary.roles;
    expect(verdicts).toHaveLength(roles.length - 1);
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(["equal"]));
  });

  test("a node that was killed is not missed by readers and comes back by itself", async () => {
    const node = roles.find(({ name }) => name === "node-1");
    const child = children.get("node-1");
    if (node === undefined || child === undefined) throw new TypeError("node-1 was not started");
    child.kill("SIGKILL");
    await once(child, "exit");
    await expect(dsdn(["cat", "data/a.txt"], { folder, env })).resolves.toMatchObject({ exitCode: 0, stdout: "alpha" });
    const { facts } = await startRole(node);
    expect(facts.url).toBe(node.url);
    await expect(dsdn(["cat", "data/a.txt"], { folder, env })).resolves.toMatchObject({ exitCode: 0, stdout: "alpha" });
  });

  test("secrets of a network are readable by their owner only", async () => {
    const net = join(folder, "net");
    for (const file of ["operator.key", "token", "node-1/role.key", "node-1/operator.key"]) {
      expect((await stat(join(net, file))).mode & 0o077).toBe(0);
    }
  });
});

describe("settings of a role", () => {
  // Before the folder goes that they write to.
  afterEach(killRoles);

  async function copyPlan(): Promise<string> {
    const folder = await makeFolder();
    const outcome = await dsdn(["role", "init", join(folder, "net"), "--nodes", "1", "--json"]);
    expect(outcome.exitCode).toBe(0);
    return join(folder, "net");
  }

  test("a wrong setting is named before anything is started", async () => {
    const net = await copyPlan();
    const config = join(net, "node-1/dsdn.toml");
    await writeFile(config, (await readFile(config, "utf8")).replace(/http_port = \d+/, "http_port = 70000"));
    const outcome = await dsdn(["role", "run", "node", "--config", config, "--json"]);
    expect(outcome.exitCode).toBe(2);
    expect(JSON.parse(outcome.stdout).error).toMatchObject({
      code: "DSDN_ROLES_CONFIG_INVALID",
      facts: { name: "node.http_port" },
    });
  });

  test("the example namespace of the first road map is refused by name", async () => {
    const net = await copyPlan();
    const env = { DA_NAMESPACE: "0102030405060708091011121314151617181920212223242526272829" };
    const outcome = await dsdn(["role", "run", "ingress", "--config", join(net, "ingress/dsdn.toml"), "--json"], {
      env,
    });
    expect(JSON.parse(outcome.stdout).error.code).toBe("DSDN_DA_NAMESPACE_EXAMPLE");
  });

  test("the environment wins over the file and a flag over both", async () => {
    const net = await copyPlan();
    const config = join(net, "ingress/dsdn.toml");
    const env = { DA_RPC_URL: "http://127.0.0.1:1" };
    const outcome = await dsdn(["role", "run", "ingress", "--config", config, "--json"], { env });
    expect(JSON.parse(outcome.stdout).error.facts).toMatchObject({ node: "http://127.0.0.1:1" });
    const flagged = await dsdn(
      ["role", "run", "ingress", "--config", config, "--da-rpc-url", "http://127.0.0.1:2", "--json"],
      { env },
    );
    expect(JSON.parse(flagged.stdout).error.facts).toMatchObject({ node: "http://127.0.0.1:2" });
  });

  test("a key the network does not know is refused before the role serves", async () => {
    const folder = await makeFolder();
    const ports = await findFreePorts(8);
    const net = join(folder, "net");
    await dsdn(["role", "init", net, "--nodes", "1", "--first-port", String(ports)]);
    await startRole({ role: "da", config: join(net, "da/dsdn.toml") });
    await cp(join(net, "node-1/role.key"), join(net, "coordinator/role.key"));
    const outcome = await dsdn([
      "role",
      "run",
      "coordinator",
      "--config",
      join(net, "coordinator/dsdn.toml"),
      "--json",
    ]);
    expect(JSON.parse(outcome.stdout).error).toMatchObject({ code: "DSDN_ROLES_KEY_UNREGISTERED" });
  });

  test("a network on a chain that has run for a while begins at its next height", async () => {
    const folder = await makeFolder();
    const ports = await findFreePorts(8);
    const old = join(folder, "old");
    await dsdn(["role", "init", old, "--nodes", "1", "--first-port", String(ports)]);
    const { facts } = await startRole({ role: "da", config: join(old, "da/dsdn.toml") });
    const net = join(folder, "net");
    const planned = await dsdn([
      "role",
      "init",
      net,
      "--nodes",
      "1",
      "--stage",
      "pilot",
      "--da-url",
      facts.url,
      "--json",
    ]);
    expect(planned.exitCode).toBe(0);
    const { decodeGenesis } = await import("../../src/protocol/index.ts");
    const genesis = decodeGenesis(await readFile(join(net, "genesis.dsdn")));
    expect(genesis.da.startHeight).toBeGreaterThan(1);
    expect(genesis.stage).toBe("pilot");
    const away = await dsdn(["role", "init", join(folder, "away"), "--da-url", "http://127.0.0.1:1", "--json"]);
    expect(JSON.parse(away.stdout).error.code).toBe("DSDN_DA_UNREACHABLE");
  });

  test("a role answers under the host names its operator allows and under no other", async () => {
    const folder = await makeFolder();
    const ports = await findFreePorts(8);
    const net = join(folder, "net");
    await dsdn(["role", "init", net, "--nodes", "1", "--first-port", String(ports)]);
    await startRole({ role: "da", config: join(net, "da/dsdn.toml") });
    const config = join(net, "coordinator/dsdn.toml");
    await writeFile(config, `allowed_hosts = ["coordinator.example.org"]\n${await readFile(config, "utf8")}`);
    const { facts } = await startRole({ role: "coordinator", config });
    const ask = (host: string) =>
      new Promise<number>((resolve, reject) => {
        const { port } = new URL(facts.url);
        request({ port, host: "127.0.0.1", path: "/ready", headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
          .on("error", reject)
          .end();
      });
    expect(await ask("coordinator.example.org")).toBe(200);
    expect(await ask("evil.example.org")).toBe(403);
  });

  test("an ingress with a certificate for a name answers that name over HTTPS, beside HTTP", async () => {
    const folder = await makeFolder();
    const ports = await findFreePorts(9);
    const net = join(folder, "net");
    await dsdn(["role", "init", net, "--nodes", "1", "--first-port", String(ports)]);
    await startRole({ role: "da", config: join(net, "da/dsdn.toml") });
    const config = join(net, "ingress/dsdn.toml");
    const text = await readFile(config, "utf8");
    const settings = `allowed_hosts = ["ingress.example.org"]\n${text.replace("[ingress]", `[ingress]\nhttps_port = ${ports + 8}`)}`;
    await writeFile(config, settings);
    await mkdir(join(net, "ingress/tls"));
    const [key, certificate] = [join(net, "ingress/tls/own.key"), join(net, "ingress/tls/own.crt")];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    const names = ["-subj", "/CN=test", "-addext", "subjectAltName=DNS:ingress.example.org"];
    execFileSync("openssl", ["req", "-x509", ...kind, ...names, "-keyout", key, "-out", certificate], {
      stdio: "ignore",
    });
    const { facts } = await startRole({ role: "ingress", config });
    const ca = await readFile(certificate, "utf8");
    const ask = (host: string) =>
      new Promise<number | string>((resolve) => {
        const options = { port: ports + 8, host: "127.0.0.1", servername: host, path: "/ready", headers: { host }, ca };
        secureRequest(options, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
          .on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
          .end();
      });
    expect(await ask("ingress.example.org")).toBe(200);
    expect(await ask("evil.example.org")).toEqual(expect.any(String));
    expect((await fetch(new URL("/ready", facts.url))).status).toBe(200);
  });

  test("a plan is never written over another", async () => {
    const net = await copyPlan();
    const again = await dsdn(["role", "init", net, "--json"]);
    expect(again.exitCode).not.toBe(0);
    expect(JSON.parse(again.stdout).error.code).toBe("DSDN_COMMANDS_FILE_EXISTS");
  });
});

describe("run-mainnet.sh", () => {
  const script = join(root, "scripts/run-mainnet.sh");

  async function call(args: readonly string[], folder: string) {
    const child = spawn(script, [...args], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const [exitCode] = await once(child, "close");
    return { exitCode, said };
  }

  test("refuses a token in the environment file and one that others can read", async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, "dsdn.toml"), "");
    await writeFile(join(folder, ".env.mainnet"), "DA_AUTH_TOKEN=secret\n");
    expect(await call(["node"], folder)).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining("DA_AUTH_TOKEN_FILE"),
    });
    await writeFile(join(folder, ".env.mainnet"), "DA_AUTH_TOKEN_FILE=./token\n");
    await writeFile(join(folder, "token"), "secret", { mode: 0o644 });
    expect(await call(["node"], folder)).toMatchObject({ exitCode: 2, said: expect.stringContaining("chmod 600") });
  });

  test("the example environment holds a namespace the network can use and no token", async () => {
    const text = await readFile(join(root, ".env.mainnet.example"), "utf8");
    const { parseNamespace } = await import("../../src/da/index.ts");
    expect(parseNamespace(/^DA_NAMESPACE=(.*)$/m.exec(text)?.[1] ?? "")).toHaveLength(29);
    expect(text).not.toMatch(/^DA_AUTH_TOKEN=/m);
  });
});
