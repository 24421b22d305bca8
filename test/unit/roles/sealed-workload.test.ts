import { expect, test } from "vitest";
import { systemRandom } from "../../../src/base/index.ts";
import { generateEd25519, hpkeSeal, seal, x25519OfEd25519 } from "../../../src/crypto/index.ts";
import { compileIntent } from "../../../src/intent/index.ts";
import { openObject, readFile } from "../../../src/objects/index.ts";
import {
  type Address,
  type DeploymentId,
  encodeSealedBody,
  hexId,
  type KeyId,
  type NetworkId,
  objectIdOf,
  outputListingKey,
  type SealedBody,
  sealingInfo,
  type WorkloadId,
  type WorkloadSpec,
} from "../../../src/protocol/index.ts";
import { storeOutputObject } from "../../../src/roles/node/output-object.ts";
import { envOf, openSealedBody } from "../../../src/roles/node/sealed-workload.ts";

const random = systemRandom();
const code = (value: string) => expect.objectContaining({ code: value });
const network = hexId<NetworkId>(random.bytes(32));
const [first, second] = [generateEd25519(random), generateEd25519(random)];
const idOf = (key: { publicKey: Uint8Array }) => hexId<KeyId>(key.publicKey);
const nodeOf = (key: typeof first) => ({ self: idOf(key), network, key: key.agreement });

const body: SealedBody = {
  version: 1,
  secrets: [{ name: "TOKEN", value: "canary-31337" }],
  args: null,
  packageKey: random.bytes(32),
  inputKey: null,
  output: null,
  storage: null,
  objectKeys: [],
};

const plain: WorkloadSpec = compileIntent({ type: "batch" });
const place = {
  id: hexId<WorkloadId>(random.bytes(32)),
  owner: hexId<Address>(random.bytes(20)),
  deployment: hexId<DeploymentId>(random.bytes(32)),
  package: objectIdOf(random.bytes(10)),
};

/** A workload whose sealed part is for these nodes. */
function sealedFor(nodes: readonly (typeof first)[], facts: Partial<typeof place> = {}, spec = plain) {
  const workload = { ...place, ...facts };
  const key = random.bytes(32);
  const info = sealingInfo({ ...workload, network, spec });
  const sealed = seal({ key, salt: { random } }, encodeSealedBody(body));
  return {
    ...workload,
    spec: {
      ...spec,
      sealed: {
        owner: new Uint8Array(115),
        nodes: nodes.map((node) => ({
          node: idOf(node),
          key: hpkeSeal({ recipient: x25519OfEd25519(node.publicKey), info }, key, { random }),
        })),
        body: new Uint8Array(Buffer.concat([sealed.header, sealed.sealed])),
      },
    },
  };
}

test("a node that is not among those it was sealed to opens nothing", () => {
  expect(() => openSealedBody(nodeOf(second), sealedFor([first]))).toThrow(code("DSDN_NODE_SEALED_UNREADABLE"));
});

test("a sealed key that another node is named for opens nothing", () => {
  const workload = sealedFor([first]);
  const renamed = workload.spec.sealed.nodes.map(({ key }) => ({ node: idOf(second), key }));
  const forged = { ...workload, spec: { ...workload.spec, sealed: { ...workload.spec.sealed, nodes: renamed } } };
  expect(() => openSealedBody(nodeOf(second), forged)).toThrow(code("DSDN_NODE_SEALED_UNREADABLE"));
});

test.each<[string, (workload: ReturnType<typeof sealedFor>) => Parameters<typeof openSealedBody>[1]]>([
  ["another owner", (workload) => ({ ...workload, owner: hexId<Address>(random.bytes(20)) })],
  ["another deployment", (workload) => ({ ...workload, deployment: hexId<DeploymentId>(random.bytes(32)) })],
  ["another package", (workload) => ({ ...workload, package: objectIdOf(random.bytes(10)) })],
  [
    "other plain values",
    (workload) => ({ ...workload, spec: { ...workload.spec, env: [{ name: "URL", value: "evil" }] } }),
  ],
  [
    "other grants",
    (workload) => ({ ...workload, spec: { ...workload.spec, grants: { hosts: ["evil.example"], objects: [] } } }),
  ],
])("a sealed part moved to %s opens for nobody", (_what, move) => {
  expect(() => openSealedBody(nodeOf(first), move(sealedFor([first])))).toThrow(code("DSDN_NODE_SEALED_UNREADABLE"));
});

