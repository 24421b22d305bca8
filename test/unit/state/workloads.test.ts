import { describe, expect, test } from "vitest";
import type { EventBody, WorkloadId } from "../../../src/protocol/index.ts";
import { deploymentIdOf, workloadIdOf } from "../../../src/protocol/index.ts";
import { type Actor, actor, content, HOUR_MS, testSpec, World, type WorldOptions, wallet } from "./world.ts";

const PUBLIC = testSpec({ intent: { type: "web_app", priority: "normal", visibility: "public" } });
const site = deploymentIdOf(wallet("alice").id, "site");

/** A network with nodes, a session and a published package. */
function deployable(options: WorldOptions & { nodes?: number } = {}) {
  const world = new World(options);
  const nodes = Array.from({ length: options.nodes ?? 3 }, (_, at) => world.join(`node-${at}`, { zone: `zone-${at}` }));
  const session = world.session();
  world.publish(session, content("package"));
  return { world, nodes, session };
}

function submit(world: World, session: Actor, facts: Parameters<World["submit"]>[2] = {}): WorkloadId {
  const id = workloadIdOf(session.id, session.sequence, content("package").object);
  expect(world.submit(session, content("package").object, facts)).toBe("accepted");
  return id;
}

function runnerOf(world: World, nodes: readonly Actor[], workload: WorkloadId): Actor {
  const node = nodes.find(({ id }) => id === world.state.findWorkload(workload)?.node);
  if (node === undefined) throw new Error("the workload has no node");
  return node;
}

function status(workload: WorkloadId, facts: Partial<EventBody<"WorkloadStatus">> = {}): EventBody<"WorkloadStatus"> {
  return { workload, status: "running", reason: "", output: null, ...facts };
}

