import { fail } from "../../base/index.ts";
import { hpkeOpen, open, type X25519Key } from "../../crypto/index.ts";
import {
  decodeSealedBody,
  type KeyId,
  type NetworkId,
  type SealedBody,
  sealingInfo,
  type WorkloadId,
  type WorkloadSpec,
} from "../../protocol/index.ts";
import type { EnvValue } from "../../runtime/index.ts";
import type { WorkloadRecord } from "../../state/index.ts";
import { nodeErrors } from "./errors.ts";

/** envelope header(67) || sealed */
const HEADER_BYTES = 67;

/**
 * What the owner sealed for this node in the workload's spec; undefined when there is nothing for a node in it. Nothing
 * of it may reach a log, an error or a disk.
 *
 * @param key - the agreement key of the node's own key.
 * @throws DSDN_NODE_SEALED_UNREADABLE when it was sealed to other nodes, for another workload, or is damaged.
 */
export function openSealedBody(
  { self, network, key }: { readonly self: KeyId; readonly network: NetworkId; readonly key: X25519Key },
  workload: Pick<WorkloadRecord, "id" | "owner" | "deployment" | "package" | "spec">,
): SealedBody | undefined {
  const { sealed } = workload.spec;
  if (sealed === null || sealed.nodes.length === 0) return undefined;
  const own = sealed.nodes.find(({ node }) => node === self);
  if (own === undefined) throw unreadable(workload.id);
  try {
    const bodyKey = hpkeOpen({ key, info: sealingInfo({ ...workload, network }) }, own.key);
    const { body } = sealed;
    return decodeSealedBody(
      open({ key: bodyKey, header: body.subarray(0, HEADER_BYTES) }, body.subarray(HEADER_BYTES)),
    );
  } catch {
    // Without its cause: a decoder's error may quote what it was given.
    throw unreadable(workload.id);
  }
}

/** Plain values and secrets together, sorted by name; a secret stands before a plain value of its name. */
export function envOf(spec: WorkloadSpec, sealed: SealedBody | undefined): readonly EnvValue[] {
  const byName = new Map([...spec.env, ...(sealed?.secrets ?? [])].map((entry) => [entry.name, entry]));
  return [...byName.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** What the program is started with. */
export function argsOf(spec: WorkloadSpec, sealed: SealedBody | undefined): readonly string[] {
  return sealed?.args ?? spec.args;
}

function unreadable(workload: WorkloadId) {
  return fail(nodeErrors.sealedUnreadable, { workload }, { verdict: "reject" });
}
