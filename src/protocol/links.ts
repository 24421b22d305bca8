import type * as zod from "zod";
import { concatBytes, fail, findBase64, isError, type Random, toBase64, toUtf8 } from "../base/index.ts";
import {
  cryptoErrors,
  ENVELOPE_HEADER_BYTES,
  hkdfSha256,
  open,
  openWith,
  type SegmentCipher,
  seal,
} from "../crypto/index.ts";
import { findLinkId, type LinkId } from "./ids.ts";
import { limits } from "./limits.ts";
import { linkErrors } from "./link-errors.ts";
import { objectListing, objectManifest } from "./manifests.ts";
import { byteString, decodeWith, encodeWith, objectId, text, z } from "./schema.ts";

/**
 * Share links. A link opens one object, or a part of one, to whoever holds it, until it ends. What it opens is sealed
 * under a key that exists only as the combination of two halves: one stands in the fragment of the link, which no
 * server is sent; the other lies at one ingress, which throws it away when the link ends. Nothing of it is on the log.
 */

export const LINK_HALF_BYTES = 32;
export const LINK_ID_BYTES = 16;

/** What a link opens, once both halves are there. */
const linkContent = z.strictObject({
  version: z.literal(1),
  /** What the owner calls it; text of a stranger's. */
  name: text(limits.nameBytes, 1),
  object: objectId,
  /** The key of a sealed object's listing; null for a public object and for a part, which brings its own listing. */
  key: byteString(32).nullable(),
  /**
   * One file or folder of the object. The manifest names the chunks of the part alone and no stored listing; its
   * envelope says whether the files are sealed, and opens nothing.
   */
  part: z.strictObject({ manifest: objectManifest, listing: objectListing }).nullable(),
});
export type LinkContent = zod.output<typeof linkContent>;

/** The two halves of a link's key, 32 bytes each. */
export interface LinkHalves {
  readonly link: LinkId;
  /** In the link's fragment. */
  readonly carried: Uint8Array;
  /** At the ingress. */
  readonly kept: Uint8Array;
}

/** Either half alone is 32 bytes of an HKDF's input that nothing else follows from. @source RFC 5869 */
function linkKey({ link, carried, kept }: LinkHalves): Uint8Array {
  const isWhole = carried.length === LINK_HALF_BYTES && kept.length === LINK_HALF_BYTES;
  if (!isWhole) throw fail(linkErrors.wrongHalf, {});
  return hkdfSha256(concatBytes(carried, kept), { salt: toUtf8(link), info: "dsdn/link/1/key" });
}

/** header(67) || sealed: what the ingress keeps beside its half. @throws DSDN_PROTOCOL_TOO_LARGE */
export function sealLinkContent(halves: LinkHalves, content: LinkContent, random: Random): Uint8Array {
  const { header, sealed } = seal({ key: linkKey(halves), salt: { random } }, encodeWith(linkContent, content));
  return concatBytes(header, sealed);
}

/**
 * What the link opens.
 *
 * @param cipher - of the platform, where it is not Node's.
 * @throws DSDN_PROTOCOL_LINK_WRONG_HALF when the halves do not belong together; the errors of `open` when what the
 * ingress gave was damaged; DSDN_PROTOCOL_NOT_CANONICAL
 */
export async function openLinkContent(
  halves: LinkHalves,
  sealed: Uint8Array,
  cipher?: SegmentCipher,
): Promise<LinkContent> {
  const secrets = { key: linkKey(halves), header: sealed.subarray(0, ENVELOPE_HEADER_BYTES) };
  const rest = sealed.subarray(ENVELOPE_HEADER_BYTES);
  try {
    const bytes = cipher === undefined ? open(secrets, rest) : await openWith(cipher, secrets, rest);
    return decodeWith(linkContent, bytes, { what: "link content", limitBytes: limits.linkContentBytes });
  } catch (cause) {
    if (isError(cause, cryptoErrors.wrongKey)) throw fail(linkErrors.wrongHalf, {}, { cause });
    throw cause;
  }
}

/** A share link in its parts. */
export interface ShareLink {
  /** Of the ingress that keeps the other half: scheme, host and port. */
  readonly origin: string;
  readonly link: LinkId;
  /** 32 bytes, secret. */
  readonly carried: Uint8Array;
}

/** `<origin>/links/<id>#<half in base64url>`. The whole is a secret. */
export function formatLink({ origin, link, carried }: ShareLink): string {
  return `${origin}/links/${link}#${toBase64(carried).replaceAll("+", "-").replaceAll("/", "_").replace("=", "")}`;
}

const LINK_CHARS_MAX = 1024;

/** @throws DSDN_PROTOCOL_LINK_MALFORMED, which holds nothing of the text */
export function parseLink(given: string): ShareLink {
  const trimmed = given.trim();
  const url = trimmed.length <= LINK_CHARS_MAX ? URL.parse(trimmed) : null;
  const isOurs = url !== null && ["http:", "https:"].includes(url.protocol) && url.username + url.password === "";
  const link = isOurs ? findLinkId(/^\/links\/([^/]+)$/.exec(url.pathname)?.[1] ?? "") : undefined;
  const carried = isOurs ? findHalf(url.hash.slice(1)) : undefined;
  if (url === null || link === undefined || carried === undefined) throw fail(linkErrors.malformed, {});
  return { origin: url.origin, link, carried };
}

/** The half of a fragment, or undefined when it is none. */
function findHalf(fragment: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]{43}$/.test(fragment)) return undefined;
  return findBase64(`${fragment.replaceAll("-", "+").replaceAll("_", "/")}=`);
}
