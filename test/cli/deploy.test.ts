import { describe, expect, test } from "vitest";
import { useNetwork, visit } from "./network.ts";

const network = useNetwork();
const { run, summary, failure, write } = network;

describe("dsdn deploy of what serves requests", () => {
  test("shows its four steps and prints an address whose page and API answer, by host name and by path", async () => {
    expect((await run(["init", "shop"])).exitCode).toBe(0);
    const { exitCode, stdout, stderr } = await run(["deploy", "shop", "--lang", "en", "-v"], { env: { CI: "" } });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const steps = ["Building artifact", "Uploading to DSDN", "Scheduling workload", "Waiting for nodes"];
    const places = steps.map((step) => stderr.indexOf(`${step}: `));
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    const [, url = ""] = /Deployed! (http:\S+)/.exec(stdout) ?? [];
    const [, fallback = ""] = /(http:\/\/127\.0\.0\.1:\S+)/.exec(stdout) ?? [];
    for (const address of [url, fallback]) {
      expect(await visit(address)).toMatchObject({ status: 200, text: expect.stringContaining("<html") });
      const api = await visit(address, "api/hello?name=Siti&language=id");
      expect(JSON.parse(api.text)).toEqual({ greeting: "Halo, Siti!", language: "id" });
    }
    expect((await run(["deploy", "shop", "--quiet"])).stdout.trim()).toBe(url);
  });

  test("keeps the address over versions and returns only when the new one answers", async () => {
    await write({ "blog/index.html": "<h1>first</h1>" });
    const first = await summary(["deploy", "blog"]);
    expect((await visit(String(first["url"]))).text).toBe("<h1>first</h1>");
    await write({ "blog/index.html": "<h1>second</h1>" });
    const second = await summary(["deploy", "blog"]);
    const page = await visit(String(second["url"]));
    expect(page).toMatchObject({ text: "<h1>second</h1>", headers: { "dsdn-workload": second["workload"] } });
    expect(second).toMatchObject({ url: first["url"], deployment: first["deployment"], version: 2 });
    expect(second["workload"]).not.toBe(first["workload"]);
  });

  test("serves what a build step made, not the sources, and says with -v what was left out", async () => {
    await write({
      "vite/package.json": JSON.stringify({ scripts: { build: "vite build" } }),
      "vite/index.html": "<script src=/src/main.ts></script>",
      "vite/src/main.ts": "console.log(1)",
      "vite/dist/index.html": "<script src=assets/main-abc123.js></script>",
      "vite/dist/assets/main-abc123.js": "console.log(1)",
      "vite/dist/.env": "TOKEN=secret",
    });
    const { url, skipped } = await summary(["deploy", "vite", "--name", "built"]);
    expect((await visit(String(url))).text).toContain("assets/main-abc123.js");
    expect(await visit(String(url), "assets/main-abc123.js")).toMatchObject({ status: 200, text: "console.log(1)" });
    expect((await visit(String(url), ".env")).status).toBe(404);
    expect(skipped).toEqual([{ path: ".env", reason: "secret" }]);
    expect((await run(["deploy", "vite", "--name", "built"])).stderr).toContain("-v");
    expect((await run(["deploy", "vite", "--name", "built", "-v"])).stdout).toContain(".env (secret)");
  });

  test("names a deployment after its folder, whatever that is called", async () => {
    for (const [folder, name] of [
      ["my.site.v2", "my.site.v2"],
      ["-dash", "dash"],
      ["rumah\u202eku", "rumah-ku"],
    ]) {
      await write({ [`${folder}/index.html`]: "named" });
      expect(await summary(["deploy", `./${folder}`])).toMatchObject({ name });
    }
  });

  test("says that the package is public", async () => {
    await write({ "page/index.html": "hello" });
    expect((await run(["deploy", "page", "--lang", "en"])).stderr).toContain("public");
    expect((await run(["deploy", "page", "--lang", "id"])).stderr).toContain("publik");
  });

  test("refuses what is no project, what needs a build, and input for what reads none", async () => {
    await write({ "notes/readme.txt": "x", "unbuilt/package.json": JSON.stringify({ scripts: { build: "x" } }) });
    expect(await failure(["deploy", "nowhere"])).toMatchObject({ code: "DSDN_PACKAGER_PROJECT_MISSING", exitCode: 20 });
    expect(await failure(["deploy", "notes"])).toMatchObject({ code: "DSDN_PACKAGER_NOT_RECOGNISED", exitCode: 21 });
    expect(await failure(["deploy", "unbuilt"])).toMatchObject({ code: "DSDN_PACKAGER_NEEDS_BUILD", exitCode: 22 });
    await write({ "page/index.html": "hello", "in.txt": "x" });
    const refused = await failure(["deploy", "page", "--stdin", "in.txt"]);
    expect(refused).toMatchObject({ code: "DSDN_COMMANDS_STDIN_UNUSED", exitCode: 2 });
  });

  test("tells why a program that cannot start does not run, and leaves the version before it in place", async () => {
    await write({ "api/index.ts": 'export default { fetch: () => new Response("alive") };' });
    const { url } = await summary(["deploy", "api/index.ts", "--name", "api"]);
    await write({ "api/index.ts": 'throw new Error("no luck"); export default { fetch: () => new Response("x") };' });
    const refused = await failure(["deploy", "api/index.ts", "--name", "api"]);
    expect(refused).toMatchObject({ code: "DSDN_COMMANDS_DEPLOY_FAILED", exitCode: 29 });
    expect(refused.facts["reason"]).toContain("no luck");
    expect((await visit(String(url))).text).toBe("alive");
    expect((await run(["logs", "api", "--number", "2"])).stdout).toContain("no luck");
  });
});

