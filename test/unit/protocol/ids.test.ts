import { CID } from "multiformats/cid";
import { describe, expect, test } from "vitest";
import { toHex, toUtf8 } from "../../../src/base/index.ts";
import { sha256 } from "../../../src/crypto/index.ts";
import {
  chunkIdFromDigest,
  chunkIdOf,
  deploymentIdOf,
  digestOf,
  domainHash,
  domains,
  hexId,
  hostLabelOf,
  idBytes,
  type KeyId,
  looksLikeObjectId,
  manifestChunkId,
  objectIdOf,
  objectIdOfManifestChunk,
  parseAddress,
  parseChunkId,
  parseKeyId,
  parseObjectId,
  signaturePreimage,
  workloadIdOf,
} from "../../../src/protocol/index.ts";

const hello = toUtf8("hello");
const BAD_ID = expect.objectContaining({ code: "DSDN_PROTOCOL_BAD_ID" });

describe("chunk and object ids", () => {
  test("are the CIDs any IPFS tool computes", () => {
    expect(chunkIdOf(hello)).toBe("bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq");
    expect(CID.parse(objectIdOf(hello)).code).toBe(0x71);
    expect(digestOf(objectIdOf(hello))).toEqual(sha256(hello));
  });

  test("of a manifest and of the chunk that stores it turn into each other", () => {
    expect(manifestChunkId(objectIdOf(hello))).toBe(chunkIdOf(hello));
    expect(objectIdOfManifestChunk(chunkIdOf(hello))).toBe(objectIdOf(hello));
  });

  test("are read from text or, for chunks, from 64 hex digits", () => {
    expect(parseChunkId(chunkIdOf(hello))).toBe(chunkIdOf(hello));
    expect(parseChunkId(toHex(sha256(hello)).toUpperCase())).toBe(chunkIdOf(hello));
    expect(chunkIdFromDigest(sha256(hello))).toBe(chunkIdOf(hello));
    expect(parseObjectId(objectIdOf(hello))).toBe(objectIdOf(hello));
  });

  test.each([
    "",
    "x",
    "bafkrei",
    "0".repeat(63),
    "g".repeat(64),
    "QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR",
    "a".repeat(100_000),
  ])("%.20s is refused", (text) => {
    expect(() => parseChunkId(text)).toThrowError(BAD_ID);
    expect(() => parseObjectId(text)).toThrowError(BAD_ID);
  });

  test("are not taken for each other", () => {
    expect(() => parseObjectId(chunkIdOf(hello))).toThrowError(BAD_ID);
    expect(() => parseChunkId(objectIdOf(hello))).toThrowError(BAD_ID);
    expect(looksLikeObjectId(objectIdOf(hello))).toBe(true);
    expect(looksLikeObjectId("photos")).toBe(false);
  });
});

describe("hex ids", () => {
  test("are read with and without 0x, in both cases, at their exact length", () => {
    const address = "ab".repeat(20);
    expect(parseAddress(`0x${address.toUpperCase()}`)).toBe(address);
    expect(() => parseAddress(address.slice(1))).toThrowError(BAD_ID);
    expect(() => parseAddress(`${address}00`)).toThrowError(BAD_ID);
    expect(() => parseKeyId(address)).toThrowError(BAD_ID);
    expect(toHex(idBytes(parseAddress(address)))).toBe(address);
  });
});

describe("deployments and workloads", () => {
  const owner = parseAddress("11".repeat(20));
  const author = hexId<KeyId>(sha256(hello));

  test("a deployment's id depends on owner and name, and its label is a host name", () => {
    const id = deploymentIdOf(owner, "site");
    expect(id).toBe(toHex(domainHash("deploymentId", idBytes(owner), toUtf8("site"))));
    expect(deploymentIdOf(owner, "shop")).not.toBe(id);
    expect(deploymentIdOf(parseAddress("22".repeat(20)), "site")).not.toBe(id);
    expect(hostLabelOf(id)).toMatch(/^[a-z2-7]{10}$/);
    expect(hostLabelOf(id, 16).startsWith(hostLabelOf(id))).toBe(true);
  });

  test("a workload's id depends on author, sequence and package", () => {
    const ids = [
      workloadIdOf(author, 0, objectIdOf(hello)),
      workloadIdOf(author, 1, objectIdOf(hello)),
      workloadIdOf(author, 0, objectIdOf(toUtf8("other"))),
      workloadIdOf(hexId<KeyId>(sha256(toUtf8("x"))), 0, objectIdOf(hello)),
    ];
    expect(new Set(ids).size).toBe(4);
  });
});

describe("preimages", () => {
  test("begin with the length and the name of their domain", () => {
    const preimage = signaturePreimage("event", hello);
    expect(preimage[0]).toBe("dsdn/event/1".length);
    expect(Buffer.from(preimage.subarray(1, 13)).toString()).toBe("dsdn/event/1");
    expect(preimage.subarray(13)).toEqual(sha256(hello));
  });

  test("no two domains are the same or could be mistaken for each other", () => {
    const names = Object.values(domains);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^dsdn\/[a-z-]+\/\d+$/);
  });
});
