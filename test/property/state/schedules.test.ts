/** Whatever schedules there are and however time passes, every replica starts the same runs, also one that began at a checkpoint. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { deploymentIdOf, type JobSchedule } from "../../../src/protocol/index.ts";
import { applyHeight, createState, decodeCheckpoint, encodeCheckpoint } from "../../../src/state/index.ts";
import { content, HOUR_MS, rootHex, testSpec, World, wallet } from "../../unit/state/world.ts";

const NAMES = ["a", "b", "c", "d"] as const;
const SPEC = testSpec({
  intent: { type: "batch", priority: "normal", visibility: "private" },
  kind: "js",
  mode: "batch",
  tier: "spot",
});

const step = fc.oneof(
  fc.record({
    kind: fc.constant("schedule" as const),
    name: fc.nat(NAMES.length - 1),
    cron: fc.constantFrom("* * * * *", "*/7 * * * *", "0 * * * *", "30 2 * * *"),
    overlap: fc.constantFrom("skip" as const, "queue" as const, "replace" as const),
    missed: fc.constantFrom("run-once" as const, "skip" as const),
  }),
  fc.record({ kind: fc.constant("end" as const), name: fc.nat(NAMES.length - 1) }),
  fc.record({ kind: fc.constant("finish" as const), name: fc.nat(NAMES.length - 1) }),
  fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 2000 }) }),
);

function idOf(name: number) {
  return deploymentIdOf(wallet("alice").id, NAMES[name] ?? "a");
}

test("replicas agree on every run, from the start of the log and from any checkpoint", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 25 }), fc.nat(24), (steps, savedAfter) => {
      const world = new World();
      const nodes = [0, 1, 2].map((at) => world.join(`node-${at}`, { zone: `zone-${at}` }));
      const owner = world.session("session", "alice", { expiresMs: world.nowMs + 10_000 * HOUR_MS });
      world.publish(owner, content("package"));
      let saved: { readonly bytes: Uint8Array; readonly height: number } | undefined;
      steps.forEach((one, at) => {
        if (one.kind === "wait") world.wait(one.minutes * 60_000);
        else if (one.kind === "end") world.say(owner, "JobEnded", { deployment: idOf(one.name) });
        else if (one.kind === "schedule") {
          const { cron, overlap, missed } = one;
          const offsets = [{ fromMs: 0, offsetMinutes: 420 }];
          const schedule: JobSchedule = { cron, timeZone: "Asia/Jakarta", offsets, knownUntilMs: 0, overlap, missed };
          const body = { deployment: idOf(one.name), name: NAMES[one.name] ?? "a", package: content("package").object };
          world.say(owner, "JobScheduled", { ...body, spec: SPEC, schedule });
        } else {
          const run = world.state.versionsOf(idOf(one.name)).find(({ status }) => status === "assigned");
          const node = nodes.find(({ id }) => id === run?.node);
          if (run !== undefined && node !== undefined) {
            world.say(node, "WorkloadStatus", { workload: run.id, status: "finished", reason: "", output: null });
          }
        }
        const { state } = world;
        if (at === savedAfter) {
          saved = { bytes: encodeCheckpoint({ state, recent: { roots: [], outcomes: [] } }), height: state.height };
        }
        for (let name = 0; name < NAMES.length; name++) {
          const job = state.findJob(idOf(name));
          if (job === undefined) continue;
          expect(job.nextMs ?? 0).toBeGreaterThan(world.nowMs);
          const active = state.versionsOf(idOf(name)).filter(({ status }) => status === "assigned");
          expect(active.length).toBeLessThanOrEqual(1);
        }
      });
      const again = createState(world.genesis);
      for (const height of world.log) applyHeight(again, height);
      expect(rootHex(again)).toBe(rootHex(world.state));
      if (saved === undefined) return;
      const { bytes, height } = saved;
      const resumed = decodeCheckpoint(bytes, world.genesis).state;
      for (const later of world.log.filter((entry) => entry.height > height)) applyHeight(resumed, later);
      expect(rootHex(resumed)).toBe(rootHex(world.state));
    }),
    { numRuns: 25 },
  );
});
