import { dirname } from "node:path";
import { baseErrors, type Disk, fail, openRecordLog, type RecordLog } from "../../base/index.ts";
import { daErrors } from "../errors.ts";
import { type ArchiveEntry, decodeArchiveEntry, encodeArchiveEntry } from "./archive-record.ts";

/** Heights in one file; a full file is never opened for writing again. */
const HEIGHTS_PER_SEGMENT = 2048;

/** A run of heights without a gap, both ends included. */
export interface HeightRange {
  readonly first: number;
  readonly last: number;
}

/** The archive's files. One writer at a time. */
export interface ArchiveStore {
  /** Runs of heights, ascending, with a gap between any two. */
  ranges(): HeightRange[];
  has(height: number): boolean;
  /** Durable when it resolves. A height that is there already is left as it is. */
  append(entry: ArchiveEntry): Promise<void>;
  /** Entries from the height on, ascending, unverified; throws DSDN_DA_ARCHIVE_GAP at the first height missing before `last`. */
  read(fromHeight: number): AsyncIterable<ArchiveEntry>;
}

interface Segment {
  readonly first: number;
  /** first - 1 while it is empty. */
  last: number;
  path: string;
  /** Undefined once the segment is full. */
  log: RecordLog | undefined;
}

/**
 * Opens or makes the archive in a folder: `<first>.open` grows, `<first>-<last>.log` is full (decimal, ten digits).
 * A torn tail is cut off; a file that was full at a crash is sealed.
 */
export async function openArchiveStore(disk: Disk, folder: string): Promise<ArchiveStore> {
  await disk.makeFolder(folder);
  // A new folder's own name is durable only once its parent was synced.
  await disk.syncFolder(dirname(folder));
  const segments: Segment[] = [];
  for (const { name, kind } of await disk.list(folder)) {
    const match = kind === "file" ? /^(\d{10})(?:-(\d{10})\.log|\.open)$/.exec(name) : null;
    if (match === null) continue;
    const path = `${folder}/${name}`;
    const first = Number(match[1]);
    if (match[2] !== undefined) segments.push({ first, last: Number(match[2]), path, log: undefined });
    else segments.push(await openGrowing(disk, path, first));
  }
  segments.sort((left, right) => left.first - right.first);

  async function findSegmentFor(height: number): Promise<Segment & { log: RecordLog }> {
    const found = segments.find((segment) => segment.log !== undefined && segment.last + 1 === height);
    if (found?.log !== undefined) return { ...found, log: found.log };
    const path = `${folder}/${digits(height)}.open`;
    const log = await openRecordLog(disk, path);
    const segment: Segment = { first: height, last: height - 1, path, log };
    segments.push(segment);
    segments.sort((left, right) => left.first - right.first);
    return { ...segment, log };
  }

  async function seal(segment: Segment): Promise<void> {
    const path = `${folder}/${digits(segment.first)}-${digits(segment.last)}.log`;
    await disk.rename(segment.path, path);
    await disk.syncFolder(folder);
    segment.path = path;
    segment.log = undefined;
  }

  for (const segment of segments) {
    if (segment.log !== undefined && isFull(segment)) await seal(segment);
  }

  const has = (height: number) => segments.some((segment) => segment.first <= height && height <= segment.last);
  return {
    has,
    ranges: () => joinRanges(segments),
    append: async (entry) => {
      const { height } = entry.header;
      if (has(height)) return;
      const { first, log } = await findSegmentFor(height);
      await log.append([encodeArchiveEntry(entry)]);
      const segment = segments.find((candidate) => candidate.first === first);
      if (segment === undefined) return;
      segment.last = height;
      if (isFull(segment)) await seal(segment);
    },
    read: async function* (fromHeight) {
      let next = fromHeight;
      for (const segment of [...segments]) {
        if (segment.last < next) continue;
        if (segment.first > next) throw fail(daErrors.archiveGap, { height: next });
        const log = segment.log ?? (await openSealed(disk, segment.path));
        for await (const record of log.read()) {
          const entry = decodeArchiveEntry(record);
          if (entry.header.height < next) continue;
          if (entry.header.height > next) throw fail(daErrors.archiveGap, { height: next });
          yield entry;
          next += 1;
        }
        if (next <= segment.last) throw fail(daErrors.archiveGap, { height: next });
      }
    },
  };
}

async function openGrowing(disk: Disk, path: string, first: number): Promise<Segment> {
  const log = await openRecordLog(disk, path);
  let last = first - 1;
  for await (const record of log.read()) last = decodeArchiveEntry(record).header.height;
  return { first, last, path, log };
}

/** Only a growing file can have a torn tail: damage in a full one is reported as a gap and the file left as it is. */
function openSealed(disk: Disk, path: string): Promise<RecordLog> {
  const readOnly: Disk = {
    find: (name) => disk.find(name),
    findRange: (name, offset, length) => disk.findRange(name, offset, length),
    findSize: (name) => disk.findSize(name),
    list: (name) => disk.list(name),
    freeBytes: (name) => disk.freeBytes(name),
    makeFolder: async () => {},
    syncFolder: async () => {},
    truncate: async () => {},
    write: (name) => refuseWriting(name),
    append: (name) => refuseWriting(name),
    rename: (name) => refuseWriting(name),
    remove: (name) => refuseWriting(name),
    removeFolder: (name) => refuseWriting(name),
  };
  return openRecordLog(readOnly, path);
}

async function refuseWriting(path: string): Promise<void> {
  throw fail(baseErrors.fileFailed, { action: "write to", path, reason: "a full archive file is not changed" });
}

function isFull(segment: Segment): boolean {
  return segment.last - segment.first + 1 >= HEIGHTS_PER_SEGMENT;
}

function joinRanges(segments: readonly Segment[]): HeightRange[] {
  const ranges: HeightRange[] = [];
  for (const { first, last } of segments) {
    if (last < first) continue;
    const before = ranges.at(-1);
    if (before !== undefined && before.last + 1 === first) ranges[ranges.length - 1] = { first: before.first, last };
    else ranges.push({ first, last });
  }
  return ranges;
}

function digits(height: number): string {
  return String(height).padStart(10, "0");
}
