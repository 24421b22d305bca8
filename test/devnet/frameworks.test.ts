import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { systemFileTree } from "../../src/base/index.ts";
import { probeSite } from "../../src/client/index.ts";
import { packProject, readPackageFiles, signPackage } from "../../src/packager/index.ts";
import { copyProject, frameworkProjects } from "../framework-projects.ts";
import { eventually, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet();
  // All of them at once, as a network has many deployments.
  for (const project of frameworkProjects) {
    const path = join(net.scratch, project.folder);
    copyProject(project, path);
    const packed = await packProject({ path }, { tree: systemFileTree() });
    const signed = await signPackage(packed, await net.client.deployments.packageSigner());
    const input = { files: await readPackageFiles([...packed.files, signed]) };
    await net.client.deployments.deploy(input, { name: project.folder, spec: packed.spec });
  }
});

async function read(name: string, path: string): Promise<{ status: number; text: string }> {
  const details = await net.client.deployments.get(name);
  const { status, body } = await probeSite(net.devnet.status().ingressUrl, details, { path });
  // A folder's address gets its slash, as the sites of these tools expect it.
  if (status === 308 && !path.endsWith("/")) return read(name, `${path}/`);
  return { status, text: new TextDecoder().decode(body) };
}

describe.each(frameworkProjects)("the site of a $framework project", ({ folder, page, asset, deepLink }) => {
  test("answers with its page, its assets and a path below", async () => {
    const answers = (path: string, text: string) =>
      eventually(async () => (await read(folder, path)).text.includes(text), {
        what: `${folder}${path}`,
        withinMs: 30_000,
      });
    await answers("/", page);
    expect(await read(folder, asset[0])).toMatchObject({ status: 200, text: expect.stringContaining(asset[1]) });
    const [path, text] = deepLink;
    const linked = await read(folder, path);
    expect({ path, ...linked }).toMatchObject({ status: 200, text: expect.stringContaining(text) });
  });
});