describe("a deployment", () => {
  test("is submitted by a session with the scope, of a package it published, under its own id", () => {
    const { world, session } = deployable();
    const other = world.session("bob-key", "bob");
    expect(world.submit(other, content("package").object, { owner: "bob" })).toBe("object-unknown");
    expect(world.submit(other, content("package").object, { owner: "alice" })).toBe("deployment-id");
    const upload = world.session("upload-only", "alice", { scopes: ["upload"] });
    expect(world.submit(upload, content("package").object)).toBe("scope");
    expect(world.submit(session, content("nothing").object)).toBe("object-unknown");
    const input = content("nothing").object;
    expect(world.submit(session, content("package").object, { spec: { input } })).toBe("workload-kind");
    expect(world.submit(session, content("package").object, { spec: { mode: "batch", input } })).toBe("object-unknown");
    expect(world.submit(session, content("package").object)).toBe("accepted");
    expect(world.state.findDeployment(site)).toMatchObject({ name: "site", versions: 1, current: null });
  });

  test("that is private is given to a node at once, and requests go there when the node answers", () => {
    const { world, nodes, session } = deployable();
    const id = submit(world, session);
    const node = runnerOf(world, nodes, id);
    expect(world.state.workloadsOnNode(node.id).map((workload) => workload.id)).toEqual([id]);
    const stranger = nodes.find((other) => other !== node);
    if (!stranger) throw new Error("nodes are missing");
    const endpoint = { workload: id, url: "http://127.0.0.1:5000" };
    expect(world.say(stranger, "EndpointPublished", endpoint)).toBe("not-assigned");
    expect(world.say(node, "EndpointPublished", { ...endpoint, url: "javascript:1" })).toBe("endpoint");
    expect(world.say(node, "EndpointPublished", { ...endpoint, workload: actor("x").id as never })).toBe(
      "workload-unknown",
    );
    expect(world.say(node, "EndpointPublished", endpoint)).toBe("accepted");
    expect(world.state.findWorkload(id)).toMatchObject({ status: "running", url: endpoint.url });
    expect(world.state.findDeployment(site)?.current).toBe(id);
  });

  test("keeps its old version until the new one answers", () => {
    const { world, nodes, session } = deployable();
    const first = submit(world, session);
    world.say(runnerOf(world, nodes, first), "EndpointPublished", { workload: first, url: "http://a" });
    const second = submit(world, session);
    expect(world.state.findDeployment(site)).toMatchObject({ current: first, latest: second, versions: 2 });
    const oldNode = runnerOf(world, nodes, first);
    world.say(runnerOf(world, nodes, second), "EndpointPublished", { workload: second, url: "http://b" });
    expect(world.state.findDeployment(site)?.current).toBe(second);
    expect(world.state.findWorkload(first)).toMatchObject({ status: "superseded", url: null });
    expect(world.say(oldNode, "EndpointPublished", { workload: first, url: "http://a" })).toBe("workload-final");
    expect(world.state.versionsOf(site).map(({ number }) => number)).toEqual([1, 2]);
  });

  test("does not go back to an older version that answers late", () => {
    const { world, nodes, session } = deployable();
    const first = submit(world, session);
    const second = submit(world, session);
    const late = runnerOf(world, nodes, first);
    world.say(runnerOf(world, nodes, second), "EndpointPublished", { workload: second, url: "http://b" });
    expect(world.say(late, "EndpointPublished", { workload: first, url: "http://a" })).toBe("workload-final");
    expect(world.state.findDeployment(site)?.current).toBe(second);
  });

  test("is ended by its owner only, version by version or as a whole, and may come back under its id", () => {
    const { world, nodes, session } = deployable();
    const other = world.session("bob-key", "bob");
    const upload = world.session("upload-only", "alice", { scopes: ["upload"] });
    const id = submit(world, session);
    const node = runnerOf(world, nodes, id);
    world.say(node, "EndpointPublished", { workload: id, url: "http://a" });
    expect(world.say(other, "WorkloadCancelled", { workload: id })).toBe("not-owner");
    expect(world.say(upload, "WorkloadCancelled", { workload: id })).toBe("scope");
    expect(world.say(session, "WorkloadCancelled", { workload: actor("x").id as never })).toBe("workload-unknown");
    expect(world.say(session, "WorkloadCancelled", { workload: id })).toBe("accepted");
    expect(world.say(session, "WorkloadCancelled", { workload: id })).toBe("workload-final");
    expect(world.state.findDeployment(site)?.current).toBeNull();
    expect(world.state.workloadsOnNode(node.id)).toEqual([]);
    const next = submit(world, session);
    expect(world.say(other, "DeploymentRemoved", { deployment: site })).toBe("not-owner");
    expect(world.say(upload, "DeploymentRemoved", { deployment: site })).toBe("scope");
    expect(world.say(session, "DeploymentRemoved", { deployment: site })).toBe("accepted");
    expect(world.say(session, "DeploymentRemoved", { deployment: site })).toBe("deployment-unknown");
    expect(world.state.findWorkload(next)?.status).toBe("cancelled");
    expect(world.state.deploymentsOf(wallet("alice").id)).toEqual([]);
    submit(world, session);
    expect(world.state.deploymentsOf(wallet("alice").id)).toMatchObject([{ id: site, versions: 3, removedMs: null }]);
  });
});

