import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeBrowserBundle } from "../../scripts/make-browser-bundle.ts";
import { type Devnet, exportAccount, startDevnet } from "../../src/index.ts";
import { dsdn } from "../cli/script.ts";
import { hasChromium, useChromium } from "./chromium.ts";
import { makeBytes } from "./devnet-fixture.ts";

/** The site of somebody who uses the library: a page with the bundle, on an origin of its own. */
async function serveSite(bundle: Buffer): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const isScript = url === "/browser.js";
    const page = '<!doctype html><meta charset="utf-8"><title>A page</title>';
    // The policy of a careful site: nothing is run but its own file, and nothing is made out of text.
    const policy = "default-src 'none'; script-src 'self'; connect-src *";
    response.setHeader("content-security-policy", policy);
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? bundle : page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

describe.skipIf(!hasChromium)("the library in a page of another origin, in Chromium", () => {
  const visitor = useChromium();
  const accountKey = Buffer.from(makeBytes(32, "account of a page"));
  let devnet: Devnet;
  let site: Server;
  let stranger: Server;
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dsdn-browser-"));
    await makeBrowserBundle(join(folder, "browser.js"));
    const bundle = await readFile(join(folder, "browser.js"));
    [site, stranger] = await Promise.all([serveSite(bundle), serveSite(bundle)]);
    devnet = await startDevnet({ allowedOrigins: [originOf(site)] });
    await writeFile(join(folder, "token"), devnet.token, { mode: 0o600 });
    await writeFile(join(folder, "account.txt"), await exportAccount(accountKey, "a long passphrase of this test"));
    await writeFile(join(folder, "passphrase"), "a long passphrase of this test", { mode: 0o600 });
    await cli("keys", "import", "--key-file", "account.txt", "--passphrase-file", "passphrase", "--store", "device");
  });
  afterAll(async () => {
    await devnet?.stop();
    for (const server of [site, stranger]) server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function cli(...args: string[]) {
    const env = {
      DSDN_HOME: join(folder, "home"),
      DSDN_INGRESS_ENDPOINT: devnet.url,
      DSDN_TOKEN_FILE: join(folder, "token"),
      CI: "1",
    };
    const outcome = await dsdn([...args, "--json"], { folder, env });
    if (outcome.exitCode !== 0) throw new Error(`${args.join(" ")}: ${outcome.stdout}${outcome.stderr}`);
    return JSON.parse(outcome.stdout).summary;
  }

  /** Runs the body of a program in the page; `client` and everything of the library is there. */
  const inPage = (page: Page, body: string, facts: object = {}): Promise<unknown> =>
    page.evaluate(`(async () => {
      const library = await import("/browser.js");
      const facts = ${JSON.stringify(facts)};
      const accountKey = Uint8Array.from(${JSON.stringify([...accountKey])});
      const client = library.connect({ url: ${JSON.stringify(devnet.url)}, token: ${JSON.stringify(devnet.token)}, accountKey });
      const text = (bytes) => new TextDecoder().decode(bytes);
      const hash = async (bytes) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].join();
      const codeOf = (work) => work.then(() => "none", (error) => error.code ?? error.name);
      ${body}
    })()`);

  async function open(server: Server) {
    const { page, context, complaints } = await visitor();
    const requests: { url: string; body: Buffer | null }[] = [];
    page.on("request", (request) => requests.push({ url: request.url(), body: request.postDataBuffer() }));
    await page.goto(originOf(server));
    return { page, context, complaints, requests };
  }

  test("seals and uploads a file in the page, which the command line of the same account gets byte for byte", async () => {
    const { page, context, complaints, requests } = await open(site);
    const told = await inPage(
      page,
      `const bytes = new Uint8Array(3_000_000).map((_, at) => (at * 31) >> 3);
       const marked = new Blob(["a line nobody else may read\\n", bytes]);
       const stages = new Set();
       const upload = client.storage.upload(marked, "from-page.bin").encrypted();
       const result = await upload.waitWithProgress(({ stage }) => stages.add(stage));
       return { stages: [...stages], stage: result.stage, isPublic: result.isPublic, hash: await hash(await marked.arrayBuffer()) };`,
    );
    expect(told).toMatchObject({ stages: ["sending", "publishing"], stage: "published", isPublic: false });
    await cli("get", "from-page.bin", "--out", "got.bin");
    const got = await readFile(join(folder, "got.bin"));
    const { createHash } = await import("node:crypto");
    expect([...createHash("sha256").update(got).digest()].join()).toBe((told as { hash: string }).hash);
    const line = Buffer.from("a line nobody else may read");
    expect(requests.filter(({ body }) => body?.includes(line) === true)).toEqual([]);
    expect(requests.filter(({ body }) => body?.includes(accountKey) === true)).toEqual([]);
    // On a slow machine an event is sent again that the log has by then: the answer, 409, is one the client knows what to
    // do with, and the browser notes it as it notes every such answer.
    expect(complaints.filter((text) => !text.includes("a status of 409"))).toEqual([]);
    await context.close();
  });

  test("gets and lists in the page what the command line uploaded, and opens a share link without an account", async () => {
    await writeFile(join(folder, "from-cli.txt"), "kept by the command line");
    await cli("upload", "from-cli.txt");
    const { url } = await cli("share", "from-cli.txt");
    const { page, context, complaints, requests } = await open(site);
    // The command line is done once the object is on the log; its name may follow a block later.
    const namesOf = () => inPage(page, "return (await client.storage.list()).map(({ name }) => name);");
    await expect.poll(namesOf).toContain("from-cli.txt");
    const told = await inPage(
      page,
      `const link = await library.openLink(facts.url);
       const parts = [];
       for await (const part of link.read()) parts.push(text(part));
       return {
         content: text(await client.storage.getBytes("from-cli.txt")),
         names: (await client.storage.list()).map(({ name }) => name),
         shared: [link.name, parts.join("")],
       };`,
      { url },
    );
    expect(told).toMatchObject({
      content: "kept by the command line",
      shared: ["from-cli.txt", "kept by the command line"],
    });
    expect((told as { names: string[] }).names).toContain("from-cli.txt");
    const secret = new URL(String(url)).hash.slice(1);
    expect(requests.filter(({ url: asked, body }) => asked.includes(secret) || body?.includes(secret))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("says what went wrong with the code and the hint of the same error everywhere", async () => {
    const { page, context } = await open(site);
    const told = await inPage(
      page,
      `const stranger = library.connect({ url: facts.url, token: facts.token, accountKey: library.makeAccountKey() });
       const without = library.connect({ url: facts.url, token: "wrong", accountKey });
       const error = await client.storage.getBytes("absent").catch((thrown) => thrown);
       return {
         code: error.code,
         isOurs: error instanceof library.DsdnError,
         hint: library.renderError(error, "id").hint,
         stranger: await codeOf(stranger.storage.getBytes("from-cli.txt")),
         token: await codeOf(Promise.resolve(without.storage.upload(new Uint8Array(3), "x"))),
         text: await codeOf(Promise.resolve(client.storage.upload("no bytes", "x"))),
       };`,
      { url: devnet.url, token: devnet.token },
    );
    expect(told).toMatchObject({
      code: "DSDN_CLIENT_NAME_UNKNOWN",
      isOurs: true,
      stranger: "DSDN_CLIENT_NAME_UNKNOWN",
      token: "DSDN_BASE_REQUEST_REFUSED",
      text: "DSDN_LIBRARY_BYTES_EXPECTED",
    });
    expect((told as { hint: string }).hint.length).toBeGreaterThan(5);
    await context.close();
  });

  test("refuses bytes that were changed on the way", async () => {
    const { page, context } = await open(site);
    await page.route("**/v1/chunks/*", async (route) => {
      if (route.request().method() !== "GET") return route.continue();
      const answer = await route.fetch();
      const body = await answer.body();
      body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
      await route.fulfill({ response: answer, body });
    });
    const told = await inPage(page, `return codeOf(client.storage.getBytes("from-cli.txt"));`);
    expect(["DSDN_CLIENT_CHUNK_UNAVAILABLE", "DSDN_CRYPTO_DAMAGED"]).toContain(told);
    await context.close();
  });

  test("gets nothing and changes nothing from an origin that the ingress does not name", async () => {
    const { page, context } = await open(stranger);
    const before = devnet.status().height;
    const told = await inPage(
      page,
      `const read = (path, init) => codeOf(fetch(facts.url + path, init));
       return {
         library: await codeOf(client.network()),
         read: await read("/v1/network"),
         sent: await read("/v1/events", { method: "POST", body: "{}", headers: { "content-type": "application/json" } }),
         withToken: await read("/v1/network", { headers: { authorization: "Bearer " + facts.token } }),
       };`,
      { url: devnet.url, token: devnet.token },
    );
    expect(told).toEqual({
      library: "DSDN_BASE_UNREACHABLE",
      read: "TypeError",
      sent: "TypeError",
      withToken: "TypeError",
    });
    expect(devnet.status().height).toBeGreaterThanOrEqual(before);
    await context.close();
  });
});
