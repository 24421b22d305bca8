import { type Disk, equalBytes, fail, fromUtf8 } from "../../base/index.ts";
import { hashHeader } from "../celestia/comet-header.ts";
import { parseHeader, timeToMs } from "../celestia/header-json.ts";
import { verifyNamespaceProof } from "../celestia/namespace-proof.ts";
import { daErrors } from "../errors.ts";
import type { DaBlob, DaHeader, DaHeight } from "../port.ts";
import type { ArchiveEntry } from "./archive-record.ts";
import { openArchiveStore } from "./archive-store.ts";

/** What an archive must be an archive of. */
export interface ArchiveSubject {
  /** 29 bytes. */
  readonly namespace: Uint8Array;
  readonly chainId: string;
}

export interface ReadArchiveOptions extends ArchiveSubject {
  readonly folder: string;
  /** Default 1. */
  readonly fromHeight?: number;
  /** A header known from elsewhere; the archive must hold this very one at its height. */
  readonly anchor?: { readonly height: number; readonly hash: Uint8Array };
}

/** A height read back from an archive, proven. */
export interface ArchivedHeight extends DaHeight {
  readonly header: DaHeader;
}

/**
 * Every archived height in order, each verified: its shares against its data root, its header against its hash, and
 * the hashes in a chain. It ends at the last height of the archive. The node that the data came from is not needed.
 *
 * Without an anchor the archive is only consistent in itself: whoever wrote it could have made it up.
 *
 * @throws DSDN_DA_ARCHIVE_GAP, DSDN_DA_PROOF_INVALID, DSDN_DA_HEIGHT_BACKWARDS
 */
export async function* readArchive(
  options: ReadArchiveOptions,
  deps: { readonly disk: Disk },
): AsyncGenerator<ArchivedHeight> {
  const store = await openArchiveStore(deps.disk, options.folder);
  const { anchor } = options;
  let previous: DaHeader | undefined;
  for await (const entry of store.read(options.fromHeight ?? 1)) {
    const { header } = entry;
    const blobs = verifyArchiveEntry(options, entry);
    if (previous !== undefined) checkLink(previous, header);
    if (anchor?.height === header.height && !equalBytes(anchor.hash, header.hash)) {
      throw fail(daErrors.heightBackwards, { height: header.height, reason: "it is not the header that is trusted" });
    }
    previous = header;
    yield { height: header.height, timeMs: header.timeMs, blobs, header };
  }
}

/**
 * The blobs of an entry.
 *
 * @throws DSDN_DA_PROOF_INVALID when the entry is of another chain or height, or proves something else.
 */
export function verifyArchiveEntry(subject: ArchiveSubject, entry: ArchiveEntry): DaBlob[] {
  const { header, proof } = entry;
  if (header.chainId !== subject.chainId) throw refuse(`it belongs to the chain ${header.chainId}`);
  if (proof.height !== header.height) throw refuse(`it is a proof of height ${proof.height}`);
  if (header.source !== undefined) checkSource(header, header.source);
  return verifyNamespaceProof(subject.namespace, header.dataRoot, proof);
}

/** @throws DSDN_DA_HEIGHT_BACKWARDS when `next` does not continue `previous`. */
export function checkLink(previous: DaHeader, next: DaHeader): void {
  const contradiction = (reason: string) => fail(daErrors.heightBackwards, { height: next.height, reason });
  if (next.height !== previous.height + 1) throw contradiction(`it came after height ${previous.height}`);
  if (!equalBytes(next.previousHash, previous.hash)) throw contradiction("it names another predecessor");
  if (next.timeMs < previous.timeMs) throw contradiction("its time is earlier");
}

/** The fields we use must be those that the header's hash covers. */
function checkSource(header: DaHeader, source: Uint8Array): void {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(source));
  } catch (error) {
    throw fail(daErrors.proofInvalid, { reason: "a header is not JSON" }, { cause: error });
  }
  const fields = parseHeader(value, "archive");
  const isSame =
    equalBytes(hashHeader(fields), header.hash) &&
    equalBytes(fields.dataHash, header.dataRoot) &&
    equalBytes(fields.lastBlockId.hash, header.previousHash) &&
    fields.height === header.height &&
    fields.chainId === header.chainId &&
    timeToMs(fields.time) === header.timeMs;
  if (!isSame) throw refuse("its header does not have the hash it claims");
}

function refuse(reason: string) {
  return fail(daErrors.proofInvalid, { reason });
}
