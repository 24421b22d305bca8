/** What visitors notice when a deployment gets another version, or its node dies: nothing. */
import { mkdir, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { systemClock, systemFileTree } from "../../src/base/index.ts";
import { probeSite } from "../../src/client/index.ts";
import { packProject, readPackageFiles, signPackage } from "../../src/packager/index.ts";
import { afterFile, eventually, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

const PER_SECOND = 200;
/** After so long without an answer a devnet takes a node for dead. */
const SILENT_MS = 5_000;
const clock = systemClock();
/** Whom the test asks itself must not queue up behind the visitors. */
const [agent, visitorsAgent] = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true, maxSockets: 64 })];
afterFile(async () => {
  agent.destroy();
  visitorsAgent.destroy();
});
let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet();
});

const handler = (text: string) => ({
  "index.js": `export default { fetch: async (request) => new Response("${text}" + await request.text()) };`,
});

/** Packs, signs and submits a program; resolves when the log has the submission. */
async function deploy(name: string, text: string, preview?: string): Promise<string> {
  const path = join(net.scratch, `${name}-${text}`);
  await mkdir(path, { recursive: true });
  for (const [file, code] of Object.entries(handler(text))) await writeFile(join(path, file), code);
  const packed = await packProject({ path }, { tree: systemFileTree() });
  const signed = await signPackage(packed, await net.client.deployments.packageSigner());
  const input = { files: await readPackageFiles([...packed.files, signed]) };
  const shown = preview === undefined ? {} : { preview: { name: preview, expiresMs: null } };
  return (await net.client.deployments.deploy(input, { name, spec: packed.spec, ...shown })).workload;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Question {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: string;
  readonly by?: Agent;
}

/** One request over a kept connection; a lost connection is status 0. */
function ask(url: string, { method = "GET", body = "", by = agent }: Question = {}): Promise<Answer> {
  const { hostname: host, port } = new URL(net.devnet.status().ingressUrl);
  const options = { agent: by, host, port, method, headers: { host: new URL(url).host } };
  return new Promise((resolve) => {
    const sent = request(options, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      response.on("error", () => resolve({ status: 0, text: "cut off" }));
    });
    sent.on("error", (error) => resolve({ status: 0, text: error.message }));
    sent.end(body);
  });
}

/**
 * Visits at a steady rate, the methods in turn, until it is stopped; gives every answer. Where a machine cannot answer so
 * many there are never more than two seconds' worth under way.
 */
function visit(url: string, methods: readonly ("GET" | "POST")[]) {
  const startMs = clock.monotonicMs();
  const answers: Promise<Answer>[] = [];
  let underWay = 0;
  let isOver = false;
  const visitOnce = (method: "GET" | "POST" | undefined) => {
    underWay++;
    return ask(url, { by: visitorsAgent, ...(method === undefined ? {} : { method }) }).finally(() => underWay--);
  };
  const going = (async () => {
    while (!isOver) {
      const due = ((clock.monotonicMs() - startMs) / 1000) * PER_SECOND;
      while (answers.length < due && underWay < 2 * PER_SECOND) {
        answers.push(visitOnce(methods[answers.length % methods.length]));
      }
      await clock.sleep(5);
    }
  })();
  return {
    get count() {
      return answers.length;
    },
    stop: async () => {
      isOver = true;
      await going;
      return Promise.all(answers);
    },
  };
}

/** True while the node answers for the version, wanted or not. */
async function isUp(node: string | null | undefined, workload = ""): Promise<boolean> {
  const { httpUrl } = (await net.client.nodes()).find((row) => row.node === node) ?? { httpUrl: "" };
  const answer = await fetch(`${httpUrl}/v1/workloads/${workload}/ready`);
  return Object(await answer.json()).isReady === true;
}

/** Deploys a version; gives how long this machine takes to answer with it. */
async function timeDeploy(name: string, text: string, url: string): Promise<number> {
  const startMs = clock.monotonicMs();
  await deploy(name, text);
  await answers(url, text);
  return clock.monotonicMs() - startMs;
}

const named = (url: string, name: string) => url.replace("//", `//${name}--`);
const answers = (url: string, text: string) =>
  eventually(async () => (await ask(url)).text === text, { what: `"${text}" at ${url}` });
const failures = (all: readonly Answer[]) => all.filter(({ status }) => status !== 200);