describe("a public workload", () => {
  test("is placed once enough validators approved it", () => {
    const { world, session } = deployable({ governed: { approvalPermille: 600 } });
    const id = submit(world, session, { spec: PUBLIC });
    const [a, b, c] = world.validators;
    if (!a || !b || !c) throw new Error("validators are missing");
    expect(world.state.pendingWorkloads().map((workload) => workload.id)).toEqual([id]);
    expect(world.say(session, "WorkloadApproved", { workload: id })).toBe("not-validator");
    expect(world.say(a, "WorkloadApproved", { workload: actor("x").id as never })).toBe("workload-unknown");
    expect(world.say(a, "WorkloadApproved", { workload: id })).toBe("accepted");
    expect(world.say(a, "WorkloadApproved", { workload: id })).toBe("accepted");
    expect(world.state.findWorkload(id)).toMatchObject({ status: "pending", node: null, approvals: [a.id] });
    expect(world.say(b, "WorkloadApproved", { workload: id })).toBe("accepted");
    expect(world.state.findWorkload(id)?.status).toBe("assigned");
    expect(world.say(c, "WorkloadRefused", { workload: id, reason: "late" })).toBe("accepted");
    expect(world.state.findWorkload(id)?.status).toBe("assigned");
  });

  test("is refused once an approval cannot come about any more, and a validator's last word counts", () => {
    const { world, session } = deployable({ governed: { approvalPermille: 600 } });
    const id = submit(world, session, { spec: PUBLIC });
    const [a, b] = world.validators;
    if (!a || !b) throw new Error("validators are missing");
    expect(world.say(session, "WorkloadRefused", { workload: id, reason: "x" })).toBe("not-validator");
    world.say(a, "WorkloadApproved", { workload: id });
    world.say(a, "WorkloadRefused", { workload: id, reason: "blocked content" });
    expect(world.state.findWorkload(id)).toMatchObject({ status: "pending", approvals: [] });
    world.say(b, "WorkloadRefused", { workload: id, reason: "blocked too" });
    expect(world.state.findWorkload(id)).toMatchObject({ status: "refused", reason: "blocked too" });
    world.say(a, "WorkloadApproved", { workload: id });
    expect(world.state.findWorkload(id)?.status).toBe("refused");
  });

  test("needs no approval when the network asks for none", () => {
    const { world, session } = deployable({ governed: { approvalPermille: 0 } });
    expect(world.state.findWorkload(submit(world, session, { spec: PUBLIC }))?.status).toBe("assigned");
  });
});

