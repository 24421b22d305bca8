import { baseErrors, equalBytes, fail, findBase64 } from "../../../base/index.ts";
import { createSha256 } from "../../../crypto/index.ts";
import { type OpenObject, objectErrors, openLinked, readFileRange } from "../../../objects/index.ts";
import { type ChunkId, type ListingEntry, linkDetails, openLinkContent, parseLink } from "../../../protocol/index.ts";
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

/** Read at once: a hundredth of a second of work between two chances for the page to answer. */
const STEP_BYTES = 1024 * 1024;

/**
 * A whole file, every byte verified before any of it is given.
 *
 * @param options.onProgress - part of what has to be fetched that is here, 0..1.
 * @throws DSDN_OBJECTS_CONTENT_DAMAGED, what reading throws, and the signal's reason
 */
export async function fetchFile(
  object: OpenObject,
  entry: ListingEntry,
  options: { readonly signal: AbortSignal; readonly type: string; readonly onProgress: (part: number) => void },
): Promise<Blob> {
  const { signal, type, onProgress } = options;
  const wanted = chunksOf(object, entry);
  const totalBytes = wanted.reduce((sum, { size }) => sum + size, 0);
  let receivedBytes = 0;
  const onReceived = (bytes: number) => {
    receivedBytes += bytes;
    onProgress(Math.min(1, receivedBytes / totalBytes));
  };
  const source = createPageSource({ signal, onReceived });
  source.expect(wanted.map(({ id }) => id));
  const hash = createSha256();
  const parts: Blob[] = [];
  for (let offset = 0; offset < entry.size; offset += STEP_BYTES) {
    const range = { offset, length: Math.min(STEP_BYTES, entry.size - offset) };
    for await (const bytes of readFileRange(source, object, { entry, range })) {
      signal.throwIfAborted();
      hash.update(bytes);
      // A blob may lie on the browser's disk; the bytes themselves would stay in memory.
      parts.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    }
  }
  if (entry.hash === null || !equalBytes(hash.digest(), entry.hash)) {
    throw fail(objectErrors.contentDamaged, { path: entry.path }, { verdict: "reject" });
  }
  return new Blob(parts, { type });
}

/** The chunks a file lies in, each once, in order of first use. */
function chunksOf({ manifest }: OpenObject, { extents }: ListingEntry): { id: ChunkId; size: number }[] {
  const indexes = new Set(extents.map(({ chunk }) => chunk));
  return [...indexes].flatMap((index) => manifest.chunks[index] ?? []);
}
