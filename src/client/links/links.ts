import { fail, findBase64, fromUtf8, toBase64, toUtf8 } from "../../base/index.ts";
import type { Account } from "../../keys/index.ts";
import { cutPart, type OpenObject } from "../../objects/index.ts";
import {
  encodeLinkRequest,
  formatLink,
  LINK_HALF_BYTES,
  LINK_ID_BYTES,
  type LinkAct,
  type LinkContent,
  type LinkId,
  type LinkRow,
  type LinkState,
  limits,
  linkIdOf,
  type ObjectId,
  parseLinkId,
  parseObjectId,
  sealLinkContent,
  signLinkRequest,
} from "../../protocol/index.ts";
import { openReference, type Reference, resolveReference } from "../files/references.ts";
import { keyOfListing } from "../files/sealing.ts";
import { type ClientDeps, getAccount, openNetworkSession } from "../network-session.ts";
import { linkClientErrors } from "./link-errors.ts";

/** One of the owner's share links, as the ingress that keeps its half says. */
export interface OwnLink {
  readonly link: LinkId;
  readonly object: ObjectId;
  /** What the owner shared it as: a name or CID, with `/PATH` for a part; null when this account did not write it. */
  readonly reference: string | null;
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly state: LinkState;
}

/** A link that was just made. */
export interface MadeLink extends OwnLink {
  /** The whole link: a secret. It is not kept anywhere and cannot be shown again. */
  readonly url: string;
  readonly root: "file" | "folder";
  readonly files: number;
  readonly sizeBytes: number;
}

/** What an owner does with share links. A link lives at the first ingress the client was given, and nowhere else. */
export interface LinkClient {
  /**
   * A link that opens the object, or the file or folder of it, until it ends.
   *
   * @param options.lifeMs - 7 days unless said, at most 365.
   * @throws DSDN_CLIENT_LINK_LIFE_INVALID, DSDN_CLIENT_LINK_TOO_LARGE, DSDN_OBJECTS_FILE_MISSING, what opening the
   * object throws, and what the ingress refuses
   */
  create(
    reference: string,
    options?: { readonly lifeMs?: number | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<MadeLink>;
  /** Newest first; those that ended within a month too. */
  list(signal?: AbortSignal): Promise<readonly OwnLink[]>;
  /** Ends a link at once. Who opened it before can keep what it opened. @throws DSDN_INGRESS_LINK_UNKNOWN */
  revoke(link: string, signal?: AbortSignal): Promise<OwnLink>;
}

const LIFE_DEFAULT_MS = 7 * 24 * 3_600_000;
const LIFE_LEAST_MS = 1000;
const DAY_MS = 24 * 3_600_000;
const NOTE_PURPOSE = "share link";

/** @param options.origin - where the links lead: scheme, host and port of the ingress. */
export function createLinkClient(deps: ClientDeps, { origin }: { readonly origin: string }): LinkClient {
  return {
    async create(text, { lifeMs = LIFE_DEFAULT_MS, signal } = {}) {
      if (!(lifeMs >= LIFE_LEAST_MS && lifeMs <= limits.linkLifeMs)) {
        throw fail(linkClientErrors.lifeInvalid, { mostDays: limits.linkLifeMs / DAY_MS });
      }
      const reference = await resolveReference(deps, text, signal);
      const opened = await openReference(deps, reference.object, { signal });
      const account = await getAccount(deps);
      const content = contentOf(opened, reference, account);
      const { listing, manifest } = content.part ?? opened;
      const link = linkIdOf(deps.random.bytes(LINK_ID_BYTES));
      const carried = deps.random.bytes(LINK_HALF_BYTES);
      const half = deps.random.bytes(LINK_HALF_BYTES);
      const sealed = sealLinkContent({ link, carried, kept: half }, content, deps.random);
      if (sealed.length > limits.linkContentBytes) {
        const facts = { path: text, sizeBytes: sealed.length, limitBytes: limits.linkContentBytes };
        throw fail(linkClientErrors.tooLarge, facts);
      }
      const note = account.wrap(NOTE_PURPOSE, toUtf8(text), deps.random);
      const request = await signedRequest(deps, signal, (nowMs) => {
        const expiresMs = nowMs + lifeMs;
        return { act: "create", link, object: reference.object, half, sealed, note, expiresMs };
      });
      const { details } = await deps.ingress.call("createLink", { json: { request }, signal });
      const files = listing.entries.filter(({ type }) => type === "file").length;
      const shape = { root: listing.root, files, sizeBytes: manifest.size };
      return { ...toOwnLink(details, account), ...shape, url: formatLink({ origin, link, carried }) };
    },
    async list(signal) {
      const request = await signedRequest(deps, signal, () => ({ act: "list" }));
      const { details } = await deps.ingress.call("listLinks", { json: { request }, signal });
      const account = await getAccount(deps);
      return details.links.map((row) => toOwnLink(row, account));
    },
    async revoke(text, signal) {
      const link = parseLinkId(text);
      const request = await signedRequest(deps, signal, () => ({ act: "revoke", link }));
      const { details } = await deps.ingress.call("revokeLink", { json: { request }, signal });
      return toOwnLink(details, await getAccount(deps));
    },
  };
}

/** What the link opens and nothing beside it: the key of one listing, or of a part its own entries. */
function contentOf(opened: OpenObject, { object, path, row }: Reference, account: Account): LinkContent {
  const { envelope } = opened.manifest;
  const whole = path === undefined || path === "";
  const part = whole ? null : cutPart(opened, path.replace(/\/$/, ""));
  const { listing } = part ?? opened;
  const ownName = listing.root === "file" ? listing.entries[0]?.path : (row?.name ?? object);
  const name = (whole || listing.root === "file" ? ownName : path?.replace(/\/$/, "").split("/").at(-1)) ?? object;
  const key = envelope === null || part !== null ? null : keyOfListing(account, envelope);
  return { version: 1, name, object, key, part };
}

/** @param askAt - is given the moment of the request: by the log when that is ahead of this machine's clock. */
async function signedRequest(
  deps: ClientDeps,
  signal: AbortSignal | undefined,
  askAt: (nowMs: number) => LinkAct,
): Promise<string> {
  const { network, session, logTimeMs } = await openNetworkSession(deps, { signal });
  const createdMs = Math.max(deps.clock.nowMs(), logTimeMs);
  const facts = { network, createdMs, ask: askAt(createdMs), grant: session.grant };
  return toBase64(encodeLinkRequest(signLinkRequest(session.signer, facts)));
}

function toOwnLink({ link, object, createdMs, expiresMs, state, note }: LinkRow, account: Account): OwnLink {
  const times = { createdMs, expiresMs, state };
  return { link: parseLinkId(link), object: parseObjectId(object), reference: findNote(note, account), ...times };
}

/** An ingress could hand back anything: what this account did not write is left out. */
function findNote(note: string, account: Account): string | null {
  try {
    return fromUtf8(account.unwrap(NOTE_PURPOSE, findBase64(note) ?? new Uint8Array(0)));
  } catch {
    return null;
  }
}