describe("placing", () => {
  test("waits for a node when there is none", () => {
    const { world, session } = deployable({ nodes: 0 });
    const id = submit(world, session);
    expect(world.state.findWorkload(id)).toMatchObject({ status: "approved", node: null, attempts: 0 });
    const node = world.join("late");
    expect(world.state.findWorkload(id)).toMatchObject({ status: "assigned", node: node.id, attempts: 1 });
  });

  test("goes on to another node after a failure until the attempts are used", () => {
    const { world, nodes, session } = deployable();
    const id = submit(world, session);
    const tried: string[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const node = runnerOf(world, nodes, id);
      tried.push(node.id);
      expect(world.say(node, "WorkloadStatus", status(id))).toBe("accepted");
      expect(world.say(node, "WorkloadStatus", status(id, { status: "failed", reason: "exit 1" }))).toBe("accepted");
    }
    expect(new Set(tried).size).toBe(3);
    expect(world.state.findWorkload(id)).toMatchObject({ status: "failed", node: null, reason: "exit 1" });
  });

  test("gives what is sealed only to the nodes it is sealed to, and waits for one of them to return", () => {
    const { world, nodes, session } = deployable();
    const chosen = nodes.slice(0, 2).map(({ id }) => id);
    const sealed = {
      owner: new Uint8Array(115),
      nodes: chosen.toSorted().map((node) => ({ node, key: new Uint8Array(80) })),
      body: new Uint8Array(83),
    };
    const id = submit(world, session, { spec: { sealed } });
    const lost: string[] = [];
    const suspend = () => {
      const node = runnerOf(world, nodes, id);
      expect(chosen).toContain(node.id);
      lost.push(node.id);
      world.say(node, "EndpointPublished", { workload: id, url: "http://a" });
      world.wait(70_000);
      for (const validator of world.validators) {
        world.say(validator, "NodeSuspected", { node: node.id, sinceMs: 0 });
      }
      return node;
    };
    suspend();
    const last = suspend();
    expect(new Set(lost)).toEqual(new Set(chosen));
    expect(world.state.findWorkload(id)).toMatchObject({ status: "approved", node: null });
    world.join("newcomer");
    expect(world.state.findWorkload(id)).toMatchObject({ status: "approved", node: null });
    expect(world.say(last, "NodeReturned", { httpUrl: "http://a", grpcUrl: "" })).toBe("accepted");
    expect(world.state.findWorkload(id)).toMatchObject({ status: "assigned", node: last.id });
  });

  test("tries the same node again when there is no other", () => {
    const { world, nodes, session } = deployable({ nodes: 1 });
    const id = submit(world, session);
    for (let attempt = 0; attempt < 3; attempt++) {
      world.say(runnerOf(world, nodes, id), "WorkloadStatus", status(id, { status: "failed", reason: "exit 1" }));
    }
    expect(world.state.findWorkload(id)).toMatchObject({ status: "failed", attempts: 3 });
  });

  test("moves what a lost node ran, and a run that had begun loses no attempt by it", () => {
    const { world, nodes, session } = deployable();
    const id = submit(world, session);
    const node = runnerOf(world, nodes, id);
    world.say(node, "EndpointPublished", { workload: id, url: "http://a" });
    world.wait(70_000);
    for (const validator of world.validators) {
      world.say(validator, "NodeSuspected", { node: node.id, sinceMs: 0 });
    }
    expect(world.state.findNode(node.id)?.status).toBe("suspended");
    const moved = world.state.findWorkload(id);
    expect(moved).toMatchObject({ status: "assigned", url: null, attempts: 1 });
    expect(moved?.node).not.toBe(node.id);
    expect(world.state.findDeployment(site)?.current).toBe(id);
    const next = runnerOf(world, nodes, id);
    expect(world.say(next, "NodeUnregistered", {})).toBe("accepted");
    expect(world.state.findWorkload(id)).toMatchObject({ status: "assigned", attempts: 2 });
  });

  test("forgets failures after an hour of running", () => {
    const { world, nodes, session } = deployable({ governed: { workloadAttempts: 1 } });
    const id = submit(world, session);
    world.say(runnerOf(world, nodes, id), "EndpointPublished", { workload: id, url: "http://a" });
    world.wait(2 * HOUR_MS);
    world.say(runnerOf(world, nodes, id), "WorkloadStatus", status(id, { status: "failed", reason: "crash" }));
    expect(world.state.findWorkload(id)?.status).toBe("assigned");
    world.say(runnerOf(world, nodes, id), "WorkloadStatus", status(id, { status: "failed", reason: "crash" }));
    expect(world.state.findWorkload(id)?.status).toBe("failed");
  });
});

describe("a batch", () => {
  test("finishes with an output that becomes its owner's object", () => {
    const { world, nodes, session } = deployable();
    const id = submit(world, session, { spec: { mode: "batch" } });
    const node = runnerOf(world, nodes, id);
    const output = content("output");
    expect(world.say(node, "EndpointPublished", { workload: id, url: "http://a" })).toBe("workload-kind");
    expect(world.say(node, "WorkloadStatus", status(id, { output }))).toBe("workload-kind");
    expect(world.say(session, "WorkloadStatus", status(id))).toBe("not-assigned");
    expect(world.say(node, "WorkloadStatus", status(actor("x").id as never))).toBe("workload-unknown");
    expect(world.say(node, "WorkloadStatus", status(id, { status: "finished", output }))).toBe("accepted");
    expect(world.state.findWorkload(id)).toMatchObject({ status: "finished", output: output.object });
    expect(world.state.findHolding(output.object, wallet("alice").id)?.deletedMs).toBeNull();
    expect(world.state.findDeployment(site)?.current).toBe(id);
    expect(world.say(node, "WorkloadStatus", status(id, { status: "failed" }))).toBe("workload-final");
  });

  test("has its output refused when it is too large, malformed or over the owner's quota", () => {
    const { world, nodes, session } = deployable({ governed: { givenQuotaBytes: 400 } });
    const id = submit(world, session, { spec: { mode: "batch" } });
    const node = runnerOf(world, nodes, id);
    const finish = (output: ReturnType<typeof content>) =>
      world.say(node, "WorkloadStatus", status(id, { status: "finished", output }));
    const huge = content("h", {
      chunks: [{ ...content("h").manifest, id: content("z").manifest.id, size: 2_000_000 }],
    });
    expect(finish(huge)).toBe("output-too-large");
    expect(finish({ ...content("o"), sizeBytes: 1 })).toBe("object-malformed");
    expect(finish(content("o"))).toBe("quota");
    expect(world.state.findWorkload(id)?.status).toBe("assigned");
    expect(world.say(node, "WorkloadStatus", status(id, { status: "finished" }))).toBe("accepted");
  });

  test("a site cannot finish", () => {
    const { world, nodes, session } = deployable();
    const id = submit(world, session);
    const node = runnerOf(world, nodes, id);
    expect(world.say(node, "WorkloadStatus", status(id, { status: "finished" }))).toBe("workload-kind");
  });
});

