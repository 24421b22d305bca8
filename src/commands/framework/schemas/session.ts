import * as z from "zod";

/** Summaries of the commands about session keys and signing in. */

const scope = z.enum(["upload", "deploy", "delete"]);
const reach = z.enum(["own", "deployments", "account"]);

const session = z.strictObject({
  /** Null when it was granted on another machine, or is a machine's own. */
  name: z.string().nullable(),
  session: z.string(),
  status: z.enum(["active", "expired", "revoked"]),
  scopes: z.array(scope),
  reads: reach.nullable(),
  quotaBytes: z.int(),
  usedBytes: z.int(),
  expiresMs: z.int(),
  /** Events it signed, its own introduction among them. */
  events: z.int(),
  isCurrent: z.boolean(),
});

export const sessionSchemas = {
  "session grant": z.strictObject({
    name: z.string(),
    session: z.string(),
    network: z.string(),
    scopes: z.array(scope),
    reads: reach,
    quotaBytes: z.int(),
    expiresMs: z.int(),
    /** Where the credential was written; null when it was printed. */
    file: z.string().nullable(),
    /** The credential itself, with --print only: a secret. */
    credential: z.string().nullable(),
  }),
  "session list": z.strictObject({ network: z.string(), sessions: z.array(session) }),
  login: z.strictObject({
    network: z.string(),
    ingress: z.string(),
    issuer: z.string(),
    /** What the provider calls whoever signed in. */
    user: z.string(),
    expiresMs: z.int(),
    isRenewed: z.boolean(),
  }),
  logout: z.strictObject({
    network: z.string(),
    ingress: z.string(),
    wasSignedIn: z.boolean(),
    /** Whether the provider took the tokens back. */
    isRevoked: z.boolean(),
    /** Code of what kept it from being told. */
    fault: z.string().nullable(),
  }),
  "session revoke": z.strictObject({
    name: z.string().nullable(),
    session: z.string(),
    /** False while the log has not taken it yet; it is on its way. */
    isDone: z.boolean(),
    wasActive: z.boolean(),
  }),
} as const;
