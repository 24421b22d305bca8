import { expect, test } from "vitest";
import { parseWorkloadId } from "../../../src/protocol/index.ts";
import { withWorkload } from "../../../src/roles/node/guest-headers.ts";

const id = parseWorkloadId("ab".repeat(32));
const other = "cd".repeat(32);

test.each([
  ["says nothing", {}],
  ["says another id", { "dsdn-workload": other }],
  ["says the id", { "dsdn-workload": id }],
])("an answer that %s of its workload leaves with the workload's own id", (_what, headers) => {
  expect(withWorkload({ status: 200, headers: { ...headers, "x-own": "1" } }, id)).toEqual({
    status: 200,
    headers: { "x-own": "1", "dsdn-workload": id },
  });
});
