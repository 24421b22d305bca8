import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dsdn, makeFolder } from "./script.ts";

interface Report {
  readonly id: string;
  readonly status: string;
  readonly isRepaired: boolean;
}

// A machine of its own, without a network.
async function makeMachine() {
  const folder = await makeFolder();
  const home = join(folder, "home");
  const run = (...args: string[]) => dsdn(["doctor", ...args], { folder, env: { DSDN_HOME: home, CI: "1" } });
  const look = async (...args: string[]) => {
    const { exitCode, stdout } = await run("--json", ...args);
    const { problems, checks } = JSON.parse(stdout).summary as { problems: number; checks: Report[] };
    return { exitCode, problems, of: (id: string) => checks.find((check) => check.id === id) };
  };
  return { folder, home, run, look };
}

describe("dsdn doctor", () => {
  test("finds nothing in the way on a fresh machine, and leaves nothing there", async () => {
    const { folder, run, look } = await makeMachine();
    const { exitCode, problems, of } = await look();
    expect([exitCode, problems]).toEqual([0, 0]);
    expect(of("network")?.status).toBe("remark");
    expect((await run()).stdout).toContain("Nothing stands in the way.");
    expect(await readdir(folder)).toEqual([]);
  });

  test.skipIf(process.platform === "win32")("hides a key others can read, only when told to", async () => {
    const { home, look } = await makeMachine();
    await mkdir(join(home, "keys"), { recursive: true });
    const key = join(home, "keys", "account.key");
    await writeFile(key, "sealed");
    await chmod(key, 0o644);
    const modeOf = async () => (await stat(key)).mode & 0o777;
    const seen = await look();
    expect([seen.exitCode, seen.of("key-files")?.status, await modeOf()]).toEqual([19, "bad", 0o644]);
    const mended = await look("--fix");
    expect(mended.of("key-files")).toMatchObject({ status: "good", isRepaired: true });
    expect(await modeOf()).toBe(0o600);
  });

  test("removes what a killed devnet left, and never what a living one says", async () => {
    const { home, look } = await makeMachine();
    await mkdir(join(home, "devnet"), { recursive: true });
    const announcement = join(home, "devnet", "running.json");
    const url = "http://127.0.0.1:9";
    const announce = (pid: number) =>
      writeFile(
        announcement,
        JSON.stringify({ controlUrl: url, ingressUrl: url, chainRpcUrl: url, daUrl: url, token: "t", pid }),
      );
    await announce(process.pid);
    expect((await look("--fix")).of("devnet")).toMatchObject({ status: "bad", isRepaired: false });
    // No system gives out a process number this large.
    await announce(2 ** 30);
    expect((await look()).of("devnet")?.status).toBe("remark");
    expect((await look("--fix")).of("devnet")).toMatchObject({ status: "good", isRepaired: true });
    expect(await readdir(join(home, "devnet"))).toEqual([]);
  });

  test("names an ingress that does not answer", async () => {
    const { look } = await makeMachine();
    const { exitCode, of } = await look("--ingress", "http://127.0.0.1:9");
    expect([exitCode, of("network")?.status, of("log")]).toEqual([19, "bad", undefined]);
  });

  test("ends the faults of a devnet", async () => {
    const { folder, home, look } = await makeMachine();
    const run = (...args: string[]) => dsdn(args, { folder, env: { DSDN_HOME: home, CI: "1" } });
    expect((await run("dev", "start", "-d")).exitCode).toBe(0);
    try {
      const before = await look();
      expect([before.exitCode, before.of("devnet")?.status, before.of("nodes")?.status]).toEqual([0, "good", "good"]);
      expect((await run("dev", "fault", "kill", "node-1")).exitCode).toBe(0);
      expect((await look()).of("devnet")?.status).toBe("bad");
      expect((await look("--fix")).of("devnet")).toMatchObject({ status: "good", isRepaired: true });
    } finally {
      await run("dev", "stop");
    }
  });
});
