import { describe, expect, test } from "vitest";
import { findBase64, seededRandom, toUtf8 } from "../../../src/base/index.ts";
import { openAccount } from "../../../src/keys/index.ts";
import {
  decodeLogRequest,
  deploymentIdOf,
  isLogRequestSigned,
  isSessionGrantSigned,
  LOG_REQUEST_HEADER,
  type WorkloadId,
  workloadIdOf,
} from "../../../src/protocol/index.ts";
import { testSpec } from "../state/world.ts";
import { makeWorld } from "./world.ts";

const spec = testSpec({ intent: { type: "web_app", priority: "normal", visibility: "public" } });
const files = [{ path: "site/index.html", bytes: toUtf8("<h1>hello</h1>") }];
const owner = openAccount(seededRandom("alice").bytes(32)).address();
const workload = "ab".repeat(32) as WorkloadId;

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("a deployment", () => {
  test("is the published package and, right behind it, the workload", async () => {
    const world = await makeWorld();
    const result = await world.client.deployments.deploy({ files }, { name: "shop", spec });
    const [grant, published, submitted] = world.ingress.accepted;
    expect([grant?.kind, published?.kind, submitted?.kind]).toEqual([
      "SessionGranted",
      "ObjectPublished",
      "WorkloadSubmitted",
    ]);
    expect(submitted?.body).toMatchObject({
      name: "shop",
      package: result.package,
      deployment: result.deployment,
      spec,
    });
    expect(result.deployment).toBe(deploymentIdOf(owner, "shop"));
    expect(result.workload).toBe(workloadIdOf(result.upload.author, 2, result.package));
    expect(result.upload.isPublic).toBe(true);
    expect(world.ingress.eventsOf("PointerUpdated")).toEqual([]);
  });

  test("of the same files gives the same package and another workload", async () => {
    const world = await makeWorld();
    const first = await world.client.deployments.deploy({ files }, { name: "shop", spec });
    const second = await world.connect().deployments.deploy({ files }, { name: "shop", spec });
    expect(second.package).toBe(first.package);
    expect(second.deployment).toBe(first.deployment);
    expect(second.workload).not.toBe(first.workload);
  });

  test("can be made of a package that is stored already", async () => {
    const world = await makeWorld();
    const stored = await world.client.storage.upload({ files }, { isPublic: true, name: null });
    const result = await world.client.deployments.submit(stored.object, { name: "shop", spec });
    const submitted = world.ingress.eventsOf("WorkloadSubmitted")[0];
    expect(submitted?.body).toMatchObject({ package: stored.object });
    expect(result.workload).toBe(workloadIdOf(stored.author, submitted?.sequence ?? -1, stored.object));
  });

  test("that the log refuses is told with its reason", async () => {
    const world = await makeWorld();
    world.ingress.reject = (event) => (event.kind === "WorkloadSubmitted" ? "package-unknown" : undefined);
    await expect(world.client.deployments.deploy({ files }, { name: "shop", spec })).rejects.toMatchObject({
      code: "DSDN_CLIENT_EVENT_REJECTED",
      facts: { kind: "WorkloadSubmitted", reason: "package-unknown" },
    });
  });

  test("nobody made is unknown, to look at and to remove", async () => {
    const world = await makeWorld();
    const { deployments } = world.client;
    for (const ask of [() => deployments.get("none"), () => deployments.remove("none")]) {
      await expect(ask()).rejects.toMatchObject({
        code: "DSDN_CLIENT_DEPLOYMENT_UNKNOWN",
        facts: { name: "none", candidates: "" },
      });
    }
    expect(world.ingress.accepted).toEqual([]);
  });
});

describe("log lines", () => {
  test("come as they were written, and what is no log line is left out", async () => {
    const world = await makeWorld();
    const line = (text: string) => JSON.stringify({ timeMs: 1, stream: "stdout", requestId: "r", text });
    const whole = `${line("one")}\nnot json\n{"timeMs":1}\n${line("two \u001b[2J ünï")}\n${line("cut off").slice(0, 20)}`;
    const bytes = toUtf8(whole);
    world.ingress.logs = async function* () {
      // In pieces that split lines and characters.
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
    };
    const lines = await collect(world.client.deployments.logs(workload));
    expect(lines.map(({ text }) => text)).toEqual(["one", "two \u001b[2J ünï"]);
  });

  test("are asked for in the name of the account, for this log and at this moment", async () => {
    const world = await makeWorld();
    let shown = "";
    world.ingress.logs = async function* (request) {
      shown = String(request.headers[LOG_REQUEST_HEADER]);
      yield toUtf8("\n");
    };
    const fromMs = Date.now();
    await collect(world.client.deployments.logs(workload));
    const request = decodeLogRequest(findBase64(shown) ?? expect.fail("no request"));
    expect(isLogRequestSigned(request)).toBe(true);
    expect(isSessionGrantSigned(request.network, request.grant)).toBe(true);
    const wallet = openAccount(seededRandom("alice").bytes(32)).address();
    expect(request).toMatchObject({ workload, grant: { wallet } });
    expect(request.createdMs).toBeGreaterThanOrEqual(fromMs);
  });

  test("are followed until the caller has enough", async () => {
    const world = await makeWorld();
    const stop = new AbortController();
    const { promise: never } = Promise.withResolvers<void>();
    world.ingress.logs = async function* () {
      yield toUtf8(`${JSON.stringify({ timeMs: 1, stream: "stderr", requestId: "", text: "first" })}\n`);
      await never;
    };
    const seen: string[] = [];
    const follow = async () => {
      for await (const { text } of world.client.deployments.logs(workload, { follow: true, signal: stop.signal })) {
        seen.push(text);
        stop.abort(new Error("enough"));
      }
    };
    await expect(follow()).rejects.toThrow("enough");
    expect(seen).toEqual(["first"]);
  });
});
