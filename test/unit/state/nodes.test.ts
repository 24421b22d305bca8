import { describe, expect, test } from "vitest";
import { planDrops, planRepairs } from "../../../src/state/index.ts";
import { actor, chunkRef, content, HOUR_MS, rootHex, verdictOf, World, wallet } from "./world.ts";

describe("a node", () => {
  test("joins with its operator's signature", () => {
    const world = new World();
    const node = world.join("node-a");
    expect(node.verdict).toBe("accepted");
    expect(world.state.findNode(node.id)).toMatchObject({ status: "active", zone: "zone-a" });
    expect(world.state.counts()).toMatchObject({ nodes: 1, activeNodes: 1, zones: 1 });
  });

  test("is refused without a fresh binding of its operator or without an address", () => {
    const world = new World();
    expect(world.register(actor("a"), { nonce: 5 })).toBe("accepted");
    const before = rootHex(world.state);
    expect(world.register(actor("b"), { nonce: 5 })).toBe("nonce");
    expect(world.register(actor("b"), { url: "ftp://127.0.0.1" })).toBe("endpoint");
    const other = new World({ governed: { replicationFactor: 1 } });
    const foreign = other.sign(actor("b"), "NodeRegistered", {
      operator: wallet("operator").id,
      operatorNonce: 9,
      operatorSignature: new Uint8Array(65),
      class: "regular",
      zone: "z",
      capacityBytes: 1,
      httpUrl: "http://a",
      grpcUrl: "",
    });
    expect(world.post(foreign)).toEqual([]);
    expect(rootHex(world.state)).toBe(before);
    const forged = world.sign(actor("b"), "NodeRegistered", {
      operator: wallet("operator").id,
      operatorNonce: 9,
      operatorSignature: new Uint8Array(65),
      class: "regular",
      zone: "z",
      capacityBytes: 1,
      httpUrl: "http://a",
      grpcUrl: "",
    });
    expect(world.post(forged).map(verdictOf)).toEqual(["operator-signature"]);
    expect(rootHex(world.state)).toBe(before);
    expect(world.register(Object.assign(actor("b"), { sequence: 0 }))).toBe("accepted");
  });

  test("may register again with other facts and leave for good", () => {
    const world = new World();
    const node = world.join("a");
    expect(world.register(node, { zone: "zone-b" })).toBe("accepted");
    expect(world.state.findNode(node.id)?.zone).toBe("zone-b");
    expect(world.say(node, "NodeUnregistered", {})).toBe("accepted");
    expect(world.state.findNode(node.id)?.status).toBe("left");
    expect(world.say(node, "NodeUnregistered", {})).toBe("node-unknown");
    expect(world.say(node, "NodeReturned", { httpUrl: "http://a", grpcUrl: "" })).toBe("node-unknown");
    expect(world.say(node, "ReplicaAdded", { chunks: [chunkRef("x").id] })).toBe("node-unknown");
    expect(world.register(node)).toBe("accepted");
    expect(world.state.findNode(node.id)?.status).toBe("active");
  });

  test("that a quorum missed long enough is suspended until it returns", () => {
    const world = new World();
    const node = world.join("a");
    const [a, b, c] = world.validators;
    if (!a || !b || !c) throw new Error("validators are missing");
    const suspect = (by: typeof a, sinceMs = world.nowMs - 100_000) =>
      world.say(by, "NodeSuspected", { node: node.id, sinceMs });
    expect(suspect(a)).toBe("suspicion-early");
    world.wait(70_000);
    expect(suspect(world.coordinator)).toBe("not-validator");
    expect(suspect(a, world.nowMs)).toBe("suspicion-early");
    expect(world.say(a, "NodeSuspected", { node: actor("none").id, sinceMs: 0 })).toBe("node-unknown");
    expect(suspect(a)).toBe("accepted");
    expect(suspect(a)).toBe("accepted");
    expect(suspect(b)).toBe("accepted");
    expect(world.state.findNode(node.id)?.status).toBe("active");
    expect(suspect(c)).toBe("accepted");
    expect(world.state.findNode(node.id)?.status).toBe("suspended");
    expect(suspect(c)).toBe("accepted");
    expect(world.say(node, "NodeReturned", { httpUrl: "x", grpcUrl: "" })).toBe("endpoint");
    expect(world.say(node, "NodeReturned", { httpUrl: "http://127.0.0.1:9", grpcUrl: "" })).toBe("accepted");
    expect(world.state.findNode(node.id)).toMatchObject({ status: "active", httpUrl: "http://127.0.0.1:9" });
    expect(suspect(a)).toBe("suspicion-early");
  });

  test("is not suspended by votes that lie far apart or that its return answered", () => {
    const world = new World();
    const node = world.join("a");
    const [a, b, c] = world.validators;
    if (!a || !b || !c) throw new Error("validators are missing");
    const suspect = (by: typeof a) => world.say(by, "NodeSuspected", { node: node.id, sinceMs: 0 });
    world.wait(70_000);
    suspect(a);
    suspect(b);
    world.wait(2 * HOUR_MS);
    suspect(c);
    expect(world.state.findNode(node.id)?.status).toBe("active");
    suspect(b);
    world.say(node, "NodeReturned", { httpUrl: "http://a", grpcUrl: "" });
    world.wait(70_000);
    suspect(a);
    expect(world.state.findNode(node.id)?.status).toBe("active");
  });

  test("cannot speak before it registered", () => {
    const world = new World();
    const before = rootHex(world.state);
    expect(world.say(actor("x"), "ReplicaAdded", { chunks: [chunkRef("x").id] })).toBe("ignored");
    expect(world.say(world.coordinator, "NodeReturned", { httpUrl: "http://a", grpcUrl: "" })).toBe("node-unknown");
    expect(world.say(world.coordinator, "ReplicaRemoved", { chunks: [chunkRef("x").id] })).toBe("node-unknown");
    expect(world.say(world.coordinator, "NodeUnregistered", {})).toBe("node-unknown");
    expect(rootHex(world.state)).not.toBe(before);
  });
});

