/** A short history that touches every kind of leaf; the same one each time. */
import { deploymentIdOf, workloadIdOf } from "../../../src/protocol/index.ts";
import { actor, chunkRef, content, HOUR_MS, testSpec, World, wallet } from "./world.ts";

export function tellStory(): World {
  const world = new World();
  const nodes = world.joinSix();
  const alice = world.session("alice-key", "alice");
  const bob = world.session("bob-key", "bob");
  world.publish(alice, content("a"));
  world.publish(bob, content("a", { isPublic: true }), world.nowMs + HOUR_MS);
  world.publish(alice, content("package", { chunks: [chunkRef("p", 777)] }));
  for (const node of nodes.slice(0, 4))
    world.say(node, "ReplicaAdded", { chunks: [chunkRef("p").id, content("a").manifest.id] });
  world.say(alice, "PointerUpdated", { pointer: actor("pointer").id as never, sequence: 0, root: content("a").object });
  const publicSpec = testSpec({ intent: { type: "web_app", priority: "normal", visibility: "public" } });
  const first = workloadIdOf(alice.id, alice.sequence, content("package").object);
  world.submit(alice, content("package").object);
  world.submit(alice, content("package").object, { name: "shop", spec: publicSpec });
  const runner = nodes.find(({ id }) => id === world.state.findWorkload(first)?.node);
  if (runner === undefined) throw new Error("the workload has no node");
  world.say(runner, "EndpointPublished", { workload: first, url: "http://127.0.0.1:5000/x" });
  world.say(alice, "DeleteRequested", { object: content("a").object });
  world.say(alice, "DeleteRequested", { object: content("a").object });
  const [validator] = world.validators;
  if (validator === undefined) throw new Error("validators are missing");
  world.say(validator, "RoleKeyRegistered", { role: "coordinator", key: actor("new").id, operator: wallet("x").id });
  world.say(world.sequencer, "ChainBatch", {
    number: 0,
    previous: world.genesis.chain.genesisDigest,
    stateRoot: new Uint8Array(32).fill(7),
    batch: Uint8Array.of(1),
  });
  world.say(alice, "JobScheduled", {
    deployment: deploymentIdOf(wallet("alice").id, "nightly"),
    name: "nightly",
    package: content("package").object,
    spec: testSpec({ mode: "batch", tier: "spot" }),
    schedule: {
      cron: "30 * * * *",
      timeZone: "Asia/Jakarta",
      offsets: [{ fromMs: 0, offsetMinutes: 420 }],
      knownUntilMs: world.nowMs,
      overlap: "queue",
      missed: "run-once",
    },
  });
  world.wait(HOUR_MS);
  return world;
}

export const storyDeployment = deploymentIdOf(wallet("alice").id, "site");
