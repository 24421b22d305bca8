import { expect, test } from "vitest";
import { renderError } from "../../../src/base/index.ts";
import { describeUnplaced, listRefused, unplaced } from "../../../src/commands/framework/no-node.ts";
import { createSay } from "../../../src/ui/index.ts";

const node = (digit: string, zone: string, rule: "not-active" | "not-sealed-to") => ({
  node: digit.repeat(64),
  zone,
  rule,
});
const placement = {
  total: 3,
  suitable: 0,
  refused: [node("a", "zone-1", "not-active"), node("b", "zone-2", "not-active"), node("c", "zone-3", "not-sealed-to")],
};

test("says how many nodes there are, how many are suitable, and counts the rules", () => {
  expect(describeUnplaced(placement, createSay("en"))).toBe(
    "no node can take it now: 3 nodes, 0 suitable (2 x is not in service, 1 x cannot open what was sealed to other nodes)",
  );
  expect(describeUnplaced({ total: 0, suitable: 0, refused: [] }, createSay("id"))).toContain(
    "jaringan belum punya node",
  );
});

test("names each node with its zone and rule, in the user's language", () => {
  expect(listRefused(placement, createSay("id"))).toEqual([
    "aaaaaaaaaaaa (zone-1): sedang tidak aktif",
    "bbbbbbbbbbbb (zone-2): sedang tidak aktif",
    "cccccccccccc (zone-3): tidak dapat membuka yang disegel untuk node lain",
  ]);
  const many = { ...placement, refused: Array.from({ length: 50 }, () => node("a", "z", "not-active")) };
  expect(listRefused(many, createSay("en"))).toHaveLength(41);
});

test("the error carries every node and rule as facts", () => {
  const error = unplaced("shop", placement, createSay("en"));
  expect(error.code).toBe("DSDN_COMMANDS_DEPLOY_NO_NODE");
  expect(error.facts).toMatchObject({ name: "shop", total: 3, suitable: 0, refused: placement.refused });
  expect(renderError(error, "en").message).toContain("3 nodes, 0 suitable");
});
