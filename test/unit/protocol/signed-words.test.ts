/** Grants of wallets, bindings of operators, acknowledgements of nodes and leases of sessions. */
import { describe, expect, test } from "vitest";
import {
  chunkIdOf,
  decodeLogRequest,
  decodeStoredAck,
  decodeUploadLease,
  encodeLogRequest,
  encodeStoredAck,
  encodeUploadLease,
  isLogRequestSigned,
  isNodeBindingSigned,
  isSessionGrantSigned,
  isStoredAckSigned,
  isUploadLeaseSigned,
  networkIdOf,
  nodeBindingDigest,
  signLogRequest,
  signSessionGrant,
  signStoredAck,
  signUploadLease,
  type WorkloadId,
} from "../../../src/protocol/index.ts";
import { actor, testGenesis, wallet } from "../state/world.ts";

const network = networkIdOf(testGenesis());
const otherNetwork = networkIdOf(testGenesis({ governed: { replicationFactor: 1 } }));
const session = actor("session");
const grant = signSessionGrant(wallet("alice"), network, {
  wallet: wallet("alice").id,
  sessionKey: session.id,
  scopes: ["upload", "delete"],
  quotaBytes: 1000,
  expiresMs: 5000,
  nonce: 1,
});

describe("a session grant", () => {
  test("is its wallet's word for one network", () => {
    expect(isSessionGrantSigned(network, grant)).toBe(true);
    expect(isSessionGrantSigned(otherNetwork, grant)).toBe(false);
  });

  test.each([
    ["wallet", { wallet: wallet("bob").id }],
    ["key", { sessionKey: actor("x").id }],
    ["scopes", { scopes: ["upload" as const] }],
    ["order of scopes", { scopes: ["delete" as const, "upload" as const] }],
    ["quota", { quotaBytes: 1001 }],
    ["expiry", { expiresMs: 5001 }],
    ["nonce", { nonce: 2 }],
    ["signature", { signature: new Uint8Array(65) }],
    ["length of the signature", { signature: grant.signature.subarray(1) }],
  ])("is worth nothing with another %s", (_, change) => {
    expect(isSessionGrantSigned(network, { ...grant, ...change })).toBe(false);
  });
});

describe("an operator's binding", () => {
  const binding = { node: actor("node").id, operator: wallet("operator").id, nonce: 4 };
  const signature = wallet("operator").signDigest(nodeBindingDigest(network, binding));

  test("names node, operator, nonce and network", () => {
    expect(isNodeBindingSigned(network, binding, signature)).toBe(true);
    expect(isNodeBindingSigned(otherNetwork, binding, signature)).toBe(false);
    for (const change of [{ node: actor("x").id }, { operator: wallet("bob").id }, { nonce: 5 }]) {
      expect(isNodeBindingSigned(network, { ...binding, ...change }, signature)).toBe(false);
    }
  });

  test("cannot be turned into a grant", () => {
    expect(isSessionGrantSigned(network, { ...grant, wallet: binding.operator, signature })).toBe(false);
  });
});

describe("a storage acknowledgement", () => {
  const ack = signStoredAck(actor("node").key, {
    network,
    chunk: chunkIdOf(new Uint8Array(1)),
    size: 1,
    zone: "zone-a",
    timeMs: 10,
    publishRequest: null,
  });

  test("is the node's word and survives its encoding", () => {
    expect(ack.node).toBe(actor("node").id);
    expect(isStoredAckSigned(ack)).toBe(true);
    expect(decodeStoredAck(encodeStoredAck(ack))).toEqual(ack);
  });

  test.each([
    ["chunk", { chunk: chunkIdOf(new Uint8Array(2)) }],
    ["size", { size: 2 }],
    ["node", { node: actor("x").id }],
    ["zone", { zone: "zone-b" }],
    ["network", { network: otherNetwork }],
    ["time", { timeMs: 11 }],
    ["publish request", { publishRequest: new Uint8Array(32) }],
  ])("is worth nothing with another %s", (_, change) => {
    expect(isStoredAckSigned({ ...ack, ...change })).toBe(false);
  });
});

describe("an upload lease", () => {
  const lease = signUploadLease(session.key, { network, sizeBytes: 100, createdMs: 1, expiresMs: 2, grant });

  test("is the session's word, carries the wallet's grant and survives its encoding", () => {
    expect(isUploadLeaseSigned(lease)).toBe(true);
    expect(decodeUploadLease(encodeUploadLease(lease))).toEqual(lease);
  });

  test("is worth nothing with other facts or under another key's grant", () => {
    expect(isUploadLeaseSigned({ ...lease, sizeBytes: 101 })).toBe(false);
    expect(isUploadLeaseSigned({ ...lease, expiresMs: 3 })).toBe(false);
    expect(isUploadLeaseSigned({ ...lease, network: otherNetwork })).toBe(false);
    expect(isUploadLeaseSigned({ ...lease, sessionKey: actor("x").id })).toBe(false);
    expect(isUploadLeaseSigned({ ...lease, grant: { ...grant, sessionKey: actor("x").id } })).toBe(false);
  });
});

describe("a request to read a log", () => {
  const workload = "12".repeat(32) as WorkloadId;
  const request = signLogRequest(session.key, { network, workload, createdMs: 1, grant });

  test("is the session's word, carries the wallet's grant and survives its encoding", () => {
    expect(isLogRequestSigned(request)).toBe(true);
    expect(decodeLogRequest(encodeLogRequest(request))).toEqual(request);
  });

  test("is worth nothing with other facts or under another key's grant", () => {
    expect(isLogRequestSigned({ ...request, workload: "13".repeat(32) as WorkloadId })).toBe(false);
    expect(isLogRequestSigned({ ...request, createdMs: 2 })).toBe(false);
    expect(isLogRequestSigned({ ...request, network: otherNetwork })).toBe(false);
    expect(isLogRequestSigned({ ...request, sessionKey: actor("x").id })).toBe(false);
    expect(isLogRequestSigned({ ...request, grant: { ...grant, sessionKey: actor("x").id } })).toBe(false);
  });
});
