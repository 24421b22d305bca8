import { statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { systemFileTree } from "../../src/base/index.ts";
import { probeSite } from "../../src/client/index.ts";
import { packProject, readPackageFiles, signPackage } from "../../src/packager/index.ts";
import { copyProject, type FrameworkProject, frameworkProjects } from "../framework-projects.ts";
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

interface Read {
  readonly status: number;
  readonly text: string;
  readonly field: (name: string) => string;
}

async function read(name: string, path: string): Promise<Read> {
  const details = await net.client.deployments.get(name);
  const { status, body, headers } = await probeSite(net.devnet.status().ingressUrl, details, { path });
  const field = (wanted: string) => headers[wanted] ?? "";
  // A page's address gets its slash or loses it, as the tool wrote the page.
  if (status === 308) return read(name, new URL(field("location"), `http://site.test${path}`).pathname);
  return { status, text: new TextDecoder().decode(body), field };
}

/** Files of the site that a page loads; of the committed outputs only some are left. */
function assetsOf(page: string, { folder, site }: FrameworkProject): string[] {
  const references = [...page.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)=["']?([^"'\s>]+)/g)];
  const paths = references.map(([, reference = ""]) => new URL(reference, "http://site.test/"));
  const own = paths.filter(({ host, pathname }) => host === "site.test" && pathname !== "/");
  return [...new Set(own.map(({ pathname }) => pathname))].filter((path) => {
    return statSync(join(net.scratch, folder, site, path), { throwIfNoEntry: false })?.isFile();
  });
}

describe.each(frameworkProjects)("the site of a $framework project", (project) => {
  const { folder, page, deepLink, missing, hasFixedNames } = project;

  test("answers with its page, what the page loads, a path below, and says what is missing", async () => {
    await eventually(async () => (await read(folder, "/")).text.includes(page), { what: folder });
    const assets = assetsOf((await read(folder, "/")).text, project);
    const fixed: string[] = [];
    for (const asset of assets) {
      const { status, field } = await read(folder, asset);
      expect([asset, status]).toEqual([asset, 200]);
      expect([asset, field("content-type")]).not.toEqual([asset, expect.stringMatching(/octet-stream|html/)]);
      if (field("cache-control").includes("immutable")) fixed.push(asset);
    }
    expect(fixed.length > 0).toBe(hasFixedNames);
    const linked = await read(folder, deepLink[0]);
    expect(linked).toMatchObject({ status: 200, text: expect.stringContaining(deepLink[1]) });
    const [status, text] = missing;
    expect(await read(folder, "/there/is/none")).toMatchObject({ status, text: expect.stringContaining(text) });
  });
});
