import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, type Devnet, DsdnError, type ProgressStage, renderError, startDevnet } from "../../src/index.ts";
import { makeBytes } from "./devnet-fixture.ts";

describe("a program that uses the library", () => {
  let devnet: Devnet;
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dsdn-library-"));
    devnet = await startDevnet();
  });
  afterAll(async () => {
    await devnet.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const codeOf = (work: PromiseLike<unknown>) =>
    Promise.resolve(work).then(
      () => "none",
      (error: unknown) => (error instanceof DsdnError ? error.code : String(error)),
    );

  test("uploads a file encrypted, tells each stage with what is left of it, and reads it back", async () => {
    const client = await devnet.connect();
    const bytes = Buffer.from(makeBytes(3_000_000, "library"));
    const path = join(folder, "photo.raw");
    await writeFile(path, bytes);
    const told: ProgressStage[] = [];
    const upload = client.storage.uploadFile(path).encrypted().named("holiday");
    const result = await upload.waitWithProgress((progress) => told.push(progress));
    expect(result).toMatchObject({ name: "holiday", isPublic: false, sizeBytes: bytes.length, stage: "published" });
    const ends = told.filter(({ isDone }) => isDone).map(({ stage, leftMs }) => [stage, leftMs]);
    expect(ends).toEqual([
      ["sending", 0],
      ["publishing", 0],
    ]);
    expect(told.filter(({ stage }) => stage === "sending").at(-1)).toMatchObject({
      doneBytes: bytes.length,
      totalBytes: bytes.length,
    });
    expect(bytes.equals(await client.storage.getBytes("holiday"))).toBe(true);
    // Awaited again it is not sent again.
    expect(await upload).toBe(result);
  });

  test("leaves an upload as it was when another is made of it, and sends nothing before it is awaited", async () => {
    const client = await devnet.connect();
    const first = client.storage.uploadBytes(Buffer.from("hello"), "hello.txt");
    const open = first.public().named("open");
    expect((await open).isPublic).toBe(true);
    expect((await client.storage.list()).map(({ name }) => name)).toEqual(["open"]);
    expect(await first).toMatchObject({ isPublic: false, name: "hello.txt" });
  });

  test("shares an object by a link that another program opens", async () => {
    const client = await devnet.connect();
    await client.storage.uploadBytes(Buffer.from("for you"), "note.txt");
    const { url } = await client.storage.share("note.txt", { lifeMs: 60_000 });
    const { openLink } = await import("../../src/client/index.ts");
    const link = await openLink(url);
    const parts: Uint8Array[] = [];
    for await (const part of link.read()) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe("for you");
  });

  test("deploys a folder, reads its stages one by one and finds its status and log", async () => {
    const client = await devnet.connect();
    const program = `export default { fetch() { console.log("asked"); return new Response("from the library"); } };`;
    await writeFile(join(folder, "index.js"), program);
    const deploying = client.compute.deploy({ path: join(folder, "index.js"), name: "greeter" });
    const run = deploying.waitWithProgress();
    const stages: string[] = [];
    for await (const { stage, isDone } of run) if (isDone) stages.push(stage);
    expect(stages).toEqual(["building", "sending", "scheduling", "starting"]);
    const deployed = await run;
    const answer = await fetch(deployed.fallbackUrl ?? "");
    expect(await answer.text()).toBe("from the library");
    expect(await client.compute.status("greeter")).toMatchObject({ latest: deployed.workload, isRemoved: false });
    const lines: string[] = [];
    for await (const { text } of client.compute.logs("greeter")) lines.push(text);
    expect(lines).toContain("asked");
    expect(await client.compute.remove("greeter")).toEqual({ isDone: true });
  });

  test("runs a WebAssembly program from bytes with arguments and input, and reads what it wrote", async () => {
    const client = await devnet.connect();
    const program = await readFile(new URL("../unit/runtime/fixtures/wasi-command.wasm", import.meta.url));
    const words = Buffer.from("one two three");
    const done = await client.compute.deployWasm(program, { name: "words", args: ["a"], stdin: words });
    expect(done).toMatchObject({ name: "words", kind: "wasi", mode: "batch", exitCode: 0, url: null });
    expect(Buffer.from(await client.compute.readOutput(done)).toString()).toBe("3 words\n");
    const lines: string[] = [];
    for await (const { text } of client.compute.logs("words")) lines.push(text);
    expect(lines.join()).toContain('"a"');
  });

  test("runs a project's own build only when the program lets it, and deploys what came out", async () => {
    const client = await devnet.connect();
    const project = join(folder, "built");
    await mkdir(project);
    const build = `require("fs").mkdirSync("dist");require("fs").writeFileSync("dist/index.html","<h1>built</h1>")`;
    await writeFile(join(project, "build.cjs"), build);
    await writeFile(join(project, "package.json"), JSON.stringify({ scripts: { build: "node build.cjs" } }));
    expect(await codeOf(client.compute.deploy(project))).toBe("DSDN_LIBRARY_BUILD_NOT_ALLOWED");
    expect(existsSync(join(project, "dist"))).toBe(false);
    const { fallbackUrl, mode } = await client.compute.deploy({ path: project, allowBuild: true });
    expect(mode).toBe("service");
    expect(await (await fetch(fallbackUrl ?? "")).text()).toBe("<h1>built</h1>");
  });

  test("gives a program that names private objects of the account their keys only when it is let", async () => {
    const client = await devnet.connect();
    const { object } = await client.storage.uploadBytes(new Uint8Array([1]), "secret").encrypted();
    const project = join(folder, "curious");
    await mkdir(project);
    await writeFile(join(project, "main.js"), "export default function main() {}\n");
    await writeFile(join(project, "dsdn.yaml"), `grants:\n  objects: [${object}]\n`);
    expect(await codeOf(client.compute.deploy(project))).toBe("DSDN_LIBRARY_READS_NOT_ALLOWED");
    expect(await client.compute.list()).toEqual([]);
    expect(await client.compute.deploy({ path: project, allowReads: true })).toMatchObject({ exitCode: 0 });
    // What the version before may read, the next one may.
    expect(await client.compute.deploy(project)).toMatchObject({ exitCode: 0 });
  });

  test("deploys a preview beside the current version, keeps its environment and promotes it", async () => {
    const client = await devnet.connect();
    const path = join(folder, "shown.js");
    const deployText = (text: string, rest = {}) =>
      writeFile(path, `export default { fetch: (_, env) => new Response(env.GREETING + " ${text}") };`).then(() =>
        client.compute.deploy({ path, name: "shown", ...rest }),
      );
    const read = async (url: string | null) => (await fetch(url ?? "")).text();
    const first = await deployText("one", { change: { env: new Map([["GREETING", "hello"]]) } });
    const second = await deployText("two", { preview: { name: "next", expiresMs: null } });
    expect([await read(first.fallbackUrl), await read(second.fallbackUrl)]).toEqual(["hello one", "hello two"]);
    expect((await client.compute.env.get("shown")).env).toEqual([{ name: "GREETING", value: "hello" }]);
    expect(await client.compute.promote("shown", second.workload ?? "")).toEqual({ isDone: true });
    expect(await client.compute.status("shown")).toMatchObject({ latest: second.workload });
  });

  test("reads the project's own file, below what the program says, and refuses one with another ending", async () => {
    const client = await devnet.connect();
    const project = join(folder, "with-file");
    await mkdir(project);
    await writeFile(join(project, "index.html"), "<p>page");
    await writeFile(join(project, "dsdn.yaml"), "name: from-the-file\n");
    const scheduled = { path: project, until: "scheduled" } as const;
    expect(await client.compute.deploy(scheduled)).toMatchObject({ name: "from-the-file", url: null });
    expect((await client.compute.deploy({ ...scheduled, name: "said" })).name).toBe("said");
    await rename(join(project, "dsdn.yaml"), join(project, "dsdn.yml"));
    expect(await codeOf(client.compute.deploy(scheduled))).toBe("DSDN_INTENT_FILE_MISNAMED");
  });

  test("gives a batch a schedule, and refuses one for what runs all the time", async () => {
    const client = await devnet.connect();
    const path = join(folder, "nightly.js");
    await writeFile(path, "console.log('tick');\n");
    const schedule = { cron: "0 3 * * *", timeZone: "Asia/Jakarta" };
    const planned = await client.compute.deploy({ path, name: "nightly", type: "batch", schedule });
    expect(planned).toMatchObject({ workload: null, mode: "batch", url: null });
    expect((await client.compute.status("nightly")).job).toMatchObject({ cron: "0 3 * * *", timeZone: "Asia/Jakarta" });
    await writeFile(path, "export default { fetch: () => new Response('') };\n");
    const refused = client.compute.deploy({ path, name: "always", schedule });
    expect(await codeOf(refused)).toBe("DSDN_LIBRARY_SCHEDULE_UNUSED");
  });

  test("acts for an account with the text of a session, which names its network, and no further than that", async () => {
    const { connect: connectNetwork } = await import("../../src/client/index.ts");
    const { openAccount } = await import("../../src/keys/index.ts");
    const owner = connectNetwork({
      ingressUrl: devnet.url,
      token: devnet.token,
      profileFolder: join(folder, "owner"),
      findAccount: async () => openAccount(new Uint8Array(makeBytes(32, "owner of a session"))),
    });
    const { credential } = await owner.sessions.grant({
      name: "pipeline",
      scopes: ["upload"],
      lifetimeMs: 3_600_000,
      reach: "own",
      ingresses: [devnet.url],
    });
    const home = join(folder, "pipeline");
    const client = await connect({ session: credential, token: devnet.token, home });
    const { object } = await client.storage.uploadBytes(Buffer.from("by a pipeline"), "artifact.txt").public();
    const owned = (await owner.storage.list()).map((row) => row.object);
    expect(owned).toContain(object);
    expect(await codeOf(client.storage.remove(object))).toMatch(/^DSDN_CLIENT_/);
    expect(await codeOf(connect({ session: `${credential}x`, home }))).toBe("DSDN_KEYS_SESSION_INVALID");
  });

  test("fails with a code and a hint in both languages", async () => {
    const client = await devnet.connect();
    expect(await codeOf(client.storage.uploadFile(join(folder, "absent.bin")))).toBe("DSDN_BASE_FILE_MISSING");
    expect(await codeOf(client.compute.status("absent"))).toBe("DSDN_CLIENT_DEPLOYMENT_UNKNOWN");
    const error = await connect("nowhere").catch((thrown: unknown) => thrown);
    if (!(error instanceof DsdnError)) throw new TypeError("no DsdnError");
    expect(error.code).toBe("DSDN_LIBRARY_NETWORK_UNKNOWN");
    const [english, indonesian] = [renderError(error, "en"), renderError(error, "id")];
    expect(english.hint).toContain("dsdn network add");
    expect(indonesian.message).not.toBe(english.message);
  });

  test("tells a program without types what it gave wrongly, before anything is deployed", async () => {
    const { compute, storage } = await devnet.connect();
    const path = join(folder, "index.js");
    await writeFile(path, "export default { fetch: () => new Response('') };\n");
    const untyped = (value: object): never => value as never;
    expect(await codeOf(compute.deploy(untyped({ path, rf: 3 })))).toBe("DSDN_INTENT_FIELD_PLACEMENT");
    expect(await codeOf(compute.deploy(untyped({ path, colour: "red" })))).toBe("DSDN_INTENT_FIELD_UNKNOWN");
    expect(await codeOf(compute.deploy(untyped({ path, type: "website" })))).toBe("DSDN_INTENT_FIELD_INVALID");
    expect(await codeOf(compute.deploy(untyped({ name: "no-path" })))).toBe("DSDN_INTENT_VALUE_INVALID");
    expect(await codeOf(compute.deployWasm(untyped(new ArrayBuffer(8))))).toBe("DSDN_LIBRARY_BYTES_EXPECTED");
    const text = Object("text");
    expect(await codeOf(storage.uploadBytes(untyped(text), "a.txt"))).toBe("DSDN_LIBRARY_BYTES_EXPECTED");
    expect(await compute.list()).toEqual([]);
  });

  test("follows a log until its reader breaks off, and ends with the reason of a signal", async () => {
    const { compute } = await devnet.connect();
    const path = join(folder, "chatty.js");
    await writeFile(path, "export default { fetch: () => { console.log('said'); return new Response(''); } };\n");
    const { name, fallbackUrl } = await compute.deploy({ path, name: "chatty" });
    await fetch(fallbackUrl ?? "");
    let said = "";
    for await (const { text } of compute.logs(name, { follow: true })) {
      said = text;
      if (text === "said") break;
    }
    expect(said).toBe("said");
    const stop = new AbortController();
    const follow = async () => {
      for await (const { text } of compute.logs(name, { follow: true, signal: stop.signal })) {
        if (text === "said") stop.abort(new RangeError("enough"));
      }
    };
    await expect(follow()).rejects.toThrow(new RangeError("enough"));
  });

  test("stops an upload whose signal aborts, with the signal's own reason, and publishes nothing of it", async () => {
    const { storage } = await devnet.connect();
    const stop = new AbortController();
    const bytes = Buffer.from(makeBytes(6_000_000, "cancelled"));
    const upload = storage.uploadBytes(bytes, "cancelled.bin", {
      signal: stop.signal,
      onProgress: () => stop.abort(new RangeError("not wanted any more")),
    });
    await expect(Promise.resolve(upload)).rejects.toThrow(new RangeError("not wanted any more"));
    expect(await storage.list()).toEqual([]);
  });

  test("passes the failure of what was read stage by stage to its reader", async () => {
    const client = await devnet.connect();
    const run = client.storage.uploadFile(join(folder, "absent.bin")).waitWithProgress();
    const read = async () => {
      for await (const _ of run);
    };
    expect(await codeOf(read())).toBe("DSDN_BASE_FILE_MISSING");
  });
});

