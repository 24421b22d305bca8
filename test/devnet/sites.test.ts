import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { systemFileTree } from "../../src/base/index.ts";
import { probeSite } from "../../src/client/index.ts";
import { packProject, readPackageFiles, signPackage } from "../../src/packager/index.ts";
import { eventually, removeDerived, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet();
});

/** Packs, signs and submits the files as `dsdn deploy` does; resolves when the log has the submission. */
async function deploy(name: string, files: { [path: string]: string }): Promise<string> {
  const path = join(net.scratch, name);
  await mkdir(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
  const packed = await packProject({ path }, { tree: systemFileTree() });
  const signed = await signPackage(packed, await net.client.deployments.packageSigner());
  const input = { files: await readPackageFiles([...packed.files, signed]) };
  return (await net.client.deployments.deploy(input, { name, spec: packed.spec })).workload;
}

async function read(name: string, path = "/"): Promise<{ status: number; text: string; workload: string | undefined }> {
  const details = await net.client.deployments.get(name);
  const { status, body, workload } = await probeSite(net.devnet.status().ingressUrl, details, { path });
  return { status, text: new TextDecoder().decode(body), workload };
}

const answers = (name: string, text: string, path = "/") =>
  eventually(async () => ((await read(name, path)).text === text ? true : undefined), {
    what: `"${text}" at ${name}${path}`,
  });

/** The role that runs the deployment's newest version. */
async function hostOf(name: string): Promise<string> {
  const { workloads } = await net.client.deployments.get(name);
  const node = (await net.client.nodes()).find((row) => row.node === workloads[0]?.node);
  return net.devnet.status().roles.find(({ url }) => url === node?.httpUrl)?.name ?? "";
}

const page = (text: string) => ({ "index.html": text });
const handler = (text: string) => ({
  "index.js": `export default { fetch: (request) => new Response("${text} " + new URL(request.url).pathname) };`,
});

describe("a deployment", () => {
  test("answers at its own address, and keeps it when a new version comes", async () => {
    await deploy("site", page("first"));
    await answers("site", "first");
    const { url } = await net.client.deployments.get("site");
    const second = await deploy("site", page("second"));
    await answers("site", "second");
    expect((await net.client.deployments.get("site")).url).toBe(url);
    expect((await read("site")).workload).toBe(second);
  });

  test.each([
    ["page", page("stays"), "/", "stays"],
    ["program", handler("runs"), "/x", "runs /x"],
  ])("that is a %s moves to another node when its own dies", async (name, files, path, text) => {
    await deploy(name, files);
    await answers(name, text, path);
    const victim = await hostOf(name);
    expect(victim).toMatch(/^node-/);
    await net.devnet.fault("kill", victim);
    await eventually(async () => (await net.client.status()).nodes.active === 5, { what: "the quorum's verdict" });
    await answers(name, text, path);
    expect(await hostOf(name)).not.toBe(victim);
    await net.devnet.heal();
    await eventually(async () => (await net.client.status()).nodes.active === 6, { what: "the node's return" });
    await answers(name, text, path);
  });

  test("goes on answering while coordinator, validator and sequencer are stopped", async () => {
    for (const role of ["coordinator", "validator", "sequencer"]) await net.devnet.fault("kill", role);
    await answers("site", "second");
    await answers("program", "runs /y", "/y");
    await net.devnet.heal();
  });

  test("is placed without the sequencer, and waits for the validators when they are away", async () => {
    await net.devnet.fault("kill", "sequencer");
    await deploy("unsequenced", page("placed"));
    await answers("unsequenced", "placed");
    await net.devnet.fault("kill", "validator");
    const waiting = await deploy("unapproved", page("approved"));
    expect((await net.client.deployments.workload(waiting)).status).toBe("submitted");
    expect((await read("unapproved")).status).toBe(503);
    const { deployments } = net.client;
    const statusAfter = async (workload: string, seen: string | undefined, waitMs: number) =>
      (await deployments.workloadAfter(workload, seen, { waitMs }))?.status;
    expect(await statusAfter(waiting, undefined, 60_000)).toBe("submitted");
    expect(await statusAfter(waiting, "submitted", 1)).toBe("submitted");
    expect(await statusAfter("0".repeat(64), undefined, 1)).toBeUndefined();
    const changed = statusAfter(waiting, "submitted", 60_000);
    await net.devnet.heal();
    expect(await changed).toMatch(/^(assigned|running)$/);
    await answers("unapproved", "approved");
  });

  test("answers again after its node was restarted, and after the whole devnet was", async () => {
    await net.devnet.fault("restart", await hostOf("program"));
    await answers("program", "runs /z", "/z");
    await net.stop();
    await net.start();
    await answers("site", "second");
    await answers("program", "runs /z", "/z");
  });

  test("is the same after everything derived was deleted: keys, chunks and the log are enough", async () => {
    await net.stop();
    await removeDerived(net.folder);
    await net.start();
    await answers("site", "second");
    await answers("program", "runs /z", "/z");
  });

  test("is gone for good when its owner removes it", async () => {
    expect(await net.client.deployments.remove("site")).toEqual({ isDone: true });
    await eventually(async () => (await read("site")).status === 404, { what: "its removal" });
    await net.stop();
    await net.start();
    expect((await read("site")).status).toBe(404);
  });
});
