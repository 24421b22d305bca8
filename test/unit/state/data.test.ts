import { describe, expect, test } from "vitest";
import {
  type DeploymentId,
  dataName,
  deploymentIdOf,
  limits,
  type WorkloadId,
  workloadIdOf,
} from "../../../src/protocol/index.ts";
import { type Actor, chunkRef, content, World, type WorldOptions, wallet } from "./world.ts";

const alice = wallet("alice").id;
const site = deploymentIdOf(alice, "site");

function deployed(options: WorldOptions = {}) {
  const world = new World(options);
  const nodes = [0, 1, 2].map((at) => world.join(`node-${at}`, { zone: `zone-${at}` }));
  const session = world.session();
  world.publish(session, content("package"));
  const deploy = (name = "site") => {
    const id = workloadIdOf(session.id, session.sequence, content("package").object);
    expect(world.submit(session, content("package").object, { name })).toBe("accepted");
    const node = nodes.find((each) => each.id === world.state.findWorkload(id)?.node);
    if (node === undefined) throw new Error("the workload has no node");
    const write = (key: string, data: ReturnType<typeof content> | null, author: Actor = node) =>
      world.say(author, "DataWritten", { workload: id, name: key, content: data });
    return { id, node, write };
  };
  const { id, node, write } = deploy();
  const held = (name: string) => {
    const holding = world.state.findHolding(content(name).object, alice);
    return holding !== undefined && holding.deletedMs === null;
  };
  const used = () => world.state.findOwner(alice)?.usedBytes ?? 0;
  return { world, nodes, session, deploy, id, node, write, held, used };
}

const open = (name: string, size?: number) =>
  content(name, { isPublic: true, ...(size === undefined ? {} : { chunks: [chunkRef(name, size)] }) });
const names = (world: World, deployment: DeploymentId = site) => world.state.dataOf(deployment).map(({ name }) => name);

describe("what a program keeps", () => {
  test("belongs to the owner, counts in the quota, and the last word under a name stands", () => {
    const { world, write, held, used } = deployed();
    const before = used();
    expect(write("a/b.json", open("first"))).toBe("accepted");
    expect([held("first"), used() - before]).toEqual([true, open("first").sizeBytes]);
    expect(write("a/b.json", open("second"))).toBe("accepted");
    expect([held("first"), held("second"), used() - before]).toEqual([false, true, open("second").sizeBytes]);
    expect(write("a/b.json", open("second"))).toBe("accepted");
    expect(world.state.findData(site, "a/b.json")?.object).toBe(open("second").object);
    expect(write("a/b.json", null)).toBe("accepted");
    expect([held("second"), used() - before, names(world)]).toEqual([false, 0, []]);
    expect(write("a/b.json", null)).toBe("accepted");
  });

  test("can be written by the node that runs it only, and by no other deployment", () => {
    const { world, nodes, node, session, write, deploy } = deployed();
    for (const other of nodes.filter((each) => each !== node))
      expect(write("x", open("x"), other)).toBe("not-assigned");
    expect(write("x", open("x"), session)).toBe("not-assigned");
    expect(
      world.say(node, "DataWritten", { workload: `${"00".repeat(32)}` as WorkloadId, name: "x", content: null }),
    ).toBe("workload-unknown");
    const second = deploy("other");
    expect(second.write("mine", open("mine"))).toBe("accepted");
    expect(names(world)).toEqual([]);
    expect(names(world, deploymentIdOf(alice, "other"))).toEqual(["mine"]);
  });

  test("stands through a new version of the deployment and goes with the deployment", () => {
    const { world, session, write, deploy, held } = deployed();
    expect(write("x", open("x"))).toBe("accepted");
    const next = deploy();
    expect(next.write("y", open("y"))).toBe("accepted");
    expect(names(world)).toEqual(["x", "y"]);
    expect(world.say(session, "DeploymentRemoved", { deployment: site })).toBe("accepted");
    expect([names(world), held("x"), held("y")]).toEqual([[], false, false]);
    expect(next.write("z", open("z"))).toBe("workload-final");
  });

  test("never takes away what the owner had anyway, nor what another name needs", () => {
    const { world, session, write, held } = deployed();
    world.publish(session, open("own"));
    expect(write("x", open("own"))).toBe("accepted");
    expect(write("x", null)).toBe("accepted");
    expect(held("own")).toBe(true);
    expect([write("p", open("shared")), write("q", open("shared")), write("p", null), held("shared")]).toEqual([
      "accepted",
      "accepted",
      "accepted",
      true,
    ]);
    expect([write("q", open("next")), held("shared"), held("next")]).toEqual(["accepted", false, true]);
  });

  test("can be written again after the owner deleted the object", () => {
    const { world, session, write, held } = deployed();
    expect(write("x", open("x"))).toBe("accepted");
    expect(world.say(session, "DeleteRequested", { object: open("x").object })).toBe("accepted");
    expect([held("x"), write("x", open("x")), held("x")]).toEqual([false, "accepted", true]);
  });

  test("is bounded: names, bytes, the owner's quota; what is malformed is refused", () => {
    const { world, write } = deployed({ governed: { givenQuotaBytes: 200 * 1024 * 1024 } });
    for (let at = 0; at < limits.dataNames; at++) expect(write(`n${at}`, open(`n${at}`))).toBe("accepted");
    expect(write("more", open("more"))).toBe("data-limit");
    expect(write("n0", open("n0 again"))).toBe("accepted");
    expect(write("n0", open("large", limits.dataBytes))).toBe("data-limit");
    expect(write("n0", { ...open("odd"), sizeBytes: 1 })).toBe("object-malformed");
    expect(world.state.dataOf(site)).toHaveLength(limits.dataNames);
    const poor = deployed({ governed: { givenQuotaBytes: 1000 } });
    expect(poor.write("x", open("x", 2000))).toBe("quota");
  });
});

test("a name is plain parts between slashes, and nothing that could climb or hide", () => {
  const bad = ["", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a\0", "ä", "a b", "x".repeat(256)];
  expect(bad.filter((name) => dataName.safeParse(name).success)).toEqual([]);
  expect(
    ["a", "a/b.c", "_x/-y", "A.b_c-9", "x".repeat(255)].filter((name) => !dataName.safeParse(name).success),
  ).toEqual([]);
});
