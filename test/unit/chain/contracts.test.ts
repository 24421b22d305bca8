import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileContracts } from "../../../scripts/compile-contracts.ts";
import { nusaArtifact } from "./chain-fixture.ts";

const folder = new URL("../../../contracts/artifacts/", import.meta.url);

test("every committed artifact is byte for byte what its source compiles to, and none is left over", () => {
  const compiled = compileContracts();
  expect(readdirSync(folder).sort()).toEqual([...compiled.keys()]);
  for (const [name, text] of compiled) expect(readFileSync(new URL(name, folder), "utf8")).toBe(text);
});

test("an artifact's digest covers everything else in it", () => {
  const { digest, ...body } = nusaArtifact;
  expect(createHash("sha256").update(JSON.stringify(body)).digest("hex")).toBe(digest);
});

test("the token has no function that mints, burns, pauses or has an owner", () => {
  const names = nusaArtifact.abi.flatMap((entry) => (entry.type === "function" ? [entry.name] : []));
  expect(names).toContain("permit");
  expect(names).toContain("delegateBySig");
  expect(names.filter((name) => /mint|burn|pause|owner$|upgrade|initialize/i.test(name))).toEqual([]);
});
