import { describe, expect, test } from "vitest";
import { seededRandom, toUtf8 } from "../../../src/base/index.ts";
import { applySettings } from "../../../src/client/deployments/deployment-settings.ts";
import { changeEnv } from "../../../src/client/deployments/env-values.ts";
import {
  NO_SECRETS,
  openSpec,
  type SpecPlace,
  type SpecSecrets,
  sealSpec,
} from "../../../src/client/deployments/sealed-specs.ts";
import { generateEd25519 } from "../../../src/crypto/index.ts";
import { compileIntent } from "../../../src/intent/index.ts";
import { openAccount } from "../../../src/keys/index.ts";
import type { PlacementNode } from "../../../src/placement/index.ts";
import {
  type DeploymentId,
  decodeWorkloadSpec,
  encodeWorkloadSpec,
  hexId,
  type KeyId,
  type NetworkId,
  objectIdOf,
  type WorkloadSpec,
} from "../../../src/protocol/index.ts";
import { openSealedBody } from "../../../src/roles/node/sealed-workload.ts";

const random = seededRandom("sealed specs");
const account = openAccount(random.bytes(32));
const network = hexId<NetworkId>(random.bytes(32));
const sealer = { account, network, random };
const keys = ["a", "b", "c", "d"].map(() => generateEd25519(random));
const nodes: PlacementNode[] = keys.map(({ publicKey }, at) => ({
  id: hexId<KeyId>(publicKey),
  class: "regular",
  zone: `zone-${at % 3}`,
  isActive: true,
}));
const site = compileIntent({ type: "static" });
const batch = compileIntent({ type: "batch" });
const altered = expect.objectContaining({ code: "DSDN_CLIENT_SPEC_ALTERED" });
const refused = expect.objectContaining({ code: "DSDN_CLIENT_ENV_REFUSED" });
const secrets = [{ name: "TOKEN", value: "canary" }];

function placeOf(spec: WorkloadSpec): SpecPlace {
  return { deployment: hexId<DeploymentId>(new Uint8Array(32).fill(7)), package: objectIdOf(toUtf8("package")), spec };
}

const sealOf = (spec: WorkloadSpec, some: SpecSecrets = { ...NO_SECRETS, secrets }) =>
  sealSpec(sealer, placeOf(spec), { secrets: some, nodes });

