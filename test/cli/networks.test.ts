import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { findFreePorts } from "../free-ports.ts";
import { useNetwork } from "./network.ts";
import { dsdn, makeFolder } from "./script.ts";

const network = useNetwork();
let ingressUrl = "";
let token = "";
beforeAll(() => {
  const running = JSON.parse(readFileSync(join(network.home, "devnet", "running.json"), "utf8"));
  [ingressUrl, token] = [running.ingressUrl, running.token];
});

const traps: Server[] = [];
afterEach(async () => {
  for (const server of traps.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** An ingress of another network, and everything that reached it. */
async function setTrap() {
  const seen: string[] = [];
  const id = "cd".repeat(32);
  const facts = { network: id, name: "trap", stage: "s", genesis: "", height: 1, logTimeMs: 1, stateRoot: id };
  const details = { ...facts, chainRpcUrl: null, siteDomain: "localhost" };
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? "-"}`);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ summary: "ok", details, audit: {} }));
  });
  traps.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { seen, id, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A user of another machine: a home of its own, in which no devnet runs. */
async function makeUser() {
  const folder = await makeFolder();
  const home = join(folder, "home");
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
  const run = (args: readonly string[], env: { readonly [name: string]: string } = {}) =>
    dsdn(args, { folder, env: { DSDN_HOME: home, CI: "1", ...env } });
  const read = async (args: readonly string[], env: { readonly [name: string]: string } = {}) => {
    const { exitCode, stdout } = await run([...args, "--json"], env);
    const document = JSON.parse(stdout);
    return { exitCode, summary: document.summary, error: document.error?.code as string | undefined };
  };
  const kept = () => JSON.parse(readFileSync(join(home, "config.json"), "utf8"));
  const addLive = () => read(["network", "add", "live", "--ingress", ingressUrl, "--token-file", tokenFile]);
  return { folder, home, tokenFile, run, read, kept, addLive };
}

describe("dsdn network", () => {
  test("knows a network by name: added once, held to its id, tested, used, forgotten", async () => {
    const user = await makeUser();
    const added = await user.addLive();
    expect(added).toMatchObject({ exitCode: 0, summary: { name: "live", isChecked: true, ingresses: [ingressUrl] } });
    expect(user.kept().networks.live.networkId).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(join(user.home, "config.json"), "utf8")).not.toContain(token);
    if (process.platform !== "win32") expect(statSync(join(user.home, "config.json")).mode & 0o777).toBe(0o600);

    const tested = await user.read(["network", "test", "live"]);
    expect([tested.exitCode, tested.summary.problems]).toEqual([0, 0]);
    const checks = tested.summary.ingresses[0].checks as { id: string; status: string }[];
    expect(checks.map(({ id }) => id)).toEqual(["dns", "tcp", "tls", "answer", "identity", "version", "token", "log"]);

    expect((await user.run(["keys", "generate", "--store", "device"])).exitCode).toBe(0);
    expect((await user.run(["network", "use", "live"])).exitCode).toBe(0);
    writeFileSync(join(user.folder, "a.txt"), "hello");
    expect((await user.read(["upload", "a.txt", "--name", "a"])).exitCode).toBe(0);
    expect((await user.run(["cat", "a"])).stdout).toBe("hello");
    expect((await user.read(["network", "list"])).summary).toMatchObject({ current: "live" });

    expect((await user.read(["network", "remove", "live"])).summary).toEqual({ network: "live", wasCurrent: true });
    expect(await user.read(["ls"])).toMatchObject({ exitCode: 14, error: "DSDN_DEVNET_NOT_RUNNING" });
    expect(readFileSync(user.tokenFile, "utf8")).toContain(token);
  });

  test("refuses an ingress that serves another network than the one it was added as, and gives it no token", async () => {
    const user = await makeUser();
    const trap = await setTrap();
    await user.addLive();
    const { networkId } = user.kept().networks.live;
    const flags = ["--no-check", "--network-id", networkId, "--token-file", user.tokenFile];
    expect((await user.read(["network", "add", "moved", "--ingress", trap.url, ...flags])).exitCode).toBe(0);
    await user.run(["keys", "generate", "--store", "device"]);
    writeFileSync(join(user.folder, "a.txt"), "hello");
    for (const args of [
      ["ls"],
      ["status"],
      ["upload", "a.txt"],
      ["cat", "bafyreihiru4l3fnmetjo4aes4lszjogb462hiikp6y3ak37hteu2kgfigq"],
    ]) {
      const outcome = await user.read([...args, "--network", "moved"]);
      expect(outcome, args.join(" ")).toMatchObject({ exitCode: 49, error: "DSDN_CLIENT_NETWORK_DIFFERS" });
    }
    const tested = await user.read(["network", "test", "moved"]);
    expect([tested.exitCode, tested.summary.problems]).toEqual([19, 1]);
    expect(trap.seen.filter((call) => call.includes("Bearer"))).toEqual([]);
    expect(trap.seen.filter((call) => !call.startsWith("GET /v1/"))).toEqual([]);
  });

  test("takes several ingresses only when they serve the same network", async () => {
    const user = await makeUser();
    const trap = await setTrap();
    const both = ["--ingress", ingressUrl, "--ingress", trap.url];
    expect(await user.read(["network", "add", "two", ...both])).toMatchObject({
      exitCode: 49,
      error: "DSDN_COMMANDS_NETWORKS_DISAGREE",
    });
    expect((await user.read(["network", "list"])).summary.networks).toEqual([]);
  });

  test("holds a network that was added offline to its first answer", async () => {
    const user = await makeUser();
    await user.read(["network", "add", "later", "--no-check", "--ingress", ingressUrl, "--token-file", user.tokenFile]);
    expect(user.kept().networks.later.networkId).toBe(null);
    await user.run(["keys", "generate", "--store", "device"]);
    expect((await user.read(["ls", "--network", "later"])).exitCode).toBe(0);
    expect(user.kept().networks.later.networkId).toMatch(/^[0-9a-f]{64}$/);
  });

  test("refuses what would lead a user astray before anything is kept", async () => {
    const user = await makeUser();
    const add = (name: string, ...flags: string[]) => user.read(["network", "add", name, "--no-check", ...flags]);
    expect((await add("a", "--ingress", "http://ingress.example.org")).error).toBe("DSDN_COMMANDS_NETWORK_INSECURE");
    expect((await add("a", "--ingress", "https://u:p@example.org")).error).toBe("DSDN_COMMANDS_SECRET_IN_ARGUMENT");
    expect((await add("a", "--ingress", "https://example.org/path")).error).toBe("DSDN_COMMANDS_VALUE_INVALID");
    expect((await add("../a", "--ingress", "https://example.org")).error).toBe("DSDN_COMMANDS_VALUE_INVALID");
    expect((await add("devnet", "--ingress", "https://example.org")).error).toBe("DSDN_COMMANDS_NETWORK_TAKEN");
    expect((await add("a")).error).toBe("DSDN_COMMANDS_ARGUMENT_MISSING");
    expect((await user.read(["network", "use", "a"])).error).toBe("DSDN_COMMANDS_NETWORK_UNKNOWN");
    expect((await user.read(["ls", "--network", "a"])).error).toBe("DSDN_COMMANDS_NETWORK_UNKNOWN");
    expect((await user.read(["network", "list"])).summary.networks).toEqual([]);
    expect((await add("a", "--ingress", "http://ingress.example.org", "--insecure")).exitCode).toBe(0);
    expect((await add("a", "--ingress", "https://example.org")).error).toBe("DSDN_COMMANDS_NETWORK_TAKEN");
  });

  test("says how far it got when nobody answers, and adds nothing", async () => {
    const user = await makeUser();
    const url = `http://127.0.0.1:${await findFreePorts(1)}`;
    expect(await user.read(["network", "add", "gone", "--ingress", url])).toMatchObject({
      exitCode: 31,
      error: "DSDN_BASE_UNREACHABLE",
    });
    await user.read(["network", "add", "gone", "--no-check", "--ingress", url]);
    const tested = await user.read(["network", "test", "gone"]);
    expect([tested.exitCode, tested.summary.problems]).toEqual([19, 1]);
    expect(tested.summary.ingresses[0].checks.map(({ id, status }: Record<string, string>) => [id, status])).toEqual([
      ["dns", "good"],
      ["tcp", "bad"],
    ]);
  });

  test.skipIf(process.platform === "win32")("does not read a token file that others can read", async () => {
    const user = await makeUser();
    await user.addLive();
    await user.run(["keys", "generate", "--store", "device"]);
    chmodSync(user.tokenFile, 0o644);
    expect(await user.read(["ls", "--network", "live"])).toMatchObject({
      exitCode: 15,
      error: "DSDN_PROFILE_FILE_EXPOSED",
    });
    expect(
      (await user.read(["network", "add", "b", "--ingress", ingressUrl, "--token-file", user.tokenFile])).error,
    ).toBe("DSDN_PROFILE_FILE_EXPOSED");
  });
});

