import { beforeEach, expect, test } from "vitest";
import { silentLogger, VirtualClock } from "../../../src/base/index.ts";
import { type DeploymentId, hostNameRecord, type KeyId, type NetworkId } from "../../../src/protocol/index.ts";
import { DomainWatch } from "../../../src/roles/validator/domain-watch.ts";
import type { DomainRecord, Replica } from "../../../src/state/index.ts";

const SELF = "ab".repeat(32) as KeyId;
const network = "cd".repeat(32) as NetworkId;
const deployment = "ef".repeat(32) as DeploymentId;

let clock: VirtualClock;
let isActive: boolean;
let wishes: DomainRecord[];
let records: Map<string, string[][]>;
let asked: string[];
let said: unknown[];
let watch: DomainWatch;

const wish = (domain: string, facts: Partial<DomainRecord> = {}): DomainRecord => {
  return { domain, deployment, addedMs: 0, verifiedMs: null, votes: [], ...facts };
};
const give = (domain: string, pieces = 1) => {
  const { name, value } = hostNameRecord(network, deployment, domain);
  const at = Math.ceil(value.length / pieces);
  records.set(name, [["v=spf1 -all"], [value.slice(0, at), value.slice(at)].filter((piece) => piece !== "")]);
};

beforeEach(async () => {
  clock = new VirtualClock();
  isActive = true;
  [wishes, asked, said] = [[], [], []];
  records = new Map();
  const state = { network, findRole: () => ({ isActive }), pendingDomains: () => wishes };
  const dns = {
    find: async (name: string) => {
      asked.push(name);
      if (name.includes("broken")) throw new Error("SERVFAIL");
      return records.get(name) ?? [];
    },
  };
  const outbox = {
    publish: async (kind: string, body: unknown) => {
      said.push({ kind, ...(body as object) });
      throw new Error("nobody listens");
    },
    pendingCount: 0,
    start: async () => {},
    stop: async () => {},
  };
  const replica = { state } as unknown as Replica;
  watch = new DomainWatch({ self: SELF, replica, dns, outbox, clock, log: silentLogger() });
  await watch.start();
});

async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await clock.advance(1_000);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

test("says that a record is there when it is, in one piece or several and among others", async () => {
  wishes = [wish("shop.example"), wish("parts.example"), wish("none.example"), wish("broken.example")];
  give("shop.example");
  give("parts.example", 2);
  await pass(1);
  expect(said).toEqual([
    { kind: "DomainVerified", domain: "shop.example", deployment },
    { kind: "DomainVerified", domain: "parts.example", deployment },
  ]);
  expect(asked).toContain("_dsdn.broken.example");
});

test("takes the record of another deployment, or one with anything added, for none", async () => {
  wishes = [wish("shop.example"), wish("longer.example")];
  const other = "12".repeat(32) as DeploymentId;
  records.set("_dsdn.shop.example", [[hostNameRecord(network, other, "shop.example").value]]);
  records.set("_dsdn.longer.example", [[`${hostNameRecord(network, deployment, "longer.example").value}x`]]);
  await pass(10);
  expect([asked.length > 2, said]).toEqual([true, []]);
});

test("finds a record that is set later, asking ever less often, and at once when it is asked for again", async () => {
  wishes = [wish("shop.example")];
  await pass(60);
  const early = asked.length;
  expect(early).toBeLessThan(8);
  await pass(3_600);
  const later = asked.length;
  expect(later - early).toBeLessThan(10);
  give("shop.example");
  wishes = [wish("shop.example", { addedMs: 1 })];
  await pass(1);
  expect([asked.length, said.length]).toEqual([later + 1, 1]);
});

test("asks a bounded number at once, each in its turn", async () => {
  wishes = Array.from({ length: 50 }, (_, at) => wish(`s${at}.example`));
  await pass(1);
  expect(asked).toHaveLength(16);
  await pass(4);
  expect(new Set(asked).size).toBe(50);
});

test("asks for nothing it has spoken for, and for nothing at all when it is no validator or was stopped", async () => {
  wishes = [wish("shop.example", { votes: [SELF] })];
  await pass(3);
  expect(asked).toEqual([]);
  wishes = [wish("shop.example")];
  isActive = false;
  await pass(3);
  expect(asked).toEqual([]);
  isActive = true;
  await watch.stop();
  await pass(3);
  expect(asked).toEqual([]);
});
