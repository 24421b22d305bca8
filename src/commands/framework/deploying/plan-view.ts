import { escapeForTerminal } from "../../../base/index.ts";
import { type Block, formatBytes, type Say } from "../../../ui/index.ts";
import type { DeploymentPlan } from "./plan-deployment.ts";

const texts = {
  nothingSent: {
    en: "Nothing was sent. {name} would be a {kind} package of {files} file(s), {size}.",
    id: "Tidak ada yang dikirim. {name} akan menjadi paket {kind} berisi {files} berkas, {size}.",
  },
  found: { en: "Recognised by", id: "Dikenali dari" },
  framework: { en: "Built with", id: "Di-build dengan" },
  digest: { en: "Digest", id: "Digest" },
  cost: { en: "Cost a month", id: "Biaya sebulan" },
  price: {
    en: "{usd} USD ({nusa} NUSA) to keep; running it is not in it, and prices may vary",
    id: "{usd} USD ({nusa} NUSA) untuk menyimpan; belum termasuk menjalankannya, dan harga dapat berubah",
  },
  against: { en: "Against version {version}:", id: "Dibandingkan dengan versi {version}:" },
  same: { en: "nothing changes", id: "tidak ada yang berubah" },
  unchanged: { en: "{count} unchanged", id: "{count} tidak berubah" },
  first: { en: "It would be the first version.", id: "Ini akan menjadi versi pertama." },
  unknown: {
    en: "What runs now could not be read, so it was compared with nothing.",
    id: "Yang berjalan sekarang tidak dapat dibaca, jadi tidak dibandingkan dengan apa pun.",
  },
  files: { en: "Would be sent", id: "Akan dikirim" },
  left: { en: "Left out", id: "Tidak ikut" },
} as const;

const SHOWN = 40;

/** What `deploy --dry-run` says: the package, its price, and how it differs from what runs. */
export function drawPlan(plan: DeploymentPlan, say: Say): readonly Block[] {
  const { name, kind, files, sizeBytes, because, framework, digest, cost, skipped } = plan;
  const { usd, nusa } = cost.totalPerMonth;
  return [
    say(texts.nothingSent, { name, kind, files: files.length + 1, size: formatBytes(sizeBytes) }),
    {
      pairs: [
        ...(framework === null ? [] : [[say(texts.framework), framework] as const]),
        [say(texts.found), because.join(", ")],
        [say(texts.digest), digest],
        [say(texts.cost), say(texts.price, { usd: usd.toFixed(6), nusa: nusa.toFixed(4) })],
      ],
    },
    ...drawList(
      `${say(texts.files)}:`,
      files.map((file) => `${file.path} (${formatBytes(file.sizeBytes)})`),
    ),
    ...drawList(
      `${say(texts.left)}:`,
      skipped.map((entry) => `${entry.path} (${entry.reason})`),
    ),
    ...drawChanges(plan, say),
    { essential: digest },
  ];
}

function drawChanges({ changes, isCompared }: DeploymentPlan, say: Say): readonly Block[] {
  if (changes === null) return [say(isCompared ? texts.first : texts.unknown)];
  const { added, changed, removed, unchanged, version } = changes;
  const lines = [
    ...added.map((path) => `+ ${path}`),
    ...changed.map((path) => `~ ${path}`),
    ...removed.map((path) => `- ${path}`),
  ];
  const heading = say(texts.against, { version });
  if (lines.length === 0) return [`${heading} ${say(texts.same)}`];
  return [...drawList(heading, lines), `  ${say(texts.unchanged, { count: unchanged })}`];
}

/** The first lines below a heading, and how many more there are; nothing without lines. Lines are escaped. */
export function drawList(heading: string, lines: readonly string[]): readonly Block[] {
  if (lines.length === 0) return [];
  const more = lines.length > SHOWN ? [`  ... ${lines.length - SHOWN}`] : [];
  return [heading, ...lines.slice(0, SHOWN).map((line) => `  ${escapeForTerminal(line)}`), ...more];
}
