import { describe, expect, test } from "vitest";
import { deploymentIdOf, limits, type WorkloadId, workloadIdOf } from "../../../src/protocol/index.ts";
import { type Actor, actor, content, testSpec, World, type WorldOptions, wallet } from "./world.ts";

const site = deploymentIdOf(wallet("alice").id, "site");
const PUBLIC = testSpec({ intent: { type: "web_app", priority: "normal", visibility: "public" } });

function deployable(options: WorldOptions = {}) {
  const world = new World(options);
  const nodes = [0, 1, 2].map((at) => world.join(`node-${at}`, { zone: `zone-${at}` }));
  const session = world.session();
  world.publish(session, content("package"));
  const submit = (facts: Parameters<World["submit"]>[2] = {}): WorkloadId => {
    const id = workloadIdOf(session.id, session.sequence, content("package").object);
    expect(world.submit(session, content("package").object, facts)).toBe("accepted");
    return id;
  };
  const answer = (workload: WorkloadId): string => {
    const node = nodes.find(({ id }) => id === world.state.findWorkload(workload)?.node);
    if (node === undefined) throw new Error("the workload has no node");
    return world.say(node, "EndpointPublished", { workload, url: "http://a" });
  };
  const deployed = (facts: Parameters<World["submit"]>[2] = {}): WorkloadId => {
    const id = submit(facts);
    answer(id);
    return id;
  };
  const statusOf = (workload: WorkloadId) => world.state.findWorkload(workload)?.status;
  const current = () => world.state.findDeployment(site)?.current;
  const promote = (workload: WorkloadId, author: Actor = session) =>
    world.say(author, "DeploymentPromoted", { deployment: site, workload });
  return { world, nodes, session, submit, answer, deployed, statusOf, current, promote };
}

const preview = (name = "beta", expiresMs: number | null = null) => ({ preview: { name, expiresMs } });

describe("going back to a version", () => {
  test("starts it again, and it takes the requests when it answers; the later version ends then", () => {
    const { deployed, promote, statusOf, current, answer } = deployable();
    const [first, second] = [deployed(), deployed()];
    expect(statusOf(first)).toBe("superseded");
    expect(promote(first)).toBe("accepted");
    expect([statusOf(first), statusOf(second), current()]).toEqual(["assigned", "running", second]);
    expect(answer(first)).toBe("accepted");
    expect([statusOf(first), statusOf(second), current()]).toEqual(["running", "superseded", first]);
  });

  test("counts as later than a version that was still being started", () => {
    const { deployed, submit, promote, statusOf, current, answer } = deployable();
    const [first, second] = [deployed(), submit()];
    expect(promote(first)).toBe("accepted");
    expect(statusOf(second)).toBe("superseded");
    expect(answer(first)).toBe("accepted");
    expect(current()).toBe(first);
    const third = submit();
    answer(third);
    expect(current()).toBe(third);
  });

  test("starts a version that failed everywhere with all its attempts again", () => {
    const { world, nodes, deployed, submit, promote } = deployable({ governed: { workloadAttempts: 1 } });
    deployed();
    const broken = submit();
    const node = nodes.find(({ id }) => id === world.state.findWorkload(broken)?.node);
    if (node === undefined) throw new Error("the workload has no node");
    world.say(node, "WorkloadStatus", { workload: broken, status: "failed", reason: "x", output: null });
    expect(world.state.findWorkload(broken)).toMatchObject({ status: "failed", attempts: 1 });
    expect(promote(broken)).toBe("accepted");
    expect(world.state.findWorkload(broken)).toMatchObject({ status: "assigned", attempts: 1, reason: "" });
  });

  test("is the owner's to say, of the deployment's own versions that can be started", () => {
    const { world, session, deployed, promote, submit } = deployable();
    const [first] = [deployed(), deployed()];
    const other = world.session("bob-key", "bob");
    const upload = world.session("upload-only", "alice", { scopes: ["upload"] });
    const elsewhere = submit({ name: "other" });
    const batch = submit({ spec: { mode: "batch" } });
    expect(promote(first, other)).toBe("not-owner");
    expect(promote(first, upload)).toBe("scope");
    expect(promote(elsewhere)).toBe("workload-unknown");
    expect(promote(actor("x").id as never)).toBe("workload-unknown");
    expect(promote(batch)).toBe("workload-kind");
    world.say(session, "DeleteRequested", { object: content("package").object });
    expect(promote(first)).toBe("object-unknown");
    world.say(session, "DeploymentRemoved", { deployment: site });
    expect(promote(first)).toBe("deployment-unknown");
  });

  test("never gets a refused version past the validators, and asks them where none had decided", () => {
    const { world, session, submit, promote, statusOf } = deployable();
    const [refused, undecided] = [submit({ spec: PUBLIC }), submit({ spec: PUBLIC })];
    for (const validator of world.validators) {
      world.say(validator, "WorkloadRefused", { workload: refused, reason: "blocked" });
    }
    expect([statusOf(refused), promote(refused)]).toEqual(["refused", "workload-final"]);
    world.say(session, "WorkloadCancelled", { workload: undecided });
    expect(promote(undecided)).toBe("accepted");
    expect(statusOf(undecided)).toBe("pending");
    for (const validator of world.validators) world.say(validator, "WorkloadApproved", { workload: undecided });
    expect(statusOf(undecided)).toBe("assigned");
  });
});

