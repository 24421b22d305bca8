import { statSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dsdn, listFiles, makeFolder, type Outcome } from "./script.ts";

interface Session {
  readonly folder: string;
  run(args: readonly string[], options?: { home?: string; input?: string }): Promise<Outcome>;
  json(
    args: readonly string[],
    options?: { home?: string; input?: string },
  ): Promise<{ readonly summary: { readonly fingerprint: string; readonly files: string[] } }>;
}

// A user with a folder of work; `home` tells the devices of that user apart.
async function startSession(): Promise<Session> {
  const folder = await makeFolder();
  const run: Session["run"] = (args, { home = "home", input = "" } = {}) =>
    dsdn(args, { folder, input, env: { DSDN_HOME: join(folder, home), CI: "1" } });
  return { folder, run, json: async (args, options) => JSON.parse((await run([...args, "--json"], options)).stdout) };
}

async function withShares(): Promise<Session & { fingerprint: string; shares: string[] }> {
  const session = await startSession();
  const { summary } = await session.json(["keys", "generate", "--store", "device"]);
  const split = await session.json(["keys", "split", "--out", "shares"]);
  const { files } = split.summary;
  return { ...session, fingerprint: summary.fingerprint, shares: files.filter((file) => file.endsWith(".txt")) };
}

const shareFlags = (files: readonly (string | undefined)[]) => files.flatMap((file) => ["--share-file", file ?? ""]);

