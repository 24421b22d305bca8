import { describe, expect, test } from "vitest";
import { isError } from "../../../src/base/index.ts";
import { chainBatchHash } from "../../../src/chain/index.ts";
import { applyHeight, stateErrors } from "../../../src/state/index.ts";
import { VOTE_WINDOW_MS } from "../../../src/state/votes.ts";
import { actor, rootHex, verdictOf, World, wallet } from "./world.ts";

const operator = wallet("operator").id;

describe("a role's key", () => {
  test("is registered by more than two thirds of the validators and not before", () => {
    const world = new World({ validators: 4 });
    const [a, b, c, d] = world.validators;
    const body = { role: "coordinator" as const, key: actor("new").id, operator };
    if (!a || !b || !c || !d) throw new Error("validators are missing");
    expect(world.say(a, "RoleKeyRegistered", body)).toBe("accepted");
    expect(world.say(a, "RoleKeyRegistered", body)).toBe("accepted");
    expect(world.say(b, "RoleKeyRegistered", body)).toBe("accepted");
    expect(world.state.findRole("coordinator", actor("new").id)).toBeUndefined();
    expect(world.say(c, "RoleKeyRegistered", body)).toBe("accepted");
    expect(world.state.findRole("coordinator", actor("new").id)?.isActive).toBe(true);
    expect(world.say(d, "RoleKeyRegistered", body)).toBe("accepted");
    expect(world.say(d, "RoleKeyRegistered", { ...body, operator: wallet("other").id })).toBe("role-key-known");
    const posted = world.apply([world.blob([world.sign(d, "RoleKeyRegistered", body)], actor("new"))]);
    expect(posted.outcomes.map(verdictOf)).toEqual(["accepted"]);
  });

  test("is not given by votes for different facts, by strangers' votes, or by votes that grew old", () => {
    const world = new World({ validators: 3 });
    const [a, b, c] = world.validators;
    if (!a || !b || !c) throw new Error("validators are missing");
    const body = { role: "coordinator" as const, key: actor("new").id, operator };
    expect(world.say(world.coordinator, "RoleKeyRegistered", body)).toBe("not-validator");
    world.say(a, "RoleKeyRegistered", body);
    world.say(b, "RoleKeyRegistered", body);
    world.say(c, "RoleKeyRegistered", { ...body, operator: wallet("other").id });
    expect(world.state.findRole("coordinator", body.key)).toBeUndefined();
    world.wait(VOTE_WINDOW_MS);
    world.say(c, "RoleKeyRegistered", body);
    expect(world.state.findRole("coordinator", body.key)).toBeUndefined();
    world.say(a, "RoleKeyRegistered", body);
    world.say(b, "RoleKeyRegistered", body);
    expect(world.state.findRole("coordinator", body.key)?.isActive).toBe(true);
  });

  test("there is one sequencer at a time", () => {
    const world = new World({ validators: 1 });
    const [a] = world.validators;
    if (!a) throw new Error("validators are missing");
    const key = actor("second-sequencer").id;
    expect(world.say(a, "RoleKeyRegistered", { role: "sequencer", key, operator })).toBe("role-full");
    expect(world.say(a, "RoleKeyRevoked", { role: "sequencer", key: world.sequencer.id })).toBe("accepted");
    expect(world.say(a, "RoleKeyRegistered", { role: "sequencer", key, operator })).toBe("accepted");
    expect(world.state.roleKeys("sequencer")).toEqual([key]);
  });

  test("hands itself over, and its old key loses the role", () => {
    const world = new World();
    const next = actor("coordinator-next");
    const body = { role: "coordinator" as const, oldKey: world.coordinator.id, newKey: next.id };
    expect(world.say(actor("stranger"), "RoleKeyRotated", body)).toBe("ignored");
    expect(world.say(world.coordinator, "RoleKeyRotated", { ...body, newKey: actor("coordinator-1").id })).toBe(
      "role-key-known",
    );
    expect(world.say(world.coordinator, "RoleKeyRotated", body)).toBe("accepted");
    expect(world.state.findRole("coordinator", world.coordinator.id)?.isActive).toBe(false);
    const event = world.sign(next, "RoleKeyRotated", body);
    expect(world.apply([world.blob([event])]).ignored).toBe(1);
    expect(world.apply([world.blob([event], next)]).outcomes.map(verdictOf)).toEqual(["not-validator"]);
    expect(world.state.nextSequenceOf(next.id)).toBe(1);
  });

  test("that was lost is handed over by the validators' quorum", () => {
    const world = new World();
    const body = { role: "sequencer" as const, oldKey: world.sequencer.id, newKey: actor("sequencer-next").id };
    const verdicts = world.validators.map((validator) => world.say(validator, "RoleKeyRotated", body));
    expect(verdicts).toEqual(["accepted", "accepted", "accepted"]);
    expect(world.state.roleKeys("sequencer")).toEqual([body.newKey]);
    const [a] = world.validators;
    if (!a) throw new Error("validators are missing");
    expect(world.say(a, "RoleKeyRotated", body)).toBe("accepted");
    expect(world.say(a, "RoleKeyRotated", { ...body, newKey: actor("x").id })).toBe("role-key-unknown");
    expect(world.say(a, "RoleKeyRotated", { ...body, oldKey: actor("x").id })).toBe("role-key-unknown");
  });

  test("is revoked by a quorum, and the last coordinator stays", () => {
    const world = new World();
    const revoke = (key: string) =>
      world.validators.map((validator) =>
        world.say(validator, "RoleKeyRevoked", { role: "coordinator", key: actor(key).id }),
      );
    expect(revoke("nobody")).toEqual(["role-key-unknown", "role-key-unknown", "role-key-unknown"]);
    expect(revoke("coordinator-1")).toEqual(["accepted", "accepted", "accepted"]);
    expect(revoke("coordinator-1")).toEqual(["accepted", "accepted", "accepted"]);
    expect(world.state.roleKeys("coordinator")).toEqual([world.coordinator.id]);
    expect(revoke("coordinator-0")).toEqual(["role-last", "role-last", "role-last"]);
    const body = { role: "coordinator" as const, key: actor("coordinator-0").id };
    expect(world.say(world.coordinator, "RoleKeyRevoked", body)).toBe("not-validator");
    expect(world.say(world.coordinator, "RoleKeyRegistered", { ...body, operator })).toBe("not-validator");
  });

  test("of a revoked validator votes no more, and its earlier vote no longer counts", () => {
    const world = new World({ validators: 4 });
    const [a, b, c, d] = world.validators;
    if (!a || !b || !c || !d) throw new Error("validators are missing");
    const wanted = { role: "coordinator" as const, key: actor("new").id, operator };
    world.say(a, "RoleKeyRegistered", wanted);
    for (const voter of [b, c, d]) world.say(voter, "RoleKeyRevoked", { role: "validator", key: a.id });
    expect(world.state.roleKeys("validator")).toHaveLength(3);
    expect(world.say(a, "RoleKeyRegistered", wanted)).toBe("not-validator");
    world.say(b, "RoleKeyRegistered", wanted);
    world.say(c, "RoleKeyRegistered", wanted);
    expect(world.state.findRole("coordinator", wanted.key)).toBeUndefined();
    world.say(d, "RoleKeyRegistered", wanted);
    expect(world.state.findRole("coordinator", wanted.key)?.isActive).toBe(true);
  });
});

