import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { useNetwork, visit } from "./network.ts";
import { startDsdn } from "./script.ts";

const network = useNetwork();
const { summary, write } = network;

/** Saves as editors do, whole at once: whoever looks in between finds what was there before. */
async function save(path: string, text: string): Promise<void> {
  await write({ saving: text });
  await mkdir(dirname(join(network.folder, path)), { recursive: true });
  await rename(join(network.folder, "saving"), join(network.folder, path));
}

test("with --watch the page follows the files, survives a broken build, and ignores what is not packed", async () => {
  await write({
    "shop/public/index.html": "<h1>one</h1>",
    "shop/api/index.ts": "export default { fetch: () => new Response('hello 1') };",
    "shop/node_modules/left/index.js": "module.exports = 1",
  });
  const program = await startDsdn(["dev", "deploy", "shop", "--watch", "--json"], {
    folder: network.folder,
    env: { DSDN_HOME: network.home, CI: "1" },
  });
  onTestFinished(async () => void (await program.stop()));
  const first = await program.nextItem();
  expect(first).toMatchObject({ name: "shop", version: 1 });
  const url = String(first["url"]);
  expect((await visit(url)).text).toBe("<h1>one</h1>");

  await write({ "shop/node_modules/left/index.js": "module.exports = 2", "shop/.git/HEAD": "ref: main" });
  await save("shop/public/index.html", "<h1>two</h1>");
  expect(await program.nextItem()).toMatchObject({ version: 2, url });
  expect((await visit(url)).text).toBe("<h1>two</h1>");

  await save("shop/api/index.ts", "export default { fetch: () => new Response('hello");
  expect(await program.nextItem()).toMatchObject({ error: { code: "DSDN_PACKAGER_BUILD_FAILED" } });
  expect((await visit(url, "api/hello")).text).toBe("hello 1");

  await save("shop/api/index.ts", "export default { fetch: () => new Response('hello 2') };");
  expect(await program.nextItem()).toMatchObject({ version: 3, url });
  expect((await visit(url, "api/hello")).text).toBe("hello 2");

  await save("shop/public/new/page.html", "new");
  expect(await program.nextItem()).toMatchObject({ version: 4, url });
  await save("shop/public/new/page.html", "newer");
  expect(await program.nextItem()).toMatchObject({ version: 5, url });
  expect((await visit(url, "new/page.html")).text).toBe("newer");
  expect(await program.stop()).toBe(0);
  await rm(join(network.folder, "shop"), { recursive: true });
});

test("without --watch it packs and deploys once and ends", async () => {
  await write({ "page/index.html": "<h1>page</h1>" });
  const done = await network.run(["dev", "deploy", "page", "--json"]);
  const { stderr } = await network.run(["dev", "deploy", "page", "-v"], { env: { CI: "" } });
  expect(stderr.match(/^Building artifact \.\.\.$/gm)).toHaveLength(1);
  expect(done.exitCode).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({ name: "page", version: 1 });
  expect(await summary(["status", "page"])).toMatchObject({ deployment: { name: "page" } });
});
