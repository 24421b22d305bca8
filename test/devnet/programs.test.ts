import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { systemFileTree, toUtf8 } from "../../src/base/index.ts";
import { probeSite } from "../../src/client/index.ts";
import { packProject, readPackageFiles, signPackage } from "../../src/packager/index.ts";
import { startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet();
});

/** Packs, signs and submits one program. */
async function deploy(name: string, program: string): Promise<void> {
  const path = join(net.scratch, `${name}.js`);
  await mkdir(net.scratch, { recursive: true });
  await writeFile(path, program);
  const packed = await packProject({ path }, { tree: systemFileTree() });
  const signed = await signPackage(packed, await net.client.deployments.packageSigner());
  const files = { files: await readPackageFiles([...packed.files, signed]) };
  const spec = { ...packed.spec, intent: { ...packed.spec.intent, visibility: "public" as const } };
  await net.client.deployments.deploy(files, { name, spec });
}

const KEEPER = (version: number) => `
  import { get, getText, list, put, remove } from "dsdn:storage";
  let alive = ${version};
  export default { async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (request.method === "PUT") { await put(pathname.slice(1), await request.bytes()); return new Response(null, { status: 204 }) }
    if (request.method === "DELETE") { await remove(pathname.slice(1)); return new Response(null, { status: 204 }) }
    if (pathname === "/") return Response.json({ version: alive, names: (await list()).map(({ name }) => name) });
    const text = await getText(pathname.slice(1));
    return text === null ? new Response("none", { status: 404 }) : new Response(text);
  } };`;

test("what a program keeps outlives its versions, is its owner's, and no other deployment finds it", async () => {
  const ask = async (name: string, path: string, request: { method?: string; body?: Uint8Array } = {}) => {
    const details = await net.client.deployments.get(name);
    const { status, body } = await probeSite(net.devnet.status().ingressUrl, details, { path, ...request });
    return [status, new TextDecoder().decode(body)] as const;
  };
  const [left, right] = ["keeper", "stranger"] as const;
  for (const name of [left, right]) await deploy(name, KEEPER(1));
  for (const name of [left, right]) {
    await expect.poll(async () => (await ask(name, "/"))[0]).toBe(200);
  }
  expect(await ask(left, "/notes/a", { method: "PUT", body: toUtf8("kept") })).toEqual([204, ""]);
  expect(await ask(left, "/notes/a")).toEqual([200, "kept"]);
  expect(await ask(right, "/notes/a")).toEqual([404, "none"]);
  await deploy(left, KEEPER(2));
  await expect.poll(async () => (await ask(left, "/"))[1]).toBe('{"version":2,"names":["notes/a"]}');
  expect(await ask(left, "/notes/a")).toEqual([200, "kept"]);
  expect(await ask(left, "/notes/a", { method: "DELETE" })).toEqual([204, ""]);
  expect(await ask(left, "/")).toEqual([200, '{"version":2,"names":[]}']);
});
