import { DsdnError } from "../../base/index.ts";
import { type Intake, refuse, sourceBounds } from "./archive-intake.ts";

/** Headers, padding and metadata beside the content. */
const OVERHEAD_BYTES = sourceBounds.entries * 2048;

/**
 * The files of a tar archive. Every entry is judged by its header before its content is read; links and devices are
 * refused, wherever they point.
 *
 * @param options.isZipped - by gzip; it unpacks to no more than the bounds allow.
 * @throws DSDN_PACKAGER_SOURCE_REFUSED, DSDN_PACKAGER_SOURCE_DAMAGED
 */
export async function readTar(
  bytes: Uint8Array,
  options: { readonly isZipped: boolean },
  intake: Intake,
): Promise<Map<string, Uint8Array>> {
  const { createTarDecoder } = await import("modern-tar");
  const files = new Map<string, Uint8Array>();
  try {
    const plain = options.isZipped ? unzip(bytes) : toStream(bytes);
    for await (const { header, body } of plain.pipeThrough(createTarDecoder({ strict: true }))) {
      const kind = header.type === "directory" ? "folder" : "file";
      if (header.type !== "directory" && header.type !== "file") throw refuse(header.name, "it is a link or a device");
      if (header.name.includes("\0")) throw refuse(header.name, "it holds a NUL character");
      const path = intake.admit(header.name, kind, kind === "folder" ? 0 : header.size);
      const content = await readAll(body, header.size);
      if (path !== undefined && kind === "file") files.set(path, content);
    }
  } catch (error) {
    if (error instanceof DsdnError) throw error;
    throw refuse("", `it is no tar archive, or is damaged: ${error instanceof Error ? error.message : "unknown"}`);
  }
  return files;
}

function toStream(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(new Uint8Array(bytes));
      controller.close();
    },
  });
}

function unzip(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left: number = sourceBounds.contentBytes + OVERHEAD_BYTES;
  const bound = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, controller) {
      left -= piece.length;
      if (left < 0) throw refuse("", `it unpacks to more than ${sourceBounds.contentBytes} bytes`);
      controller.enqueue(piece);
    },
  });
  return toStream(bytes).pipeThrough(new DecompressionStream("gzip")).pipeThrough(bound);
}

async function readAll(body: ReadableStream<Uint8Array>, sizeBytes: number): Promise<Uint8Array> {
  const content = new Uint8Array(sizeBytes);
  let length = 0;
  for await (const piece of body) {
    content.set(piece, length);
    length += piece.length;
  }
  return content;
}
