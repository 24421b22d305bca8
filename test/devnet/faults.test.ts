import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { toHex } from "../../src/base/index.ts";
import { digestOf, parseChunkId } from "../../src/protocol/index.ts";
import {
  eventually,
  hashOf,
  makeBytes,
  readBack,
  removeDerived,
  startTestDevnet,
  type TestDevnet,
  untilTaken,
} from "./devnet-fixture.ts";

let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet();
});

const NODES = ["node-1", "node-2", "node-3", "node-4", "node-5", "node-6"];
const ZONES = ["zone-a", "zone-b", "zone-c"];
const fileOf = (name: string) => ({ files: [{ path: "a.bin", bytes: makeBytes(40_000, name) }] });

/** Uploads and runs the work the moment the user is told `durable`. */
async function uploadThen(name: string, atDurable: () => Promise<unknown>): Promise<string> {
  let done: Promise<unknown> | undefined;
  const { object } = await net.client.storage.upload(fileOf(name), {
    name: null,
    until: "durable",
    onStage: (stage) => {
      if (stage === "durable") done = atDurable();
    },
  });
  await done;
  return object;
}

async function expectReadable(object: string, name: string): Promise<void> {
  const bytes = await readBack(net.client, `${object}/a.bin`);
  expect(Buffer.compare(bytes, makeBytes(40_000, name))).toBe(0);
}

const replicasOf = async (object: string) => (await net.client.storage.stat(object)).details;

const isWhole = (object: string) =>
  eventually(
    async () => {
      const { status, replicas, zones } = await replicasOf(object);
      return status === "published" && replicas >= 3 && zones === 3;
    },
    { what: "three replicas in three zones" },
  );

const rolesOfZone = (zone: string) => net.devnet.status().roles.filter((role) => role.zone === zone);

describe("the moment an upload is called durable", () => {
  test.each(NODES)("%s may be killed: nothing is lost and reads go on", async (node) => {
    const object = await uploadThen(`kill ${node}`, () => net.devnet.fault("kill", node));
    await expectReadable(object, `kill ${node}`);
    await net.devnet.fault("restart", node);
    await isWhole(object);
  });

  test.each(ZONES)("every node of %s may be killed: nothing is lost and reads go on", async (zone) => {
    const killAll = () => Promise.all(rolesOfZone(zone).map(({ name }) => net.devnet.fault("kill", name)));
    const object = await uploadThen(`kill ${zone}`, killAll);
    await expectReadable(object, `kill ${zone}`);
    await net.devnet.heal();
    await isWhole(object);
  });
});

describe("a node that stays away", () => {
  test("is missed by the validators, and its replicas come back on others", async () => {
    const { object } = await net.client.storage.upload(fileOf("away"), { name: "away" });
    await isWhole(object);
    const { manifest } = await replicasOf(object);
    const holders = await Promise.all(NODES.map((node) => filterHeld(node, [manifest.id])));
    const victim = NODES.find((_, at) => holders[at]?.length === 1) ?? "";
    await net.devnet.fault("kill", victim);
    await eventually(async () => (await net.client.status()).nodes.active === 5, { what: "the quorum's verdict" });
    await isWhole(object);
    await expectReadable(object, "away");
    await net.devnet.heal();
    await eventually(async () => (await net.client.status()).nodes.active === 6, { what: "its return" });
  });

  test("comes back with an empty disk: it says what it lost and is filled again", async () => {
    const manifests: string[] = [];
    for (let at = 0; at < 8; at++) {
      const { object } = await net.client.storage.upload(fileOf(`empty ${at}`), { name: null });
      await isWhole(object);
      const { manifest } = await replicasOf(object);
      if (await isPlacedOn("node-2", manifest.id)) manifests.push(manifest.id);
    }
    const held = () => filterHeld("node-2", manifests);
    const before = await held();
    expect(before.length).toBeGreaterThan(0);
    await net.devnet.fault("kill", "node-2");
    await rm(join(net.folder, "node-2"), { recursive: true });
    await net.devnet.fault("restart", "node-2");
    await eventually(async () => (await held()).join() === before.join(), { what: "the node's chunks" });
    const counted = (await fetchJson("node-2", "/state"))["chunks"] as number;
    expect((await fetchJson("node-2", "/storage/stats"))["total_chunks"]).toBeGreaterThanOrEqual(counted);
  });
});