describe("a devnet of the library", () => {
  test("needs no arguments, ends with its block and leaves nothing behind", async () => {
    let folder = "";
    let url = "";
    {
      await using devnet = await startDevnet();
      ({ url } = devnet);
      folder = devnet.status().folder;
      expect(existsSync(folder)).toBe(true);
      expect((await fetch(`${url}/v1/status`)).status).toBe(200);
    }
    expect(existsSync(folder)).toBe(false);
    await expect(fetch(`${url}/v1/status`)).rejects.toThrow();
  });

  test("is found by the name its user gave it, with the token that was kept for it", async () => {
    const home = await mkdtemp(join(tmpdir(), "dsdn-library-named-"));
    try {
      await using devnet = await startDevnet();
      const { network } = devnet.status();
      const tokenFile = join(home, "token");
      await writeFile(tokenFile, `${devnet.token}\n`, { mode: 0o600 });
      const rest = { sessionFile: null, caFile: null, isInsecure: false };
      const entry = { ingresses: [devnet.url], networkId: network, tokenFile, ...rest };
      const config = { version: 1, settings: {}, networks: { staging: entry } };
      await writeFile(join(home, "config.json"), JSON.stringify(config), { mode: 0o600 });
      const accountKey = new Uint8Array(makeBytes(32, "named"));
      const client = await connect({ name: "staging", home, accountKey });
      await client.storage.uploadBytes(Buffer.from("there"), "there.txt");
      expect((await client.network()).network).toBe(network);
      await expect(connect({ name: "other", home })).rejects.toMatchObject({
        code: "DSDN_LIBRARY_NETWORK_UNKNOWN",
        facts: { known: "devnet, staging" },
      });
      await chmod(tokenFile, 0o644);
      await expect(connect({ name: "staging", home })).rejects.toMatchObject({ code: "DSDN_PROFILE_FILE_EXPOSED" });
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  test("is found by the name devnet, with an account that stays, when it lies in the user's home", async () => {
    const home = await mkdtemp(join(tmpdir(), "dsdn-library-home-"));
    try {
      await using devnet = await startDevnet({ folder: home });
      const client = await connect({ home });
      await client.storage.uploadBytes(Buffer.from("kept"), "kept.txt");
      const again = await connect({ url: devnet.url, home });
      expect((await again.storage.list()).map(({ name }) => name)).toEqual(["kept.txt"]);
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
