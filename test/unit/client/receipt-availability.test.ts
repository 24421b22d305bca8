import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  findBase64,
  silentLogger,
  systemClock,
  systemDisk,
  systemRandom,
  toBase64,
  toHex,
  toUtf8,
} from "../../../src/base/index.ts";
import { type Receipt, verifyReceipt } from "../../../src/client/index.ts";
import { ed25519FromSeed } from "../../../src/crypto/index.ts";
import {
  createCelestiaClient,
  createInProcessTransport,
  createLocalDaNode,
  DEFAULT_NAMESPACE,
  recordHeight,
} from "../../../src/da/index.ts";
import { decodeSignedEvent, encodeBlob, type NetworkId, parseNetworkId } from "../../../src/protocol/index.ts";
import { makeWorld } from "./world.ts";

const PROOF_INVALID = "DSDN_CLIENT_RECEIPT_PROOF_INVALID";
const OBJECT_DIFFERS = "DSDN_CLIENT_RECEIPT_OBJECT_DIFFERS";

/** A receipt whose request stands in the second blob of a height, behind another object's. */
let receipt: Receipt;
/** The same height's proof and place, and the record of a height before it. */
let availability: NonNullable<Receipt["availability"]>;
let published: NonNullable<Receipt["published"]>;
let dataRoot: string;
let earlier: string;
let foreign: { availability: typeof availability; published: typeof published };
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-proof-"));
  ends.push(() => rm(folder, { recursive: true }));
  const deps = { disk: systemDisk(), clock: systemClock(), random: systemRandom(), log: silentLogger() };
  const node = createLocalDaNode({ dataFolder: folder, chainId: "proofs", intervalMs: 0, delayMs: 0 }, deps);
  const transport = createInProcessTransport(node);
  const da = createCelestiaClient({ namespace: DEFAULT_NAMESPACE, chainId: "proofs" }, { ...deps, transport });
  for (const part of [node, da]) {
    await part.start();
    ends.push(() => part.stop());
  }
  const world = await makeWorld();
  const store = async (text: string) =>
    (await world.client.storage.upload({ files: [{ path: "a", bytes: toUtf8(text) }] }, { name: text })).receipt;
  const other = await store("other");
  receipt = await store("ours");
  const post = async (network: NetworkId) => {
    const blobs = [other, receipt].map(({ publishRequest }) => {
      const events = [other.publishRequest, publishRequest].map((text) => decodeSignedEvent(bytesOf(text)));
      return encodeBlob(ed25519FromSeed(new Uint8Array(32).fill(3)), { network, previous: null, events });
    });
    const { height, commitments } = await da.submit(blobs);
    const place = { height, blob: 1, event: 1, logTimeMs: null, stateRoot: null };
    const record = toBase64(await recordHeight(da, height));
    return {
      availability: { namespace: toHex(DEFAULT_NAMESPACE), record },
      published: { ...place, blobCommitment: toBase64(commitments[1] ?? new Uint8Array(0)) },
    };
  };
  earlier = (await post(parseNetworkId(receipt.network))).availability.record;
  ({ availability, published } = await post(parseNetworkId(receipt.network)));
  foreign = await post("0".repeat(64) as NetworkId);
  dataRoot = toHex((await da.headerAt(published.height)).dataRoot);
});

afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

function bytesOf(text: string): Uint8Array {
  return findBase64(text) ?? new Uint8Array(0);
}

/** The record with one bit changed where `part` of it says. */
function flipped(part: number): string {
  const bytes = Uint8Array.from(bytesOf(availability.record));
  const at = Math.floor(bytes.length * part);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return toBase64(bytes);
}

const verdictOn = (facts: object) => {
  const whole = { ...receipt, inclusion: undefined, availability, published };
  return expect(() => verifyReceipt(JSON.parse(JSON.stringify({ ...whole, ...facts }))));
};
const error = (code: string) => expect.objectContaining({ code });

describe("the proof of a receipt's place on the log", () => {
  test("shows the publish request in its blob under the data root, without any network", () => {
    const report = verifyReceipt({ ...receipt, inclusion: undefined, availability, published });
    expect(report.availability).toEqual({
      height: published.height,
      chainId: "proofs",
      namespace: toHex(DEFAULT_NAMESPACE),
      dataRoot,
    });
  });

  test("is refused when a share, a root or the form of it was changed", () => {
    for (const part of [0.3, 0.5, 0.7]) {
      verdictOn({ availability: { ...availability, record: flipped(part) } }).toThrow(error(PROOF_INVALID));
    }
    for (const record of ["AAAA", "", "not base64"]) {
      verdictOn({ availability: { ...availability, record } }).toThrow(error(PROOF_INVALID));
    }
    const namespace = `${availability.namespace.slice(0, -2)}00`;
    verdictOn({ availability: { ...availability, namespace } }).toThrow(error(PROOF_INVALID));
  });

  test("is refused for another height, another blob or another network", () => {
    verdictOn({ availability: { ...availability, record: earlier } }).toThrow(error(PROOF_INVALID));
    verdictOn({ published: { ...published, blob: 0 } }).toThrow(error(PROOF_INVALID));
    verdictOn({ published: { ...published, blob: 2 } }).toThrow(error(PROOF_INVALID));
    verdictOn(foreign).toThrow(error(PROOF_INVALID));
    verdictOn({ published: null }).toThrow(error("DSDN_CLIENT_RECEIPT_INVALID"));
  });

  test("is refused when another object's request, or none, stands in the place", () => {
    verdictOn({ published: { ...published, event: 0 } }).toThrow(error(OBJECT_DIFFERS));
    verdictOn({ published: { ...published, event: 2 } }).toThrow(error(OBJECT_DIFFERS));
    verdictOn({ published: { ...published, blob: 0, event: 1, blobCommitment: null } }).toThrow(error(OBJECT_DIFFERS));
  });
});
