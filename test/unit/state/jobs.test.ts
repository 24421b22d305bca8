import { describe, expect, test } from "vitest";
import {
  deploymentIdOf,
  type EventBody,
  type JobSchedule,
  jobRunIdOf,
  type WorkloadId,
} from "../../../src/protocol/index.ts";
import { applyHeight, createState } from "../../../src/state/index.ts";
import { type Actor, content, HOUR_MS, testSpec, World, wallet } from "./world.ts";

const MINUTE_MS = 60_000;
const nightly = deploymentIdOf(wallet("alice").id, "nightly");
const SPEC = testSpec({
  intent: { type: "batch", priority: "normal", visibility: "private" },
  kind: "js",
  mode: "batch",
});

function schedule(facts: Partial<JobSchedule> = {}): JobSchedule {
  const offsets = [{ fromMs: 0, offsetMinutes: 0 }];
  const base = { cron: "0 * * * *", timeZone: "UTC", offsets, knownUntilMs: 0 };
  return { ...base, overlap: "skip", missed: "run-once", ...facts };
}

/** A network with nodes, a session and a published package, a minute past a full hour. */
function network() {
  const world = new World();
  const nodes = [0, 1, 2].map((at) => world.join(`node-${at}`, { zone: `zone-${at}` }));
  const session = world.session("session", "alice", { expiresMs: world.nowMs + 24 * 365 * HOUR_MS });
  world.publish(session, content("package"));
  return { world, nodes, session };
}

function plan(world: World, session: Actor, facts: Partial<EventBody<"JobScheduled">> = {}): string {
  const body = { deployment: nightly, name: "nightly", package: content("package").object, spec: SPEC };
  return world.say(session, "JobScheduled", { ...body, schedule: schedule(), ...facts });
}

const runsOf = (world: World) => world.state.versionsOf(nightly).map(({ status }) => status);
const jobOf = (world: World) => world.state.findJob(nightly);

/** Lets time pass until some minutes after the next full hour. */
function toNextHour(world: World, minutes = 1): number {
  const dueMs = Math.ceil((world.nowMs + 1) / HOUR_MS) * HOUR_MS;
  world.wait(dueMs + minutes * MINUTE_MS - world.nowMs);
  return dueMs;
}

function finish(world: World, nodes: readonly Actor[], run: WorkloadId): void {
  const node = nodes.find(({ id }) => id === world.state.findWorkload(run)?.node);
  if (node === undefined) throw new Error("the run has no node");
  expect(world.say(node, "WorkloadStatus", { workload: run, status: "finished", reason: "", output: null })).toBe(
    "accepted",
  );
}