async function isPlacedOn(node: string, chunk: string): Promise<boolean> {
  const { nodes } = (await fetchJson("coordinator", `/placement/${chunk}?rf=3`)) as { nodes?: readonly string[] };
  return nodes?.includes((await fetchJson(node, "/info"))["node_id"] as string) === true;
}

async function filterHeld(node: string, chunks: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(chunks.map((chunk) => fetchJson(node, `/storage/has/${chunk}`)));
  return chunks.filter((_, at) => answers[at]?.["exists"] === true);
}

async function fetchJson(role: string, path: string): Promise<{ [name: string]: unknown }> {
  const url = net.devnet.status().roles.find(({ name }) => name === role)?.url ?? "";
  return (await (await fetch(`${url}${path}`)).json()) as { [name: string]: unknown };
}

describe("a chunk file damaged on disk", () => {
  test("is never served: reads are right, and the replica is made anew", async () => {
    const { object } = await net.client.storage.upload(fileOf("damage"), { name: "damage" });
    await isWhole(object);
    const { manifest, chunks } = await replicasOf(object);
    const hashes = [manifest, ...chunks].map(({ id }) => toHex(digestOf(parseChunkId(id))));
    const damaged: string[] = [];
    for (const hash of hashes) {
      // One of three stays whole. A surplus copy elsewhere would not be made anew.
      const placed = await Promise.all(NODES.map((node) => isPlacedOn(node, hash)));
      const paths = NODES.filter((_, at) => placed[at]).map((node) =>
        join(net.folder, node, "chunks", "chunks", hash.slice(0, 2), hash),
      );
      for (const path of paths.slice(1)) {
        const bytes = await readFile(path);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        await writeFile(path, bytes);
        damaged.push(path);
      }
    }
    expect(damaged.length).toBeGreaterThan(0);
    await expectReadable(object, "damage");
    // Every replica is asked for once, so that each damaged one is found.
    for (const node of NODES) {
      for (const hash of hashes) await fetchJson(node, `/storage/chunk/${hash}`).catch(() => undefined);
    }
    await eventually(async () => (await Promise.all(damaged.map(isRight))).every((right) => right), {
      what: "repair of the damaged files",
    });
    await isWhole(object);
  });
});

async function isRight(path: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => new Uint8Array(0));
  return hashOf(bytes) === path.slice(-64);
}

describe("a node that is", () => {
  test("cut off keeps nobody waiting, and follows again after the cut", async () => {
    await net.devnet.fault("partition", "node-3");
    const { object } = await net.client.storage.upload(fileOf("cut"), { name: "cut" });
    await expectReadable(object, "cut");
    const lagging = net.devnet.status().roles.find(({ name }) => name === "node-3");
    expect(lagging?.status).toBe("partitioned");
    expect(lagging?.height).toBeLessThan(net.devnet.status().height);
    await net.devnet.heal();
    const { height, stateRoot } = await net.client.stateRoot();
    await eventually(async () => {
      const answer = await fetchJson("node-3", `/v1/state/root?height=${height}`);
      return (answer["details"] as { stateRoot?: string } | undefined)?.stateRoot === stateRoot;
    });
    await isWhole(object);
  });

  test("slow does not slow uploads down, and its answers are right", async () => {
    await net.devnet.fault("slow", "node-1");
    const stored = await net.client.storage.upload(fileOf("slow"), { name: "slow" });
    await expectReadable(stored.object, "slow");
    await net.devnet.heal();
    await isWhole(stored.object);
  });
});

