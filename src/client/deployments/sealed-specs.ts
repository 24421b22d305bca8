import { concatBytes, fail, type Random, toHex } from "../../base/index.ts";
import { hpkeSeal, open, seal, x25519OfEd25519 } from "../../crypto/index.ts";
import { type Account, type Reach, reaches } from "../../keys/index.ts";
import { chooseSealedNodes, type PlacementNode } from "../../placement/index.ts";
import {
  type DeploymentId,
  decodeSealedBody,
  encodeSealedBody,
  idBytes,
  limits,
  type NetworkId,
  type ObjectId,
  type OwnerSealing,
  type SealedBody,
  sealingInfo,
  type WorkloadSpec,
} from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { outputSecretOf, storageLabelOf } from "../files/sealing.ts";
import { lentErrors } from "../sessions/lent-errors.ts";
import type { EnvEntry } from "./env-values.ts";

/** Who seals, and for which network. */
export interface SealerDeps {
  readonly account: Account;
  readonly network: NetworkId;
  readonly random: Random;
}

/** Which version of what the sealed part is for. */
export interface SpecPlace {
  readonly deployment: DeploymentId;
  readonly package: ObjectId;
  /** With the plain values and grants it is to have; its own sealed part does not count. */
  readonly spec: WorkloadSpec;
}

/** What a version holds that is not everybody's to read. */
export interface SpecSecrets {
  readonly secrets: readonly EnvEntry[];
  /** Opens the package; null when it is public. */
  readonly packageKey: Uint8Array | null;
  /** Opens a batch's input; null when it is public or there is none. */
  readonly inputKey: Uint8Array | null;
  /** Open the granted objects that are private. */
  readonly objectKeys: SealedBody["objectKeys"];
  /** What the version before sealed the program's storage with: a session that cannot make it goes on with it. */
  readonly storage?: OwnerSealing | null | undefined;
}

export const NO_SECRETS: SpecSecrets = { secrets: [], packageKey: null, inputKey: null, objectKeys: [] };

/** Whether the spec is to have a sealed part: for nodes, or to prove its values, arguments and grants to its owner. */
export function needsSealing({ env, args, grants }: WorkloadSpec, secrets: SpecSecrets): boolean {
  return (
    hasForNodes(secrets) || env.length > 0 || args.length > 0 || grants.hosts.length > 0 || grants.objects.length > 0
  );
}

function hasForNodes({ packageKey, inputKey, secrets, objectKeys }: SpecSecrets): boolean {
  return packageKey !== null || inputKey !== null || secrets.length > 0 || objectKeys.length > 0;
}

/** envelope header(67) || sealed */
const HEADER_BYTES = 67;
const KEY_BYTES = 32;
const LABEL_BYTES = 16;

/**
 * The spec with its sealed part: secrets and keys for the nodes that are to run it, and for the owner; of a private
 * package its arguments too, which then leave the spec. Without any of
 * them but with plain values, arguments or grants the part is the owner's proof that these are as they were submitted; without
 * those too there is none.
 *
 * @param nodes - every node of the network; of the active ones a few are chosen.
 * @throws DSDN_CLIENT_NO_NODE_TO_SEAL_TO, DSDN_CLIENT_SESSION_REACH, DSDN_CLIENT_ENV_REFUSED when it is too much
 *   altogether
 */
