import { resolve } from "node:path";
import { readBytes } from "../base/index.ts";
import type {
  LinkClient,
  MadeLink,
  Client as NetworkClient,
  StorageClient,
  UploadInput,
  UploadOptions,
  UploadResult,
  UploadStage,
} from "../client/index.ts";
import { streamOf } from "./bytes.ts";
import { Work } from "./work.ts";

/** What an upload does one after the other: chunks go to nodes, then the publication to the log. */
export type UploadStep = "sending" | "publishing";

/** An upload that begins when it is awaited. Each word gives another upload and leaves this one as it is. */
export class Upload extends Work<UploadResult, UploadStep> {
  readonly #send: StorageClient["upload"];
  readonly #input: UploadInput;
  readonly #options: UploadOptions;

  constructor(send: StorageClient["upload"], input: UploadInput, options: UploadOptions) {
    super((stages) => {
      stages.enter("sending");
      return send(input, {
        ...options,
        onProgress: (progress) => {
          options.onProgress?.(progress);
          if (progress.phase !== "publishing") stages.update(progress.doneBytes, progress.totalBytes);
        },
        onStage: (stage, publication) => {
          options.onStage?.(stage, publication);
          stages.enter("publishing");
        },
      });
    });
    this.#send = send;
    this.#input = input;
    this.#options = options;
  }

  /** Sealed on this machine, for the account alone; so it is unless `public` is said. */
  encrypted(): Upload {
    return this.#with({ isPublic: false });
  }

  /** Readable by everyone who knows its CID, nodes included. */
  public(): Upload {
    return this.#with({ isPublic: true });
  }

  /** The owner's name for it in place of the file's own; null gives it none. */
  named(name: string | null): Upload {
    return this.#with({ name });
  }

  /** Kept so long and then forgotten by the network; for good unless said. */
  keptFor(ttlMs: number): Upload {
    return this.#with({ ttlMs });
  }

  /** What is waited for: `durable` is safe on nodes of two zones, `published` is on the log too, which is the default. */
  until(stage: UploadStage): Upload {
    return this.#with({ until: stage });
  }

  #with(change: Partial<UploadOptions>): Upload {
    return new Upload(this.#send, this.#input, { ...this.#options, ...change });
  }
}

/** What a program does with files. A reference is a CID or one of the owner's names, with `/PATH` for a file inside. */
export interface Storage extends StorageClient {
  /** An upload of a file of this machine, or of everything in a folder; it begins when it is awaited. Errors as `upload`. */
  uploadFile(path: string, options?: UploadOptions): Upload;
  /** An upload of bytes in memory as one file of that name; the same bytes make another object each time. Errors as `upload`. */
  uploadBytes(bytes: Uint8Array, fileName: string, options?: UploadOptions): Upload;
  /**
   * The whole content of one file, verified.
   * @throws DSDN_CLIENT_NOT_ONE_FILE, DSDN_CLIENT_NAME_UNKNOWN, and what opening an object throws
   */
  getBytes(reference: string, options?: Parameters<StorageClient["read"]>[1]): Promise<Uint8Array>;
  /** A secret link that opens the object without an account until it ends. Errors as `LinkClient.create`. */
  share(reference: string, options?: Parameters<LinkClient["create"]>[1]): Promise<MadeLink>;
}

/** The storage of a network with the forms that only a library has. */
export function createStorage({ storage, links }: Pick<NetworkClient, "storage" | "links">): Storage {
  const begin = (input: UploadInput, options: UploadOptions = {}) => new Upload(storage.upload, input, options);
  return {
    ...storage,
    uploadFile: (path, options) => begin({ paths: [resolve(path)] }, options),
    uploadBytes: (bytes, fileName, options) => begin({ stream: streamOf(bytes, "uploadBytes"), fileName }, options),
    getBytes: async (reference, options) => readBytes(storage.read(reference, options)),
    share: (reference, options) => links.create(reference, options),
  };
}
