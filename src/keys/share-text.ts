import { findHex, fromUtf8, toHex } from "../base/index.ts";
import { parseShare, type ShareSet } from "../crypto/index.ts";

/** A share as a person hands it over: the share and, when known, what proves the key it belongs to. */
export interface GivenShare {
  /** Secret. */
  readonly share: string;
  /** The commitment or its first 8 to 31 bytes. */
  readonly check: Uint8Array | undefined;
}

type Named = Pick<ShareSet, "setId" | "threshold" | "total" | "commitment">;

/**
 * The content of a share file: a comment, the share, and `check` with the set's commitment.
 *
 * @throws as `parseShare`
 */
export function formatShareFile(share: string, set: Named): string {
  const { index } = parseShare(share);
  return [
    `# dsdn key share ${index} of set ${set.setId}: any ${set.threshold} of ${set.total} give the key. Keep them apart.`,
    `# Bagian kunci dsdn ${index} dari set ${set.setId}: ${set.threshold} dari ${set.total} memberi kuncinya. Simpan terpisah.`,
    share,
    `check ${toHex(set.commitment)}`,
    "",
  ].join("\n");
}

/** What the QR code of a share holds: capitals, since those fit the code's small alphabet, and half the commitment. */
export function formatShareCode(share: string, commitment: Uint8Array): string {
  return `${share} check ${toHex(commitment.subarray(0, 16))}`.toUpperCase();
}

/** The share in a file, a page to print, a scanned code or typed letters. `parseShare` says whether it is whole. */
export function readShareText(input: string | Uint8Array): GivenShare {
  const whole = typeof input === "string" ? input : fromUtf8(input);
  const text = (findOnPage(whole) ?? whole).slice(0, TEXT_LENGTH_MAX);
  const lines = text.split(/\r?\n/).filter((line) => !line.trimStart().startsWith("#"));
  const content = lines.join("\n").trim();
  const found = /\scheck\s+([0-9a-f]{16,64})$/i.exec(content);
  return {
    share: found ? content.slice(0, found.index) : content,
    check: found?.[1] === undefined ? undefined : findHex(found[1]),
  };
}

const TEXT_LENGTH_MAX = 4096;

/** What `renderSharePage` puts on its page for a person: the share and, in the last row, the commitment. */
function findOnPage(html: string): string | undefined {
  const share = /<p class="share">([0-9a-z ]+)<\/p>/.exec(html)?.[1];
  const commitment = /<td>([0-9a-f]{8}(?: [0-9a-f]{8}){7})<\/td>/.exec(html)?.[1];
  return share && (commitment === undefined ? share : `${share}\ncheck ${commitment.replaceAll(" ", "")}`);
}
