import { describe, expect, test } from "vitest";
import { deploymentIdOf, hostName, hostNameRecord, limits, type NetworkId } from "../../../src/protocol/index.ts";
import { applyHeight, createState, decodeCheckpoint, encodeCheckpoint } from "../../../src/state/index.ts";
import { type Actor, actor, content, rootHex, World, type WorldOptions, wallet } from "./world.ts";

const SHOP = "shop.example";
const site = deploymentIdOf(wallet("alice").id, "site");
const bobs = deploymentIdOf(wallet("bob").id, "site");

/** Alice and Bob with a deployment each. */
function deployed(options: WorldOptions = {}) {
  const world = new World(options);
  const [alice, bob] = [world.session(), world.session("bob-key", "bob")];
  for (const [session, owner] of [[alice, "alice"] as const, [bob, "bob"] as const]) {
    world.publish(session, content(`package of ${owner}`));
    expect(world.submit(session, content(`package of ${owner}`).object, { owner })).toBe("accepted");
  }
  const add = (author: Actor = alice, deployment = site, domain = SHOP) =>
    world.say(author, "DomainAdded", { deployment, domain });
  const verify = (count: number, deployment = site, domain = SHOP) =>
    world.validators.slice(0, count).map((author) => world.say(author, "DomainVerified", { deployment, domain }));
  const holder = (domain = SHOP) => world.state.findDomain(domain)?.deployment;
  return { world, alice, bob, add, verify, holder };
}

describe("a host name", () => {
  test("is given once enough validators found its record, and not before", () => {
    const { world, add, verify, holder } = deployed();
    expect(add()).toBe("accepted");
    expect(world.state.pendingDomains()).toMatchObject([{ domain: SHOP, deployment: site, verifiedMs: null }]);
    verify(2);
    expect(holder()).toBeUndefined();
    // The same validator once more is no further voice.
    verify(2);
    expect(holder()).toBeUndefined();
    verify(3);
    expect(holder()).toBe(site);
    expect([world.state.pendingDomains(), verify(3)]).toEqual([[], ["accepted", "accepted", "accepted"]]);
  });

  test("counts only the voices of those who are validators when it is decided", () => {
    const { world, add, verify, holder } = deployed({ validators: 4 });
    add();
    verify(2);
    const [gone, ...rest] = world.validators;
    for (const author of rest) world.say(author, "RoleKeyRevoked", { role: "validator", key: gone?.id ?? author.id });
    expect(world.state.roleKeys("validator")).toHaveLength(3);
    const [, , third, fourth] = world.validators;
    world.say(third ?? actor("x"), "DomainVerified", { deployment: site, domain: SHOP });
    expect(holder()).toBeUndefined();
    world.say(fourth ?? actor("x"), "DomainVerified", { deployment: site, domain: SHOP });
    expect(holder()).toBe(site);
  });

  test("goes to whom its record names last, and whoever had it before has it no more", () => {
    const { world, bob, add, verify, holder } = deployed();
    add();
    add(bob, bobs);
    verify(3);
    expect(holder()).toBe(site);
    expect(world.state.domainsOf(bobs)).toMatchObject([{ verifiedMs: null }]);
    verify(3, bobs);
    expect([holder(), world.state.domainsOf(site)]).toEqual([bobs, []]);
  });

  test("is given up by its owner, and with its deployment", () => {
    const { world, alice, add, verify, holder } = deployed();
    add();
    verify(3);
    const domain = { deployment: site, domain: SHOP };
    expect(world.say(alice, "DomainRemoved", domain)).toBe("accepted");
    expect(world.say(alice, "DomainRemoved", domain)).toBe("domain-unknown");
    expect(verify(1)).toEqual(["domain-unknown"]);
    add();
    verify(3);
    expect(holder()).toBe(site);
    world.say(alice, "DeploymentRemoved", { deployment: site });
    expect([holder(), world.state.domainsOf(site)]).toEqual([undefined, []]);
    expect(add()).toBe("deployment-unknown");
  });

  test("is no longer looked for after a week, unless it is asked for again", () => {
    const { world, add, verify, holder } = deployed();
    add();
    verify(2);
    world.wait(limits.hostNameClaimMs);
    expect(world.state.pendingDomains()).toEqual([]);
    expect(verify(3)).toEqual(["domain-unknown", "domain-unknown", "domain-unknown"]);
    const session = world.session("later");
    expect(add(session)).toBe("accepted");
    verify(2);
    expect(holder()).toBeUndefined();
    verify(3);
    expect(holder()).toBe(site);
  });

  test("is asked for and given up by the deployment's owner only, and verified by validators only", () => {
    const { world, alice, bob, add } = deployed();
    expect(add(bob)).toBe("not-owner");
    add();
    const domain = { deployment: site, domain: SHOP };
    expect(world.say(bob, "DomainRemoved", domain)).toBe("not-owner");
    expect(world.say(alice, "DomainVerified", domain)).toBe("not-validator");
    const uploader = world.session("uploader", "alice", { scopes: ["upload"] });
    expect(add(uploader)).toBe("scope");
  });

  test("is one of a few of its deployment, and asking for one of them again is none more", () => {
    const { world, alice, add } = deployed();
    for (let at = 0; at < limits.deploymentDomains; at++) expect(add(alice, site, `s${at}.example`)).toBe("accepted");
    expect(add(alice, site, "one-more.example")).toBe("domain-limit");
    expect(add(alice, site, "s0.example")).toBe("accepted");
    world.say(alice, "DomainRemoved", { deployment: site, domain: "s0.example" });
    expect(add(alice, site, "one-more.example")).toBe("accepted");
  });

  test("is part of the state: replay and checkpoint give the same root, and without any the root is as ever", () => {
    const { world, alice, bob, add, verify } = deployed();
    const before = rootHex(world.state);
    add();
    add(bob, bobs);
    verify(3);
    add(alice, site, "other.example");
    expect(rootHex(world.state)).not.toBe(before);
    const again = createState(world.genesis);
    for (const step of world.log) applyHeight(again, step);
    expect(rootHex(again)).toBe(rootHex(world.state));
    const nothing = { roots: [], outcomes: [] };
    const saved = decodeCheckpoint(encodeCheckpoint({ state: world.state, recent: nothing }), world.genesis).state;
    expect(rootHex(saved)).toBe(rootHex(world.state));
    expect(saved.findDomain(SHOP)).toEqual(world.state.findDomain(SHOP));
  });
});

