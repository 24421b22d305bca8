import { createHash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { silentLogger, toUtf8, VirtualClock } from "../../../src/base/index.ts";
import { ed25519FromSeed } from "../../../src/crypto/index.ts";
import {
  encodePackageManifest,
  encodeSignedPackage,
  hexId,
  type KeyId,
  packagePreimage,
  type WorkloadId,
} from "../../../src/protocol/index.ts";
import { WorkloadHost, type WorkloadHostDeps } from "../../../src/roles/node/workload-host.ts";
import type { WorkloadRecord } from "../../../src/state/index.ts";
import { makeSample } from "../objects/sample.ts";

const signer = ed25519FromSeed(new Uint8Array(32).fill(3));
const deployer = hexId<KeyId>(signer.publicKey);
const id = "ab".repeat(32) as WorkloadId;

let clock: VirtualClock;
let record: WorkloadRecord;
let said: string[];
let newHeight: () => void;
let host: WorkloadHost;

/** A site of one page, signed. */
async function makePackage() {
  const files = ["sbom.json", "site/index.html"].map((path) => ({ path, bytes: toUtf8("{}") }));
  const hash = new Uint8Array(createHash("sha256").update("{}").digest());
  const manifest = encodePackageManifest({
    version: 1,
    kind: "static",
    mode: "service",
    entry: null,
    site: { folder: "site", fallback: null, headers: [], redirects: [] },
    files: [{ path: "site/index.html", size: 2, hash }],
    limits: { memoryBytes: 1024 * 1024, timeMs: 1, outputBytes: 0, logBytes: 0 },
    sbomDigest: hash,
  });
  const signature = signer.sign(packagePreimage(manifest));
  const bytes = encodeSignedPackage({ manifest, deployer, signature });
  return makeSample([...files, { path: "package.dsdn", bytes }], { isPublic: true });
}

beforeEach(async () => {
  const packed = await makePackage();
  clock = new VirtualClock();
  said = [];
  newHeight = () => {};
  const owner = "0x01";
  const spec = { mode: "service", intent: { visibility: "public" }, sealed: null };
  const first = { id, owner, spec, package: packed.object, status: "assigned", attempts: 1, statusMs: 10, url: null };
  record = { ...first, turn: 1, deployment: "d" } as unknown as WorkloadRecord;
  const state = {
    workloadsOnNode: () => (record.status === "superseded" ? [] : [record]),
    findWorkload: () => record,
    findSession: () => ({ wallet: owner }),
    findDeployment: () => ({ current: null }),
  };
  const onHeight = (listener: () => void) => {
    newHeight = listener;
    return () => {};
  };
  const publish = async (kind: string) => void said.push(kind);
  host = new WorkloadHost({
    self: "cd".repeat(32),
    replica: { state, onHeight },
    source: { get: packed.get },
    outbox: { publish },
    createRuntime: () => {
      throw new Error("a site needs no runtime");
    },
    unseal: () => undefined,
    ownUrl: () => "http://node.test",
    clock,
    log: silentLogger(),
  } as unknown as WorkloadHostDeps);
  await host.start();
  await expect.poll(() => said).toEqual(["EndpointPublished"]);
});

/** What the log says from now on. */
function reach(change: Partial<WorkloadRecord>): void {
  record = { ...record, ...change };
  newHeight();
}

test("a version says where it answers once, however many blocks pass before the log says so too", async () => {
  for (let block = 0; block < 3; block++) newHeight();
  reach({ status: "running", url: `http://node.test/w/${id}`, statusMs: 20 });
  for (let block = 0; block < 3; block++) newHeight();
  expect(said).toHaveLength(1);
});

test("a version that is replaced and wanted again while it drains says anew that it answers", async () => {
  reach({ status: "running", url: `http://node.test/w/${id}`, statusMs: 20 });
  reach({ status: "superseded", url: null, statusMs: 30 });
  expect(host.isReady(id)).toBe(true);
  reach({ status: "assigned", statusMs: 40 });
  expect(said).toHaveLength(2);
  await clock.advance(120_000);
  expect(host.isReady(id)).toBe(true);
});

// Found under load: the node never saw that it had been replaced, and the deployment stayed with the version after it.
test("a version that is replaced and wanted again within one block says anew that it answers", () => {
  reach({ status: "running", url: `http://node.test/w/${id}`, statusMs: 20 });
  reach({ status: "assigned", url: null, statusMs: 30 });
  newHeight();
  expect(said).toHaveLength(2);
});
