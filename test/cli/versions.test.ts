import { expect, test } from "vitest";
import { useNetwork, visit } from "./network.ts";

const network = useNetwork();
const { run, summary, failure, write } = network;
const page = async (url: unknown) => (await visit(String(url))).text;

async function deploy(text: string, ...flags: string[]): Promise<Record<string, unknown>> {
  await write({ "shop/index.html": text });
  return summary(["deploy", "shop", ...flags]);
}

test("a rollback brings the earlier version back under the same address and waits until it answers", async () => {
  const { url } = await deploy("one");
  await deploy("two");
  expect(await page(url)).toBe("two");
  const back = await summary(["rollback", "shop"]);
  expect(back).toMatchObject({ from: 2, version: 1, url });
  expect(await page(url)).toBe("one");
  expect(await summary(["rollback", "shop", "--to", "2"])).toMatchObject({ from: 1, version: 2 });
  expect(await page(url)).toBe("two");
  expect(await failure(["rollback", "shop", "--to", "9"])).toMatchObject({ code: "DSDN_COMMANDS_VERSION_UNKNOWN" });
});

test("a preview answers at an address of its own until it is promoted", async () => {
  const { url } = await deploy("three");
  const preview = await deploy("new look", "--preview", "look");
  expect(preview["url"]).not.toBe(url);
  expect(String(preview["url"])).toContain("//look--");
  expect([await page(url), await page(preview["url"]), await page(preview["fallbackUrl"])]).toEqual([
    "three",
    "new look",
    "new look",
  ]);
  const { versions } = (await summary(["versions", "shop"])) as { versions: Record<string, unknown>[] };
  expect(versions[0]).toMatchObject({ preview: "look", isCurrent: false, url: preview["url"] });
  expect(versions.filter(({ isCurrent }) => isCurrent)).toMatchObject([{ version: 3, url }]);
  await summary(["promote", "shop", "look"]);
  expect(await page(url)).toBe("new look");
});

test("an alias leads to one version, or to whichever is current, until it is removed", async () => {
  const fixed = await summary(["alias", "set", "shop", "stable", "--to", "1"]);
  const floating = await summary(["alias", "set", "shop", "www"]);
  expect(await waitFor(fixed["url"], "one")).toBe("one");
  expect(await page(floating["url"])).toBe("new look");
  const { url } = await deploy("five");
  expect([await page(url), await page(floating["url"]), await page(fixed["url"])]).toEqual(["five", "five", "one"]);
  expect(await summary(["alias", "list", "shop"])).toMatchObject({
    aliases: [
      { alias: "stable", version: 1 },
      { alias: "www", version: null },
    ],
  });
  await summary(["alias", "rm", "shop", "stable"]);
  await expect.poll(async () => (await visit(String(fixed["url"]))).status).toBe(404);
  expect(await failure(["alias", "rm", "shop", "stable"])).toMatchObject({ code: "DSDN_COMMANDS_ALIAS_UNKNOWN" });
  expect(await failure(["alias", "set", "shop", "Not--Good"])).toMatchObject({ exitCode: 2 });
});

test("a rollback goes to a preview that was promoted, and says when there is no version before", async () => {
  // Version 4 is the preview that was promoted, version 5 the one after it.
  expect(await summary(["rollback", "shop"])).toMatchObject({ from: 5, version: 4 });
  await summary(["rollback", "shop", "--to", "1"]);
  expect(await failure(["rollback", "shop"])).toMatchObject({ code: "DSDN_COMMANDS_NO_EARLIER_VERSION", exitCode: 2 });
});

test("a version's number leads to that version, also when a preview is called so", async () => {
  await deploy("six", "--preview", "2");
  expect(await summary(["promote", "shop", "2"])).toMatchObject({ version: 2 });
});

test("a script has runs and no versions: it is neither previewed nor rolled back", async () => {
  await write({ "job.js": "export default function main() { return 'done'; }" });
  await summary(["deploy", "job.js", "--wait"]);
  expect(await failure(["rollback", "job"])).toMatchObject({ code: "DSDN_COMMANDS_VERSION_UNKNOWN" });
  expect(await failure(["open", "job"])).toMatchObject({ code: "DSDN_COMMANDS_EXEC_SCRIPT" });
  expect(await failure(["deploy", "job.js", "--preview", "look"])).toMatchObject({
    code: "DSDN_COMMANDS_PREVIEW_UNSEEN",
  });
  expect((await run(["versions", "none"])).exitCode).toBeGreaterThan(0);
});

test("what is private is said to run without an address, and not to be a run", async () => {
  await write({ "mine/index.html": "for nobody" });
  const { exitCode, stdout } = await run(["deploy", "mine", "--visibility", "private"]);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining("mine runs. It is private")]);
  expect(stdout).not.toContain("scheduled as run");
  expect((await run(["status", "mine"])).stdout).toContain("none: it is private");
  expect((await run(["status"])).stdout).toMatch(/^mine +running +1 +-$/m);
  expect(await failure(["open", "mine"])).toMatchObject({ code: "DSDN_COMMANDS_DEPLOYMENT_PRIVATE" });
});

test("a deployment that was removed is said to be removed by whatever would use it", async () => {
  await summary(["remove", "shop"]);
  for (const words of ["open shop", "rollback shop", "promote shop 1", "logs shop", "alias set shop www"]) {
    expect(await failure(words.split(" ")), words).toMatchObject({ code: "DSDN_COMMANDS_DEPLOYMENT_REMOVED" });
  }
  const { stdout } = await run(["exec", "shop", "--json", "--", "GET", "/"]);
  expect(JSON.parse(stdout).error.code).toBe("DSDN_COMMANDS_DEPLOYMENT_REMOVED");
  expect((await run(["versions", "shop"])).stdout).not.toContain("rollback");
});

/** A version that an alias brings back takes a moment to run. */
async function waitFor(url: unknown, text: string): Promise<string> {
  await expect.poll(() => page(url)).toBe(text);
  return text;
}