describe("dsdn deploy of a script", () => {
  const script = `export default async function main(stdin) {
    const words = stdin.text().split(/\\s+/).filter(Boolean);
    if (words.length === 0) { console.error("nothing to count"); dsdn.exitCode = 7; }
    return words.length + " words\\n";
  }`;

  test("prints exactly what the script wrote, its input from a file or from standard input", async () => {
    await write({ "count.js": script, "words.txt": "one two three" });
    const fromFile = await run(["deploy", "count.js", "--wait", "--stdin", "words.txt"]);
    expect(fromFile).toMatchObject({ exitCode: 0, stdout: "3 words\n" });
    const fromPipe = await run(["deploy", "count.js", "--wait", "--stdin", "-"], { input: "four five" });
    expect(fromPipe).toMatchObject({ exitCode: 0, stdout: "2 words\n" });
    const result = await summary(["deploy", "count.js", "--wait", "--stdin", "-"], "six");
    expect(result).toMatchObject({
      kind: "js",
      mode: "batch",
      url: null,
      run: { exitCode: 0 },
      output: { text: "1 words\n" },
    });
    const { output } = result["run"] as { output: string };
    expect((await run(["cat", output])).stdout).toBe("1 words\n");
  });

  test("a script that failed makes the command exit with 3 and shows what it complained of", async () => {
    await write({ "count.js": script });
    const { exitCode, stdout, stderr } = await run(["deploy", "count.js", "--wait"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "0 words\n" });
    expect(stderr).toContain("nothing to count");
    expect(stderr).toContain("7");
  });

  test("without --wait it is scheduled, and its run is found by name", async () => {
    await write({ "later.js": "export default function main() { return 'done'; }" });
    expect(await summary(["deploy", "later.js"])).toMatchObject({ name: "later", version: 1, url: null });
    expect((await run(["status", "later"])).stdout).toContain("1 ");
    await summary(["deploy", "later.js", "--wait"]);
    expect((await run(["status", "later"])).stdout).toMatch(/2 +finished/);
  });
});

describe("what runs", () => {
  test("is listed, shown with its versions, followed in its log, and removed", async () => {
    await write({ "site/index.html": "a page" });
    const { url } = await summary(["deploy", "site"]);
    const overview = (await summary(["status"]))["overview"] as { deployments: { name: string; url: string }[] };
    expect(overview.deployments).toContainEqual(expect.objectContaining({ name: "site", url }));
    expect((await run(["status"])).stdout).toContain(String(url));
    // It answers as soon as its node runs it; the log says so a moment later.
    const show = async () => (await summary(["status", "site"]))["deployment"];
    await expect.poll(show).toMatchObject({ url, workloads: [{ status: "running", number: 1 }] });
    await visit(String(url), "?seen=in-the-log");
    const { stdout } = await run(["logs", "site", "--json"]);
    const lines = stdout.split("\n").filter((line) => line !== "");
    expect(lines.map((line) => JSON.parse(line).text)).toContainEqual(expect.stringContaining("?seen=in-the-log"));
    const followed = await run(["logs", "site", "-f"], { interruptWhen: (out) => out.includes("seen=in-the-log") });
    expect(followed).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await summary(["remove", "site"])).toMatchObject({ name: "site", isDone: true });
    expect((await visit(String(url))).status).toBe(404);
    expect((await run(["status", "site"])).stdout).toContain("removed");
    expect(await failure(["remove", "site"])).toMatchObject({ code: "DSDN_CLIENT_DEPLOYMENT_UNKNOWN", exitCode: 34 });
    expect((await summary(["deploy", "site"]))["url"]).toBe(url);
  });

  test("names and versions that do not exist are refused", async () => {
    for (const command of ["status", "logs", "remove"]) {
      expect(await failure([command, "never-was"])).toMatchObject({ code: "DSDN_CLIENT_DEPLOYMENT_UNKNOWN" });
    }
    await write({ "site/index.html": "a page" });
    await summary(["deploy", "site"]);
    expect(await failure(["logs", "site", "--number", "99"])).toMatchObject({ code: "DSDN_COMMANDS_VALUE_INVALID" });
  });
});
