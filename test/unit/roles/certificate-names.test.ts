import { expect, test } from "vitest";
import type { DeploymentId } from "../../../src/protocol/index.ts";
import { certificateNames } from "../../../src/roles/certificate-names.ts";
import type { DomainRecord } from "../../../src/state/index.ts";

const given = (domain: string, verifiedMs: number): DomainRecord => {
  return { domain, deployment: "ab".repeat(32) as DeploymentId, addedMs: 0, verifiedMs, votes: [] };
};
const own = { names: ["dsdn.example"], siteDomain: "site.example" };

test("an ingress fetches certificates for the names it was told and for those deployments were given, oldest first", () => {
  const domains = [given("b.org", 1), given("a.org", 2), given("site.example", 0), given("x.site.example", 0)];
  const names = certificateNames({ listDomains: () => [...domains, given("dsdn.example", 0)] }, own);
  expect(names).toEqual(["dsdn.example", "b.org", "a.org"]);
});

test("however many names are given, a bounded number is ordered, and those that came late are left out", () => {
  const many = Array.from({ length: 2_000 }, (_, at) => given(`s${at}.org`, 2_000 - at));
  const names = certificateNames({ listDomains: () => many }, own);
  expect(names).toHaveLength(501);
  expect([names[0], names[1], names.includes("s0.org")]).toEqual(["dsdn.example", "s1999.org", false]);
});
