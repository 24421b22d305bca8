import { baseErrors, fail, findBase64 } from "../../../base/index.ts";
import { type OpenObject, openLinked } from "../../../objects/index.ts";
import { linkDetails, openLinkContent, parseLink } from "../../../protocol/index.ts";
import { ask, createPageSource } from "./page-source.ts";

/** What the link of this page opens. */
export interface PageLink {
  readonly name: string;
  readonly expiresMs: number;
  readonly object: OpenObject;
}

/**
 * Opens the link of the address bar. The ingress is asked by the link's id; its fragment stays here.
 *
 * @throws DSDN_PROTOCOL_LINK_MALFORMED, DSDN_PROTOCOL_LINK_WRONG_HALF, DSDN_INGRESS_LINK_*, DSDN_BASE_UNREACHABLE, and
 * what opening an object throws
 */
export async function openPageLink(href: string, signal: AbortSignal): Promise<PageLink> {
  const { link, carried } = parseLink(href);
  const answer = (await (await ask(`/v1/links/${link}`, signal)).json().catch(() => undefined)) as
    | { details?: unknown }
    | undefined;
  const details = linkDetails.safeParse(answer?.details).data;
  const kept = details && findBase64(details.half);
  const sealed = details && findBase64(details.sealed);
  if (details === undefined || kept === undefined || sealed === undefined) {
    throw fail(baseErrors.badAnswer, { service: "Ingress", reason: "it does not match its schema" });
  }
  const source = createPageSource({ signal });
  const content = await openLinkContent({ link, carried, kept }, sealed, source.cipher);
  return { name: content.name, expiresMs: details.expiresMs, object: await openLinked(source, content) };
}
