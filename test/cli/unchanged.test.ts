import { expect, test } from "vitest";
import { useNetwork, visit } from "./network.ts";

const network = useNetwork();
const { run, summary, failure, write } = network;
const versionsOf = async (name: string) => {
  const { versions } = (await summary(["versions", name])) as { versions: { version: number; status: string }[] };
  return versions.map(({ version }) => version);
};
const deploy = (...flags: string[]) => summary(["deploy", "shop", "--if-changed", ...flags]);

test("the same project is not deployed again, and what differs is", async () => {
  await write({ "shop/index.html": "one" });
  expect(await deploy()).toMatchObject({ version: 1, isUnchanged: false });
  const same = await deploy();
  expect(same).toMatchObject({ version: 1, isUnchanged: true, status: "running" });
  const { stdout, exitCode } = await run(["deploy", "shop", "--if-changed", "--quiet"]);
  expect([exitCode, stdout]).toEqual([0, `${String(same["url"])}\n`]);
  expect(await versionsOf("shop")).toEqual([1]);
  await write({ "shop/index.html": "two" });
  expect(await deploy()).toMatchObject({ version: 2, isUnchanged: false });
  expect((await visit(String(same["url"]))).text).toBe("two");
  expect(await deploy("--priority", "high")).toMatchObject({ version: 3, isUnchanged: false });
});

test("values that were set since are no change, a value the project names is, and secrets keep it unchanged", async () => {
  const code = "export default { fetch: (_request, env) => new Response(env.COLOUR ?? 'none') };";
  await write({ "api/index.js": code });
  const again = () => summary(["deploy", "api", "--if-changed"]);
  await again();
  await summary(["env", "set", "api", "SIZE=2"]);
  await summary(["secrets", "put", "api", "KEY", "--file", "-"], "not-a-real-key");
  expect(await again()).toMatchObject({ version: 3, isUnchanged: true });
  await write({ "api/dsdn.yaml": "env:\n  COLOUR: red\n" });
  expect(await again()).toMatchObject({ version: 4, isUnchanged: false });
  expect(await again()).toMatchObject({ version: 4, isUnchanged: true });
});

test("what is private is compared too: its owner can open what runs", async () => {
  await write({ "mine/index.html": "for nobody" });
  const again = () => summary(["deploy", "mine", "--visibility", "private", "--if-changed"]);
  expect(await again()).toMatchObject({ isUnchanged: false, url: null });
  expect(await again()).toMatchObject({ isUnchanged: true, url: null });
  const told = await run(["deploy", "mine", "--visibility", "private", "--if-changed", "--lang", "en"]);
  expect(told.stdout).toContain("mine is unchanged and runs as version 1.");
  expect(await summary(["deploy", "mine", "--if-changed"])).toMatchObject({ isUnchanged: false, visibility: "public" });
});

test("what no longer runs is deployed again although nothing changed", async () => {
  await summary(["remove", "api"]);
  expect(await summary(["deploy", "api", "--if-changed"])).toMatchObject({ isUnchanged: false });
});

test("a script runs again, whether it changed or not", async () => {
  await write({ "job.js": "export default () => 'done';" });
  const first = await summary(["deploy", "job.js", "--wait", "--if-changed"]);
  expect(await summary(["deploy", "job.js", "--wait", "--if-changed"])).toMatchObject({
    version: Number(first["version"]) + 1,
    isUnchanged: false,
  });
});

test("a preview is compared with itself, is renewed when its time runs out, and is ended alone", async () => {
  await write({ "shop/index.html": "three" });
  const preview = (...more: string[]) => deploy("--preview", "pr-7", ...more);
  const first = await preview("--preview-ttl", "30d");
  expect(first).toMatchObject({ isUnchanged: false, preview: "pr-7" });
  expect(await preview("--preview-ttl", "30d")).toMatchObject({ isUnchanged: true, url: first["url"] });
  expect(await preview("--preview-ttl", "90d")).toMatchObject({ isUnchanged: false, url: first["url"] });
  const { url } = await summary(["open", "shop"]);
  const ended = await summary(["remove", "shop", "--preview", "pr-7"]);
  expect(ended).toMatchObject({ name: "shop", preview: "pr-7", isDone: true });
  expect(ended["versions"]).not.toEqual([]);
  await expect.poll(async () => (await visit(String(first["url"]))).status).toBe(404);
  expect((await visit(String(url))).text).toBe("two");
  // Said once more, as a pipeline that is run again does.
  expect(await summary(["remove", "shop", "--preview", "pr-7"])).toMatchObject({ versions: [], isDone: true });
  expect(await preview()).toMatchObject({ isUnchanged: false });
});

test("a promoted preview is the deployment's own version, and is not ended as a preview", async () => {
  await summary(["promote", "shop", "pr-7"]);
  expect(await summary(["remove", "shop", "--preview", "pr-7"])).toMatchObject({ versions: [] });
  const { url } = await summary(["open", "shop"]);
  expect((await visit(String(url))).text).toBe("three");
  expect(await failure(["remove", "none", "--preview", "pr-7"])).toMatchObject({
    code: "DSDN_CLIENT_DEPLOYMENT_UNKNOWN",
  });
});