export function sealSpec(
  { account, network, random }: SealerDeps,
  place: SpecPlace,
  { secrets, nodes }: { readonly secrets: SpecSecrets; readonly nodes: readonly PlacementNode[] },
): WorkloadSpec {
  const { spec, deployment } = place;
  if (!needsSealing(spec, secrets)) return { ...spec, sealed: null };
  const isPrivate = spec.intent.visibility === "private" && secrets.packageKey !== null;
  const isForNodes = hasForNodes(secrets);
  checkReach(account, isForNodes && !isCarriedOn(secrets) ? "account" : "deployments");
  const hasSealedArgs = secrets.packageKey !== null && spec.args.length > 0;
  const shown = hasSealedArgs ? { ...spec, args: [] } : spec;
  const chosen = isForNodes ? chooseSealedNodes(nodes, { id: deployment, spec }) : [];
  if (isForNodes && chosen.length === 0) throw fail(clientErrors.noNodeToSealTo, {});
  const bytes = encodeSealedBody({
    version: 1,
    secrets: [...secrets.secrets],
    args: hasSealedArgs ? spec.args : null,
    packageKey: secrets.packageKey,
    inputKey: secrets.inputKey,
    output: isPrivate && spec.mode === "batch" ? sealingFor(account, random.bytes(LABEL_BYTES)) : null,
    storage: isForNodes ? storageSealing(account, deployment, secrets) : null,
    objectKeys: secrets.objectKeys,
  });
  const key = random.bytes(KEY_BYTES);
  const { header, sealed } = seal({ key, salt: { random } }, bytes);
  const body = concatBytes(header, sealed);
  if (body.length > limits.sealedBodyBytes) {
    const reason = `all secrets together have ${bytes.length} bytes, more than ${limits.sealedBodyBytes - HEADER_BYTES}`;
    throw fail(clientErrors.envRefused, { name: "*", reason });
  }
  const info = sealingInfo({ network, owner: account.address(), ...place, spec: shown });
  return {
    ...shown,
    sealed: {
      owner: account.wrap(purposeOf(info), key, random),
      nodes: chosen.toSorted().map((node) => ({
        node,
        key: hpkeSeal({ recipient: x25519OfEd25519(idBytes(node)), info }, key, { random }),
      })),
      body,
    },
  };
}

/**
 * What the owner sealed in a version, and at the same time the proof that all of the spec is what the owner submitted:
 * whoever answered for it can have changed nothing.
 *
 * @returns undefined when nothing was sealed and there is nothing to prove.
 * @throws DSDN_CLIENT_SPEC_ALTERED, DSDN_CLIENT_SESSION_REACH
 */
export function openSpec({ account, network }: Omit<SealerDeps, "random">, place: SpecPlace): SealedBody | undefined {
  const { spec } = place;
  const { sealed } = spec;
  if (sealed === null) {
    if (needsSealing(spec, NO_SECRETS)) throw fail(clientErrors.specAltered, {});
    return undefined;
  }
  checkReach(account, "deployments");
  const info = sealingInfo({ network, owner: account.address(), ...place });
  try {
    const key = account.unwrap(purposeOf(info), sealed.owner);
    const { body } = sealed;
    return decodeSealedBody(open({ key, header: body.subarray(0, HEADER_BYTES) }, body.subarray(HEADER_BYTES)));
  } catch {
    // Without its cause: a decoder's error may quote what it was given.
    throw fail(clientErrors.specAltered, {});
  }
}

/** True when all that is sealed for nodes came with the version before, and no key of the account has to be made. */
function isCarriedOn({ storage, packageKey, inputKey, objectKeys }: SpecSecrets): boolean {
  const isSecretsOnly = packageKey === null && inputKey === null && objectKeys.length === 0;
  return isSecretsOnly && storage !== null && storage !== undefined;
}

/** The same in all versions of a deployment, whoever submits them. */
function storageSealing(account: Account, deployment: DeploymentId, { storage }: SpecSecrets): OwnerSealing {
  const isOwner = account.reach === "account";
  return isOwner || !storage ? sealingFor(account, storageLabelOf(account, deployment)) : storage;
}

function sealingFor(account: Account, label: Uint8Array): OwnerSealing {
  return { label, secret: outputSecretOf(account, label) };
}

/**
 * What a session without the account's keys sealed, the account could not open; and what a program stored would be lost
 * to it under another key. @throws DSDN_CLIENT_SESSION_REACH
 */
function checkReach({ reach, lent }: Account, needed: Reach): void {
  if (lent === undefined || reaches.indexOf(reach) >= reaches.indexOf(needed)) return;
  throw fail(lentErrors.sessionReach, { name: lent.name, needed });
}

function purposeOf(info: Uint8Array): string {
  return `sealed spec/${toHex(info)}`;
}