describe("a batch", () => {
  const batch = { mode: "batch" } as const;

  test("that is to start later is what the deployment is, and runs on no node", () => {
    const { world, session } = deployable();
    const first = submit(world, session, { spec: batch });
    const held = submit(world, session, { spec: batch, start: "later" });
    expect(world.state.findDeployment(site)).toMatchObject({ latest: held, versions: 2 });
    expect(world.state.findWorkload(held)).toMatchObject({ status: "held", node: null });
    expect(world.state.findWorkload(first)?.status).toBe("assigned");
    expect(world.say(session, "WorkloadCancelled", { workload: held })).toBe("workload-final");
    world.join("late-node", { zone: "zone-9" });
    expect(world.state.findWorkload(held)?.node).toBe(null);
  });

  test("runs aside without becoming what the deployment is", () => {
    const { world, nodes, session } = deployable();
    const first = submit(world, session, { spec: batch });
    world.say(runnerOf(world, nodes, first), "WorkloadStatus", status(first, { status: "finished" }));
    const aside = submit(world, session, { spec: { ...batch, args: ["x"] }, start: "aside" });
    world.say(runnerOf(world, nodes, aside), "WorkloadStatus", status(aside, { status: "finished" }));
    expect(world.state.findWorkload(aside)).toMatchObject({ status: "finished", number: 2, turn: 0 });
    expect(world.state.findDeployment(site)).toMatchObject({ latest: first, current: first, versions: 2 });
  });

  test("keeps the last fifty of its runs, and the one it is made of", () => {
    const { world, nodes, session } = deployable();
    const first = submit(world, session, { spec: batch });
    const finish = (run: WorkloadId) =>
      world.say(runnerOf(world, nodes, run), "WorkloadStatus", status(run, { status: "finished" }));
    finish(first);
    const ids = Array.from({ length: 52 }, () => {
      const run = submit(world, session, { spec: batch, start: "aside" });
      finish(run);
      return run;
    });
    const kept = world.state.versionsOf(site).map(({ number }) => number);
    expect(kept.toSorted((left, right) => left - right)).toEqual([1, ...Array.from({ length: 50 }, (_, at) => at + 4)]);
    expect(world.state.findWorkload(ids[0] ?? first)).toBeUndefined();
    expect(world.state.findDeployment(site)).toMatchObject({ latest: first, versions: 53 });
  });

  test("alone can start later or aside, and aside only of a deployment that is there", () => {
    const { world, session } = deployable();
    const pack = content("package").object;
    expect(world.submit(session, pack, { start: "later" })).toBe("workload-kind");
    expect(world.submit(session, pack, { start: "aside" })).toBe("workload-kind");
    expect(world.submit(session, pack, { spec: batch, start: "aside" })).toBe("deployment-unknown");
    submit(world, session, { spec: batch });
    expect(world.say(session, "DeploymentRemoved", { deployment: site })).toBe("accepted");
    expect(world.submit(session, pack, { spec: batch, start: "aside" })).toBe("deployment-unknown");
  });
});
