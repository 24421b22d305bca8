import { baseErrors, DsdnError } from "../../../base/index.ts";
import { linkErrors } from "../../../protocol/index.ts";
import type { TextName } from "./texts.ts";

/** How a failure reads, and whether trying again can help. */
export interface Failure {
  readonly title: TextName;
  readonly body: TextName;
  readonly canRetry: boolean;
}

const ended = (title: TextName): Failure => ({ title, body: "ended", canRetry: false });
const incomplete: Failure = { title: "incompleteTitle", body: "incomplete", canRetry: false };

const byCode: { readonly [code: string]: Failure } = {
  [linkErrors.malformed.code]: incomplete,
  [linkErrors.wrongHalf.code]: incomplete,
  DSDN_INGRESS_LINK_UNKNOWN: { title: "unknownTitle", body: "unknown", canRetry: false },
  DSDN_PROTOCOL_BAD_ID: incomplete,
  DSDN_INGRESS_LINK_EXPIRED: ended("expiredTitle"),
  DSDN_INGRESS_LINK_REVOKED: ended("revokedTitle"),
  DSDN_INGRESS_LINK_OBJECT_REMOVED: ended("removedTitle"),
  [baseErrors.badAnswer.code]: { title: "damagedTitle", body: "damaged", canRetry: true },
  [baseErrors.unreachable.code]: { title: "awayTitle", body: "away", canRetry: true },
};

/** What to tell about an error. What is not an end of the link and not the way there is bytes that do not fit. */
export function failureOf(error: unknown): Failure {
  const code = error instanceof DsdnError ? error.code : "";
  const known = byCode[code];
  if (known !== undefined) return known;
  const isAway = error instanceof DsdnError && error.spec.kind === "network";
  if (isAway) return { title: "awayTitle", body: "away", canRetry: true };
  return { title: "damagedTitle", body: "damaged", canRetry: true };
}
