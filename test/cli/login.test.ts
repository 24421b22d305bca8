import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../../src/index.ts";
import { startProvider } from "../oidc-provider.ts";
import { useNetwork } from "./network.ts";
import { dsdn, makeFolder, type Outcome } from "./script.ts";

const provider = await startProvider();
afterAll(() => provider.close());
const network = useNetwork(() => ["--sign-in-issuer", provider.issuer, "--sign-in-client-id", provider.clientId]);
let ingressUrl = "";
beforeAll(() => {
  ingressUrl = JSON.parse(readFileSync(join(network.home, "devnet", "running.json"), "utf8")).ingressUrl;
});

type Decision = Parameters<typeof provider.decide>[2];

/** A user of another machine, who has an account and no token. */
async function makeUser() {
  const folder = await makeFolder();
  const home = join(folder, "home");
  const env = { DSDN_HOME: home, HOME: folder, CI: "1", DSDN_INGRESS_ENDPOINT: ingressUrl };
  const run = (args: readonly string[]) => dsdn(args, { folder, env });
  const read = async (args: readonly string[]) => {
    const { exitCode, stdout } = await run([...args, "--json"]);
    const { summary, error } = JSON.parse(stdout);
    return { exitCode, summary, code: error?.code as string | undefined };
  };
  /** Signs in as a person does who reads the code off the terminal. */
  const login = async (decision: Decision): Promise<Outcome & { readonly decided: Promise<void> | undefined }> => {
    let decided: Promise<void> | undefined;
    const lookAt = (_: string, stderr: string) => {
      const line = /^\{"verificationUrl.*\}$/m.exec(stderr)?.[0];
      if (line === undefined || decided !== undefined) return false;
      const { verificationUrl, userCode } = JSON.parse(line);
      decided = provider.decide(verificationUrl, userCode, decision);
      return false;
    };
    const outcome = await dsdn(["login", "--json"], { folder, env, interruptWhen: lookAt });
    await decided;
    return { ...outcome, decided };
  };
  writeFileSync(join(folder, "a.txt"), "hello");
  await run(["keys", "generate", "--store", "device"]);
  const files = () => readdirSync(join(home, "sign-ins")).map((name) => join(home, "sign-ins", name));
  return { folder, env, run, read, login, files };
}

describe("dsdn login", () => {
  test("opens an ingress that asks for it, to the account of whoever signed in, until logout", async () => {
    const user = await makeUser();
    expect(await user.read(["upload", "a.txt"])).toMatchObject({ exitCode: 17, code: "DSDN_NET_SIGN_IN_NEEDED" });

    const tokenCheck = async () => {
      const { summary } = await user.read(["network", "test"]);
      return summary.ingresses[0].checks.find(({ id }: { id: string }) => id === "token").status;
    };
    expect(await tokenCheck()).toBe("bad");
    const { exitCode, stdout, stderr } = await user.login({ user: "rani" });
    expect(exitCode, stdout + stderr).toBe(0);
    const { summary } = JSON.parse(stdout);
    expect(summary).toMatchObject({ issuer: provider.issuer, ingress: ingressUrl, user: "rani", isRenewed: true });
    const [file = ""] = user.files();
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
    const { idToken } = JSON.parse(readFileSync(file, "utf8"));
    expect(stdout + stderr).not.toContain(idToken);
    expect(await tokenCheck()).toBe("good");

    const uploaded = await user.read(["upload", "a.txt", "--name", "a"]);
    expect(uploaded, JSON.stringify(uploaded)).toMatchObject({ exitCode: 0 });
    expect((await user.run(["cat", "a"])).stdout).toBe("hello");

    const before = provider.revoked.length;
    expect((await user.read(["logout"])).summary).toMatchObject({ wasSignedIn: true, isRevoked: true, fault: null });
    expect(provider.revoked.length).toBeGreaterThan(before);
    expect(user.files()).toEqual([]);
    expect(await user.read(["upload", "a.txt"])).toMatchObject({ exitCode: 17, code: "DSDN_NET_SIGN_IN_NEEDED" });
    expect((await user.read(["logout"])).summary).toMatchObject({ wasSignedIn: false });
  });

  test("opens it to programs of the same user too, by the name the network has there, which is pinned at its first use", async () => {
    const user = await makeUser();
    await user.login({ user: "sari" });
    const home = user.env.DSDN_HOME;
    await user.run(["network", "add", "office", "--ingress", ingressUrl, "--no-check"]);
    const { storage, network: facts } = await connect({ name: "office", home });
    const known = JSON.parse(readFileSync(join(home, "config.json"), "utf8")).networks.office;
    expect(known.networkId).toBe((await facts()).network);
    await storage.uploadBytes(Buffer.from("by a program"), "by-program.txt");
    expect((await user.run(["cat", "by-program.txt"])).stdout).toBe("by a program");
    await user.read(["logout"]);
    const out = connect({ name: "office", home }).then((client) =>
      client.storage.uploadBytes(Buffer.from("x"), "x.txt"),
    );
    await expect(out).rejects.toMatchObject({ code: "DSDN_NET_SIGN_IN_NEEDED" });
  });

  test("renews a token that ends, and lets nobody in with one that ended or was changed", async () => {
    const user = await makeUser();
    provider.setLifetime(30);
    expect((await user.login({ user: "budi" })).exitCode).toBe(0);
    provider.setLifetime(3600);
    const [file = ""] = user.files();
    const first = JSON.parse(readFileSync(file, "utf8"));
    expect((await user.read(["upload", "a.txt"])).exitCode).toBe(0);
    const second = JSON.parse(readFileSync(file, "utf8"));
    expect(second.expiresMs).toBeGreaterThan(first.expiresMs);
    expect(second.user).toBe("budi");

    const [head = "", body = "", mark = ""] = second.idToken.split(".");
    const forged = JSON.parse(Buffer.from(body, "base64url").toString());
    const other = Buffer.from(JSON.stringify({ ...forged, sub: "rani" })).toString("base64url");
    for (const idToken of [
      `${head}.${other}.${mark}`,
      `${Buffer.from('{"alg":"none"}').toString("base64url")}.${other}.`,
    ]) {
      writeFileSync(file, JSON.stringify({ ...second, idToken }));
      const code = (await user.read(["upload", "a.txt"])).code;
      expect(["DSDN_NET_SIGN_IN_REFUSED", "DSDN_NET_SIGN_IN_NEEDED"]).toContain(code);
    }
    writeFileSync(file, JSON.stringify({ ...first, refreshToken: null, expiresMs: 1 }));
    expect(await user.read(["upload", "a.txt"])).toMatchObject({ exitCode: 17, code: "DSDN_NET_SIGN_IN_NEEDED" });
    if (process.platform === "win32") return;
    chmodSync(file, 0o644);
    expect(await user.read(["upload", "a.txt"])).toMatchObject({ code: "DSDN_KEYS_FILE_EXPOSED" });
  });

  test("says that it was declined, and keeps nothing", async () => {
    const user = await makeUser();
    const { exitCode, stdout } = await user.login("decline");
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([17, "DSDN_CLIENT_SIGN_IN_DENIED"]);
    expect((await user.read(["logout"])).summary).toMatchObject({ wasSignedIn: false });
  });

  test("shows page and code in words, and Ctrl-C ends the waiting", async () => {
    const user = await makeUser();
    const interruptWhen = (_: string, stderr: string) => stderr.includes("masukkan kode");
    const outcome = await dsdn(["login", "--lang", "id"], { folder: user.folder, env: user.env, interruptWhen });
    expect(outcome.exitCode).toBe(130);
    expect(outcome.stdout).toBe("");
    expect(outcome.stderr).toMatch(new RegExp(`${provider.issuer}/device\\n.*[A-Z]{4}-[A-Z]{4}`));
  });

  test("does not ask who has the token of the ingress itself", async () => {
    await network.write({ "own.txt": "mine" });
    expect(await network.summary(["upload", "own.txt"])).toMatchObject({ object: expect.stringMatching(/^baf/) });
  });
});
