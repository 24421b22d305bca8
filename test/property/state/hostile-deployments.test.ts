/** Whatever strangers and the owner's own mistakes put on the log about deployments, the rules hold after every event. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { deploymentIdOf, limits, type WorkloadId, workloadIdOf } from "../../../src/protocol/index.ts";
import { type Actor, actor, content, rootHex, World, wallet } from "../../unit/state/world.ts";

const site = deploymentIdOf(wallet("alice").id, "site");
const NAMES = ["a", "b", "c"] as const;

type Step = { readonly who: number; readonly what: number; readonly which: number; readonly name: number };

const steps = fc.array(
  fc.record({ who: fc.nat(9), what: fc.nat(7), which: fc.nat(9), name: fc.nat(NAMES.length - 1) }),
  { minLength: 1, maxLength: 40 },
);

function prepared() {
  const world = new World();
  const nodes = [0, 1, 2].map((at) => world.join(`node-${at}`, { zone: `zone-${at}` }));
  const owner = world.session();
  const other = world.session("bob-key", "bob");
  world.publish(owner, content("package"));
  const versions: WorkloadId[] = [];
  const submit = (preview: { name: string; expiresMs: null } | null) => {
    versions.push(workloadIdOf(owner.id, owner.sequence, content("package").object));
    world.submit(owner, content("package").object, { preview });
  };
  submit(null);
  return { world, nodes, owner, other, versions, submit };
}

function play(facts: ReturnType<typeof prepared>, author: Actor, { what, which, name }: Step): void {
  const { world, nodes, versions } = facts;
  const workload = versions[which % versions.length] ?? (actor("x").id as never);
  const alias = NAMES[name] ?? "a";
  const node = nodes.find(({ id }) => id === world.state.findWorkload(workload)?.node);
  if (what === 0) world.say(author, "DeploymentPromoted", { deployment: site, workload });
  else if (what === 1) world.say(author, "AliasSet", { deployment: site, alias, workload });
  else if (what === 2) world.say(author, "AliasSet", { deployment: site, alias, workload: null });
  else if (what === 3) world.say(author, "AliasRemoved", { deployment: site, alias });
  else if (what === 4) world.say(author, "WorkloadCancelled", { workload });
  else if (what === 5 && node !== undefined) world.say(node, "EndpointPublished", { workload, url: "http://a" });
  else if (what === 6 && author === facts.owner)
    facts.submit(which % 2 === 0 ? null : { name: alias, expiresMs: null });
  else if (node !== undefined) {
    world.say(node, "WorkloadStatus", { workload, status: "failed", reason: "x", output: null });
  }
}

test("after any events of its owner the current version has the latest turn that runs, and nothing else is kept up", () => {
  fc.assert(
    fc.property(steps, (script) => {
      const facts = prepared();
      for (const step of script) play(facts, facts.owner, step);
      const { state } = facts.world;
      const deployment = state.findDeployment(site);
      if (deployment === undefined) throw new Error("the deployment is missing");
      const running = state.versionsOf(site).filter(({ status }) => status === "running");
      const current = state.findWorkload(deployment.current ?? ("" as never));
      const pinned = new Set(deployment.aliases.map(({ workload }) => workload));
      const turns = state.versionsOf(site).flatMap(({ turn }) => (turn === 0 ? [] : [turn]));
      expect(new Set(turns).size).toBe(turns.length);
      expect(deployment.aliases.length).toBeLessThanOrEqual(limits.deploymentAliases);
      for (const version of running) {
        const isWanted = version.turn === 0 || version.turn >= (current?.turn ?? 0) || pinned.has(version.id);
        expect(isWanted).toBe(true);
      }
      const shown = running.filter(({ turn, id }) => turn === 0 && !pinned.has(id)).map(({ preview }) => preview?.name);
      expect(new Set(shown).size).toBe(shown.length);
    }),
    { numRuns: 60 },
  );
});

test("nothing a stranger or another owner says changes a deployment, its versions or where they run", () => {
  fc.assert(
    fc.property(steps, (script) => {
      const facts = prepared();
      const { world, other } = facts;
      const stranger = actor("stranger");
      const leaves = () =>
        [`deployment/${site}`, ...facts.versions.map((id) => `workload/${id}`)].map((path) =>
          Buffer.from(world.state.leaf(path) ?? []).toString("hex"),
        );
      const before = leaves();
      for (const step of script) {
        if ([5, 6, 7].includes(step.what)) continue;
        const root = rootHex(world.state);
        play(facts, step.who % 2 === 0 ? other : stranger, step);
        // A key the log does not know leaves nothing at all behind.
        if (step.who % 2 === 1) expect(rootHex(world.state)).toBe(root);
      }
      expect(leaves()).toEqual(before);
    }),
    { numRuns: 40 },
  );
});
