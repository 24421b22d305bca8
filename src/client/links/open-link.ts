import { resolve } from "node:path";
import { baseErrors, type Clock, fail, findBase64, systemClock } from "../../base/index.ts";
import { platformCipher } from "../../crypto/index.ts";
import { findPathFault, openLinked, type PathPlatform } from "../../objects/index.ts";
import { type LinkId, openLinkContent, parseLink } from "../../protocol/index.ts";
import { createChunkSource } from "../files/chunk-source.ts";
import { type DownloadProgress, type DownloadResult, download, readOneFile } from "../files/download.ts";
import { createIngress } from "../ingress.ts";
import { thisPlatform } from "../platform.ts";

export interface LinkGetOptions {
  /** Where to; what the owner called it, in the current folder, unless said. */
  readonly out?: string;
  /** The folder `out` is meant in. */
  readonly folder: string;
  readonly isForced?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** What is behind a share link. */
export interface OpenLink {
  readonly link: LinkId;
  readonly expiresMs: number;
  /** What the owner called it; may be written as a file name on this platform. */
  readonly name: string;
  readonly files: number;
  readonly sizeBytes: number;
  /** Writes it to disk, every byte verified. Errors as `download`. */
  get(options: LinkGetOptions): Promise<DownloadResult>;
  /** The bytes of the one file behind the link. @throws DSDN_CLIENT_NOT_ONE_FILE */
  read(options?: {
    readonly range?: { readonly offset: number; readonly length?: number | undefined } | undefined;
    readonly signal?: AbortSignal | undefined;
  }): AsyncGenerator<Uint8Array>;
}

/**
 * Opens a share link with nothing but the link: no account, no profile. The ingress of the link is asked, and is not
 * told the link's half.
 *
 * @throws DSDN_PROTOCOL_LINK_MALFORMED, DSDN_PROTOCOL_LINK_WRONG_HALF, DSDN_INGRESS_LINK_UNKNOWN and the other ends of
 * a link, DSDN_BASE_UNREACHABLE, and what opening an object throws
 */
export async function openLink(
  text: string,
  options: { readonly platform?: PathPlatform; readonly signal?: AbortSignal | undefined } = {},
  deps: { readonly clock?: Clock } = {},
): Promise<OpenLink> {
  const { origin, link, carried } = parseLink(text);
  const { signal, platform = thisPlatform() } = options;
  const ingress = createIngress({ urls: [origin] }, { clock: deps.clock ?? systemClock() });
  const { details } = await ingress.call("link", { params: { link }, signal });
  const kept = findBase64(details.half);
  const sealed = findBase64(details.sealed);
  if (kept === undefined || sealed === undefined) {
    throw fail(baseErrors.badAnswer, { service: "Ingress (link)", reason: "it is not base64" });
  }
  const content = await openLinkContent({ link, carried, kept }, sealed, platformCipher);
  const object = await openLinked(createChunkSource({ ingress, signal }), content, platform);
  // A stranger's word: where it could not be a file's own name, the id stands for it.
  const isName = !content.name.includes("/") && findPathFault(content.name, platform) === undefined;
  const name = isName ? content.name : link;
  return {
    link,
    expiresMs: details.expiresMs,
    name,
    files: object.listing.entries.filter(({ type }) => type === "file").length,
    sizeBytes: object.manifest.size,
    get: ({ out, folder, ...rest }) => {
      const target = { object, path: resolve(folder, out ?? name) };
      return download({ ingress, platform }, target, { ...rest, isForeign: true });
    },
    read: (readOptions = {}) => readOneFile({ ingress }, object, readOptions),
  };
}