describe("a schedule", () => {
  test("is the owner's to set, for a batch of a package that is held", () => {
    const { world, session } = network();
    const bob = world.session("bob-key", "bob");
    expect(plan(world, bob)).toBe("deployment-id");
    expect(plan(world, world.session("upload-only", "alice", { scopes: ["upload"] }))).toBe("scope");
    expect(plan(world, session, { package: content("nothing").object })).toBe("object-unknown");
    expect(plan(world, session, { spec: { ...SPEC, input: content("nothing").object } })).toBe("object-unknown");
    expect(plan(world, session, { spec: testSpec() })).toBe("workload-kind");
    expect(plan(world, session)).toBe("accepted");
    expect(jobOf(world)).toMatchObject({ lastDueMs: null, queuedMs: null, skipped: 0 });
    expect(world.say(bob, "JobEnded", { deployment: nightly })).toBe("not-owner");
    expect(world.say(session, "JobEnded", { deployment: nightly })).toBe("accepted");
    expect(world.say(session, "JobEnded", { deployment: nightly })).toBe("deployment-unknown");
  });

  test("starts nothing before the time and one run each time it is due, with an id of that moment", () => {
    const { world, nodes, session } = network();
    plan(world, session);
    expect(runsOf(world)).toEqual([]);
    const first = toNextHour(world);
    expect(runsOf(world)).toEqual(["assigned"]);
    const run = jobRunIdOf(nightly, first);
    expect(world.state.findWorkload(run)).toMatchObject({ number: 1, package: content("package").object, spec: SPEC });
    finish(world, nodes, run);
    toNextHour(world);
    expect(runsOf(world)).toEqual(["finished", "assigned"]);
    expect(world.state.findDeployment(nightly)).toMatchObject({
      versions: 2,
      latest: jobRunIdOf(nightly, first + HOUR_MS),
    });
  });

  test("of a public package asks the validators for each run", () => {
    const { world, session } = network();
    plan(world, session, { spec: { ...SPEC, intent: { type: "batch", priority: "low", visibility: "public" } } });
    toNextHour(world);
    expect(runsOf(world)).toEqual(["pending"]);
  });

  test("skips a run while one goes on, when overlap is skip", () => {
    const { world, session } = network();
    plan(world, session);
    toNextHour(world);
    toNextHour(world);
    expect(runsOf(world)).toEqual(["assigned"]);
    expect(jobOf(world)?.skipped).toBe(1);
  });

  test("keeps one run waiting, when overlap is queue, and starts it when the one before has ended", () => {
    const { world, nodes, session } = network();
    plan(world, session, { schedule: schedule({ overlap: "queue" }) });
    const first = toNextHour(world);
    const second = toNextHour(world);
    toNextHour(world);
    expect(runsOf(world)).toEqual(["assigned"]);
    expect(jobOf(world)).toMatchObject({ queuedMs: second, skipped: 1 });
    finish(world, nodes, jobRunIdOf(nightly, first));
    world.wait(1000);
    expect(runsOf(world)).toEqual(["finished", "assigned"]);
    expect(jobOf(world)).toMatchObject({ queuedMs: null, lastDueMs: second });
  });

  test("ends the run that goes on, when overlap is replace", () => {
    const { world, session } = network();
    plan(world, session, { schedule: schedule({ overlap: "replace" }) });
    toNextHour(world);
    toNextHour(world);
    expect(runsOf(world)).toEqual(["cancelled", "assigned"]);
  });

  test("runs once for all that were missed, or not at all when missed is skip", () => {
    const once = network();
    plan(once.world, once.session);
    toNextHour(once.world, 60 * 50 + 30);
    expect(runsOf(once.world)).toEqual(["assigned"]);
    const never = network();
    plan(never.world, never.session, { schedule: schedule({ missed: "skip" }) });
    toNextHour(never.world, 60 * 50 + 30);
    expect(runsOf(never.world)).toEqual([]);
    expect(jobOf(never.world)?.skipped).toBe(1);
    toNextHour(never.world, 4);
    expect(runsOf(never.world)).toEqual(["assigned"]);
  });

  test("goes on when the session that set it has expired, and fails a run whose package is gone", () => {
    const { world, session } = network();
    plan(world, session);
    world.say(session, "DeleteRequested", { object: content("package").object });
    world.say(session, "SessionRevoked", { sessionKey: session.id });
    toNextHour(world);
    expect(world.state.versionsOf(nightly)).toMatchObject([
      { status: "failed", reason: "its package or its input was removed" },
    ]);
  });

  test("ends with its deployment", () => {
    const { world, session } = network();
    plan(world, session);
    world.say(session, "DeploymentRemoved", { deployment: nightly });
    toNextHour(world);
    expect([runsOf(world), jobOf(world)]).toEqual([[], undefined]);
  });

  test("keeps the state bounded: of a hundred runs the last fifty stay", () => {
    const { world, nodes, session } = network();
    plan(world, session);
    for (let count = 0; count < 60; count++) finish(world, nodes, jobRunIdOf(nightly, toNextHour(world)));
    expect(runsOf(world)).toHaveLength(50);
    expect(world.state.versionsOf(nightly).at(-1)?.number).toBe(60);
  });

  test("gives every replica the same runs: the log replayed has the same root at each height", () => {
    const { world, nodes, session } = network();
    const roots: Uint8Array[] = [];
    plan(world, session, { schedule: schedule({ overlap: "queue" }) });
    const first = toNextHour(world);
    toNextHour(world);
    finish(world, nodes, jobRunIdOf(nightly, first));
    world.wait(1000);
    const again = createState(world.genesis);
    for (const step of world.log) roots.push(applyHeight(again, step).root);
    expect(roots.at(-1)).toEqual(world.state.root);
  });
});
