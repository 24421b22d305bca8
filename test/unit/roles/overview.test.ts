import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSpeaker } from "../../../dashboard/say.ts";
import { texts } from "../../../dashboard/texts.ts";
import { makeDashboard } from "../../../scripts/make-dashboard.ts";
import { createHttpServer, type HttpServer, systemClock, toHex } from "../../../src/base/index.ts";
import type { DataAvailability } from "../../../src/da/index.ts";
import { eventBodies, ingressApi } from "../../../src/protocol/index.ts";
import { createOverview, type Overview } from "../../../src/roles/ingress/overview/overview.ts";
import { createReplica, type Replica } from "../../../src/state/index.ts";
import { TestLog } from "../state/test-log.ts";
import { chunkRef, content, HOUR_MS, testSpec, World, wallet } from "../state/world.ts";

let world: World;
let log: TestLog;
let replica: Replica;
let overview: Overview;
let makeOverview: () => Overview;
let server: HttpServer;
let isLogAway: boolean;
let asked: number;
const coordinators: string[] = [];

beforeEach(async () => {
  world = new World();
  log = new TestLog();
  isLogAway = false;
  asked = 0;
  coordinators.length = 0;
  replica = createReplica({ genesis: world.genesis }, { log });
  const da: Pick<DataAvailability, "health" | "getAll" | "headerAt"> = {
    health: () => ({ isConnected: !isLogAway, lastHeight: 0, latencyMs: 0, lagMs: 0 }),
    getAll: async (height) => {
      asked++;
      const { blobs = [] } = world.log.find((step) => step.height === height) ?? {};
      const rest = { namespace: new Uint8Array(29), commitment: new Uint8Array(32), shareVersion: 0, index: 0 };
      return blobs.map((data) => ({ ...rest, data, signer: undefined }));
    },
    headerAt: async (height) => {
      const { timeMs = 0 } = world.log.find((step) => step.height === height) ?? {};
      const hash = new Uint8Array(32);
      return { height, timeMs, hash, previousHash: hash, dataRoot: hash, chainId: "test" };
    },
  };
  const site = () => ({ domain: "localhost", port: 8088 });
  makeOverview = () => createOverview({ replica, da, clock: systemClock(), coordinatorUrls: coordinators, site });
  overview = makeOverview();
  await overview.feed.start();
  await replica.start();
  server = createHttpServer({ name: "ingress", host: "127.0.0.1", port: 0 }, { routes: overview.routes });
  await server.start();
});

afterEach(async () => {
  await server.stop();
  await overview.feed.stop();
  await replica.stop();
});

/** Brings the replica to where the world is. */
async function follow(): Promise<void> {
  log.append(...world.log.slice(log.steps.length));
  await replica.waitFor((state) => state.height >= world.state.height);
}

type Route = "log" | "newestObjects" | "newestDeployments" | "stateAgreement";

/** What a route of the published interface answers, read by that interface's own schema. */
async function ask<R extends Route>(route: R, query = "") {
  const answer = await fetch(`${server.url}${ingressApi[route].path}${query}`);
  const { details } = (await answer.json()) as { details: unknown };
  return ingressApi[route].details.parse(details) as ReturnType<(typeof ingressApi)[R]["details"]["parse"]>;
}

