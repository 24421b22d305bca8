import { resolve } from "node:path";
import { DsdnError } from "../../base/index.ts";
import { cryptoErrors } from "../../crypto/index.ts";
import { objectErrors, type PathPlatform, partOf } from "../../objects/index.ts";
import {
  type ListingEntry,
  type ObjectDetails,
  type ObjectId,
  type ObjectRow,
  parseObjectId,
} from "../../protocol/index.ts";
import { type ClientDeps, getAccount, withSession } from "../network-session.ts";
import { type DownloadProgress, type DownloadResult, download, readOneFile } from "./download.ts";
import { type Estimate, estimate, type Prices } from "./estimate.ts";
import { changeIndex } from "./index-keeper.ts";
import { INDEX_POINTER, type IndexRow } from "./owner-index.ts";
import { openReference, readOwnIndex, resolveReference } from "./references.ts";
import type { UploadInput } from "./sources.ts";
import { type UploadOptions, type UploadResult, upload } from "./upload.ts";

export interface OpenOptions {
  /** Key of the object, 32 bytes, in place of the account's. */
  readonly key?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GetOptions extends OpenOptions {
  /** Where to: a file for one file, a folder for a folder. The object's own name in the current folder unless said. */
  readonly out?: string;
  readonly isForced?: boolean;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** One of the owner's objects: what the owner's index says of it, and what the log says. */
export interface StoredRow {
  readonly object: ObjectId;
  readonly name: string | null;
  readonly row: IndexRow | undefined;
  /** Undefined while the publication is on its way. */
  readonly onLog: ObjectRow | undefined;
}

export interface ObjectFacts {
  readonly object: ObjectId;
  readonly name: string | null;
  readonly details: ObjectDetails;
  /** What it holds; undefined when it is sealed and there is no key for it. */
  readonly content:
    | { readonly root: "file" | "folder"; readonly files: number; readonly sizeBytes: number }
    | undefined;
}

/** What a user does with files. A reference is a CID or one of the owner's names, with `/PATH` for a file inside. */
export interface StorageClient {
  upload(input: UploadInput, options?: UploadOptions): Promise<UploadResult>;
  /** Writes the object to disk. Errors as `download`. */
  get(reference: string, options?: GetOptions): Promise<DownloadResult>;
  /** The bytes of one file, verified as they come. */
  read(
    reference: string,
    options?: OpenOptions & {
      readonly range?: { readonly offset: number; readonly length?: number | undefined } | undefined;
    },
  ): AsyncGenerator<Uint8Array>;
  /** The owner's objects: those with names by name, then what else the log says is the owner's, packages for example. */
  list(signal?: AbortSignal): Promise<readonly StoredRow[]>;
  /** What lies in an object. */
  listFiles(reference: string, options?: OpenOptions): Promise<readonly ListingEntry[]>;
  stat(reference: string, options?: OpenOptions): Promise<ObjectFacts>;
  /** Asks for deletion and takes the name away. `isDone` says whether the log has taken it yet. */
  remove(reference: string, signal?: AbortSignal): Promise<{ readonly object: ObjectId; readonly isDone: boolean }>;
  estimate(
    paths: readonly string[],
    options?: { readonly prices?: Prices; readonly signal?: AbortSignal },
  ): Promise<Estimate>;
}

const KEY_ERRORS: readonly string[] = [objectErrors.keyNeeded.code, cryptoErrors.wrongKey.code];
const REMOVE_TIMEOUT_MS = 60_000;

export function createStorageClient(deps: ClientDeps, options: { readonly platform: PathPlatform }): StorageClient {
  const { platform } = options;
  return {
    upload: (input, uploadOptions) => upload(deps, input, uploadOptions),
    async get(text, { out, key, signal, isForced, onProgress } = {}) {
      const { object, path, row } = await resolveReference(deps, text, signal);
      const whole = await openReference(deps, object, { key, platform, signal });
      const opened = path === undefined ? whole : partOf(whole, path);
      const [first] = opened.listing.entries;
      const ownName = opened.listing.root === "file" ? (first?.path ?? object) : (row?.name ?? object);
      const target = { object: opened, path: resolve(out ?? ownName) };
      return download({ ingress: deps.ingress, platform }, target, { isForced, signal, onProgress });
    },
    async *read(text, { key, signal, range } = {}) {
      const { object, path } = await resolveReference(deps, text, signal);
      const opened = await openReference(deps, object, { key, signal });
      yield* readOneFile({ ingress: deps.ingress }, opened, { path, range, signal });
    },
    list: (signal) => list(deps, signal),
    async listFiles(text, { key, signal } = {}) {
      const { object } = await resolveReference(deps, text, signal);
      return (await openReference(deps, object, { key, signal })).listing.entries;
    },
    stat: (text, openOptions = {}) => stat(deps, text, openOptions),
    remove: (text, signal) => remove(deps, text, signal),
    estimate: (paths, estimateOptions = {}) => estimate(paths, estimateOptions, deps),
  };
}

async function list(deps: ClientDeps, signal: AbortSignal | undefined): Promise<readonly StoredRow[]> {
  const account = await getAccount(deps);
  const { rows, root, replaced } = await readOwnIndex(deps, signal);
  const onLog = new Map<string, ObjectRow>();
  for (let after: string | null = ""; after !== null; ) {
    const page: { objects: ObjectRow[]; next: string | null } = (
      await deps.ingress.call("ownerObjects", {
        params: { address: account.address() },
        query: { after, limit: 1000 },
        signal,
      })
    ).details;
    for (const row of page.objects) onLog.set(row.object, row);
    after = page.next;
  }
  const named = rows.map((row) => ({ object: row.object, name: row.name, row, onLog: onLog.get(row.object) }));
  // The index itself is no object of the user's: neither the newest, nor one on its way out, nor the one the log points to.
  const pointer = account.pointerId(INDEX_POINTER);
  const { details } = await deps.ingress.call("pointer", { params: { pointer }, signal });
  const known = new Set<string>([...rows.map(({ object }) => object), root ?? "", ...replaced, details.root ?? ""]);
  const unnamed = [...onLog.values()]
    .filter(({ object, status }) => status === "published" && !known.has(object))
    .map((row) => ({ object: parseObjectId(row.object), name: null, row: undefined, onLog: row }));
  return [...named, ...unnamed];
}

async function stat(deps: ClientDeps, text: string, { key, signal }: OpenOptions): Promise<ObjectFacts> {
  const { object, row } = await resolveReference(deps, text, signal);
  const { details } = await deps.ingress.call("object", { params: { object }, signal });
  const opened = await openReference(deps, object, { key, signal }).catch((error: unknown) => {
    if (error instanceof DsdnError && KEY_ERRORS.includes(error.code)) return undefined;
    throw error;
  });
  const files = opened?.listing.entries.filter(({ type }) => type === "file").length ?? 0;
  const content = opened && { root: opened.listing.root, files, sizeBytes: opened.manifest.size };
  return { object, name: row?.name ?? null, details, content };
}

async function remove(deps: ClientDeps, text: string, signal: AbortSignal | undefined) {
  const { object, row } = await resolveReference(deps, text, signal);
  const { rows } = await readOwnIndex(deps, signal);
  const named = rows.filter((other) => other.object === object);
  const gone = row === undefined ? named : [row];
  // Another of the owner's names may still stand for the same content.
  const isLast = named.length <= gone.length;
  return withSession(deps, signal, async (session) => {
    const entry = await changeIndex(deps, session, {
      changes: gone.map(({ name }) => ({ name, row: null })),
      also: isLast ? [{ kind: "DeleteRequested", body: { object } }] : [],
      signal,
    });
    const outcome = entry && (await session.publisher.settle(entry, REMOVE_TIMEOUT_MS));
    return { object, isDone: entry === undefined || outcome !== undefined };
  });
}
