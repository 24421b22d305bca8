import { expect } from "vitest";
import { fromUtf8, toUtf8 } from "../../../src/base/index.ts";
import type { WorkloadRuntime } from "../../../src/runtime/index.ts";
import { get, packageOf } from "./packages.ts";

/** Evaluates `expression` in a workload and in Node; both must give the same JSON. */
export async function compareWithNode(runtime: WorkloadRuntime, expression: string): Promise<void> {
  const code = `export default async (request) => Response.json(await (async () => ${expression})())`;
  const handle = await runtime.load(packageOf(code));
  const { body } = await runtime.call(handle, get("/", { method: "POST", body: toUtf8("x") }));
  await runtime.stop(handle);
  const expected: unknown = await new Function(`return (async () => ${expression})()`)();
  expect(JSON.parse(fromUtf8(body))).toEqual(JSON.parse(JSON.stringify(expected)));
}