describe("completion", () => {
  test.skipIf(process.platform === "win32")("offers the names of the user's networks where one is meant", async () => {
    const user = await makeUser();
    for (const name of ["prod", "staging"]) {
      await user.read(["network", "add", name, "--no-check", "--ingress", "https://example.org"]);
    }
    const { stdout: script } = await user.run(["completion", "bash"]);
    const names = (await user.run(["completion", "bash", "--names", "networks"])).stdout.trim().split("\n");
    expect(names).toEqual(["devnet", "prod", "staging"]);
    const offered = (...words: string[]) => {
      const lines = [
        `dsdn() { [ "$*" = "completion bash --names networks" ] && printf '%s\\n' ${names.join(" ")}; }`,
        script,
        `COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}`,
        '_dsdn; echo "$' + '{COMPREPLY[*]}"',
      ];
      return execFileSync("bash", ["-c", lines.join("\n")], { encoding: "utf8" }).trim();
    };
    expect(offered("dsdn", "network", "use", "")).toBe("devnet prod staging");
    expect(offered("dsdn", "ls", "--network", "s")).toBe("staging");
    expect(offered("dsdn", "network", "")).toBe("add list remove test use");
  });
});

describe("a project that names a network", () => {
  const name = (folder: string, text: string) => writeFileSync(join(folder, ".dsdn"), text);

  test("leads nowhere before its user agreed, and only where the user's own list says", async () => {
    const user = await makeUser();
    const trap = await setTrap();
    await user.read(["network", "add", "trap", "--no-check", "--ingress", trap.url]);
    await user.run(["keys", "generate", "--store", "device"]);
    writeFileSync(join(user.folder, "a.txt"), "hello");
    name(user.folder, "network: trap\n");
    for (const args of [["ls"], ["upload", "a.txt"], ["status"], ["deploy", "."]]) {
      expect(await user.read(args), args.join(" ")).toMatchObject({
        exitCode: 2,
        error: "DSDN_COMMANDS_PROJECT_UNCONFIRMED",
      });
    }
    name(user.folder, "network: unknown\n");
    expect((await user.read(["ls"])).error).toBe("DSDN_COMMANDS_NETWORK_UNKNOWN");
    for (const text of [
      `ingress: ${trap.url}\n`,
      `network: ${trap.url}\n`,
      "network: trap\ntoken: x\n",
      "hooks: [run.sh]\n",
    ]) {
      name(user.folder, text);
      expect((await user.read(["ls"])).error, text).toBe("DSDN_COMMANDS_PROJECT_FILE_INVALID");
    }
    expect(trap.seen).toEqual([]);
  });

  test("is followed once its user agreed, is overruled by a variable and a flag, and never moves the devnet's own commands", async () => {
    const user = await makeUser();
    await user.addLive();
    await user.run(["keys", "generate", "--store", "device"]);
    expect((await user.read(["network", "use", "live", "--project"])).exitCode).toBe(0);
    expect(readFileSync(join(user.folder, ".dsdn"), "utf8")).toBe("network: live\n");
    const listed = await user.run(["ls"]);
    expect([listed.exitCode, listed.stderr.includes("live")]).toEqual([0, true]);
    expect((await user.read(["ls"], { DSDN_NETWORK: "devnet" })).error).toBe("DSDN_DEVNET_NOT_RUNNING");
    expect((await user.read(["ls", "--network", "devnet"], { DSDN_NETWORK: "live" })).error).toBe(
      "DSDN_DEVNET_NOT_RUNNING",
    );
    expect((await user.read(["ls"], { DSDN_INGRESS_ENDPOINT: "http://127.0.0.1:9" })).error).toBe(
      "DSDN_BASE_UNREACHABLE",
    );
    expect((await user.read(["dev", "deploy", "."])).error).toBe("DSDN_DEVNET_NOT_RUNNING");
    // Another folder has to ask for itself.
    const elsewhere = await makeFolder();
    name(elsewhere, "network: live\n");
    const other = await dsdn(["ls", "--json"], { folder: elsewhere, env: { DSDN_HOME: user.home, CI: "1" } });
    expect(JSON.parse(other.stdout).error.code).toBe("DSDN_COMMANDS_PROJECT_UNCONFIRMED");
  });
});

