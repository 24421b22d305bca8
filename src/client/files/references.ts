import { join } from "node:path";
import { fail } from "../../base/index.ts";
import { type OpenObject, openObject, type PathPlatform, readManifest } from "../../objects/index.ts";
import { looksLikeObjectId, type ObjectId, parseNetworkId, parseObjectId } from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { type ClientDeps, getAccount } from "../network-session.ts";
import { createChunkSource } from "./chunk-source.ts";
import { readIndex } from "./index-keeper.ts";
import type { IndexRow, OwnerIndex } from "./owner-index.ts";
import { keyOfListing } from "./sealing.ts";
import { similarTo } from "./similar-names.ts";

/** An object as the user named it: `CID`, `NAME`, or either followed by `/PATH` of a file inside. */
export interface Reference {
  readonly object: ObjectId;
  readonly path: string | undefined;
  /** The owner's row, when it was found by name. */
  readonly row: IndexRow | undefined;
}

/** @throws DSDN_PROTOCOL_BAD_ID, DSDN_CLIENT_NAME_UNKNOWN, DSDN_CLIENT_ACCOUNT_NEEDED for a name without an account */
export async function resolveReference(deps: ClientDeps, text: string, signal?: AbortSignal): Promise<Reference> {
  const slash = text.indexOf("/");
  const head = slash < 0 ? text : text.slice(0, slash);
  const path = slash < 0 ? undefined : text.slice(slash + 1);
  if (looksLikeObjectId(head)) return { object: parseObjectId(head), path, row: undefined };
  const { rows } = await readOwnIndex(deps, signal);
  const row = rows.find(({ name }) => name === head);
  if (row === undefined) {
    const names = rows.map(({ name }) => name);
    throw fail(clientErrors.nameUnknown, { name: head, candidates: similarTo(head, names) });
  }
  return { object: row.object, path, row };
}

/** The owner's names. @throws DSDN_CLIENT_ACCOUNT_NEEDED */
export async function readOwnIndex(deps: ClientDeps, signal?: AbortSignal): Promise<OwnerIndex> {
  const account = await getAccount(deps);
  const { details } = await deps.ingress.call("network", { signal });
  const folder = join(deps.profileFolder, "networks", parseNetworkId(details.network));
  return readIndex(deps, { account, folder }, signal);
}

/**
 * The object's listing, opened with the account's key or the one given.
 * @throws as `openObject`
 */
export async function openReference(
  deps: ClientDeps,
  object: ObjectId,
  options: {
    readonly key?: Uint8Array | undefined;
    readonly platform?: PathPlatform;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<OpenObject> {
  const source = createChunkSource({ ingress: deps.ingress, signal: options.signal });
  // The account is opened only when the object turns out to be sealed: it may ask for a passphrase.
  const manifest = await readManifest(source, object);
  const account = manifest.envelope === null || options.key !== undefined ? undefined : await deps.findAccount();
  return openObject(source, object, {
    findKey: (envelope) => options.key ?? (account && keyOfListing(account, envelope)),
    ...(options.platform === undefined ? {} : { platform: options.platform }),
  });
}