describe("a deployment that is visited 200 times a second", () => {
  let deployedMs = 0;

  test("loses no request, read or write, to a new version nor to going back", async () => {
    const first = await deploy("shop", "one");
    const { url } = await net.client.deployments.get("shop");
    await answers(url, "one");
    const visitors = visit(url, ["GET", "GET", "GET", "GET", "POST"]);
    await eventually(() => visitors.count >= PER_SECOND);
    deployedMs = await timeDeploy("shop", "two", url);
    await net.client.deployments.promote("shop", first);
    await answers(url, "one");
    const before = visitors.count;
    // Past the end of the replaced version's drain.
    await eventually(() => visitors.count >= before + 7 * PER_SECOND);
    const all = await visitors.stop();
    expect(failures(all)).toEqual([]);
    expect(new Set(all.map(({ text }) => text))).toEqual(new Set(["one", "two"]));
  });

  test("answers from another node within ten seconds when its own dies; no reader gets an error, nor who writes then", async () => {
    const { url, workloads, current } = await net.client.deployments.get("shop");
    const running = workloads.find(({ workload }) => workload === current);
    const node = (await net.client.nodes()).find((row) => row.node === running?.node);
    const victim = net.devnet.status().roles.find((role) => role.url === node?.httpUrl)?.name ?? "";
    const visitors = visit(url, ["GET"]);
    await eventually(() => visitors.count >= 20);
    const killedMs = clock.monotonicMs();
    await net.devnet.fault("kill", victim);
    const written = Promise.all([
      ask(url, { method: "PUT", body: "!" }),
      ask(url, { method: "DELETE" }),
      ask(url, { method: "POST", body: "?" }),
    ]);
    expect(await ask(url)).toEqual({ status: 200, text: "one" });
    const movedMs = clock.monotonicMs() - killedMs;
    expect(failures(await visitors.stop())).toEqual([]);
    // A dead node is missed after five seconds; what follows is like a deployment, which tells of a slow machine.
    expect(movedMs).toBeLessThan(Math.max(10_000, SILENT_MS + 2 * deployedMs));
    // Nothing listens on the dead node: what was written had not been sent to anybody.
    const texts = ["one!", "one", "one?"];
    expect(await written).toEqual(texts.map((text) => ({ status: 200, text })));
    await net.devnet.heal();
  });
});

test("a version that ended answers again within two seconds of the wish for it", async () => {
  await deploy("back", "old");
  const { url } = await net.client.deployments.get("back");
  await answers(url, "old");
  const deployedMs = await timeDeploy("back", "new", url);
  const tookMs: number[] = [];
  for (const text of ["old", "new"]) {
    // The address answers with a version before the log says that it does.
    const { workloads, current } = await eventually(async () => {
      const details = await net.client.deployments.get("back");
      return details.current === details.latest && details;
    });
    const ended = workloads.find(({ workload }) => workload !== current);
    await eventually(async () => !(await isUp(ended?.node, ended?.workload)), { what: "the end of the old version" });
    const startMs = clock.monotonicMs();
    await net.client.deployments.promote("back", ended?.workload ?? "");
    await answers(url, text);
    tookMs.push(clock.monotonicMs() - startMs);
  }
  // The machine may be busy with something else; it is not so both times. On a slow one it is no slower than a deployment.
  expect(Math.min(...tookMs)).toBeLessThan(Math.max(2_000, deployedMs));
});

test("a preview has an address of its own and changes nothing until it is promoted; an alias stays with its version", async () => {
  const { url, current } = await net.client.deployments.get("shop");
  const shown = await deploy("shop", "three", "beta");
  await answers(named(url, "beta"), "three");
  expect((await ask(url)).text).toBe("one");
  await net.client.deployments.setAlias("shop", { name: "stable", workload: current });
  await answers(named(url, "stable"), "one");
  expect((await ask(named(url, "nothing"))).status).toBe(404);
  await net.client.deployments.promote("shop", shown);
  await answers(url, "three");
  expect((await ask(named(url, "stable"))).text).toBe("one");
  expect((await ask(named(url, "beta"))).text).toBe("three");
  await net.client.deployments.removeAlias("shop", "stable");
  await eventually(async () => (await ask(named(url, "stable"))).status === 404, { what: "the end of the alias" });
});

test("a new version whose program answers no request never takes over", async () => {
  const { url } = await net.client.deployments.get("shop");
  const path = join(net.scratch, "broken");
  await mkdir(path, { recursive: true });
  await writeFile(join(path, "index.js"), `export default { fetch() { for (;;); } };`);
  const packed = await packProject({ path }, { tree: systemFileTree() });
  const signed = await signPackage(packed, await net.client.deployments.packageSigner());
  const input = { files: await readPackageFiles([...packed.files, signed]) };
  const spec = { ...packed.spec, limits: { ...packed.spec.limits, timeMs: 100 } };
  const { workload } = await net.client.deployments.deploy(input, { name: "shop", spec });
  await eventually(async () => (await net.client.deployments.workload(workload)).status === "failed", {
    what: "the end of its attempts",
  });
  const details = await net.client.deployments.get("shop");
  const { status, workload: answering } = await probeSite(net.devnet.status().ingressUrl, details);
  expect({ status, isNew: answering === workload }).toEqual({ status: 200, isNew: false });
  expect((await ask(url)).text).toBe("three");
});
