import { formatDay, toHex } from "../base/index.ts";
import { parseShare, type ShareSet } from "../crypto/index.ts";
import { formatShareCode } from "./share-text.ts";

interface PageOptions {
  readonly set: Pick<ShareSet, "setId" | "threshold" | "total" | "commitment">;
  /** Name of the network the key is used on. */
  readonly network: string;
  /** Fingerprint of the account, or the id of the object whose key was split. */
  readonly subject: string;
  readonly createdMs: number;
}

/**
 * One share as a page to print: HTML with nothing outside itself and no script, in Indonesian and English. Secret.
 *
 * @throws as `parseShare`
 */
export async function renderSharePage(share: string, options: PageOptions): Promise<string> {
  const { encodeQR } = await import("qr");
  const { index } = parseShare(share);
  const { set } = options;
  const code = encodeQR(formatShareCode(share, set.commitment), "svg", { ecc: "quartile", border: 2 });
  const rows: readonly (readonly [string, string])[] = [
    ["Jaringan / Network", options.network],
    ["Milik / Belongs to", options.subject],
    ["Set", set.setId],
    ["Nomor bagian / Share number", String(index)],
    ["Ambang / Threshold", `${set.threshold} / ${set.total}`],
    ["Dibuat / Made", formatDay(options.createdMs)],
    ["Kode periksa / Check code", grouped(toHex(set.commitment).slice(0, 16))],
    ["Komitmen kunci / Key commitment", grouped(toHex(set.commitment))],
  ];
  return page({
    title: `dsdn ${set.setId} #${index}`,
    rows: rows
      .map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`)
      .join("\n"),
    share: escapeHtml(grouped(share)),
    code,
    threshold: set.threshold,
    total: set.total,
  });
}

interface PageParts {
  readonly title: string;
  readonly rows: string;
  readonly share: string;
  readonly code: string;
  readonly threshold: number;
  readonly total: number;
}

function page({ title, rows, share, code, threshold, total }: PageParts): string {
  return `<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>
body { font: 12pt/1.4 serif; margin: 1cm auto; padding: 0 .5cm; max-width: 18cm; color: #000; background: #fff }
code { white-space: nowrap }
.share, .code, tr { break-inside: avoid }
h1 { font-size: 18pt; margin: 0 0 .3cm }
table { border-collapse: collapse; width: 100%; margin: .5cm 0 }
th, td { border: 1px solid #888; padding: .15cm .3cm; text-align: left; vertical-align: top }
th { width: 45%; font-weight: normal }
td, .share { font-family: monospace; overflow-wrap: anywhere }
.share { border: 2px solid #000; padding: .4cm; font-size: 13pt }
.code svg { width: 6cm; height: 6cm; display: block; margin: .5cm auto }
@media print { body { margin: 0; padding: 0 } @page { margin: 2cm } }
</style>
</head>
<body>
<h1>Bagian kunci dsdn · <span lang="en">dsdn key share</span></h1>
<p lang="id">Kunci ini dibagi menjadi ${total} bagian; ${threshold} bagian mana pun dapat memulihkannya, kurang dari itu tidak
mengungkap apa pun. Simpan setiap lembar di tempat yang berbeda dan jangan difoto. Untuk memulihkan: <code>dsdn keys recover</code>.</p>
<p lang="en">The key was split into ${total} shares; any ${threshold} of them bring it back, fewer tell nothing. Keep each page in
another place and take no photo of it. To recover: <code>dsdn keys recover</code>.</p>
<p class="share">${share}</p>
<div class="code" role="img" aria-label="Kode QR dengan bagian yang sama · QR code with the same share">${code}</div>
<table>
${rows}
</table>
</body>
</html>
`;
}

function grouped(text: string): string {
  return (text.match(/.{1,8}/g) ?? []).join(" ");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
