import { beforeEach, describe, expect, test } from "vitest";
import { findBase64, toBase64, toUtf8 } from "../../../src/base/index.ts";
import { type Receipt, verifyReceipt } from "../../../src/client/index.ts";
import { openAccount } from "../../../src/keys/index.ts";
import { makeWorld, type World } from "./world.ts";

const PROOF_INVALID = "DSDN_CLIENT_RECEIPT_PROOF_INVALID";
const OBJECT_DIFFERS = "DSDN_CLIENT_RECEIPT_OBJECT_DIFFERS";
const ROOT_DIFFERS = "DSDN_CLIENT_RECEIPT_ROOT_DIFFERS";

type Inclusion = NonNullable<Receipt["inclusion"]>;

let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

async function uploaded(text: string): Promise<{ receipt: Receipt; inclusion: Inclusion }> {
  const files = [{ path: "file", bytes: toUtf8(text) }];
  const { receipt } = await world.client.storage.upload({ files }, { name: text });
  const { inclusion } = receipt;
  if (inclusion === undefined) throw new Error("no proof in the receipt");
  return { receipt, inclusion };
}

/** The base64 text with one bit of the byte at `offset` from the end changed. */
function flipped(text: string, offset: number): string {
  const bytes = Uint8Array.from(findBase64(text) ?? []);
  bytes[bytes.length - 1 - offset] = (bytes[bytes.length - 1 - offset] ?? 0) ^ 1;
  return toBase64(bytes);
}

const verdictOn = (receipt: Receipt, inclusion: Partial<Inclusion>, trusted = {}) => {
  const changed = { ...receipt, inclusion: { ...receipt.inclusion, ...inclusion } };
  return expect(() => verifyReceipt(JSON.parse(JSON.stringify(changed)), trusted));
};
const error = (code: string) => expect.objectContaining({ code });

describe("the receipt of a published object", () => {
  test("carries a proof that it is its owner's in the state of a height, which is checked offline", async () => {
    const { receipt, inclusion } = await uploaded("one");
    const report = verifyReceipt(JSON.parse(JSON.stringify(receipt)));
    expect(report.inclusion).toEqual({
      height: inclusion.height,
      stateRoot: inclusion.stateRoot,
      owner: inclusion.owner,
      publishedMs: world.ingress.logTimeMs,
      expiresMs: null,
      isRootGiven: false,
    });
    expect(inclusion.height).toBeGreaterThanOrEqual(receipt.published?.height ?? Number.POSITIVE_INFINITY);
    expect(world.ingress.calls.filter((route) => route === "stateLeaf")).toHaveLength(1);
  });

  test("is held against a root the user trusts", async () => {
    const { receipt, inclusion } = await uploaded("one");
    expect(verifyReceipt(receipt, { stateRoot: inclusion.stateRoot }).inclusion?.isRootGiven).toBe(true);
    expect(() => verifyReceipt(receipt, { stateRoot: "ab".repeat(32) })).toThrow(error(ROOT_DIFFERS));
  });

  test("is refused when the published root of the same height is another", async () => {
    const { receipt, inclusion } = await uploaded("one");
    const published = { height: inclusion.height, blob: 0, event: 0, logTimeMs: 1, blobCommitment: null };
    const agreeing = { ...receipt, published: { ...published, stateRoot: inclusion.stateRoot } };
    expect(verifyReceipt(agreeing).inclusion?.height).toBe(inclusion.height);
    const other = { ...receipt, published: { ...published, stateRoot: "00".repeat(32) } };
    expect(() => verifyReceipt(other)).toThrow(error(ROOT_DIFFERS));
  });

  test("is refused when its proof, leaf, root or height was changed", async () => {
    const { receipt, inclusion } = await uploaded("one");
    const height = (receipt.published?.height ?? 0) - 1;
    for (const changed of [
      { proof: flipped(inclusion.proof, 0) },
      { proof: flipped(inclusion.proof, 40) },
      { proof: "AAAA" },
      { proof: "not base64" },
      { value: "AAAA" },
      { stateRoot: "ab".repeat(32) },
      { height },
    ]) {
      verdictOn(receipt, changed).toThrow(error(PROOF_INVALID));
    }
  });

  test("is refused with the proof of another object or another owner", async () => {
    const { receipt } = await uploaded("one");
    const other = await uploaded("two");
    verdictOn(receipt, other.inclusion).toThrow(error(OBJECT_DIFFERS));
    verdictOn(receipt, { owner: "00".repeat(20) }).toThrow(error(OBJECT_DIFFERS));
  });

  test("is refused when the proven leaf has other content under the same CID", async () => {
    const { receipt } = await uploaded("one");
    const event = world.ingress.eventsOf("ObjectPublished")[0];
    if (event?.kind !== "ObjectPublished") throw new Error("nothing was published");
    Object.assign(event.body.content, { sizeBytes: event.body.content.sizeBytes + 1 });
    const answer = await fetch(`${world.ingress.url}/v1/state/leaf?path=object/${receipt.object}/${"0".repeat(40)}`);
    const { details } = (await answer.json()) as { details: Inclusion };
    verdictOn(receipt, { ...details, owner: "0".repeat(40) }).toThrow(error(PROOF_INVALID));
  });

  test.each([
    ["does not know the leaf yet", () => ({ value: null })],
    ["gives a false proof", () => ({ proof: "AAAA" })],
    ["gives a root that is not the proof's", () => ({ stateRoot: "ab".repeat(32) })],
  ])("is written without a proof when the ingress %s", async (_, bent) => {
    world.ingress.bendLeaf = (leaf) => ({ ...leaf, ...bent() });
    const stored = await world.client.storage.upload({ files: [{ path: "a", bytes: toUtf8("a") }] });
    expect(stored.stage).toBe("published");
    expect(stored.receipt).not.toHaveProperty("inclusion");
    expect(verifyReceipt(stored.receipt)).toMatchObject({ inclusion: null, published: { blob: 0 } });
    expect(() => verifyReceipt(stored.receipt, { stateRoot: "ab".repeat(32) })).toThrow(
      error("DSDN_CLIENT_RECEIPT_INVALID"),
    );
  });

  test("asks for the leaf of the wallet that owns it", async () => {
    const asked: string[] = [];
    world.ingress.before = (route, request) => {
      if (route === "stateLeaf") asked.push(request.query.get("path") ?? "");
    };
    const owner = openAccount(new Uint8Array(32).fill(7)).address();
    const client = world.connect({ findAccount: async () => openAccount(new Uint8Array(32).fill(7)) });
    const { object } = await client.storage.upload({ files: [{ path: "a", bytes: toUtf8("a") }] });
    expect(asked).toEqual([`object/${object}/${owner}`]);
  });
});
