import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { connect } from "../../src/client/index.ts";
import { openAccount } from "../../src/keys/index.ts";
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
  /** Puts a session, or anything else, into a file. */
  const keep = (text: string, mode = 0o600) => {
    const file = join(folder, "session.dsdn");
    writeFileSync(file, `${text}\n`);
    chmodSync(file, mode);
    return file;
  };
  return { folder, env: base, run, read, keep };
}

const APP = "version: 1\nenv:\n  GREETING: hi\n";

describe("dsdn session", () => {
  test("several that are granted at the same moment are all granted: none overtakes another", async () => {
    const account = openAccount(randomBytes(32));
    const profileFolder = await makeFolder();
    const client = connect({ ingressUrl, token, profileFolder, findAccount: async () => account });
    const names = ["first", "second", "third", "fourth"];
    const wish = { scopes: ["upload"], lifetimeMs: 3_600_000, reach: "own" } as const;
    const granted = await Promise.all(
      names.map((name) => client.sessions.grant({ ...wish, scopes: [...wish.scopes], name })),
    );
    const active = (await client.sessions.list()).filter(({ status }) => status === "active");
    const given = active.filter(({ name }) => name !== null);
    expect(given.map(({ name }) => name).sort()).toEqual(names.toSorted());
    expect(given.map(({ session }) => session).sort()).toEqual(granted.map(({ session }) => session).sort());
  });

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
        return read(["upload", "page.txt", "--public", "--name", `page-${at}`]);
      }),
    );
    expect(done.map(({ exitCode, code }) => [exitCode, code])).toEqual(machines.map(() => [0, undefined]));
    const [first] = machines;
    for (const [at, { summary }] of done.entries()) {
      expect((await first?.run(["cat", summary.object]))?.stdout).toContain(`page ${at} `);
      expect((await first?.run(["cat", `page-${at}`]))?.stdout).toContain(`page ${at} `);
      expect(await network.summary(["stat", summary.object])).toMatchObject({ status: "published" });
    }
  });

  test("finds its network by itself, from the environment or from what is kept for a network", async () => {
    const session = await grant("--name", "ci");
    const { folder, env, keep } = await makeMachine(session);
    const read = async (args: readonly string[], more: { readonly [name: string]: string } = {}) => {
      const { exitCode, stdout } = await dsdn([...args, "--json"], { folder, env: { ...env, ...more } });
      return { exitCode, summary: JSON.parse(stdout).summary };
    };
    expect((await read(["upload", "a.txt", "--name", "a"], { DSDN_SESSION: session })).exitCode).toBe(0);
    const file = keep(session);
    expect((await read(["stat", "a"], { DSDN_SESSION_FILE: file })).exitCode).toBe(0);

    await read([
      "network",
      "add",
      "live",
      "--ingress",
      ingressUrl,
      "--session-file",
      file,
      "--token-file",
      env.DSDN_TOKEN_FILE,
    ]);
    expect((await read(["stat", "a", "--network", "live"])).exitCode).toBe(0);
    const explained = (more: { readonly [name: string]: string } = {}) => read(["config", "--network", "live"], more);
    const find = ({ summary }: Awaited<ReturnType<typeof explained>>, wanted: string) =>
      (summary.settings as { key: string }[]).find(({ key }) => key === wanted);
    expect(find(await explained(), "session-file")).toMatchObject({ value: file, place: "network live" });
    const set = await explained({ DSDN_SESSION: session });
    expect(find(set, "session")).toMatchObject({ value: "***", level: "environment", place: "DSDN_SESSION" });
    expect(find(set, "session-file")).toMatchObject({ value: null });
    expect(JSON.stringify(set)).not.toContain(session);
  });

  test("says what is wrong with a session before anything is sent", async () => {
    const session = await grant("--name", "ci");
    const { read, keep, run } = await makeMachine(session);
    const upload = (more: { readonly [name: string]: string }) => read(["upload", "a.txt"], more);
    const changed = `${session.slice(0, 60)}${session[60] === "A" ? "B" : "A"}${session.slice(61)}`;
    for (const text of [changed, session.slice(0, -20), "dsdn.session.2.AAAA", "hello"]) {
      expect(await upload({ DSDN_SESSION: text })).toMatchObject({ exitCode: 43, code: "DSDN_KEYS_SESSION_INVALID" });
    }
    const file = keep(session);
    expect(await upload({ DSDN_SESSION: session, DSDN_SESSION_FILE: file })).toMatchObject({
      exitCode: 2,
      code: "DSDN_PROFILE_SESSION_TWICE",
    });
    expect(await upload({ DSDN_SESSION_FILE: `${file}.none` })).toMatchObject({ code: "DSDN_BASE_FILE_MISSING" });
    if (process.platform !== "win32") {
      const exposed = keep(session, 0o644);
      expect(await upload({ DSDN_SESSION_FILE: exposed })).toMatchObject({ code: "DSDN_PROFILE_FILE_EXPOSED" });
    }
    for (const args of [["session", "grant", "--name", "next", "--print"]]) {
      expect(await read(args)).toMatchObject({ exitCode: 17, code: "DSDN_KEYS_WALLET_MISSING" });
    }
    const accountCheck = async (more: { readonly [name: string]: string }) => {
      const { summary } = await read(["doctor"], more);
      return summary.checks.find(({ id }: { id: string }) => id === "account");
    };
    expect(await accountCheck({ DSDN_SESSION: session })).toMatchObject({
      status: "good",
      text: expect.stringContaining("ci"),
    });
    expect(await accountCheck({ DSDN_SESSION: changed })).toMatchObject({ status: "bad" });
    const shown = await run(["session", "revoke", "nobody", "--lang", "id"]);
    expect([shown.exitCode, shown.stderr]).toEqual([34, expect.stringContaining("DSDN_CLIENT_SESSION_UNKNOWN")]);
  });

  test("may do what it was granted and nothing else, for as long and as much as was said", async () => {
    const small = await makeMachine(await grant("--name", "small", "--scope", "upload", "--quota", "64KB"));
    writeFileSync(join(small.folder, "index.html"), "<h1>no</h1>");
    expect(await small.read(["deploy", ".", "--name", "no", "--yes"])).toMatchObject({
      code: "DSDN_CLIENT_SESSION_SCOPE",
    });
    const stored = await small.read(["upload", "a.txt", "--name", "a"]);
    expect(stored.exitCode).toBe(0);
    expect(await small.read(["rm", "a"])).toMatchObject({ code: "DSDN_CLIENT_SESSION_SCOPE" });
    writeFileSync(join(small.folder, "big.bin"), Buffer.alloc(100_000, 7));
    expect((await small.read(["upload", "big.bin", "--public"])).exitCode).not.toBe(0);

    const deployer = await makeMachine(await grant("--name", "deployer", "--scope", "deploy"));
    expect(await deployer.read(["upload", "a.txt"])).toMatchObject({ code: "DSDN_CLIENT_SESSION_SCOPE" });

    const brief = await makeMachine(await grant("--name", "brief", "--expires", "2m"));
    await network.run(["dev", "clock", "advance", "3m"]);
    expect(await brief.read(["upload", "a.txt"])).toMatchObject({ exitCode: 33, code: "DSDN_CLIENT_SESSION_EXPIRED" });
    expect((await network.failure(["session", "grant", "--name", "x", "--print", "--expires", "400d"])).code).toBe(
      "DSDN_COMMANDS_VALUE_INVALID",
    );
  });

  test("opens what --reads says: its own, settings of deployments, or everything", async () => {
    await network.write({ "diary.txt": "dear diary", "app/index.html": "<h1>app</h1>", "app/dsdn.yaml": APP });
    const diary = await network.summary(["upload", "diary.txt", "--name", "diary"]);
    await network.summary(["deploy", "app", "--name", "app", "--yes"]);

    const own = await makeMachine(await grant("--name", "own"));
    expect((await own.run(["cat", String(diary["object"])])).exitCode).not.toBe(0);
    expect((await own.read(["cat", "diary"])).code).toBe("DSDN_CLIENT_NAME_UNKNOWN");
    expect(await own.read(["env", "list", "app"])).toMatchObject({ code: "DSDN_CLIENT_SESSION_REACH" });
    expect((await own.read(["upload", "a.txt", "--name", "mine"])).exitCode).toBe(0);
    const again = await makeMachine(await grant("--name", "own"));
    expect((await again.run(["cat", "mine"])).stdout).toBe("hello from CI");

    const reader = await makeMachine(await grant("--name", "reader", "--reads", "deployments"));
    expect((await reader.read(["env", "list", "app"])).summary).toMatchObject({
      env: [{ name: "GREETING", value: "hi" }],
    });
    expect((await reader.read(["env", "set", "app", "GREETING=hello"])).exitCode).toBe(0);
    expect(await network.summary(["env", "list", "app"])).toMatchObject({
      env: [{ name: "GREETING", value: "hello" }],
    });
    expect((await reader.run(["cat", String(diary["object"])])).exitCode).not.toBe(0);

    await network.summary(["secrets", "put", "app", "TOKEN", "--file", "-"], "s3cret");
    writeFileSync(join(reader.folder, "index.html"), "<h1>next</h1>");
    expect((await reader.read(["deploy", ".", "--name", "app", "--yes"])).exitCode).toBe(0);
    expect(await network.summary(["secrets", "list", "app"])).toMatchObject({ secrets: ["TOKEN"] });

    const whole = await makeMachine(await grant("--name", "whole", "--reads", "account"));
    expect((await whole.run(["cat", "diary"])).stdout).toBe("dear diary");
  });
});
