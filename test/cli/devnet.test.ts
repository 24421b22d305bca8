import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { dsdn, listFiles, makeFolder, type Outcome } from "./script.ts";

const running: (() => Promise<Outcome>)[] = [];

afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

// One user with a network of its own.
async function startNetwork(...flags: string[]) {
  const folder = await makeFolder();
  const env = { DSDN_HOME: join(folder, "home"), CI: "1" };
  const run = (args: readonly string[], input: string | Uint8Array = "") => dsdn(args, { folder, env, input });
  const started = await run(["dev", "start", "-d", "--json", ...flags]);
  running.push(() => run(["dev", "stop"]));
  return { folder, env, run, started };
}

describe("a network of one's own", () => {
  test("starts, is found by the next call, and stops without leaving a process", async () => {
    const { run, started } = await startNetwork();
    expect(started).toMatchObject({ exitCode: 0, stderr: "" });
    const { ingressUrl } = JSON.parse(started.stdout).summary;
    expect(new URL(ingressUrl).hostname).toBe("127.0.0.1");
    const status = await run(["dev", "status", "--json"]);
    expect(JSON.parse(status.stdout).summary).toMatchObject({ ingressUrl });
    expect(await run(["dev", "stop"])).toMatchObject({ exitCode: 0 });
    const after = await run(["dev", "status", "--json"]);
    expect(JSON.parse(after.stdout).error).toMatchObject({ code: "DSDN_DEVNET_NOT_RUNNING", exitCode: after.exitCode });
    await expect(fetch(ingressUrl)).rejects.toThrow();
  });

  test("started a second time it is the same one, and settings it cannot take are refused", async () => {
    const { run, started } = await startNetwork();
    const { ingressUrl } = JSON.parse(started.stdout).summary;
    const again = await run(["dev", "start", "-d"]);
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    expect(again.stdout).toContain(`runs already: 10 roles, ingress ${ingressUrl}`);
    const slower = await run(["dev", "start", "-d", "--da-delay", "3s"]);
    expect(slower).toMatchObject({ exitCode: 13, stderr: expect.stringContaining("DSDN_DEVNET_ALREADY_RUNNING") });
  });

  test("says why it did not start, in the background as in the foreground", async () => {
    const folder = await makeFolder();
    const call = { folder, env: { DSDN_HOME: join(folder, "home"), CI: "1" } };
    await mkdir(join(folder, "net"));
    await writeFile(join(folder, "net", "devnet.json"), "{");
    for (const flags of [["-d"], []]) {
      const { exitCode, stderr } = await dsdn(["dev", "start", "--data", "net", ...flags], call);
      expect(exitCode).toBe(15);
      expect(stderr).toContain("DSDN_DEVNET_SETTINGS_DAMAGED");
      expect(stderr).toContain("(not JSON)");
    }
  });

  test("answers for a new deployment before its log, which is slow, has the address", async () => {
    const delayMs = 4_000;
    const { folder, run } = await startNetwork("--da-delay", `${delayMs}ms`);
    await mkdir(join(folder, "soon"));
    await writeFile(join(folder, "soon", "index.html"), "<h1>soon</h1>");
    const deployed = await run(["deploy", "soon", "--json"]);
    expect(deployed.exitCode).toBe(0);
    // The submission took one block. Waiting for the address on the log would take at least one more.
    expect(JSON.parse(deployed.stdout).details.waitMs).toBeLessThan(delayMs);
    // Said again before the log has it, it is the same.
    const again = await run(["deploy", "soon", "--if-changed", "--json"]);
    expect(JSON.parse(again.stdout).summary).toMatchObject({ version: 1, isUnchanged: true, status: "running" });
    await writeFile(join(folder, "soon", "index.html"), "<h1>sooner</h1>");
    expect((await run(["deploy", "soon"])).exitCode).toBe(0);
    const shown = await run(["status", "soon", "--json"]);
    expect(JSON.parse(shown.stdout).summary.health).toMatchObject({ status: 200, version: 2 });
    // What answers is gone back from, not what the log still calls current.
    const back = await run(["rollback", "soon", "--json"]);
    expect(JSON.parse(back.stdout).summary).toMatchObject({ from: 2, version: 1 });
  });

  test("in the foreground ends cleanly at Ctrl-C and goes on from its state", async () => {
    const folder = await makeFolder();
    const env = { DSDN_HOME: join(folder, "home"), CI: "1" };
    const interruptWhen = (stdout: string, stderr: string) => (stdout + stderr).includes("Ctrl-C");
    const first = await dsdn(["dev", "start"], { folder, env, interruptWhen });
    const second = await dsdn(["dev", "start"], { folder, env, interruptWhen });
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    const addressOf = (outcome: Outcome) => /http:\/\/127\.0\.0\.1:\d+/.exec(outcome.stdout)?.[0];
    expect(addressOf(second)).toBe(addressOf(first));
  });

  test("keeps a folder encrypted and gives back the same bytes, also from standard input", async () => {
    const { folder, run } = await startNetwork();
    await writeFile(join(folder, "secret.txt"), "the recipe");
    const stored = await run(["upload", "secret.txt", "--name", "recipe", "--json"]);
    expect(stored.exitCode).toBe(0);
    const { object: cid } = JSON.parse(stored.stdout).summary;
    expect((await run(["ls"])).stdout).toContain(cid);
    expect((await run(["cat", "recipe"])).stdout).toBe("the recipe");
    expect((await run(["get", "recipe", "--out", "back"])).exitCode).toBe(0);
    expect(await readFile(join(folder, "back"), "utf8")).toBe("the recipe");
    const piped = await run(["upload", "-", "--name", "piped"], "from a pipe");
    expect(piped.exitCode).toBe(0);
    expect((await run(["cat", "piped"])).stdout).toBe("from a pipe");
    // A running network makes and removes files while they are read.
    expect((await run(["dev", "stop"])).exitCode).toBe(0);
    const nodes = await listFiles(join(folder, "home"));
    expect(Object.values(nodes).filter((text) => text.includes("the recipe") || text.includes("from a pipe"))).toEqual(
      [],
    );
  });

  test("an unknown name is refused the same way in plain and in JSON", async () => {
    const { run } = await startNetwork();
    await run(["keys", "generate", "--store", "device"]);
    const plain = await run(["cat", "nothing"]);
    const json = await run(["cat", "nothing", "--json"]);
    const { error } = JSON.parse(json.stdout);
    expect(error.exitCode).toBe(plain.exitCode);
    expect(plain.exitCode).toBeGreaterThanOrEqual(10);
    expect(plain.stderr).toContain(error.code);
  });
});
