import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toUtf8 } from "../../../src/base/index.ts";
import { sha256 } from "../../../src/crypto/index.ts";
import { chooseSealedNodes, type PlacementNode, place, schedule } from "../../../src/placement/index.ts";
import {
  type ChunkId,
  chunkIdOf,
  type DeploymentId,
  hexId,
  type KeyId,
  type WorkloadId,
} from "../../../src/protocol/index.ts";

function node(number: number, facts: Partial<PlacementNode> = {}): PlacementNode {
  const id = hexId<KeyId>(sha256(toUtf8(`node/${number}`)));
  return { id, class: "regular", zone: `zone-${number % 3}`, isActive: true, ...facts };
}

const nodes = fc.uniqueArray(
  fc
    .record({
      number: fc.integer({ min: 0, max: 1000 }),
      class: fc.constantFrom("regular" as const, "datacentre" as const),
      zone: fc.integer({ min: 0, max: 5 }).map((zone) => `zone-${zone}`),
      isActive: fc.integer({ min: 0, max: 4 }).map((roll) => roll > 0),
    })
    .map(({ number, ...facts }) => node(number, facts)),
  { maxLength: 20, selector: ({ id }) => id },
);
const chunk = fc.integer({ min: 0, max: 10_000 }).map((number): ChunkId => chunkIdOf(toUtf8(`chunk/${number}`)));
const CHUNKS = Array.from({ length: 3000 }, (_, number) => chunkIdOf(toUtf8(`chunk/${number}`)));

describe("place", () => {
  test("gives active nodes in distinct zones while zones last, whatever order the nodes come in", () => {
    fc.assert(
      fc.property(nodes, chunk, fc.integer({ min: 1, max: 5 }), (all, id, count) => {
        const placement = place({ nodes: all }, id, count);
        const active = all.filter(({ isActive }) => isActive);
        const zones = new Set(active.map(({ zone }) => zone)).size;
        const chosen = placement.nodes.map((key) => active.find((one) => one.id === key)?.zone);
        expect(new Set(placement.nodes).size).toBe(Math.min(count, active.length));
        expect(chosen).not.toContain(undefined);
        expect(new Set(chosen).size).toBe(Math.min(count, zones));
        expect(placement.zones).toBe(Math.min(count, zones));
        expect(placement.isDegraded).toBe(zones < count);
        expect(place({ nodes: all.toReversed() }, id, count)).toEqual(placement);
      }),
    );
  });

  test("moves about its own share of the chunks to a node that joins, and only to it", () => {
    const before = Array.from({ length: 9 }, (_, number) => node(number));
    const after = [...before, node(9)];
    let moved = 0;
    for (const id of CHUNKS) {
      const [old] = place({ nodes: before }, id, 1).nodes;
      const [now] = place({ nodes: after }, id, 1).nodes;
      if (old === now) continue;
      moved++;
      expect(now).toBe(node(9).id);
    }
    expect(moved / CHUNKS.length).toBeGreaterThan(0.07);
    expect(moved / CHUNKS.length).toBeLessThan(0.13);
  });

  test("moves only the chunks of a node that leaves, one replica each", () => {
    const before = Array.from({ length: 9 }, (_, number) => node(number));
    const gone = node(4).id;
    const after = before.map((one) => (one.id === gone ? { ...one, isActive: false } : one));
    for (const id of CHUNKS.slice(0, 500)) {
      const old = place({ nodes: before }, id, 3).nodes;
      const now = place({ nodes: after }, id, 3).nodes;
      if (old.includes(gone)) expect(old.filter((key) => now.includes(key))).toHaveLength(2);
      else expect(now).toEqual(old);
    }
  });

  test("gives a data centre three times the chunks of a regular node", () => {
    const all = [node(0, { class: "datacentre" }), node(1), node(2), node(3)];
    const first = CHUNKS.filter((id) => place({ nodes: all }, id, 1).nodes[0] === node(0).id).length;
    expect(first / CHUNKS.length).toBeGreaterThan(0.46);
    expect(first / CHUNKS.length).toBeLessThan(0.54);
  });

  test("gives nobody anything when nobody is active", () => {
    const placement = place({ nodes: [node(1, { isActive: false })] }, CHUNKS[0] ?? chunkIdOf(toUtf8("x")), 3);
    expect(placement).toEqual({ nodes: [], zones: 0, isDegraded: true });
  });
});