describe("the log as it grows", () => {
  test("tells each height's root and what its events are about, refusals with their reason", async () => {
    const node = world.join("node", { zone: "zone-b" });
    const alice = world.session("alice-key", "alice");
    world.publish(alice, content("a"));
    world.say(alice, "DeleteRequested", { object: content("nobody's").object });
    world.submit(alice, content("missing").object, { name: "shop" });
    world.wait(1_000);
    await follow();
    const { heights, height } = await ask("log");
    expect(height).toBe(world.state.height);
    expect(heights.map(({ height: at }) => at)).toEqual(world.log.map(({ height: at }) => at));
    expect(heights.at(-1)).toMatchObject({ stateRoot: toHex(world.state.root), events: [], eventCount: 0 });
    const events = heights.flatMap(({ events: all }) => all);
    expect(events.map(({ kind, isAccepted, reason }) => [kind, isAccepted, reason])).toEqual([
      ["NodeRegistered", true, null],
      ["SessionGranted", true, null],
      ["ObjectPublished", true, null],
      ["DeleteRequested", false, "object-unknown"],
      ["WorkloadSubmitted", false, "object-unknown"],
    ]);
    expect(events.map(({ subject }) => subject)).toMatchObject([
      { kind: "node", id: node.id },
      { kind: "wallet", id: wallet("alice").id },
      { kind: "object", id: content("a").object },
      { kind: "object", id: content("nobody's").object },
      { kind: "deployment" },
    ]);
    expect([events[2]?.sizeBytes, events[4]?.name]).toEqual([content("a").sizeBytes, "shop"]);
  });

  test("is the same after a restart: what counted, what was refused and what was dropped", async () => {
    for (let count = 0; count < 70; count++) world.wait(1_000);
    const alice = world.session("alice-key", "alice");
    world.publish(alice, content("a"));
    const again = world.sign(alice, "DeleteRequested", { object: content("a").object });
    world.post(again);
    world.post(again);
    world.say(alice, "DeleteRequested", { object: content("a").object });
    await follow();
    const before = await ask("log", "?limit=60");
    expect(before.heights.map(({ eventCount, ignored }) => eventCount + 10 * ignored).slice(-5)).toEqual([
      1, 1, 1, 10, 1,
    ]);
    await server.stop();
    const restarted = makeOverview();
    server = createHttpServer({ name: "ingress", host: "127.0.0.1", port: 0 }, { routes: restarted.routes });
    await server.start();
    await restarted.feed.start();
    expect(await ask("log", "?limit=60")).toEqual(before);
    world.wait(1_000);
    await follow();
    const { heights } = await ask("log", "?limit=200");
    expect(heights.map(({ height }) => height)).toEqual(
      Array.from({ length: 61 }, (_, at) => world.state.height - 60 + at),
    );
    await restarted.feed.stop();
  });

  test("waits for a height that is not there yet, and gives what came after one that is known", async () => {
    world.wait(1_000);
    await follow();
    const last = world.state.height;
    expect((await ask("log", `?after=${last}`)).heights).toEqual([]);
    const coming = ask("log", `?after=${last}&waitMs=30000`);
    world.wait(1_000);
    world.wait(1_000);
    await follow();
    expect((await coming).heights[0]?.height).toBe(last + 1);
    expect((await ask("log", `?after=${last}`)).heights.map(({ height }) => height)).toEqual([last + 1, last + 2]);
    expect((await ask("log", "?limit=1")).heights.map(({ height }) => height)).toEqual([last + 2]);
    expect((await fetch(`${server.url}/v1/log?limit=201`)).status).toBe(400);
  });

  test("reads a height once, shows a part of many events, and goes on while the log cannot be read", async () => {
    isLogAway = true;
    const alice = world.session("alice-key", "alice");
    const many = Array.from({ length: 60 }, (_, at) =>
      world.sign(alice, "ObjectPublished", { content: content(`o${at}`), createdMs: world.nowMs, expiresMs: null }),
    );
    world.post(...many);
    await follow();
    const away = (await ask("log")).heights.at(-1);
    expect([away?.eventCount, away?.events.length, away?.events[0]?.subject]).toEqual([60, 50, null]);
    isLogAway = false;
    await ask("log");
    const back = (await ask("log")).heights.at(-1);
    expect(back?.events[49]?.subject?.id).toBe(content("o49").object);
    expect(asked).toBe(2);
  });
});

