import type { EventKind, EventOf, Genesis, KeyId, NetworkId } from "../protocol/index.ts";
import type { Rejection } from "./reasons.ts";
import type { Tables } from "./tables.ts";

/** What a rule may know: the state so far, the log's time, and the genesis. */
export interface RuleContext {
  readonly tables: Tables;
  readonly genesis: Genesis;
  readonly network: NetworkId;
  readonly height: number;
  /** Log time. */
  readonly nowMs: number;
}

/**
 * The authority rule of one kind and its effect. Looks first and changes afterwards: when it returns a reason it has
 * changed nothing. Never throws.
 */
export type Rule<K extends EventKind> = (context: RuleContext, event: EventOf<K>) => Rejection | undefined;

/** True when the key is an active validator. */
export function isValidator({ tables }: RuleContext, key: KeyId): boolean {
  return tables.role.find(`validator/${key}`)?.isActive === true;
}

/** Active validators. */
export function countValidators({ tables }: RuleContext): number {
  return tables.role.idsBy("activeKind", "validator").size;
}

/** True when more than two thirds of all validators stand behind something. */
export function isQuorum(context: RuleContext, votes: number): boolean {
  return votes * 3 > countValidators(context) * 2;
}
