import type * as zod from "zod";
import { hkdfSha256, sha256 } from "../crypto/index.ts";
import { type Address, type DeploymentId, digestOf, idBytes, type NetworkId, type ObjectId } from "./ids.ts";
import { limits } from "./limits.ts";
import { envVariables, programArgs, type WorkloadSpec, workloadSpec } from "./packages.ts";
import { domainHash } from "./preimages.ts";
import { byteString, decodeWith, encodeWith, objectId, z } from "./schema.ts";

/** With what a node seals objects for the owner: they open for who has the secret, and say their label. */
const ownerSealing = z.strictObject({ label: byteString(16), secret: byteString(32) });
export type OwnerSealing = zod.output<typeof ownerSealing>;

/** What the nodes of `sealed.nodes`, and the owner, read in a spec and nobody else does. */
const sealedBody = z.strictObject({
  version: z.literal(1),
  /** Values the program finds in its environment beside the plain ones, sorted by name. */
  secrets: envVariables,
  /** What the program is started with, in place of the arguments of the spec; null when those count. */
  args: programArgs.nullable(),
  /** Opens the listing of the package, which holds the keys of its files; null when the package is public. */
  packageKey: byteString(32).nullable(),
  /** The same for the object that is a batch's standard input; null when there is none or it is public. */
  inputKey: byteString(32).nullable(),
  /** With what a batch's output is sealed for the owner; null when its output is public. */
  output: ownerSealing.nullable(),
  /** With what the program's storage is sealed, the same in all versions of a deployment; null when it is public. */
  storage: ownerSealing.nullable(),
  /** Opens the granted objects that are private, each object once, sorted. */
  objectKeys: z.array(z.strictObject({ object: objectId, key: byteString(32) })).max(limits.grantedObjects),
});
export type SealedBody = zod.output<typeof sealedBody>;

export function encodeSealedBody(body: SealedBody): Uint8Array {
  return encodeWith(sealedBody, body);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeSealedBody(bytes: Uint8Array): SealedBody {
  return decodeWith(sealedBody, bytes, { what: "sealed part", limitBytes: limits.sealedBodyBytes });
}

/** Canonical bytes of a spec. */
export function encodeWorkloadSpec(spec: WorkloadSpec): Uint8Array {
  return encodeWith(workloadSpec, spec);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeWorkloadSpec(bytes: Uint8Array): WorkloadSpec {
  return decodeWith(workloadSpec, bytes, { what: "workload spec", limitBytes: limits.eventBytes });
}

export interface SealingPlace {
  readonly network: NetworkId;
  readonly owner: Address;
  readonly deployment: DeploymentId;
  readonly package: ObjectId;
  /** Whatever it carries as its sealed part does not count. */
  readonly spec: WorkloadSpec;
}

/**
 * What a sealed part is bound to, 32 bytes: moved to another network, owner, deployment or package, or put beside other
 * plain values, grants or limits, it opens for nobody.
 */
export function sealingInfo({ network, owner, deployment, package: object, spec }: SealingPlace): Uint8Array {
  const parts = [idBytes(network), idBytes(owner), idBytes(deployment), digestOf(object)];
  return domainHash("sealedSpec", ...parts, sha256(encodeWorkloadSpec({ ...spec, sealed: null })));
}

/**
 * The key of the listing of a sealed output. The salt is the one in the listing's envelope: the label, then 16 bytes
 * the node draws anew for each output, so that two runs never share a key.
 */
export function outputListingKey(secret: Uint8Array, salt: Uint8Array): Uint8Array {
  return hkdfSha256(secret, { salt, info: "dsdn/output/1/listing key" });
}