test("on another network it opens for nobody", () => {
  const elsewhere = { ...nodeOf(first), network: hexId<NetworkId>(random.bytes(32)) };
  expect(() => openSealedBody(elsewhere, sealedFor([first]))).toThrow(code("DSDN_NODE_SEALED_UNREADABLE"));
});

test("a body with a byte changed opens for nobody, and the error quotes nothing of it", () => {
  const workload = sealedFor([first]);
  const altered = Uint8Array.from(workload.spec.sealed.body);
  altered[80] = (altered[80] ?? 0) ^ 1;
  const forged = { ...workload, spec: { ...workload.spec, sealed: { ...workload.spec.sealed, body: altered } } };
  let error: unknown;
  try {
    openSealedBody(nodeOf(first), forged);
  } catch (caught) {
    error = caught;
  }
  expect(error).toEqual(code("DSDN_NODE_SEALED_UNREADABLE"));
  expect(JSON.stringify(error)).not.toContain("canary");
  expect((error as Error).cause).toBeUndefined();
});

test("each node it was sealed to opens the same", () => {
  const workload = sealedFor([first, second]);
  expect(openSealedBody(nodeOf(first), workload)).toEqual(body);
  expect(openSealedBody(nodeOf(second), workload)).toEqual(body);
});

test("where nothing is sealed for a node there is nothing to open", () => {
  expect(openSealedBody(nodeOf(first), { ...place, spec: plain })).toBeUndefined();
  expect(openSealedBody(nodeOf(first), sealedFor([]))).toBeUndefined();
});

test("a secret stands before a plain value of its name, and all are sorted", () => {
  const spec = {
    ...plain,
    env: [
      { name: "A", value: "1" },
      { name: "TOKEN", value: "plain" },
      { name: "Z", value: "2" },
    ],
  };
  expect(envOf(spec, body).map(({ name, value }) => `${name}=${value}`)).toEqual(["A=1", "TOKEN=canary-31337", "Z=2"]);
  expect(envOf(spec, undefined)).toEqual(spec.env);
});

test("a sealed output holds its plain bytes nowhere, opens with the owner's secret and is new each time", async () => {
  const sealing = { label: random.bytes(16), secret: random.bytes(32) };
  const output = Buffer.from("canary ".repeat(40_000));
  const store = new Map<string, Uint8Array>();
  const put = async (id: string, bytes: Uint8Array) => void store.set(id, Uint8Array.from(bytes));
  const made = await storeOutputObject(output, put, { sealing, random });
  const again = await storeOutputObject(output, put, { sealing, random });
  expect(made.isPublic).toBe(false);
  expect(again.object).not.toBe(made.object);
  for (const bytes of store.values()) expect(Buffer.from(bytes).includes("canary")).toBe(false);
  const source = { get: async (id: string) => store.get(id) ?? expect.fail("no such chunk") };
  const keyOf = (secret: Uint8Array) => ({
    findKey: (envelope: Uint8Array) => outputListingKey(secret, envelope.subarray(3, 35)),
  });
  await expect(openObject(source, made.object, keyOf(random.bytes(32)))).rejects.toEqual(code("DSDN_CRYPTO_WRONG_KEY"));
  const opened = await openObject(source, made.object, keyOf(sealing.secret));
  const parts: Uint8Array[] = [];
  for (const entry of opened.listing.entries)
    for await (const part of readFile(source, opened, entry)) parts.push(part);
  expect(Buffer.concat(parts).equals(output)).toBe(true);
});
