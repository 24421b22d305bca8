import { concatBytes, toUtf8 } from "../base/index.ts";
import { sha256 } from "../crypto/index.ts";

/**
 * Every signature and hash preimage of the network. A signature is over
 * `length(1) || domain || SHA-256(bytes)`; a domain-separated hash is SHA-256 of `length(1) || domain || bytes`.
 */
export const domains = {
  genesis: "dsdn/genesis/1",
  event: "dsdn/event/1",
  blob: "dsdn/blob/1",
  storedAck: "dsdn/stored-ack/1",
  lease: "dsdn/lease/1",
  package: "dsdn/package/1",
  operator: "dsdn/operator/1",
  nodeRequest: "dsdn/node-request/1",
  deploymentId: "dsdn/deployment-id/1",
  workloadId: "dsdn/workload-id/1",
  jobRun: "dsdn/job-run/1",
  placement: "dsdn/placement/1",
  schedule: "dsdn/schedule/1",
  stateKey: "dsdn/state-key/1",
  stateVote: "dsdn/state-vote/1",
  pointerId: "dsdn/pointer-id/1",
  sealedSpec: "dsdn/sealed-spec/1",
  chainBatch: "dsdn/chain-batch/1",
  hostName: "dsdn/host-name/1",
  linkRequest: "dsdn/link-request/1",
  logRequest: "dsdn/log-request/1",
} as const;

export type Domain = keyof typeof domains;

/** The bytes a key signs. */
export function signaturePreimage(domain: Domain, bytes: Uint8Array): Uint8Array {
  return concatBytes(prefix(domain), sha256(bytes));
}

/** A 32-byte hash that means nothing in another domain. */
export function domainHash(domain: Domain, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(concatBytes(prefix(domain), ...parts));
}

function prefix(domain: Domain): Uint8Array {
  const name = toUtf8(domains[domain]);
  return concatBytes(Uint8Array.of(name.length), name);
}
