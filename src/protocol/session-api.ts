import * as z from "zod";
import { addressText, id32 } from "./api-fields.ts";
import { sessionScopes } from "./event-bodies.ts";

/** The part of an ingress's HTTP interface that is about session keys. */

/** A key that may act for a wallet, as the log knows it. Times are log time. */
const sessionRow = z.object({
  session: id32,
  owner: addressText,
  scopes: z.array(z.enum(sessionScopes)),
  quotaBytes: z.int(),
  usedBytes: z.int(),
  expiresMs: z.int(),
  isRevoked: z.boolean(),
  /** Events it signed, its own introduction among them. */
  events: z.int(),
});
export type SessionRow = z.infer<typeof sessionRow>;

export const sessionApi = {
  session: {
    method: "GET",
    path: "/v1/sessions/{key}",
    about: "What a session key may do for its wallet, and what it did.",
    details: sessionRow,
  },
  ownerSessions: {
    method: "GET",
    path: "/v1/owners/{address}/sessions",
    about: "A wallet's session keys by key (query `after`, `limit` at most 1000).",
    query: ["after", "limit"],
    details: z.object({ sessions: z.array(sessionRow), next: id32.nullable() }),
  },
} as const;