describe("dsdn keys", () => {
  test("a device key is made once, private, announced as open, and never replaced", async () => {
    const { folder, run } = await startSession();
    const made = await run(["keys", "generate", "--store", "device"]);
    expect(made).toMatchObject({ exitCode: 0, stderr: "" });
    expect(made.stdout).toContain("0600");
    const file = join(folder, "home/keys/device.key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = await readFile(file, "utf8");
    const again = await run(["keys", "generate", "--store", "device"]);
    expect(again.exitCode).toBe(14);
    expect(again.stderr).toContain("DSDN_KEYS_EXISTS");
    expect(await readFile(file, "utf8")).toBe(before);
  });

  test("status says what is missing before and what to do after", async () => {
    const { run, json } = await startSession();
    expect(await run(["keys", "status"])).toMatchObject({
      exitCode: 13,
      stderr: expect.stringContaining("DSDN_KEYS_MISSING"),
    });
    await run(["keys", "generate", "--store", "device"]);
    expect((await run(["keys", "status"])).stdout).toContain("keys split");
    expect((await json(["keys", "status"])).summary).toMatchObject({ store: "device", splits: [] });
  });

  test("any two of three shares bring the account back on another device, one does not", async () => {
    const { run, json, shares, fingerprint } = await withShares();
    for (const share of shares) expect(statSync(share).mode & 0o777).toBe(0o600);
    for (const [device, pair] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ].entries()) {
      const flags = shareFlags(pair.map((index) => shares[index]));
      const home = `device-${device}`;
      const back = await json(["keys", "recover", ...flags, "--store", "device"], { home });
      expect(back.summary).toMatchObject({ fingerprint });
    }
    const one = await run(["keys", "recover", ...shareFlags([shares[0]]), "--store", "device", "--json"], {
      home: "other",
    });
    expect(one.exitCode).toBeGreaterThanOrEqual(20);
    expect(JSON.parse(one.stdout).error.code).toMatch(/^DSDN_CRYPTO_SHARE/);
  });

  test("shares come from standard input too, and a damaged one is named", async () => {
    const { run, json, shares } = await withShares();
    const lines = await Promise.all(
      shares.slice(0, 2).map(async (path) => (await readFile(path, "utf8")).split("\n")[2] ?? ""),
    );
    const rehearsed = await json(["keys", "rehearse", "--share-file", "-"], { input: `${lines.join("\n")}\n` });
    expect(rehearsed.summary).toMatchObject({ rejected: [] });
    const damaged = lines.map((line, index) =>
      index === 0 ? `${line.slice(0, -1)}${line.endsWith("a") ? "b" : "a"}` : line,
    );
    const refused = await run(["keys", "rehearse", "--share-file", "-", "--json"], { input: damaged.join("\n") });
    expect(refused.exitCode).not.toBe(0);
    expect(JSON.parse(refused.stdout).error.code).toMatch(/^DSDN_CRYPTO_SHARE/);
    for (const line of lines) expect(refused.stdout + refused.stderr).not.toContain(line);
  });

  test("the folder of the shares, everything in it, or pages alone are enough, and one given twice counts once", async () => {
    const { run, json, shares, fingerprint } = await withShares();
    const pages = shares.map((path) => path.replace(/txt$/, "html"));
    const ways = [["shares"], [...shares, ...pages], pages.slice(0, 2), [shares[0] ?? "", pages[2] ?? ""]];
    for (const given of ways) {
      expect((await json(["keys", "rehearse", ...given])).summary).toMatchObject({ rejected: [] });
    }
    const recovered = await json(["keys", "recover", ...pages.slice(1), "--store", "device"], { home: "another" });
    expect(recovered.summary).toMatchObject({ fingerprint });
    const one = await run(["keys", "rehearse", shares[0] ?? "", pages[0] ?? ""]);
    expect(one.stderr).toContain("DSDN_CRYPTO_SHARES_SINGLE");
  });

  test("a share itself is no argument, and is not shown again", async () => {
    const { run, shares } = await withShares();
    const share = (await readFile(shares[0] ?? "", "utf8")).split("\n")[2] ?? "";
    const refused = await run(["keys", "recover", share]);
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("SECRET_IN_ARGUMENT") });
    expect(refused.stderr).not.toContain(share.slice(11));
  });

  test("the pages to print hold their share and load nothing", async () => {
    const { folder } = await withShares();
    const files = await listFiles(join(folder, "shares"));
    const pages = Object.entries(files).filter(([name]) => name.endsWith(".html"));
    expect(pages).toHaveLength(3);
    for (const [, page] of pages) expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|src=/);
  });

  test("an export opens with its passphrase only, and no secret is ever printed", async () => {
    const { folder, run, json, fingerprint } = await withShares();
    await writeFile(join(folder, "right"), "correct horse battery staple\n");
    await writeFile(join(folder, "wrong"), "hunter2 hunter2 hunter2\n");
    await chmod(join(folder, "right"), 0o600);
    const exported = await run(["keys", "export", "--out", "account.txt", "--passphrase-file", "right", "-vvv"]);
    expect(exported.exitCode).toBe(0);
    expect(statSync(join(folder, "account.txt")).mode & 0o777).toBe(0o600);
    const import_ = (passphrase: string) => [
      "keys",
      "import",
      "--key-file",
      "account.txt",
      "--store",
      "device",
      "--passphrase-file",
      passphrase,
    ];
    const refused = await run(import_("wrong"), { home: "laptop" });
    expect(refused.stderr).toContain("DSDN_KEYS_WRONG_PASSPHRASE");
    expect((await json(import_("right"), { home: "laptop" })).summary).toMatchObject({ fingerprint });
    expect(exported.stdout + refused.stderr).not.toMatch(/correct horse|hunter2/);
    const again = await run(["keys", "export", "--out", "account.txt", "--passphrase-file", "right"]);
    expect(again).toMatchObject({ exitCode: 14, stderr: expect.stringContaining("DSDN_COMMANDS_FILE_EXISTS") });
  });

  test("without a terminal nothing waits for an answer", async () => {
    const { run } = await startSession();
    const asked = await run(["keys", "generate", "--store", "file"]);
    expect(asked).toMatchObject({ exitCode: 13, stderr: expect.stringContaining("DSDN_UI_PROMPT_IMPOSSIBLE") });
  });

  test("a secret given as a flag is refused unread", async () => {
    const { run } = await startSession();
    for (const flag of ["--key=s3cret", "--passphrase=s3cret", "--share=s3cret"]) {
      const refused = await run(["keys", "recover", flag]);
      expect(refused).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining("DSDN_COMMANDS_SECRET_IN_ARGUMENT"),
      });
      expect(refused.stderr).not.toContain("s3cret");
    }
  });
});
