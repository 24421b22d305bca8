import { readFileSync } from "node:fs";
import { sha256 } from "@noble/hashes/sha2.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromUtf8, toUtf8 } from "../../../src/base/index.ts";
import type { LoadInput, WorkloadHandle, WorkloadRuntime } from "../../../src/runtime/index.ts";
import { get, packageOf } from "./packages.ts";
import { loggedRuntime } from "./python-packages.ts";

const SECONDS = 600_000;
const MIB = 1024 * 1024;
const digits = new Uint8Array(readFileSync(new URL("../../../templates/ai-inference/model.onnx", import.meta.url)));
const NINE = ".###. #...# #...# .#### ....# ...#. .##.."
  .replaceAll(" ", "")
  .split("")
  .map((pixel) => (pixel === "#" ? 1 : 0));

function modelPackage(model: Uint8Array, workload = "model"): LoadInput {
  const base = packageOf("", { memoryBytes: 128 * MIB, timeMs: 60_000, outputBytes: MIB });
  return {
    ...base,
    workload,
    manifest: {
      ...base.manifest,
      kind: "model",
      entry: "model.onnx",
      files: [{ path: "model.onnx", size: model.length, hash: sha256(model) }],
    },
    spec: { ...base.spec, kind: "model" },
    files: async (path) => (path === "model.onnx" ? model : undefined),
  };
}

describe("a model", () => {
  let runtime: WorkloadRuntime;
  let handle: WorkloadHandle;

  beforeAll(async () => {
    ({ runtime } = loggedRuntime());
    handle = await runtime.load(modelPackage(digits));
  }, SECONDS);
  afterAll(() => runtime.close());

  const ask = async (method: string, path: string, body = "") => {
    const answer = await runtime.call(handle, get(path, { method, body: toUtf8(body) }));
    return { status: answer.status, headers: answer.headers, json: JSON.parse(fromUtf8(answer.body)) as unknown };
  };
  const predict = async (inputs: unknown) => ask("POST", "/predict", JSON.stringify({ inputs }));

  it("says what it takes and gives", async () => {
    const expected = {
      inputs: [{ name: "pixels", type: "float32", shape: ["batch", 35] }],
      outputs: [{ name: "chances", type: "float32", shape: ["batch", 10] }],
    };
    expect(await ask("GET", "/")).toMatchObject({ status: 200, json: expected });
    expect(await ask("GET", "/model?x=1")).toMatchObject({ status: 200, json: expected });
  });

  it.each([
    ["a shape and its values", { shape: [1, 35], data: NINE }],
    ["lists inside a list", [NINE]],
    ["one list for a batch of one", NINE],
  ])("reads %s", async (_what, pixels) => {
    const { json } = (await predict({ pixels })) as {
      json: { outputs: { chances: { shape: number[]; data: number[] } } };
    };
    const { shape, data } = json.outputs.chances;
    expect(shape).toEqual([1, 10]);
    expect(data.indexOf(Math.max(...data))).toBe(9);
    expect(data[9]).toBeGreaterThan(0.9);
  });

  it("answers a batch of several with one row each", async () => {
    const { json } = (await predict({ pixels: [NINE, NINE, NINE] })) as {
      json: { outputs: { chances: { shape: number[] } } };
    };
    expect(json.outputs.chances.shape).toEqual([3, 10]);
  });

  it.each([
    ["no JSON", "nine", /not JSON/],
    ["no inputs", "{}", /inputs/],
    ["a foreign input", JSON.stringify({ inputs: { pixels: NINE, more: [1] } }), /"more"/],
    ["a missing input", JSON.stringify({ inputs: {} }), /pixels is missing/],
    ["the wrong number of values", JSON.stringify({ inputs: { pixels: { shape: [1, 35], data: [1] } } }), /1 values/],
    ["a shape the model does not take", JSON.stringify({ inputs: { pixels: [[1, 2]] } }), /shape/],
    ["lists of different lengths", JSON.stringify({ inputs: { pixels: [NINE, [1]] } }), /equally long/],
    ["texts for numbers", JSON.stringify({ inputs: { pixels: NINE.map(String) } }), /numbers/],
    ["a negative shape", JSON.stringify({ inputs: { pixels: { shape: [-1, 35], data: NINE } } }), /whole numbers/],
    ["a prototype for an input", '{"inputs": {"__proto__": [1]}}', /__proto__/],
  ])("refuses %s with a reason, and goes on", async (_what, body, reason) => {
    const answer = await ask("POST", "/predict", body);
    expect(answer.status).toBe(400);
    expect((answer.json as { error: string }).error).toMatch(reason);
    expect((await ask("GET", "/")).status).toBe(200);
  });

  it("names its addresses and methods to whoever asks for others", async () => {
    expect((await ask("GET", "/other")).status).toBe(404);
    const refused = await ask("DELETE", "/predict");
    expect(refused.status).toBe(405);
    expect(refused.headers).toContainEqual(["allow", "POST"]);
  });

  it.each([
    ["empty", new Uint8Array(0)],
    ["cut off", digits.subarray(0, 2000)],
    ["no model", toUtf8("this is no model at all")],
  ])(
    "is not loaded from a file that is %s",
    async (what, bytes) => {
      await expect(runtime.load(modelPackage(bytes, what))).rejects.toMatchObject({
        code: "DSDN_RUNTIME_BUNDLE_INVALID",
      });
    },
    SECONDS,
  );
});