describe("what is newest", () => {
  test("is an object, with what all that are held amount to and how many replicas each has", async () => {
    const nodes = world.joinSix();
    const alice = world.session("alice-key", "alice");
    world.publish(alice, content("old"));
    world.publish(alice, content("gone"), world.nowMs + 3 * HOUR_MS);
    world.publish(alice, content("new", { isPublic: true, chunks: [chunkRef("c")] }));
    for (const node of nodes.slice(0, 2)) {
      world.say(node, "ReplicaAdded", {
        chunks: [chunkRef("c").id, content("new", { chunks: [chunkRef("c")] }).manifest.id],
      });
    }
    await follow();
    const { objects, total, totalBytes, wantedReplicas } = await ask("newestObjects");
    expect(objects.map(({ object }) => object)).toEqual(["new", "gone", "old"].map((name) => content(name).object));
    expect(objects[0]).toMatchObject({
      isPublic: true,
      replicas: 2,
      zones: 2,
      chunkCount: 1,
      owner: wallet("alice").id,
    });
    expect([total, wantedReplicas]).toEqual([3, 3]);
    expect(totalBytes).toBe(objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    expect((await ask("newestObjects", "?limit=1")).objects).toHaveLength(1);
    expect((await fetch(`${server.url}/v1/objects?limit=101`)).status).toBe(400);
  });

  test("is a deployment: where it runs, and an address only when it is public and stays", async () => {
    world.joinSix();
    const alice = world.session("alice-key", "alice");
    world.publish(alice, content("package"));
    world.submit(alice, content("package").object, { name: "first" });
    const open = testSpec({ intent: { type: "web_app", priority: "normal", visibility: "public" } });
    world.submit(alice, content("package").object, { name: "shop", spec: open });
    await follow();
    const { deployments, total } = await ask("newestDeployments");
    expect([total, deployments.map(({ name }) => name)]).toEqual([2, ["shop", "first"]]);
    expect(deployments.map(({ url }) => url === null)).toEqual([false, true]);
    const first = deployments[1]?.shown;
    expect(first?.zone).toBe(replica.state.listNodes().find(({ id }) => id === first?.node)?.zone);
    expect(first?.node).not.toBeNull();
  });
});

describe("whether roles agree", () => {
  /** A role that answers with these roots by height, its newest the highest. */
  async function startRole(roots: { readonly [height: number]: string }): Promise<HttpServer> {
    const newest = Math.max(...Object.keys(roots).map(Number));
    const role = createHttpServer(
      { name: "role", host: "127.0.0.1", port: 0 },
      {
        routes: [
          {
            method: "GET",
            path: "/v1/state/root",
            handle: (request) => {
              asked++;
              const height = Number(request.query.get("height") ?? newest);
              return { json: { details: { height, stateRoot: roots[height] ?? "" } } };
            },
          },
        ],
      },
    );
    await role.start();
    return role;
  }

  test("is told of each by its own word at one height: same, other, behind, silent; asked once for many who ask", async () => {
    const root = () => toHex(world.state.root);
    world.wait(1_000);
    const longAgo = { [world.state.height]: root() };
    for (let count = 0; count < 65; count++) world.wait(1_000);
    const before = { [world.state.height]: root() };
    world.wait(1_000);
    const now = { ...before, [world.state.height]: root() };
    const height = world.state.height - 1;
    const roles = await Promise.all([
      startRole(now),
      startRole(before),
      startRole({ [height]: "e".repeat(64), [height + 1]: "f".repeat(64) }),
      startRole({ [height]: "not a root" }),
      startRole(longAgo),
    ]);
    await follow();
    coordinators.push(...roles.map(({ url }) => url), "http://127.0.0.1:9");
    const [agreement, again] = await Promise.all([ask("stateAgreement"), ask("stateAgreement")]);
    expect(again).toEqual(agreement);
    expect(agreement).toMatchObject({ height, isEqual: false });
    expect(agreement.roles.map(({ kind, verdict, height: at }) => [kind, verdict, at])).toEqual([
      ["ingress", "equal", height + 1],
      ["coordinator", "equal", height + 1],
      ["coordinator", "equal", height],
      ["coordinator", "differs", height + 1],
      ["coordinator", "silent", null],
      ["coordinator", "behind", Number(Object.keys(longAgo)[0])],
      ["coordinator", "silent", null],
    ]);
    // Each once for its newest, and those that are further once more for the compared height.
    expect(asked).toBe(7);
    await Promise.all(roles.map((role) => role.stop()));
  });
});

describe("the page", () => {
  test("is what its sources build to", async () => {
    const file = new URL("../../../src/roles/ingress/dashboard.generated.ts", import.meta.url);
    const isCurrent = (await readFile(file, "utf8")) === (await makeDashboard());
    expect(isCurrent, "run: node scripts/make-dashboard.ts").toBe(true);
  });

  test("runs its own program and style alone, is not framed, keeps nothing, and reaches this machine on a devnet", async () => {
    const response = await fetch(`${server.url}/dashboard`, { headers: { "accept-language": "id" } });
    const html = await response.text();
    expect(html).toContain("<html lang=id>");
    const policy = (response.headers.get("content-security-policy") ?? "").split("; ");
    const hashes = ["script", "style"].map((tag) => {
      const inner = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? "";
      return `${tag}-src 'sha256-${createHash("sha256").update(inner).digest("base64")}'`;
    });
    const rest = ["default-src 'none'", "connect-src 'self' http://127.0.0.1:*", "frame-ancestors 'none'"];
    for (const part of [...hashes, ...rest, "form-action 'none'", "base-uri 'none'"]) expect(policy).toContain(part);
    expect(policy.join()).not.toContain("unsafe");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(html).not.toMatch(/(?:src|href)=["']?(?:https?:)?\/\//);
  });

  test("says everything in both languages with the same slots, and knows every kind of event", () => {
    const slots = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, slot]) => slot).sort();
    for (const [name, { en, id }] of Object.entries(texts)) expect([name, slots(id)]).toEqual([name, slots(en)]);
    expect(Object.keys(eventBodies).filter((kind) => !Object.hasOwn(texts, kind))).toEqual([]);
  });

  test("counts one and many, and says sizes and times by the manner of the language", () => {
    const [en, id] = [createSpeaker("en"), createSpeaker("id")];
    expect([1, 2, 1_234].map((count) => en.say("replicas", { count }))).toEqual([
      "1 replica",
      "2 replicas",
      "1,234 replicas",
    ]);
    expect(id.say("replicas", { count: 1_234 })).toBe("1.234 replika");
    expect([0, 1023, 1536, 90 * 1024 ** 2].map(en.bytes)).toEqual(["0 B", "1,023 B", "1.5 KiB", "90 MiB"]);
    expect(id.bytes(1536)).toBe("1,5 KiB");
    expect([140, 3_200, 240_000, 7_200_000].map(en.duration)).toEqual(["140 ms", "3.2 s", "4 min", "2 h"]);
    expect(en.say("roleCoordinator", { id: "{id}<b>" })).toBe("coordinator {id}<b>");
  });
});