test.each([
  ["shop.example", true],
  ["a.b.c.xn--p1ai", true],
  ["xn--caf-dma.example", true],
  [`${"a".repeat(63)}.example`, true],
  [`${"a".repeat(64)}.example`, false],
  [`${"a.".repeat(119)}example.org`, false],
  ["example", false],
  ["Shop.example", false],
  ["café.example", false],
  ["127.0.0.1", false],
  ["0x7f.1", false],
  ["-a.example", false],
  ["a-.example", false],
  ["a..example", false],
  ["a.example.", false],
  ["*.example", false],
  ["_dsdn.example", false],
  ["a.example:80", false],
  ["a.example/b", false],
  ["../a.example", false],
  ["", false],
])("%s is a host name a deployment can ask for: %s", (name, isOne) => {
  expect(hostName.safeParse(name).success).toBe(isOne);
});

test("the record of a host name differs by network, deployment and name, and fits into one piece", () => {
  const network = (byte: string) => byte.repeat(32) as NetworkId;
  const records = [
    hostNameRecord(network("aa"), site, SHOP),
    hostNameRecord(network("bb"), site, SHOP),
    hostNameRecord(network("aa"), bobs, SHOP),
    hostNameRecord(network("aa"), site, "other.example"),
  ];
  expect(new Set(records.map(({ value }) => value)).size).toBe(4);
  expect(records[0]?.name).toBe("_dsdn.shop.example");
  for (const { value } of records) expect(value).toMatch(/^dsdn=[a-z2-7]{52,60}$/);
});