describe("dsdn config", () => {
  const settingOf = (summary: { settings: { key: string }[] }, key: string) =>
    summary.settings.find((setting) => setting.key === key);

  test("shows each setting with who decided it and what it overruled", async () => {
    const user = await makeUser();
    expect((await user.read(["config", "set", "lang", "id"])).exitCode).toBe(0);
    expect(settingOf((await user.read(["config"])).summary, "lang")).toMatchObject({ value: "id", level: "user" });
    const said = await user.read(["config", "--explain", "--lang", "en"], { DSDN_LANG: "id" });
    expect(settingOf(said.summary, "lang")).toMatchObject({
      value: "en",
      level: "flag",
      said: [
        { level: "flag", value: "en", place: "--lang" },
        { level: "environment", value: "id", place: "DSDN_LANG" },
        { level: "user", value: "id" },
        { level: "default", value: "en" },
      ],
    });
    expect((await user.run(["config"])).stdout).toContain("Setelan");
    expect((await user.read(["config", "unset", "lang"])).summary).toMatchObject({ key: "lang", isChanged: true });
    expect((await user.run(["config"])).stdout).toContain("Setting");
  });

  test("lets the verbosity and the place of new keys be kept, and refuses any other", async () => {
    const user = await makeUser();
    await user.read(["config", "set", "verbosity", "quiet"]);
    await user.read(["config", "set", "store", "device"]);
    expect((await user.run(["keys", "generate"])).stdout.split("\n").filter(Boolean)).toHaveLength(1);
    expect((await user.run(["keys", "status", "-v"])).stdout.length).toBeGreaterThan(80);
    expect((await user.read(["config", "set", "ingress", "https://example.org"])).error).toBe(
      "DSDN_COMMANDS_SETTING_UNKNOWN",
    );
    expect((await user.read(["config", "set", "store", "cloud"])).error).toBe("DSDN_COMMANDS_VALUE_INVALID");
    expect((await user.read(["config", "set", "network", "nowhere"])).error).toBe("DSDN_COMMANDS_NETWORK_UNKNOWN");
  });

  test("never shows a token", async () => {
    const user = await makeUser();
    const env = { DA_AUTH_TOKEN: "hunter2hunter2", DA_RPC_URL: "https://user:hunter2@da.example.org/x?key=hunter2" };
    expect((await user.run(["config", "--explain"], env)).stdout).not.toContain("hunter2");
    expect(JSON.stringify((await user.read(["config", "--explain"], env)).summary)).not.toContain("hunter2");
  });

  test("names the field of a file that cannot be used, and stops only what needs it", async () => {
    const user = await makeUser();
    await user.read(["config", "set", "lang", "en"]);
    writeFileSync(join(user.home, "config.json"), '{"version":1,"plugins":["./evil.js"]}');
    const outcome = await user.run(["ls", "--json"]);
    expect(JSON.parse(outcome.stdout).error).toMatchObject({
      code: "DSDN_PROFILE_CONFIG_INVALID",
      facts: { field: "'plugins' (config.json)" },
    });
    expect((await user.run(["keys", "status"])).stderr).not.toContain("DSDN_PROFILE_CONFIG_INVALID");
    expect((await user.run(["explain", "DSDN_PROFILE_CONFIG_INVALID"])).exitCode).toBe(0);
  });
});
