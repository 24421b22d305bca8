import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A photo as it is shared. */
export interface Photo {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const START_OF_IMAGE = 0xd8;
const START_OF_SCAN = 0xda;
/** EXIF and XMP, with the place and the camera; IPTC, with names. */
const TELLING = [0xe1, 0xed];

/**
 * A JPEG without what it tells about its place, time and camera; the picture itself is not touched.
 * Undefined for what is no JPEG.
 *
 * @source ITU-T T.81 annex B: a marker is ff and a code; a segment is a marker and a length that counts itself.
 */
export function withoutTraces(jpeg: Uint8Array): Uint8Array | undefined {
  if (jpeg[0] !== 0xff || jpeg[1] !== START_OF_IMAGE) return undefined;
  const kept = [jpeg.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= jpeg.length) {
    const code = jpeg[at + 1] ?? 0;
    if (jpeg[at] !== 0xff) return undefined;
    if (code === START_OF_SCAN) return Buffer.concat([...kept, jpeg.subarray(at)]);
    const end = at + 2 + (((jpeg[at + 2] ?? 0) << 8) | (jpeg[at + 3] ?? 0));
    if (end < at + 4 || end > jpeg.length) return undefined;
    if (!TELLING.includes(code)) kept.push(jpeg.subarray(at, end));
    at = end;
  }
  return undefined;
}

/** The photos of a folder, by name, without their traces; what is no JPEG is told and left out. */
export async function readPhotos(folder: string, tell: (line: string) => void): Promise<Photo[]> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const photos: Photo[] = [];
  for (const { name: path } of names.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const bytes = withoutTraces(await readFile(join(folder, path)));
    if (bytes === undefined) tell(`${path}: no JPEG, left out`);
    else photos.push({ path, bytes });
  }
  return photos;
}
