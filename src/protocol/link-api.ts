import * as z from "zod";
import { cidText } from "./api-fields.ts";
import { limits } from "./limits.ts";

/** The part of an ingress's HTTP interface that is about share links. */

const linkText = z.string().regex(/^[a-z2-7]{26}$/);
const base64 = z.string().max(8 * 1024 * 1024);

/** How a link stands. The last three are final: the ingress's half is gone. */
export const linkStates = ["open", "expired", "revoked", "removed"] as const;
export type LinkState = (typeof linkStates)[number];

const linkRow = z.object({
  link: linkText,
  object: cidText,
  createdMs: z.int(),
  expiresMs: z.int(),
  state: z.enum(linkStates),
  /** Base64; what the owner sealed for itself. */
  note: base64,
});
export type LinkRow = z.infer<typeof linkRow>;

/** What whoever holds a link is given. */
export const linkDetails = z.object({
  link: linkText,
  expiresMs: z.int(),
  /** Base64; the ingress's half of the key. */
  half: base64,
  /** Base64: header(67) || sealed. */
  sealed: base64,
});

const body = z.object({ request: base64 });
const MUTATION_BYTES = 2 * limits.linkContentBytes;

export const linkApi = {
  createLink: {
    method: "POST",
    path: "/v1/links",
    about: "Keeps one half of a share link; the body is a request signed by the owner's session key (base64).",
    body,
    details: linkRow,
    maxBodyBytes: MUTATION_BYTES,
  },
  listLinks: {
    method: "POST",
    path: "/v1/links/list",
    about: "The share links of an owner that this ingress keeps or ended lately; the body is a signed request.",
    body,
    details: z.object({ links: z.array(linkRow) }),
  },
  revokeLink: {
    method: "POST",
    path: "/v1/links/revoke",
    about: "Ends a share link at once; the body is a signed request.",
    body,
    details: linkRow,
  },
  link: {
    method: "GET",
    path: "/v1/links/{link}",
    about: "One half of a share link's key and what is sealed under both; 410 when the link has ended.",
    details: linkDetails,
  },
} as const;