describe("an upgrade", () => {
  test("stops a replayer that does not implement it, at its height and with nothing changed", () => {
    const world = new World();
    const height = world.state.height + 6;
    const body = { version: 2, height };
    expect(world.say(world.coordinator, "UpgradeActivated", body)).toBe("not-validator");
    const verdicts = world.validators.map((validator) => world.say(validator, "UpgradeActivated", body));
    expect(verdicts).toEqual(["accepted", "accepted", "accepted"]);
    expect(world.state.facts.upgrades).toEqual([body]);
    while (world.state.height < height - 1) world.wait(1000);
    const before = { root: rootHex(world.state), height: world.state.height };
    let thrown: unknown;
    try {
      applyHeight(world.state, { height, timeMs: world.nowMs, blobs: [] });
    } catch (error) {
      thrown = error;
    }
    expect(isError(thrown, stateErrors.upgradeRequired)).toBe(true);
    expect(thrown).toMatchObject({ facts: { version: 2, height, known: 1 } });
    expect({ root: rootHex(world.state), height: world.state.height }).toEqual(before);
  });

  test("must lie ahead and go up; less than a quorum activates nothing", () => {
    const world = new World();
    const [a, b] = world.validators;
    if (!a || !b) throw new Error("validators are missing");
    const upgrade = (by: typeof a, version: number, height: number) =>
      world.say(by, "UpgradeActivated", { version, height });
    expect(upgrade(a, 2, world.state.height + 1)).toBe("upgrade-not-later");
    expect(upgrade(a, 1, world.state.height + 100)).toBe("upgrade-not-later");
    expect(upgrade(a, 2, 8)).toBe("accepted");
    expect(upgrade(b, 2, 8)).toBe("accepted");
    for (let at = 0; at < 10; at++) world.wait(1000);
    expect(world.state.facts.upgrades).toEqual([]);
  });
});

describe("the chain of batches", () => {
  const batch = (number: number, previous: Uint8Array) => ({
    number,
    previous,
    stateRoot: new Uint8Array(32).fill(number),
    batch: Uint8Array.of(1, 2, 3),
  });

  test("grows by the sequencer's next batch only", () => {
    const world = new World();
    const start = world.genesis.chain.genesisDigest;
    expect(world.say(world.coordinator, "ChainBatch", batch(0, start))).toBe("not-sequencer");
    expect(world.say(world.sequencer, "ChainBatch", batch(1, start))).toBe("batch-order");
    expect(world.say(world.sequencer, "ChainBatch", batch(0, new Uint8Array(32)))).toBe("batch-order");
    expect(world.say(world.sequencer, "ChainBatch", batch(0, start))).toBe("accepted");
    expect(world.say(world.sequencer, "ChainBatch", batch(1, start))).toBe("batch-order");
    expect(world.say(world.sequencer, "ChainBatch", batch(1, world.state.chain.head))).toBe("accepted");
    const second = batch(1, chainBatchHash(batch(0, start)));
    expect(world.state.chain.head).toEqual(chainBatchHash(second));
    expect(world.state.chain).toMatchObject({ next: 2, stateRoot: new Uint8Array(32).fill(1) });
  });
});
