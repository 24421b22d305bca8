import { type KeyId, limits, PROTOCOL_VERSION, type RoleKind } from "../../protocol/index.ts";
import { isValidator, type Rule, type RuleContext } from "../context.ts";
import type { NetworkFacts } from "../entities.ts";
import { castVote, VOTE_WINDOW_MS, type VoteSubject, voteSubject } from "../votes.ts";

/** How many active keys a role may have. */
const ROLE_LIMITS: { readonly [R in RoleKind]: number } = {
  coordinator: limits.coordinators,
  sequencer: 1,
  validator: limits.validators,
};

/** A quorum of validators gives a role a new key. */
export const roleKeyRegistered: Rule<"RoleKeyRegistered"> = (context, { author, body }) => {
  if (!isValidator(context, author)) return "not-validator";
  const known = findRole(context, body.role, body.key);
  // The votes that come after the quorum are honest ones too.
  if (known?.isActive === true && known.operator === body.operator) return undefined;
  if (known !== undefined) return "role-key-known";
  if (countActive(context, body.role) >= ROLE_LIMITS[body.role]) return "role-full";
  if (vote(context, author, voteSubject("RoleKeyRegistered", [body.role, body.key, body.operator]))) {
    context.tables.role.put(`${body.role}/${body.key}`, { ...body, isActive: true });
  }
  return undefined;
};

/** The outgoing key, or a quorum of validators when it is lost, hands a role over to a new key. */
export const roleKeyRotated: Rule<"RoleKeyRotated"> = (context, { author, body }) => {
  const { tables } = context;
  const old = findRole(context, body.role, body.oldKey);
  const next = findRole(context, body.role, body.newKey);
  const isOwn = author === body.oldKey && old?.isActive === true;
  if (!isOwn && !isValidator(context, author)) return "not-validator";
  if (old === undefined) return "role-key-unknown";
  if (!old.isActive && next?.isActive === true) return undefined;
  if (!old.isActive) return "role-key-unknown";
  if (next !== undefined) return "role-key-known";
  const subject = voteSubject("RoleKeyRotated", [body.role, body.oldKey, body.newKey]);
  if (isOwn || vote(context, author, subject)) {
    tables.role.put(`${body.role}/${body.oldKey}`, { ...old, isActive: false });
    tables.role.put(`${body.role}/${body.newKey}`, { ...old, key: body.newKey });
  }
  return undefined;
};

/** A quorum of validators takes a role's key away. The last coordinator and the last validator stay. */
export const roleKeyRevoked: Rule<"RoleKeyRevoked"> = (context, { author, body }) => {
  if (!isValidator(context, author)) return "not-validator";
  const known = findRole(context, body.role, body.key);
  if (known === undefined) return "role-key-unknown";
  if (!known.isActive) return undefined;
  if (body.role !== "sequencer" && countActive(context, body.role) === 1) return "role-last";
  if (vote(context, author, voteSubject("RoleKeyRevoked", [body.role, body.key]))) {
    context.tables.role.put(`${body.role}/${body.key}`, { ...known, isActive: false });
  }
  return undefined;
};

/** A quorum of validators makes a protocol version valid from a later height on. */
export const upgradeActivated: Rule<"UpgradeActivated"> = (context, { author, body }) => {
  const { tables, height } = context;
  if (!isValidator(context, author)) return "not-validator";
  const facts = networkFacts(context);
  if (facts.upgrades.some((known) => known.version === body.version && known.height === body.height)) return undefined;
  const newest = facts.upgrades.at(-1) ?? { version: 1, height: 0 };
  if (body.height <= height || body.version <= newest.version || body.height < newest.height) {
    return "upgrade-not-later";
  }
  if (vote(context, author, voteSubject("UpgradeActivated", [body.version, body.height]))) {
    tables.network.put("", { ...facts, upgrades: [...facts.upgrades, body] });
  }
  return undefined;
};

/** The highest protocol version that is active at a height. */
export function activeVersion(facts: NetworkFacts, height: number): number {
  return Math.max(1, ...facts.upgrades.filter((upgrade) => upgrade.height <= height).map(({ version }) => version));
}

/** True when events of this version count at this height. */
export function isVersionActive(context: RuleContext, version: number): boolean {
  return version >= 1 && version <= Math.min(PROTOCOL_VERSION, activeVersion(networkFacts(context), context.height));
}

/** The leaf `network`. */
export function networkFacts({ tables }: RuleContext): NetworkFacts {
  return tables.network.find("") ?? { upgrades: [], accepted: 0, rejected: 0 };
}

function findRole({ tables }: RuleContext, role: RoleKind, key: KeyId) {
  return tables.role.find(`${role}/${key}`);
}

function countActive({ tables }: RuleContext, role: RoleKind): number {
  return tables.role.idsBy("activeKind", role).size;
}

function vote(context: RuleContext, validator: KeyId, subject: VoteSubject): boolean {
  return castVote(context, subject, { validator, windowMs: VOTE_WINDOW_MS });
}
