/** Whatever owners, validators and strangers put on the log about host names, nobody has one that was not given to them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DeploymentId, deploymentIdOf, limits } from "../../../src/protocol/index.ts";
import { applyHeight, createState } from "../../../src/state/index.ts";
import { actor, content, rootHex, World, wallet } from "../../unit/state/world.ts";

const NAMES = ["a.example", "b.example", "c.d.example"] as const;
const WHO = ["alice", "bob", "stranger", "validator-0", "validator-1", "validator-2"] as const;
const KINDS = ["DomainAdded", "DomainVerified", "DomainRemoved", "DeploymentRemoved"] as const;

const steps = fc.array(
  fc.record({
    who: fc.constantFrom(...WHO),
    kind: fc.constantFrom(...KINDS, "DomainAdded" as const, "DomainVerified" as const, "DomainVerified" as const),
    whose: fc.constantFrom("alice", "bob"),
    domain: fc.constantFrom(...NAMES),
  }),
  { minLength: 1, maxLength: 60 },
);

function prepared() {
  const world = new World();
  const actors = new Map(WHO.map((name) => [name as string, actor(name)]));
  for (const validator of world.validators) actors.set(`validator-${world.validators.indexOf(validator)}`, validator);
  for (const owner of ["alice", "bob"]) {
    const session = world.session(`${owner}-key`, owner);
    world.publish(session, content(owner));
    world.submit(session, content(owner).object, { owner });
    actors.set(owner, session);
  }
  return { world, actors };
}

test("a name has one holder at most, who asked for it and for whom every needed validator spoke since", () => {
  fc.assert(
    fc.property(steps, (script) => {
      const { world, actors } = prepared();
      /** What the rules should come to, kept apart from them: voices since the owner asked, and who has the name. */
      const voices = new Map<string, Set<string>>();
      const holders = new Map<string, DeploymentId>();
      const gone = new Set<string>();
      for (const { who, kind, whose, domain } of script) {
        const author = actors.get(who);
        if (author === undefined) throw new Error(`${who} is missing`);
        const deployment = deploymentIdOf(wallet(whose).id, "site");
        const key = `${domain}/${deployment}`;
        const body = kind === "DeploymentRemoved" ? { deployment } : { deployment, domain };
        world.say(author, kind, body as { deployment: DeploymentId; domain: string });
        const isOwner = who === whose && !gone.has(whose);
        if (kind === "DomainAdded" && isOwner && holders.get(domain) !== deployment) voices.set(key, new Set());
        if (kind === "DomainVerified" && who.startsWith("validator")) voices.get(key)?.add(who);
        if (kind === "DomainRemoved" && isOwner) {
          voices.delete(key);
          if (holders.get(domain) === deployment) holders.delete(domain);
        }
        if (kind === "DeploymentRemoved" && isOwner) {
          gone.add(whose);
          for (const name of NAMES) {
            voices.delete(`${name}/${deployment}`);
            if (holders.get(name) === deployment) holders.delete(name);
          }
        }
        if (kind === "DomainVerified" && voices.get(key)?.size === 3) {
          voices.delete(key);
          holders.set(domain, deployment);
        }
        for (const name of NAMES) expect(world.state.findDomain(name)?.deployment).toBe(holders.get(name));
        const listed = world.state.listDomains();
        expect(new Set(listed.map((row) => row.domain)).size).toBe(listed.length);
        expect(world.state.domainsOf(deployment).length).toBeLessThanOrEqual(limits.deploymentDomains);
      }
      const again = createState(world.genesis);
      for (const step of world.log) applyHeight(again, step);
      expect(rootHex(again)).toBe(rootHex(world.state));
    }),
    { numRuns: 40 },
  );
});