describe("replicas", () => {
  test("are what nodes say of themselves; unknown chunks are passed over", () => {
    const world = new World();
    const [node] = world.joinSix();
    if (!node) throw new Error("the node is missing");
    const chunk = content("a").manifest.id;
    expect(world.say(node, "ReplicaAdded", { chunks: [chunk] })).toBe("accepted");
    expect(world.state.findChunk(chunk)).toBeUndefined();
    world.publish(world.session(), content("a"));
    expect(world.say(node, "ReplicaAdded", { chunks: [chunk, chunkRef("unknown").id, chunk] })).toBe("accepted");
    expect(world.state.findChunk(chunk)?.replicas).toEqual([node.id]);
    expect(world.state.chunksOnNode(node.id).map(({ id }) => id)).toEqual([chunk]);
    expect(world.say(node, "ReplicaRemoved", { chunks: [chunk, chunkRef("unknown").id] })).toBe("accepted");
    expect(world.state.findChunk(chunk)?.replicas).toEqual([]);
  });

  test("of a node that leaves are forgotten", () => {
    const world = new World();
    const [node] = world.joinSix();
    if (!node) throw new Error("the node is missing");
    world.publish(world.session(), content("a"));
    world.say(node, "ReplicaAdded", { chunks: [content("a").manifest.id] });
    world.say(node, "NodeUnregistered", {});
    expect(world.state.findChunk(content("a").manifest.id)?.replicas).toEqual([]);
  });

  test("are repaired onto the nodes that should hold them, most urgent first, from active nodes", () => {
    const world = new World();
    const nodes = world.joinSix();
    world.publish(world.session(), content("a", { chunks: [chunkRef("a"), chunkRef("b")] }));
    const wanted = new Map(nodes.map((node) => [node.id, planRepairs(world.state, node.id)]));
    const all = [...wanted.values()].flat();
    expect(all).toHaveLength(9);
    expect(all.every(({ replicas, sources }) => replicas === 0 && sources.length === 0)).toBe(true);
    const { nodes: targets } = world.state.placementOf(chunkRef("a").id);
    expect(new Set(targets.map((id) => world.state.findNode(id)?.zone)).size).toBe(3);
    const holder = nodes.find(({ id }) => id === targets[0]);
    const other = targets[1];
    if (!holder || !other) throw new Error("targets are missing");
    world.say(holder, "ReplicaAdded", { chunks: [chunkRef("a").id] });
    expect(planRepairs(world.state, holder.id).map(({ chunk }) => chunk.id)).not.toContain(chunkRef("a").id);
    const repair = planRepairs(world.state, other).find(({ chunk }) => chunk.id === chunkRef("a").id);
    expect(repair).toMatchObject({ sources: [holder.id], replicas: 1 });
    expect(planRepairs(world.state, actor("nobody").id)).toEqual([]);
  });

  test("are dropped when no object needs them for the delay of the node's class, or enough others hold them", () => {
    const world = new World();
    const nodes = world.joinSix();
    const session = world.session("key", "alice", { expiresMs: world.nowMs + 1000 * HOUR_MS });
    const chunk = chunkRef("a").id;
    expect(world.publish(session, content("a", { chunks: [chunkRef("a")] }))).toBe("accepted");
    for (const node of nodes) world.say(node, "ReplicaAdded", { chunks: [chunk] });
    const { nodes: targets } = world.state.placementOf(chunk);
    const drops = (node: (typeof nodes)[number]) => planDrops(world.state, node.id, world.nowMs);
    for (const node of nodes) {
      const expected = targets.includes(node.id) ? [] : [{ reason: "surplus" }];
      expect(drops(node)).toMatchObject(expected);
    }
    expect(world.say(session, "DeleteRequested", { object: content("a").object })).toBe("accepted");
    for (const node of nodes) expect(drops(node)).toEqual([]);
    world.wait(25 * HOUR_MS);
    expect(nodes.map((node) => drops(node).length)).toEqual([1, 1, 0, 0, 0, 0]);
    world.wait(7 * 24 * HOUR_MS);
    expect(nodes.map((node) => drops(node).map(({ reason }) => reason))).toEqual(nodes.map(() => ["unused"]));
  });

  test("a chunk that another object needs again is not collected", () => {
    const world = new World();
    const [node] = world.joinSix();
    if (!node) throw new Error("the node is missing");
    const session = world.session("key", "alice", { expiresMs: world.nowMs + 1000 * HOUR_MS });
    const shared = [chunkRef("shared")];
    world.publish(session, content("a", { chunks: shared }), world.nowMs + HOUR_MS);
    world.say(node, "ReplicaAdded", { chunks: [chunkRef("shared").id] });
    world.wait(100 * HOUR_MS);
    expect(world.state.collectableChunks(node.id, world.nowMs)).toHaveLength(1);
    world.publish(session, content("b", { chunks: shared }));
    expect(world.state.collectableChunks(node.id, world.nowMs)).toEqual([]);
  });
});