describe("schedule", () => {
  const sealedTo = (ids: readonly KeyId[]) => ({
    owner: new Uint8Array(115),
    nodes: ids.map((id) => ({ node: id, key: new Uint8Array(80) })),
    body: new Uint8Array(83),
  });
  interface Facts {
    readonly prefers?: "any" | "datacentre" | "regular";
    readonly tier?: "standard" | "spot";
    readonly failed?: KeyId[];
    readonly sealedTo?: KeyId[];
  }
  const workload = (number: number, facts: Facts = {}) => ({
    id: hexId<WorkloadId>(sha256(toUtf8(`workload/${number}`))),
    spec: {
      classPreference: facts.prefers ?? ("any" as const),
      tier: facts.tier ?? ("standard" as const),
      sealed: facts.sealedTo === undefined ? null : sealedTo(facts.sealedTo),
    },
    failedNodes: facts.failed ?? [],
  });

  test("prefers a data centre while one can be used and is the same in any order", () => {
    fc.assert(
      fc.property(nodes, fc.nat(1000), fc.boolean(), (all, number, prefers) => {
        const wanted = workload(number, { prefers: prefers ? "datacentre" : "any" });
        const chosen = schedule(all, wanted);
        const active = all.filter(({ isActive }) => isActive);
        expect(schedule(all.toReversed(), wanted)).toEqual("node" in chosen ? chosen : expect.anything());
        if (!("node" in chosen)) {
          expect(active).toEqual([]);
          return;
        }
        const one = active.find(({ id }) => id === chosen.node);
        expect(one).toBeDefined();
        if (prefers && active.some((other) => other.class === "datacentre")) expect(one?.class).toBe("datacentre");
      }),
    );
  });

  test("leaves data centres to others when regular nodes are preferred, while there is one", () => {
    const all = [node(0, { class: "datacentre" }), node(1, { class: "datacentre" }), node(2)];
    for (let number = 0; number < 20; number++) {
      expect(schedule(all, workload(number, { prefers: "regular" }))).toEqual({ node: node(2).id });
    }
    expect(schedule(all.slice(0, 2), workload(1, { prefers: "regular" }))).toHaveProperty("node");
  });

  test("puts a spot workload where the fewest run, and of those on the one its id ranks first", () => {
    const all = [node(0, { workloads: 2 }), node(1, { workloads: 1 }), node(2, { workloads: 1 }), node(3)];
    const used = (some: PlacementNode[], tier: "standard" | "spot") =>
      new Set(Array.from({ length: 40 }, (_, number) => JSON.stringify(schedule(some, workload(number, { tier })))));
    expect([...used(all, "spot")]).toEqual([JSON.stringify({ node: node(3).id })]);
    expect(used(all.slice(0, 3), "spot").size).toBe(2);
    expect(used(all, "standard").size).toBe(4);
    const gone = all.map((one) => (one.id === node(3).id ? { ...one, isActive: false } : one));
    expect(used(gone, "spot").size).toBe(2);
  });

  test("passes over nodes on which it failed, and names the rule for every node when none is left", () => {
    const all = [node(0), node(1), node(2, { isActive: false })];
    const first = schedule(all, workload(1));
    if (!("node" in first)) throw new Error("nothing was scheduled");
    const second = schedule(all, workload(1, { failed: [first.node] }));
    expect(second).toEqual({ node: [node(0).id, node(1).id].find((id) => id !== first.node) });
    expect(schedule(all, workload(1, { failed: [node(0).id, node(1).id] }))).toEqual({
      refused: [
        { node: node(0).id, rule: "failed-before" },
        { node: node(1).id, rule: "failed-before" },
        { node: node(2).id, rule: "not-active" },
      ],
    });
  });

  test("uses no node that cannot open what was sealed to others, and says so of each", () => {
    const all = [node(0), node(1), node(2), node(3, { isActive: false })];
    for (let number = 0; number < 50; number++) {
      expect(schedule(all, workload(number, { sealedTo: [node(1).id] }))).toEqual({ node: node(1).id });
    }
    expect(schedule(all, workload(1, { sealedTo: [node(3).id, node(1).id], failed: [node(1).id] }))).toEqual({
      refused: [
        { node: node(0).id, rule: "not-sealed-to" },
        { node: node(1).id, rule: "failed-before" },
        { node: node(2).id, rule: "not-sealed-to" },
        { node: node(3).id, rule: "not-active" },
      ],
    });
    expect(schedule(all, workload(1, { sealedTo: [] }))).toHaveProperty("node");
  });

  test("seals to active nodes of distinct zones while zones last, the same in any order", () => {
    fc.assert(
      fc.property(nodes, fc.nat(1000), fc.boolean(), (all, number, prefers) => {
        const deployment = {
          id: hexId<DeploymentId>(sha256(toUtf8(`deployment/${number}`))),
          spec: { classPreference: prefers ? ("datacentre" as const) : ("any" as const) },
        };
        const chosen = chooseSealedNodes(all, deployment);
        const active = all.filter(({ isActive }) => isActive);
        expect(chooseSealedNodes(all.toReversed(), deployment)).toEqual(chosen);
        expect(new Set(chosen).size).toBe(Math.min(3, active.length));
        const picked = active.filter(({ id }) => chosen.includes(id));
        const zones = new Set(active.map(({ zone }) => zone)).size;
        expect(new Set(picked.map(({ zone }) => zone)).size).toBe(Math.min(3, zones));
        const hasCentre = active.some((other) => other.class === "datacentre");
        if (prefers && hasCentre) expect(picked.find(({ id }) => id === chosen[0])?.class).toBe("datacentre");
      }),
    );
  });

  test("spreads workloads over the nodes", () => {
    const all = [node(0), node(1), node(2)];
    const used = new Set(Array.from({ length: 50 }, (_, number) => JSON.stringify(schedule(all, workload(number)))));
    expect(used.size).toBe(3);
  });
});