describe("a stopped", () => {
  test("node comes back once, however many heal at the same time", async () => {
    await net.devnet.fault("kill", "node-2");
    await Promise.all([net.devnet.heal(), net.devnet.heal()]);
    expect(net.devnet.status().roles.find(({ name }) => name === "node-2")).toMatchObject({ status: "running" });
  });

  test.each(["sequencer", "validator"])("%s stops neither reads nor writes", async (role) => {
    await net.devnet.fault("kill", role);
    const { object, stage } = await net.client.storage.upload(fileOf(role), { name: role });
    expect(stage).toBe("published");
    await expectReadable(object, role);
    await net.devnet.heal();
  });

  test("coordinator stops neither reads nor durable writes, and what waited is published after it", async () => {
    const wish = { name: "lent", scopes: ["upload" as const], lifetimeMs: 3_600_000, reach: "own" as const };
    const { session } = await net.client.sessions.grant(wish);
    await net.devnet.fault("kill", "coordinator");
    // It waits in the outbox; what comes after it does not wait for it.
    await expect(net.client.sessions.revoke("lent")).rejects.toMatchObject({ code: "DSDN_NET_NO_POSTER" });
    const { object, stage } = await net.client.storage.upload(fileOf("unposted"), {
      name: "unposted",
      until: "durable",
    });
    expect(stage).toBe("durable");
    await expectReadable(object, "unposted");
    expect((await replicasOf(object)).status).toBe("durable");
    const later = await net.client.storage.upload(fileOf("later"), { name: "later", until: "durable" });
    expect(later.stage).toBe("durable");
    await net.devnet.heal();
    // The nodes bring both to the log, with what stands before them; the user does nothing.
    await isWhole(object);
    await isWhole(later.object);
    await net.client.resend();
    await eventually(async () =>
      (await net.client.storage.list()).some(({ name, onLog }) => name === "unposted" && onLog),
    );
    const lent = (await net.client.sessions.list()).find((row) => row.session === session);
    expect(lent).toMatchObject({ status: "revoked" });
  });

  test("ingress comes back without any memory and answers the same", async () => {
    // Replicas are still being added; everything else stands still.
    const ask = async () => ({
      rows: (await net.client.storage.list()).map(({ object, name, onLog }) => [object, name, onLog?.status]),
      nodes: (await net.client.nodes()).map((node) => ({ ...node, replicas: 0 })),
      quota: await net.client.quota(),
    });
    await untilTaken(net);
    await eventually(async () => {
      const rows = await net.client.storage.list();
      return rows.every(({ onLog }) => onLog?.status === "published");
    });
    const before = await ask();
    const { height, stateRoot } = await net.client.stateRoot();
    await net.devnet.fault("restart", "ingress");
    expect(await ask()).toEqual(before);
    expect((await net.client.stateRoot(height)).stateRoot).toBe(stateRoot);
  });
});

describe("in the middle of an upload of three chunks", () => {
  test.each(["ingress", "node-1"])("%s may be restarted", async (role) => {
    const parts = Array.from({ length: 9 }, (_, at) => makeBytes(4 * 1024 * 1024, `${role} ${at}`));
    let restarting: Promise<void> | undefined;
    // The stream waits for the restart to begin, so that what follows is sent into it.
    const stream = (async function* () {
      for (const [at, part] of parts.entries()) {
        if (at === 5) restarting = net.devnet.fault("restart", role);
        yield part;
      }
    })();
    const { object, stage } = await net.client.storage.upload({ stream, fileName: "big" }, { name: null });
    await restarting;
    expect(stage).toBe("published");
    expect(hashOf(await readBack(net.client, object))).toBe(hashOf(Buffer.concat(parts)));
  });
});

describe("the state", () => {
  test("is the same root in every role after each of them was restarted alone and made anew from the log", async () => {
    const { roles } = net.devnet.status();
    for (const { name } of roles) {
      await net.devnet.fault("restart", name);
      expect(await net.devnet.rebuild(name)).toMatchObject({ role: name, isEqual: true });
    }
    const { height, stateRoot } = await net.client.stateRoot();
    for (const { name, kind } of roles.filter((role) => role.kind !== "sequencer")) {
      const { details } = (await fetchJson(name, `/v1/state/root?height=${height}`)) as {
        details?: { stateRoot?: string };
      };
      expect({ name, kind, stateRoot: details?.stateRoot }).toEqual({ name, kind, stateRoot });
    }
  });

  test("is the same after everything derived was deleted: keys, chunks and the log are enough", async () => {
    const rows = await net.client.storage.list();
    const { height, stateRoot } = await net.client.stateRoot();
    await net.stop();
    await removeDerived(net.folder);
    await net.start();
    await eventually(async () => (await net.client.stateRoot()).height >= height);
    expect((await net.client.stateRoot(height)).stateRoot).toBe(stateRoot);
    await eventually(async () => (await net.client.storage.list()).length === rows.length);
    await expectReadable("away", "away");
  });
});
