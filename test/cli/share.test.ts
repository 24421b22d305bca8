import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { useNetwork } from "./network.ts";

const network = useNetwork();
const { run, summary, failure, write } = network;

const files = { "trip/notes.txt": "bring water", "trip/photos/a.txt": "first", "trip/photos/b.txt": "second" };

beforeAll(async () => {
  await write(files);
  await summary(["upload", "trip"]);
});

/** Somebody else: another home, another folder, no account and no network of their own. */
async function asStranger(name: string) {
  const folder = join(network.folder, name);
  await mkdir(folder, { recursive: true });
  const env = { DSDN_HOME: join(folder, "home"), HOME: folder };
  return { folder, get: (args: readonly string[], input = "") => run(["get", ...args], { env, input }) };
}

const read = (...path: string[]) => readFile(join(network.folder, ...path), "utf8");

test("a folder is shared and got with nothing but the link, the same", async () => {
  const shared = await summary(["share", "trip"]);
  expect(shared).toMatchObject({ reference: "trip", root: "folder", files: 3, sizeBytes: 22 });
  expect(shared["url"]).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/links/${shared["link"]}#[A-Za-z0-9_-]{43}$`));
  await write({ "stranger/link.txt": `${shared["url"]}\n` });
  const stranger = await asStranger("stranger");
  const got = await run(["get", "--link-file", "stranger/link.txt", "--out", "stranger/got"], {
    env: { DSDN_HOME: join(stranger.folder, "home") },
  });
  expect(got).toMatchObject({ exitCode: 0 });
  for (const [path, text] of Object.entries(files)) {
    expect(await read("stranger", path.replace("trip", "got"))).toBe(text);
  }
});

test("a part is shared by its path, printed for a script, and read from standard input", async () => {
  const { exitCode, stdout } = await run(["share", "trip/photos/b.txt", "--expires", "1h", "--quiet"]);
  expect(exitCode).toBe(0);
  const { get } = await asStranger("reader");
  expect(await get(["--link-file", "-", "--out", "-"], stdout)).toMatchObject({ exitCode: 0, stdout: "second" });
  expect(await get(["--link-file", "-", "--range", "0-2", "--out", "-"], stdout)).toMatchObject({ stdout: "sec" });
  const person = await run(["share", "trip/photos"]);
  expect(person.stdout).toMatch(/^http:\S+#\S+\n\n/);
  expect(person.stdout).toMatch(/dsdn links revoke [a-z2-7]{26}/);
});

test("a revoked link opens nothing, and its owner sees how each link stands", async () => {
  const { link, url } = await summary(["share", "trip/notes.txt"]);
  expect(await summary(["links", "revoke", String(link)])).toMatchObject({ link, state: "revoked" });
  const { get, folder } = await asStranger("late");
  const refused = await get(["--link-file", "-", "--json"], String(url));
  const { error } = JSON.parse(refused.stdout);
  expect([refused.exitCode, error.code]).toEqual([38, "DSDN_INGRESS_LINK_REVOKED"]);
  expect(refused.stdout + refused.stderr).not.toContain(String(url).split("#")[1]);
  await expect(readFile(join(folder, "notes.txt"))).rejects.toMatchObject({ code: "ENOENT" });
  const { links } = (await summary(["links", "list"])) as {
    links: { link: string; state: string; reference: string }[];
  };
  expect(links.find((row) => row.link === link)).toMatchObject({ reference: "trip/notes.txt", state: "revoked" });
  expect(links.filter(({ state }) => state === "open").length).toBeGreaterThan(0);
  const table = await run(["links", "list"]);
  expect(table.stdout).toContain("trip/notes.txt");
});

test("a link ends with its time", async () => {
  const { url } = await summary(["share", "trip/notes.txt", "--expires", "1h"]);
  await summary(["dev", "clock", "advance", "2h"]);
  const { get } = await asStranger("late");
  const { exitCode, stdout } = await get(["--link-file", "-", "--json"], String(url));
  expect([exitCode, JSON.parse(stdout).error.code]).toEqual([38, "DSDN_INGRESS_LINK_EXPIRED"]);
});

test("a link with its secret is refused as an argument, and the refusal does not repeat it", async () => {
  const { url, link } = await summary(["share", "trip"]);
  for (const args of [
    ["get", url],
    ["cat", url],
    ["share", url],
    ["links", "revoke", url],
    ["get", "--link-file", url],
  ]) {
    const { exitCode, stdout, stderr } = await run([...(args as string[]), "--json"]);
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([2, "DSDN_COMMANDS_SECRET_IN_ARGUMENT"]);
    expect(stdout + stderr).not.toContain(String(url).split("#")[1]);
  }
  expect(await summary(["links", "revoke", String(link)])).toMatchObject({ link });
});

test("what is no link, no time or not there is refused by name", async () => {
  const { get } = await asStranger("wrong");
  const { url } = await summary(["share", "trip"]);
  const whole = String(url);
  const damaged = `${whole.slice(0, -1)}${whole.endsWith("A") ? "Q" : "A"}`;
  for (const [text, exitCode, code] of [
    ["not a link", 2, "DSDN_PROTOCOL_LINK_MALFORMED"],
    [whole.slice(0, -5), 2, "DSDN_PROTOCOL_LINK_MALFORMED"],
    [damaged, 41, "DSDN_PROTOCOL_LINK_WRONG_HALF"],
    [whole.replace(/links\/[^#]*/, `links/${"a".repeat(26)}`), 38, "DSDN_INGRESS_LINK_UNKNOWN"],
  ] as const) {
    const outcome = await get(["--link-file", "-", "--json"], text);
    expect([outcome.exitCode, JSON.parse(outcome.stdout).error.code]).toEqual([exitCode, code]);
  }
  const missing = await failure(["get"]);
  expect(missing.code).toBe("DSDN_COMMANDS_ARGUMENT_MISSING");
  expect((await failure(["get", "trip", "--link-file", "x"])).code).toBe("DSDN_COMMANDS_ARGUMENT_UNEXPECTED");
  expect((await failure(["get", "--link"])).code).toBe("DSDN_UI_PROMPT_IMPOSSIBLE");
  expect((await failure(["share", "trip", "--expires", "366d"])).code).toBe("DSDN_CLIENT_LINK_LIFE_INVALID");
  expect((await failure(["share", "trip/none.txt"])).code).toBe("DSDN_OBJECTS_FILE_MISSING");
  expect((await failure(["share", "nothing"])).code).toBe("DSDN_CLIENT_NAME_UNKNOWN");
  expect((await failure(["links", "revoke", "a".repeat(26)])).code).toBe("DSDN_INGRESS_LINK_UNKNOWN");
  expect((await failure(["links", "revoke", "x"])).code).toBe("DSDN_PROTOCOL_BAD_ID");
});

test("nothing on disk, of the network or of the user, holds the half that the link carries", async () => {
  const { url, link } = await summary(["share", "trip"]);
  const { get } = await asStranger("quiet");
  await get(["--link-file", "-", "--out", "-"], String(url));
  const carried = String(url).split("#")[1] ?? "";
  // A running network makes and removes files while they are read.
  await summary(["dev", "stop"]);
  const paths = (await readdir(network.home, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  // The ingress has a file of that link: the search below does look where it should.
  expect(paths.some((path) => path.endsWith(`/ingress/links/${link}`))).toBe(true);
  for (const path of paths) {
    const bytes = await readFile(path);
    const found = [carried, Buffer.from(carried, "base64url")].some((half) => bytes.includes(half));
    expect([path, found]).toEqual([path, false]);
  }
});
