import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { systemFileTree, toUtf8 } from "../../src/base/index.ts";
import { type EnvEntry, probeSite, type SettingsChange } from "../../src/client/index.ts";
import { packProject, readPackageFiles, signPackage } from "../../src/packager/index.ts";
import type { Intent, ObjectId } from "../../src/protocol/index.ts";
import { eventually, readBack, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet();
});

interface Wish {
  readonly visibility?: Intent["visibility"];
  readonly input?: ObjectId;
  readonly change?: SettingsChange;
  readonly env?: readonly EnvEntry[];
  /** Granted to be read. */
  readonly objects?: readonly ObjectId[];
}

/** Packs, signs and submits one program as `dsdn deploy` does. */
async function deploy(name: string, program: string, { visibility, input, change, env = [], objects = [] }: Wish = {}) {
  const path = join(net.scratch, `${name}.js`);
  await mkdir(net.scratch, { recursive: true });
  await writeFile(path, program);
  const packed = await packProject({ path }, { tree: systemFileTree() });
  const signed = await signPackage(packed, await net.client.deployments.packageSigner());
  const files = { files: await readPackageFiles([...packed.files, signed]) };
  const intent = { ...packed.spec.intent, visibility: visibility ?? packed.spec.intent.visibility };
  const spec = {
    ...packed.spec,
    intent,
    input: input ?? null,
    env: [...env],
    grants: { hosts: [], objects: [...objects] },
  };
  return net.client.deployments.deploy(files, { name, spec, ...(change === undefined ? {} : { change }) });
}

const rowOf = (workload: string) => net.client.deployments.workload(workload);

async function logOf(client: TestDevnet["client"], workload: string): Promise<string> {
  const lines: string[] = [];
  for await (const { text } of client.deployments.logs(workload)) lines.push(text);
  return lines.join("\n");
}

/** The role that runs the workload now. */
async function hostOf(workload: string): Promise<string> {
  const { node } = await rowOf(workload);
  const row = (await net.client.nodes()).find((other) => other.node === node);
  return net.devnet.status().roles.find(({ url }) => url === row?.httpUrl)?.name ?? "";
}

async function nameOfNode(id: string): Promise<string> {
  const row = (await net.client.nodes()).find(({ node }) => node === id);
  return net.devnet.status().roles.find(({ url }) => url === row?.httpUrl)?.name ?? "";
}

/** Whether a file of the network (log, archive, chunks, states, logs of roles) or of the user's profile holds the text. */
async function isOnDisk(text: string): Promise<boolean> {
  const folders = [net.folder, join(net.scratch, "profile-first")];
  // By the names it prints: it complains of a file that went away meanwhile, whatever it found in the others.
  const { stdout } = await promisify(execFile)("grep", ["-r", "-a", "-l", "-F", "-e", text, ...folders]).catch(
    (error: { code?: unknown; stdout: string }) => {
      if (error.code === 1 || error.code === 2) return error;
      throw error;
    },
  );
  return stdout !== "";
}

async function read(name: string): Promise<{ status: number; text: string; workload: string | undefined }> {
  const details = await net.client.deployments.get(name);
  const { status, body, workload } = await probeSite(net.devnet.status().ingressUrl, details);
  return { status, text: new TextDecoder().decode(body), workload };
}

const answers = (name: string, text: string) =>
  eventually(async () => (await read(name)).text === text, { what: `"${text}" at ${name}` });

const isRunning = (workload: string) => eventually(async () => (await rowOf(workload)).status === "running");