describe("a sealed spec", () => {
  test("cannot be made while no node is active", () => {
    const away = nodes.map((node) => ({ ...node, isActive: false }));
    const seal = () => sealSpec(sealer, placeOf(site), { secrets: { ...NO_SECRETS, secrets }, nodes: away });
    expect(seal).toThrow(expect.objectContaining({ code: "DSDN_CLIENT_NO_NODE_TO_SEAL_TO" }));
  });

  test.each<[string, (spec: WorkloadSpec) => WorkloadSpec]>([
    ["another plain value", (spec) => ({ ...spec, env: [{ name: "URL", value: "https://evil.example" }] })],
    ["other arguments", (spec) => ({ ...spec, args: ["--evil"] })],
    ["a grant more", (spec) => ({ ...spec, grants: { hosts: ["evil.example"], objects: [] } })],
    ["higher limits", (spec) => ({ ...spec, limits: { ...spec.limits, timeMs: spec.limits.timeMs + 1 } })],
    ["no sealed part, though it has values", (spec) => ({ ...spec, sealed: null })],
    ["another version's sealed part", (spec) => ({ ...spec, sealed: sealOf({ ...site, env: [] }).sealed })],
  ])("that an ingress gives back with %s is not believed", (_what, alter) => {
    const sealed = sealOf({ ...site, env: [{ name: "URL", value: "https://good.example" }] });
    expect(() => openSpec(sealer, placeOf(alter(sealed)))).toThrow(altered);
  });

  test("is opened by no other account", () => {
    const other = { ...sealer, account: openAccount(random.bytes(32)) };
    expect(() => openSpec(other, placeOf(sealOf(site)))).toThrow(altered);
  });

  test("holds more than fits only with an error that quotes nothing", () => {
    const many = Array.from({ length: 20 }, (_, at) => ({ name: `S${at + 10}`, value: "canary".repeat(600) }));
    let error: unknown;
    try {
      sealOf(site, { ...NO_SECRETS, secrets: many });
    } catch (caught) {
      error = caught;
    }
    expect(error).toEqual(refused);
    expect(JSON.stringify(error) + String(error)).not.toContain("canary");
  });

  test("is opened by its owner and by the three nodes it was sealed to, and shows nobody a secret", () => {
    const spec = sealOf(batch, { ...NO_SECRETS, secrets, packageKey: random.bytes(32) });
    const bytes = encodeWorkloadSpec(spec);
    expect(decodeWorkloadSpec(bytes)).toEqual(spec);
    expect(Buffer.from(bytes).includes("canary")).toBe(false);
    const own = openSpec(sealer, placeOf(spec));
    expect(own?.secrets).toEqual(secrets);
    expect(own?.output?.label).toHaveLength(16);
    const workload = { ...placeOf(spec), id: hexId<never>(new Uint8Array(32)), owner: account.address() };
    const opened = keys.map((key) => {
      try {
        return openSealedBody({ self: hexId<KeyId>(key.publicKey), network, key: key.agreement }, workload);
      } catch {
        return undefined;
      }
    });
    expect(opened.filter((body) => body !== undefined)).toEqual([own, own, own]);
  });

  test("hides the arguments of a private package, and proves those of a public one", () => {
    const args = ["--name", "canary"];
    const hidden = sealOf({ ...batch, args }, { ...NO_SECRETS, packageKey: random.bytes(32) });
    expect(Buffer.from(encodeWorkloadSpec(hidden)).includes("canary")).toBe(false);
    expect(openSpec(sealer, placeOf(hidden))?.args).toEqual(args);
    const shown = sealOf({ ...site, args }, NO_SECRETS);
    expect([shown.args, openSpec(sealer, placeOf(shown))?.args]).toEqual([args, null]);
    expect(() => openSpec(sealer, placeOf({ ...shown, args: ["--evil"] }))).toThrow(altered);
    expect(() => openSpec(sealer, placeOf({ ...shown, sealed: null }))).toThrow(altered);
  });

  test("restricts no node when there are only plain values to prove, and is none when there is nothing", () => {
    const proven = sealOf({ ...site, env: [{ name: "A", value: "1" }] }, NO_SECRETS);
    expect(proven.sealed?.nodes).toEqual([]);
    expect(openSpec(sealer, placeOf(proven))?.secrets).toEqual([]);
    expect(sealOf(site, NO_SECRETS).sealed).toBeNull();
    expect(openSpec(sealer, placeOf(site))).toBeUndefined();
  });
});

describe("environment values", () => {
  test.each([
    ["a name with a hyphen", "A-B", "x"],
    ["a name that begins with a digit", "1A", "x"],
    ["an empty name", "", "x"],
    ["a value too long", "A", "x".repeat(4097)],
    ["a value with a zero byte", "A", "\0"],
    ["a lone surrogate", "A", "\ud800"],
  ])("are refused with %s", (_what, name, value) => {
    expect(() => changeEnv([], new Map([[name, value]]))).toThrow(refused);
  });

  test("are at most 64", () => {
    const list = (count: number) => new Map(Array.from({ length: count }, (_, at) => [`V${at}`, ""] as const));
    expect(() => changeEnv([], list(65))).toThrow(refused);
    expect(changeEnv([], list(64))).toHaveLength(64);
  });

  test("are changed by name, sorted, and are either plain or secret", () => {
    const base = { env: [{ name: "B", value: "1" }], secrets: [{ name: "S", value: "2" }] };
    const env = new Map([
      ["S", "now plain"],
      ["A", ""],
    ]);
    expect(applySettings(base, { env })).toEqual({
      env: [
        { name: "A", value: "" },
        { name: "B", value: "1" },
        { name: "S", value: "now plain" },
      ],
      secrets: [],
    });
    expect(applySettings(base, { secrets: new Map([["B", "now secret"]]) }).env).toEqual([]);
    expect(applySettings(base, { env: new Map([["B", null]]) })).toEqual({ env: [], secrets: base.secrets });
    expect(applySettings(undefined, {})).toEqual({ env: [], secrets: [] });
  });
});
