import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { systemFileTree } from "../../src/base/index.ts";
import { packProject, readPackageFiles, signPackage } from "../../src/packager/index.ts";
import { eventually, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet();
});

async function nameOfNode(id: string): Promise<string> {
  const row = (await net.client.nodes()).find(({ node }) => node === id);
  return net.devnet.status().roles.find(({ url }) => url === row?.httpUrl)?.name ?? "";
}

test("a workload that no node can take says how many there are and the rule against each, and starts when one is back", async () => {
  await mkdir(net.scratch, { recursive: true });
  const path = join(net.scratch, "hidden.js");
  await writeFile(path, "export default { fetch() { return new Response('x'); } };");
  const packed = await packProject(
    { path, said: { flags: { visibility: "private" }, file: {} } },
    { tree: systemFileTree() },
  );
  const signed = await signPackage(packed, await net.client.deployments.packageSigner());
  const files = { files: await readPackageFiles([...packed.files, signed]) };
  const { workload } = await net.client.deployments.deploy(files, { name: "hidden", spec: packed.spec });
  const rowOf = () => net.client.deployments.workload(workload);
  const running = await eventually(async () => {
    const row = await rowOf();
    return row.status === "running" ? row : undefined;
  });
  expect(running.placement).toBeNull();

  for (const id of running.sealedTo) await net.devnet.fault("kill", await nameOfNode(id));
  const waiting = await eventually(async () => (await rowOf()).placement ?? undefined, { what: "nobody to run it" });
  expect([waiting.total, waiting.suitable, waiting.refused.length]).toEqual([6, 0, 6]);
  const ruleOf = new Map(waiting.refused.map(({ node, rule }) => [node, rule]));
  const others = (await net.client.nodes()).map(({ node }) => node).filter((id) => !running.sealedTo.includes(id));
  expect(running.sealedTo.map((id) => ruleOf.get(id))).toEqual(["not-active", "not-active", "not-active"]);
  expect(others.map((id) => ruleOf.get(id))).toEqual(["not-sealed-to", "not-sealed-to", "not-sealed-to"]);

  await net.devnet.heal();
  await eventually(async () => (await rowOf()).status === "running", { what: "running again" });
});