describe("a private script", () => {
  test("runs on its sealed package and input, and only its owner reads output, log and package", async () => {
    const stored = await net.client.storage.upload(
      { files: [{ path: "in.txt", bytes: toUtf8("canary-input") }] },
      { name: null },
    );
    const program = `const own = "canary-program";
      export default function main(stdin) { console.log("canary-line"); return own + " canary-output " + stdin.text(); }`;
    const { workload, package: object } = await deploy("job", program, { input: stored.object });
    const done = await eventually(async () => {
      const row = await rowOf(workload);
      return row.status === "finished" ? row : undefined;
    });
    const output = done.output ?? expect.fail("no output");
    const expected = "canary-program canary-output canary-input";
    expect(new TextDecoder().decode(await readBack(net.client, output))).toBe(expected);
    expect(await logOf(net.client, workload)).toContain("canary-line");
    expect(done.sealedTo).toHaveLength(3);
    expect(done.sealedTo).toContain(done.node);
    const stranger = net.connectAs({ account: "mallory", profile: "mallory" });
    for (const thing of [object, output, stored.object]) {
      await expect(readBack(stranger, thing)).rejects.toMatchObject({ code: "DSDN_CRYPTO_WRONG_KEY" });
    }
    await expect(logOf(stranger, workload)).rejects.toMatchObject({ code: "DSDN_NODE_LOG_PRIVATE" });
    const { isPublic } = (await net.client.storage.stat(output)).details;
    expect(isPublic).toBe(false);
    for (const text of ["canary-program", "canary-output", "canary-input", "canary-line"]) {
      expect(await isOnDisk(text), text).toBe(false);
    }
  });
});

describe("a private script with storage", () => {
  test("keeps what it writes sealed, finds it in a later run, and reads a private object it was granted", async () => {
    const stored = await net.client.storage.upload(
      { files: [{ path: "in.txt", bytes: toUtf8("canary-granted") }] },
      { name: null },
    );
    const program = `export default async function main() {
      const before = await dsdn.storage.getText("notes/a");
      await dsdn.storage.put("notes/a", ["canary", "kept"].join("-"));
      const granted = await dsdn.storage.read("${stored.object}");
      return [before, new TextDecoder().decode(granted)].join(" ");
    }`;
    const { workload } = await deploy("keeper", program, { objects: [stored.object] });
    const outputOf = async (id: string) => {
      const row = await eventually(async () => {
        const now = await rowOf(id);
        return ["finished", "failed"].includes(now.status) ? now : undefined;
      });
      return new TextDecoder().decode(
        await readBack(net.client, row.output ?? expect.fail(await logOf(net.client, id))),
      );
    };
    expect(await outputOf(workload)).toBe(" canary-granted");
    const again = await net.client.settings.renew("keeper", workload);
    expect(await outputOf(again.workload)).toBe("canary-kept canary-granted");
    for (const text of ["canary-kept", "canary-granted"]) expect(await isOnDisk(text), text).toBe(false);
  });
});

describe("a private service", () => {
  test("runs, and has no address: neither an ingress nor its node answers for it", async () => {
    const program = 'export default { fetch: () => new Response("hidden") };';
    const { workload } = await deploy("hidden", program, { visibility: "private" });
    await isRunning(workload);
    expect(await read("hidden")).toMatchObject({ status: 404, workload: undefined });
    const { node } = await rowOf(workload);
    const { httpUrl = "" } = (await net.client.nodes()).find((row) => row.node === node) ?? {};
    const direct = await fetch(`${httpUrl}/w/${workload}/`);
    expect({ status: direct.status, text: await direct.text() }).toMatchObject({
      status: 404,
      text: expect.not.stringContaining("hidden"),
    });
  });
});

