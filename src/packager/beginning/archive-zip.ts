import { crc32 } from "node:zlib";
import { DsdnError } from "../../base/index.ts";
import { type Intake, refuse } from "./archive-intake.ts";

/** One file as the central directory describes it (APPNOTE.TXT 4.3.12). */
interface ZipEntry {
  readonly path: string;
  readonly kind: "file" | "folder";
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly headerOffset: number;
}

const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const COMMENT_BYTES = 0xffff;
const STORED = 0;
const DEFLATED = 8;
const FLAG_ENCRYPTED = 1;
const FLAG_UTF8 = 0x800;
/** Unix file types in the upper half of the external attributes, when the archive was made on Unix. */
const TYPE_MASK = 0o170000;
const FILE_TYPE = 0o100000;
const FOLDER_TYPE = 0o040000;
const UNIX = 3;

/**
 * The files of a ZIP archive. Names, types and sizes of all entries are judged before the first is unpacked, and no
 * entry gives more bytes than it said.
 *
 * @throws DSDN_PACKAGER_SOURCE_REFUSED, DSDN_PACKAGER_SOURCE_DAMAGED
 */
export async function readZip(bytes: Uint8Array, intake: Intake): Promise<Map<string, Uint8Array>> {
  const entries = readDirectory(bytes);
  checkOverlaps(entries);
  const admitted = entries.map((entry) => ({ entry, path: intake.admit(entry.path, entry.kind, entry.sizeBytes) }));
  const { Inflate } = await import("fflate");
  const files = new Map<string, Uint8Array>();
  for (const { entry, path } of admitted) {
    if (path === undefined || entry.kind === "folder") continue;
    const packed = findPacked(bytes, entry);
    const content = entry.method === STORED ? packed.slice() : inflate(packed, entry, Inflate);
    if (content.length !== entry.sizeBytes) throw refuse(entry.path, "it is not as long as it says");
    if (crc32(content) !== entry.crc) throw refuse(entry.path, "its checksum does not fit");
    files.set(path, content);
  }
  return files;
}

function readDirectory(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const disks = [view.getUint16(end + 4, true), view.getUint16(end + 6, true)];
  const [onDisk, count] = [view.getUint16(end + 8, true), view.getUint16(end + 10, true)];
  const [size, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  if (disks.some((disk) => disk !== 0) || onDisk !== count) throw refuse("", "it is one part of several");
  if (count === 0xffff || start === 0xffffffff) throw refuse("", "it is of the ZIP64 format");
  if (start + size > end) throw refuse("", "its directory is cut off");
  const entries: ZipEntry[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > start + size || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
      throw refuse("", "its directory is damaged");
    }
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const next = at + CENTRAL_BYTES + lengths.reduce((sum, length) => sum + length, 0);
    if (next > start + size) throw refuse("", "its directory is damaged");
    entries.push(readEntry(bytes, view, at));
    at = next;
  }
  return entries;
}

/** The end record stands last but for a comment. */
function findEnd(view: DataView): number {
  const first = Math.max(0, view.byteLength - END_BYTES - COMMENT_BYTES);
  for (let at = view.byteLength - END_BYTES; at >= first; at--) {
    const isEnd = view.getUint32(at, true) === END_SIGNATURE;
    if (isEnd && at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  throw refuse("", "it is no ZIP archive, or is cut off");
}

function readEntry(bytes: Uint8Array, view: DataView, at: number): ZipEntry {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const name = bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + view.getUint16(at + 28, true));
  const path = readName(name, flags);
  const packedBytes = view.getUint32(at + 20, true);
  const sizeBytes = view.getUint32(at + 24, true);
  const headerOffset = view.getUint32(at + 42, true);
  if ([packedBytes, sizeBytes, headerOffset].includes(0xffffffff)) throw refuse(path, "it is of the ZIP64 format");
  if ((flags & FLAG_ENCRYPTED) !== 0) throw refuse(path, "it is encrypted");
  if (method !== STORED && method !== DEFLATED) throw refuse(path, "it is packed in a way that is not known here");
  const isUnix = view.getUint8(at + 5) === UNIX;
  const type = isUnix ? (view.getUint32(at + 38, true) >>> 16) & TYPE_MASK : 0;
  if (type !== 0 && type !== FILE_TYPE && type !== FOLDER_TYPE) throw refuse(path, "it is a link or a device");
  const kind = path.endsWith("/") || type === FOLDER_TYPE ? "folder" : "file";
  if (kind === "folder" && sizeBytes > 0) throw refuse(path, "it is a folder with content");
  return { path, kind, method, crc: view.getUint32(at + 16, true), packedBytes, sizeBytes, headerOffset };
}

function readName(name: Uint8Array, flags: number): string {
  const isAscii = name.every((byte) => byte < 0x80);
  try {
    if (isAscii || (flags & FLAG_UTF8) !== 0)
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(name);
  } catch {
    throw refuse("", "a name in it is not UTF-8");
  }
  throw refuse("", "a name in it is written in an encoding it does not name");
}

/** Entries that share bytes are how a few kilobytes pretend to be gigabytes. */
function checkOverlaps(entries: readonly ZipEntry[]): void {
  const ordered = [...entries].sort((left, right) => left.headerOffset - right.headerOffset);
  let free = 0;
  for (const entry of ordered) {
    if (entry.headerOffset < free) throw refuse(entry.path, "it shares its bytes with another entry");
    free = entry.headerOffset + LOCAL_BYTES + entry.packedBytes;
  }
}

function findPacked(bytes: Uint8Array, { path, headerOffset, packedBytes }: ZipEntry): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isThere = headerOffset + LOCAL_BYTES <= bytes.length && view.getUint32(headerOffset, true) === LOCAL_SIGNATURE;
  if (!isThere) throw refuse(path, "its place in the archive is wrong");
  const nameLength = view.getUint16(headerOffset + 26, true);
  const name = bytes.subarray(headerOffset + LOCAL_BYTES, headerOffset + LOCAL_BYTES + nameLength);
  if (readName(name, FLAG_UTF8) !== path) throw refuse(path, "it is called differently in two places");
  const start = headerOffset + LOCAL_BYTES + nameLength + view.getUint16(headerOffset + 28, true);
  if (start + packedBytes > bytes.length) throw refuse(path, "it is cut off");
  return bytes.subarray(start, start + packedBytes);
}

const PIECE_BYTES = 16 * 1024;

function inflate(
  packed: Uint8Array,
  { path, sizeBytes }: ZipEntry,
  Inflate: typeof import("fflate").Inflate,
): Uint8Array {
  const content = new Uint8Array(sizeBytes);
  let length = 0;
  const inflater = new Inflate((piece) => {
    if (length + piece.length > sizeBytes) throw refuse(path, "it unpacks to more than it says");
    content.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; at < packed.length; at += PIECE_BYTES) {
      inflater.push(packed.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= packed.length);
    }
  } catch (error) {
    if (error instanceof DsdnError) throw error;
    throw refuse(path, "its content is damaged");
  }
  return content.subarray(0, length);
}
