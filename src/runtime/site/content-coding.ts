import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export type ContentCoding = "br" | "gzip";

/** In the order they are preferred where a client likes both the same. */
const CODINGS: readonly ContentCoding[] = ["br", "gzip"];
/** More entries than any client sends. */
const ENTRIES = 32;
/** Fields whose meaning is remembered; a client can make up others. */
const KEPT_FIELDS = 100;
const KEPT_FIELD_LENGTH = 256;
const BROTLI_QUALITY = 5;
const GZIP_LEVEL = 6;

/**
 * The coding to answer with: the best that the field allows, or undefined for none. No coding is also the answer where
 * the field allows nothing that exists: a client that reads the body as it is fares better than one that gets 406.
 *
 * @source RFC 9110 12.5.3
 */
export function pickCoding(field: string | undefined): ContentCoding | undefined {
  if (field === undefined || field === "") return undefined;
  const weights = new Map<string, number>();
  for (const entry of field.split(",", ENTRIES)) {
    const [name = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
    weights.set(name === "x-gzip" ? "gzip" : name, weightOf(parameters));
  }
  const others = weights.get("*") ?? 0;
  // Unless it is named, no coding is allowed and the least liked.
  const plain = weights.get("identity") ?? 0;
  let best: { coding: ContentCoding; weight: number } | undefined;
  for (const coding of CODINGS) {
    const weight = weights.get(coding) ?? others;
    if (weight > 0 && weight >= plain && weight > (best?.weight ?? 0)) best = { coding, weight };
  }
  return best?.coding;
}

/** `pickCoding` that reads a field once: browsers of one make send the same. */
export function createCodingPicker(): typeof pickCoding {
  const known = new Map<string, ContentCoding | null>();
  return (field) => {
    if (field === undefined || field.length > KEPT_FIELD_LENGTH) return pickCoding(field);
    let coding = known.get(field);
    if (coding === undefined) {
      coding = pickCoding(field) ?? null;
      if (known.size >= KEPT_FIELDS) known.clear();
      known.set(field, coding);
    }
    return coding ?? undefined;
  };
}

/** A malformed weight allows nothing. @source RFC 9110 12.4.2 */
function weightOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith("q="));
  if (given === undefined) return 1;
  return /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(given) ? Number(given.slice(2)) : 0;
}

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** The bytes in that coding, made beside the event loop. */
export async function compress(bytes: Uint8Array, coding: ContentCoding): Promise<Uint8Array> {
  if (coding === "gzip") return deflate(bytes, { level: GZIP_LEVEL });
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotli(bytes, { params });
}

/** True for media types whose content is text; pictures, sound, archives and fonts are compressed already. */
export function isCompressible(mediaType: string): boolean {
  const type = mediaType.split(";", 1)[0] ?? "";
  return /^text\/|[/+](?:json|xml|javascript|wasm|x-ndjson|rtf|toml|yaml)$|^image\/(?:bmp|x-icon|vnd\.microsoft\.icon)$|^font\/(?:ttf|otf)$|^application\/(?:manifest|vnd\.ms-fontobject|x-sh)/.test(
    type,
  );
}
