import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { requestHost, systemFileTree } from "../../src/base/index.ts";
import { packProject, readPackageFiles, signPackage } from "../../src/packager/index.ts";
import { eventually, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

/** What is in DNS, as the validators of this network find it. */
const zone = new Map<string, string[][]>();
let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet({ dns: { find: async (name) => zone.get(name) ?? [] } });
  for (const name of ["shop", "other"]) await deploy(name, `the pages of ${name}`);
});

async function deploy(name: string, text: string): Promise<void> {
  const path = join(net.scratch, name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "index.html"), text);
  const packed = await packProject({ path }, { tree: systemFileTree() });
  const signed = await signPackage(packed, await net.client.deployments.packageSigner());
  const input = { files: await readPackageFiles([...packed.files, signed]) };
  await net.client.deployments.deploy(input, { name, spec: packed.spec });
  const { url } = await net.client.deployments.get(name);
  await eventually(async () => (await visit(new URL(url).host)).text === text, { what: `${name} at ${url}` });
}

async function visit(host: string, path = "/", headers: Record<string, string> = {}) {
  const dialUrl = net.devnet.status().ingressUrl;
  const answer = await requestHost({ dialUrl, host, path, headers, timeoutMs: 30_000, maxBytes: 65_536 });
  return { status: answer.status, text: new TextDecoder().decode(answer.body) };
}

test("requests for a host name reach the deployment only after its record was found, and stop when it is removed", async () => {
  const { client } = net;
  const { record } = await client.domains.add("shop", "Shop.Example.");
  expect(await client.domains.list("shop")).toMatchObject([{ domain: "shop.example", isVerified: false }]);
  expect((await visit("shop.example")).status).toBe(403);
  zone.set(record.name, [[record.value]]);
  await client.domains.add("shop", "shop.example");
  await eventually(async () => (await client.domains.find("shop", "shop.example")).isVerified);
  expect(await visit("shop.example")).toMatchObject({ status: 200, text: "the pages of shop" });
  // Nothing of the network's own interface is there, with a port or from any origin.
  const asked = { origin: "https://evil.example" };
  expect((await visit("SHOP.example:8080", "/v1/network", asked)).text).not.toContain("stateRoot");
  expect((await visit("www.shop.example")).status).toBe(403);
  await client.domains.remove("shop", "shop.example");
  await eventually(async () => (await visit("shop.example")).status === 403);
});

test("a name goes over to the deployment whose record is found last; the one before answers there no more", async () => {
  const { client } = net;
  const first = await client.domains.add("shop", "moving.example");
  zone.set(first.record.name, [[first.record.value]]);
  await eventually(async () => (await visit("moving.example")).text === "the pages of shop");
  const second = await client.domains.add("other", "moving.example");
  expect((await visit("moving.example")).text).toBe("the pages of shop");
  zone.set(second.record.name, [[second.record.value]]);
  await client.domains.add("other", "moving.example");
  await eventually(async () => (await visit("moving.example")).text === "the pages of other");
  expect(await client.domains.list("shop")).toEqual([]);
});

test("names of this machine and of the network itself are nobody's, whatever the validators found", async () => {
  const { client } = net;
  const { label } = await client.deployments.get("shop");
  for (const name of [`${label}.localhost`, "api.localhost"]) {
    const { record } = await client.domains.add("other", name);
    zone.set(record.name, [[record.value]]);
    await eventually(async () => (await client.domains.find("other", name)).isVerified);
  }
  expect((await visit(`${label}.localhost`)).text).toBe("the pages of shop");
  expect((await visit("api.localhost")).status).toBe(404);
  expect((await visit("localhost", "/v1/network")).text).toContain("stateRoot");
});
