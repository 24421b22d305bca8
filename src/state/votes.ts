import { toHex } from "../base/index.ts";
import { domainHash, encodeCanonical, type KeyId } from "../protocol/index.ts";
import { isQuorum, isValidator, type RuleContext } from "./context.ts";

/** Votes older than this in log time no longer count, so an old vote cannot complete a new quorum by surprise. */
export const VOTE_WINDOW_MS = 7 * 24 * 3_600_000;

/** What is voted on. */
export interface VoteSubject {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** The subject of equal votes: the kind and the facts that must be equal. */
export function voteSubject(kind: string, facts: readonly (string | number)[]): VoteSubject {
  const bytes = domainHash("stateVote", encodeCanonical([kind, ...facts]));
  return { id: toHex(bytes), bytes };
}

/**
 * Notes the vote of a validator and tells whether it completes the quorum; then the votes are forgotten. A validator
 * that votes again only renews its vote.
 */
export function castVote(
  context: RuleContext,
  subject: VoteSubject,
  vote: { readonly validator: KeyId; readonly windowMs: number },
): boolean {
  const { tables, nowMs } = context;
  const standing = (tables.vote.find(subject.id)?.votes ?? []).filter(
    ({ validator, atMs }) =>
      validator !== vote.validator && isValidator(context, validator) && atMs + vote.windowMs >= nowMs,
  );
  const votes = [...standing, { validator: vote.validator, atMs: nowMs }].sort((left, right) =>
    compareText(left.validator, right.validator),
  );
  if (isQuorum(context, votes.length)) {
    tables.vote.remove(subject.id);
    return true;
  }
  tables.vote.put(subject.id, { subject: subject.bytes, votes });
  return false;
}

/** Order of texts by their code units; the same on every machine, whatever its language. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