describe("a preview", () => {
  test("takes none of the deployment's requests and ends nothing until it is promoted, then it takes them at once", () => {
    const { deployed, promote, statusOf, current } = deployable();
    const first = deployed();
    const shown = deployed(preview());
    expect([current(), statusOf(first), statusOf(shown)]).toEqual([first, "running", "running"]);
    expect(promote(shown)).toBe("accepted");
    expect([current(), statusOf(first), statusOf(shown)]).toEqual([shown, "superseded", "running"]);
  });

  test("may be the first of a deployment, which then has nothing at its own address", () => {
    const { world, deployed } = deployable();
    const shown = deployed(preview());
    expect(world.state.findDeployment(site)).toMatchObject({ current: null, latest: null, turns: 0, versions: 1 });
    expect(world.state.findWorkload(shown)).toMatchObject({ turn: 0, status: "running" });
  });

  test("is replaced by a later one of its name when that answers, and by no other version", () => {
    const { deployed, submit, answer, statusOf } = deployable();
    const [beta, gamma] = [deployed(preview("beta")), deployed(preview("gamma"))];
    deployed();
    const next = submit(preview("beta"));
    expect(statusOf(beta)).toBe("running");
    answer(next);
    expect([statusOf(beta), statusOf(gamma), statusOf(next)]).toEqual(["superseded", "running", "running"]);
  });

  test("holds no node any more once it expired, and cannot begin expired", () => {
    const { world, session, deployed } = deployable();
    const shown = deployed(preview("beta", world.nowMs + 60_000));
    const node = world.state.findWorkload(shown)?.node ?? ("" as never);
    expect(world.state.workloadsOnNode(node).map(({ id }) => id)).toEqual([shown]);
    world.wait(60_000);
    expect(world.state.workloadsOnNode(node)).toEqual([]);
    const late = preview("beta", world.nowMs);
    expect(world.submit(session, content("package").object, late)).toBe("preview-expired");
    const batch = { ...preview(), spec: { mode: "batch" as const } };
    expect(world.submit(session, content("package").object, batch)).toBe("workload-kind");
  });

  test("ends with its deployment", () => {
    const { world, session, deployed, statusOf } = deployable();
    const shown = deployed(preview());
    world.say(session, "DeploymentRemoved", { deployment: site });
    expect(statusOf(shown)).toBe("cancelled");
  });
});

describe("an alias", () => {
  const alias = (workload: WorkloadId | null, name = "stable") => ({ deployment: site, alias: name, workload });

  test("keeps the version it names running, starts one that ended, and lets go of it when it is moved or removed", () => {
    const { world, session, deployed, statusOf, answer } = deployable();
    const [first, second] = [deployed(), deployed()];
    expect(world.say(session, "AliasSet", alias(first))).toBe("accepted");
    expect(statusOf(first)).toBe("assigned");
    answer(first);
    const third = deployed();
    expect([statusOf(first), statusOf(second), statusOf(third)]).toEqual(["running", "superseded", "running"]);
    expect(world.state.findDeployment(site)).toMatchObject({ current: third, aliases: [{ name: "stable" }] });
    expect(world.say(session, "AliasSet", alias(null))).toBe("accepted");
    expect([statusOf(first), statusOf(third)]).toEqual(["superseded", "running"]);
    expect(world.say(session, "AliasRemoved", { deployment: site, alias: "stable" })).toBe("accepted");
    expect(world.say(session, "AliasRemoved", { deployment: site, alias: "stable" })).toBe("alias-unknown");
    expect(world.state.findDeployment(site)?.aliases).toEqual([]);
  });

  test("is the owner's, names the deployment's own versions, and there are only so many", () => {
    const { world, session, deployed, submit } = deployable();
    const first = deployed();
    const other = world.session("bob-key", "bob");
    expect(world.say(other, "AliasSet", alias(first))).toBe("not-owner");
    expect(world.say(other, "AliasRemoved", { deployment: site, alias: "stable" })).toBe("not-owner");
    expect(world.say(session, "AliasSet", alias(submit({ name: "other" })))).toBe("workload-unknown");
    for (let at = 0; at < limits.deploymentAliases; at++) {
      expect(world.say(session, "AliasSet", alias(null, `a${at}`))).toBe("accepted");
    }
    expect(world.say(session, "AliasSet", alias(null, "one-more"))).toBe("alias-limit");
    expect(world.say(session, "AliasSet", alias(first, "a0"))).toBe("accepted");
    const names = world.state.findDeployment(site)?.aliases.map(({ name }) => name) ?? [];
    expect(names).toEqual(names.toSorted());
    world.say(session, "DeploymentRemoved", { deployment: site });
    expect(world.state.findDeployment(site)?.aliases).toEqual([]);
  });
});
