import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { useNetwork } from "./network.ts";
import { dsdn, makeFolder } from "./script.ts";

const network = useNetwork();
let ingressUrl = "";
let token = "";
beforeAll(() => {
  const running = JSON.parse(readFileSync(join(network.home, "devnet", "running.json"), "utf8"));
  [ingressUrl, token] = [running.ingressUrl, running.token];
});

/** Grants a session to the account of the file's network. @returns its text. */
async function grant(...flags: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await network.run(["session", "grant", "--print", ...flags]);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** A machine that has never seen the account: another home, and no more than a session and the way to the network. */
async function makeMachine(session: string) {
  const folder = await makeFolder();
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
  const base = { DSDN_HOME: join(folder, "home"), HOME: folder, CI: "1", DSDN_TOKEN_FILE: tokenFile };
  const env = { ...base, DSDN_INGRESS_ENDPOINT: ingressUrl };
  const run = (args: readonly string[], more: { readonly [name: string]: string } = { DSDN_SESSION: session }) =>
    dsdn(args, { folder, env: { ...env, ...more } });
  const read = async (args: readonly string[], more?: { readonly [name: string]: string }) => {
    const { exitCode, stdout } = await run([...args, "--json"], more);
    const { summary, error } = JSON.parse(stdout);
    return { exitCode, summary, code: error?.code as string | undefined, hint: error?.hint as string | undefined };
  };
  writeFileSync(join(folder, "a.txt"), "hello from CI");
  return { folder, run, read };
}

describe("dsdn session", () => {
  test("lets a machine without the account key upload, read and deploy, and ends it by name", async () => {
    const out = await network.summary(["session", "grant", "--name", "ci", "--expires", "30d", "--out", "ci.dsdn"]);
    const file = join(network.folder, "ci.dsdn");
    expect(out).toMatchObject({ name: "ci", scopes: ["upload", "deploy"], reads: "own", file, credential: null });
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
    const session = readFileSync(file, "utf8").trim();
    expect(session).toMatch(/^dsdn\.session\.1\.[A-Za-z0-9+/=]+$/);

    const ci = await makeMachine(session);
    expect((await ci.read(["upload", "a.txt", "--name", "a"])).exitCode).toBe(0);
    expect((await ci.run(["cat", "a"])).stdout).toBe("hello from CI");
    writeFileSync(join(ci.folder, "index.html"), "<h1>from CI</h1>");
    const deployed = await ci.read(["deploy", ".", "--name", "site", "--yes"]);
    expect(deployed, JSON.stringify(deployed)).toMatchObject({ exitCode: 0 });
    expect(await network.summary(["status", "site"])).toMatchObject({ deployment: { name: "site" } });

    const listed = await network.summary(["session", "list"]);
    expect(listed["sessions"]).toContainEqual(
      expect.objectContaining({ name: "ci", status: "active", session: out["session"], reads: "own" }),
    );
    expect(await network.summary(["session", "revoke", "ci"])).toMatchObject({ isDone: true, wasActive: true });
    expect(await ci.read(["upload", "a.txt"])).toMatchObject({ exitCode: 33, code: "DSDN_CLIENT_SESSION_REVOKED" });
    expect((await network.summary(["session", "list", "--all"]))["sessions"]).toContainEqual(
      expect.objectContaining({ name: "ci", status: "revoked" }),
    );
  });

  test("is shared by several machines at once, and nothing of any is lost", async () => {
    const session = await grant("--name", "many");
    const machines = await Promise.all([1, 2, 3, 4].map(() => makeMachine(session)));
    const done = await Promise.all(
      machines.map(async ({ folder, read }, at) => {
        writeFileSync(join(folder, "page.txt"), `page ${at} ${"x".repeat(200)}`);
        return read(["upload", "page.txt", "--public"]);
      }),
    );
    expect(done.map(({ exitCode, code }) => [exitCode, code])).toEqual(machines.map(() => [0, undefined]));
    const [first] = machines;
    for (const [at, { summary }] of done.entries()) {
      expect((await first?.run(["cat", summary.object]))?.stdout).toContain(`page ${at} `);
      expect(await network.summary(["stat", summary.object])).toMatchObject({ status: "published" });
    }
  });
});
