/**
 * `dsdn/browser`: files of a network in a page. Keys and what is known of uploads lie in the page's memory alone; bytes
 * are sealed before they leave it and checked before they are given.
 */
import { readBytes, systemClock, systemRandom } from "../base/index.ts";
import {
  connectStorage,
  type OpenLink,
  openLink as openNetworkLink,
  type StorageClient,
  type UploadOptions,
} from "../client/index.ts";
import { type Account, openAccount } from "../keys/index.ts";
import { checkBytes, Upload } from "../library/index.ts";
import type { ApiDetails } from "../protocol/index.ts";
import { createMemoryDisk } from "./memory-disk.ts";

export { DsdnError, renderError } from "../base/index.ts";
export type { OpenLink } from "../client/index.ts";
export type { ProgressRun, ProgressStage, Upload, UploadStep } from "../library/index.ts";

/** Which network is meant and who speaks to it. */
export interface ConnectOptions {
  /** An ingress that allows this page's origin, or several of the same network. */
  readonly url: string | readonly string[];
  /** Bearer token of an ingress that asks for one. Whoever reads the page's program reads it too. */
  readonly token?: string | undefined;
  /** Id of the only network to speak to, 64 hex digits: an ingress of any other is refused. */
  readonly network?: string | undefined;
  /** Key of the account, 32 random bytes, secret. Without one only what is public can be read. */
  readonly accountKey?: Uint8Array | undefined;
}

/** What a page does with files. A reference is a CID or one of the owner's names, with `/PATH` for a file inside. */
export interface Storage extends Pick<StorageClient, "read" | "list" | "listFiles" | "stat" | "remove"> {
  /** An upload of bytes or of what a file input gives; sealed unless `public` is said. It begins when it is awaited. */
  upload(content: Uint8Array | Blob, fileName: string, options?: UploadOptions): Upload;
  /** The whole content of one file, verified. Errors as `read`. */
  getBytes(reference: string, options?: Parameters<StorageClient["read"]>[1]): Promise<Uint8Array>;
}

/** A network as a page sees it. */
export interface Client {
  readonly storage: Storage;
  /** Which network it is, and how far its log is. */
  network(signal?: AbortSignal): Promise<ApiDetails<"network">>;
  /** Bytes the account keeps and may keep. @throws DSDN_CLIENT_ACCOUNT_NEEDED */
  quota(signal?: AbortSignal): Promise<ApiDetails<"owner">>;
}

/** A client of a network. Nothing is sent until one of its methods is called. One a page is enough. */
export function connect({ url, token, network, accountKey }: ConnectOptions): Client {
  const account = accountKey === undefined ? undefined : inMemory(openAccount(accountKey));
  const { storage, ...facts } = connectStorage(
    { ingressUrl: url, token, network, profileFolder: "/", platform: "posix", findAccount: async () => account },
    { disk: createMemoryDisk(), clock: systemClock(), random: systemRandom() },
  );
  const { read, list, listFiles, stat, remove } = storage;
  return {
    ...facts,
    storage: {
      ...{ read, list, listFiles, stat, remove },
      upload: (content, fileName, options = {}) =>
        new Upload(storage.upload, { stream: partsOf(content), fileName }, options),
      getBytes: async (reference, options) => readBytes(read(reference, options)),
    },
  };
}

/** 32 random bytes for a new account. Whoever loses them loses everything of it. */
export function makeAccountKey(): Uint8Array {
  return systemRandom().bytes(32);
}

/**
 * Opens a share link with nothing but the link. Its secret half is not sent.
 *
 * @throws DSDN_PROTOCOL_LINK_MALFORMED, DSDN_PROTOCOL_LINK_WRONG_HALF, DSDN_INGRESS_LINK_UNKNOWN and the other ends of a
 * link, DSDN_BASE_UNREACHABLE, and what opening an object throws
 */
export function openLink(link: string, signal?: AbortSignal): Promise<Omit<OpenLink, "get">> {
  return openNetworkLink(link, { platform: "posix", signal });
}

/** What the client keeps for itself lies in the page's memory, beside the key it would be sealed with. */
function inMemory(account: Account): Account {
  return { ...account, wrap: (_purpose, bytes) => bytes.slice(), unwrap: (_purpose, bytes) => bytes };
}

async function* partsOf(content: Uint8Array | Blob): AsyncGenerator<Uint8Array> {
  if (!(content instanceof Blob)) {
    yield checkBytes(content, "upload");
    return;
  }
  const reader = content.stream().getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
}