describe("a service with a secret", () => {
  const program = 'export default { fetch: (request, env) => new Response([env.TOKEN, env.PLAIN].join(" ")) };';

  test("finds it in its environment, beside the plain values, and no disk ever holds it", async () => {
    const change = {
      env: new Map([["PLAIN", "plain-to-be-found"]]),
      secrets: new Map([["TOKEN", "canary-token"]]),
    };
    await deploy("vault", program, { change });
    await answers("vault", "canary-token plain-to-be-found");
    expect(await net.client.settings.get("vault")).toEqual({
      env: [{ name: "PLAIN", value: "plain-to-be-found" }],
      secrets: ["TOKEN"],
    });
    const { workload = "" } = await read("vault");
    expect(await logOf(net.client, workload)).toContain("GET / 200");
    const stranger = net.connectAs({ account: "mallory", profile: "mallory" });
    await expect(logOf(stranger, workload)).rejects.toMatchObject({ code: "DSDN_NODE_LOG_PRIVATE" });
    expect(await isOnDisk("plain-to-be-found")).toBe(true);
    expect(await isOnDisk("canary-token")).toBe(false);
  });

  test("gets a changed one at once, as a version that a redeploy keeps", async () => {
    await net.client.settings.change("vault", { secrets: new Map([["TOKEN", "canary-second"]]) });
    await answers("vault", "canary-second plain-to-be-found");
    await deploy("vault", `${program} // another`);
    await eventually(async () => (await net.client.deployments.get("vault")).workloads[0]?.status === "running");
    await answers("vault", "canary-second plain-to-be-found");
    expect(await isOnDisk("canary-second")).toBe(false);
  });

  test("keeps values over a redeploy, unless the project names them itself", async () => {
    await deploy("vault", program, { env: [{ name: "PLAIN", value: "from-the-project" }] });
    await answers("vault", "canary-second from-the-project");
    await deploy("vault", program, {
      env: [{ name: "PLAIN", value: "again" }],
      change: { env: new Map([["PLAIN", "said"]]) },
    });
    await answers("vault", "canary-second said");
    await deploy("vault", `${program} // once more`);
    await eventually(async () => (await net.client.deployments.get("vault")).workloads[0]?.status === "running");
    await answers("vault", "canary-second said");
  });

  test("that throws it fails without a word of it on the log", async () => {
    const { workload } = await deploy("clumsy", "throw new Error(dsdn.env.TOKEN); export default { fetch() {} };", {
      change: { secrets: new Map([["TOKEN", "canary-thrown"]]) },
    });
    const row = await eventually(async () => {
      const now = await rowOf(workload);
      return now.status === "failed" ? now : undefined;
    });
    expect(row.reason).toBe("DSDN_RUNTIME_GUEST_THREW");
    expect(await logOf(net.client, workload)).toContain("canary-thrown");
    expect(await isOnDisk("canary-thrown")).toBe(false);
  });

  test("moves with it to another node it is sealed to when its own dies", async () => {
    const { workload = "" } = await read("vault");
    const { node: first, sealedTo } = await rowOf(workload);
    await net.devnet.fault("kill", await hostOf(workload));
    await eventually(async () => ![null, first].includes((await rowOf(workload)).node), { what: "another node" });
    await answers("vault", "canary-second said");
    const { node } = await rowOf(workload);
    expect(sealedTo).toContain(node);
    expect(node).not.toBe(first);
  });

  test("waits when none of them is left, says so, and is sealed to others when it is renewed", async () => {
    const { workload = "" } = await read("vault");
    const { sealedTo } = await rowOf(workload);
    for (const id of sealedTo) await net.devnet.fault("kill", await nameOfNode(id));
    await eventually(async () => (await rowOf(workload)).status === "approved", { what: "waiting for a node" });
    expect((await rowOf(workload)).node).toBeNull();
    const renewed = await net.client.settings.renew("vault", workload);
    await answers("vault", "canary-second said");
    const row = await rowOf(renewed.workload);
    expect(row.sealedTo.filter((id) => sealedTo.includes(id))).toEqual([]);
    await net.devnet.heal();
  });
});

describe("a script that runs by a schedule", () => {
  test("has values and secrets of its own from the next run on, and is not run by changing them", async () => {
    const path = join(net.scratch, "nightly.js");
    await writeFile(path, 'export default (input, env) => [env.PLAIN, env.TOKEN].join(" ");');
    const packed = await packProject({ path }, { tree: systemFileTree() });
    const signed = await signPackage(packed, await net.client.deployments.packageSigner());
    const files = { files: await readPackageFiles([...packed.files, signed]) };
    const never = { cron: "0 0 1 1 *", timeZone: "UTC", offsets: [{ fromMs: 0, offsetMinutes: 0 }], knownUntilMs: 0 };
    const schedule = { ...never, overlap: "skip", missed: "skip" } as const;
    await net.client.deployments.schedule(files, {
      name: "nightly",
      spec: { ...packed.spec, mode: "batch" },
      schedule,
    });
    const change = {
      env: new Map([["PLAIN", "nightly-value"]]),
      secrets: new Map([["TOKEN", "canary-nightly"]]),
    };
    const made = await net.client.settings.change("nightly", change);
    expect(made).toMatchObject({ workload: null, mode: "batch" });
    expect(await net.client.settings.get("nightly")).toEqual({
      env: [{ name: "PLAIN", value: "nightly-value" }],
      secrets: ["TOKEN"],
    });
    const { job, workloads } = await net.client.deployments.get("nightly");
    expect(job).toMatchObject({ cron: "0 0 1 1 *" });
    expect(workloads).toEqual([]);
    expect(await isOnDisk("canary-nightly")).toBe(false);
  });
});
