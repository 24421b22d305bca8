import type * as zod from "zod";
import { hexId, type NetworkId } from "./ids.ts";
import { limits } from "./limits.ts";
import { domainHash } from "./preimages.ts";
import { address, amount, byteString, decodeWith, encodeWith, keyId, text, uint, z } from "./schema.ts";

/** How far a network is: gates which features and claims are public. */
const stageProfiles = ["devnet", "pilot", "testnet", "mainnet"] as const;

const governed = z.strictObject({
  /** Replicas a chunk should have, in as many zones. */
  replicationFactor: uint(16).min(1),
  /** A node silent for this long may be reported by the validators. */
  livenessMs: uint(),
  /** Deleted bytes are collected after this long, by node class. */
  deleteDelayRegularMs: uint(),
  deleteDelayDatacentreMs: uint(),
  /** What one author may put on the log per log hour. */
  eventsPerAuthorHour: uint(),
  bytesPerAuthorHour: uint(),
  /** Bytes a wallet may keep without the economy: given on a devnet. */
  givenQuotaBytes: uint(),
  /** Public workloads are placed only after this many validators approve, in parts of 1000 of all validators. */
  approvalPermille: uint(1000),
  /** Attempts to place a workload whose node failed before it is marked failed. */
  workloadAttempts: uint(1000),
});

const operatorOfRole = z.strictObject({ key: keyId, operator: address });

/**
 * The document a network is born from. Its hash is the NetworkId, so two networks can never mix events.
 */
const genesisSchema = z.strictObject({
  version: z.literal(1),
  name: text(64, 1),
  stage: z.enum(stageProfiles),
  createdMs: uint(),
  roles: z.strictObject({
    coordinators: z.array(operatorOfRole).min(1).max(limits.coordinators),
    sequencer: operatorOfRole,
    validators: z.array(operatorOfRole).min(1).max(limits.validators),
  }),
  governed,
  chain: z.strictObject({
    chainId: uint(),
    /** SHA-256 of the chain's own genesis document. */
    genesisDigest: byteString(32),
    allocation: z.array(z.strictObject({ address, nusa: amount })).max(1000),
  }),
  da: z.strictObject({
    chainId: text(64, 1),
    /** 29 bytes: version 0, 18 zero bytes, 10 bytes of our own. */
    namespace: byteString(29),
    /** The first height that may carry events. */
    startHeight: uint().min(1),
  }),
});
export type Genesis = zod.output<typeof genesisSchema>;
export type Governed = Genesis["governed"];

export function encodeGenesis(genesis: Genesis): Uint8Array {
  return encodeWith(genesisSchema, genesis);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeGenesis(bytes: Uint8Array): Genesis {
  return decodeWith(genesisSchema, bytes, { what: "genesis document", limitBytes: limits.genesisBytes });
}

/** The NetworkId: domain-separated SHA-256 of the canonical genesis document. */
export function networkIdOf(genesis: Genesis): NetworkId {
  return hexId<NetworkId>(domainHash("genesis", encodeGenesis(genesis)));
}
