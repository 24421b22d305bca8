// docs/<language>/troubleshooting: one entry an error, a page a room, and an index by what somebody sees.
import { errorDocumentSchema } from "../../src/commands/framework/schemas/index.ts";
import type { ListedError } from "../list-errors.ts";
import { errorRooms } from "./error-rooms.ts";
import { code, join, type Language, type Page, prose, type Text, table } from "./markdown.ts";
import { symptoms } from "./symptoms.ts";

const exits: readonly { readonly from: number; readonly to: number; readonly text: Text }[] = [
  { from: 0, to: 0, text: { en: "Done", id: "Selesai" } },
  { from: 1, to: 1, text: { en: "A bug of the program", id: "Kesalahan program" } },
  { from: 2, to: 2, text: { en: "Usage", id: "Pemakaian" } },
  { from: 3, to: 3, text: { en: "Partly done", id: "Selesai sebagian" } },
  { from: 10, to: 19, text: { en: "Environment", id: "Lingkungan" } },
  { from: 20, to: 29, text: { en: "Intent and package", id: "Niat dan paket" } },
  { from: 30, to: 39, text: { en: "Network", id: "Jaringan" } },
  { from: 40, to: 49, text: { en: "Verification failed", id: "Verifikasi gagal" } },
  { from: 130, to: 130, text: { en: "Interrupted", id: "Dihentikan" } },
];

const words = {
  title: { en: "Troubleshooting", id: "Pemecahan masalah" },
  about: {
    en: "Every error names a code, says what happened and what to do next. `dsdn explain <code>` prints the same entry in a terminal, without a network, and `dsdn explain <exit code>` lists the errors that end that way. `dsdn doctor` looks at this machine and at the network and mends what it can. A code is never reused for another meaning.",
    id: "Setiap galat menyebut sebuah kode, apa yang terjadi, dan apa yang dapat dilakukan. `dsdn explain <kode>` mencetak entri yang sama di terminal tanpa jaringan, dan `dsdn explain <kode keluar>` mendaftar galat yang berakhir dengan kode itu. `dsdn doctor` memeriksa mesin ini dan jaringannya, lalu memperbaiki yang bisa. Sebuah kode tidak pernah dipakai ulang dengan arti lain.",
  },
  bySight: { en: "What you see", id: "Yang terlihat" },
  look: { en: "look at", id: "lihat" },
  byExit: { en: "Exit codes", id: "Kode keluar" },
  exitAbout: {
    en: "The first digit tells who can act, so a script can decide without knowing every code.",
    id: "Angka depannya menunjukkan siapa yang dapat bertindak, jadi skrip dapat memutuskan tanpa mengenal semua kode.",
  },
  exitHead: { en: "exit code", id: "kode keluar" },
  meaning: { en: "meaning", id: "arti" },
  errors: { en: "errors", id: "galat" },
  many: {
    en: "how the command was called, or what it was given: `dsdn explain 2` lists them",
    id: "cara memanggil perintah, atau isi yang diberikan: `dsdn explain 2` mendaftarnya",
  },
  byRoom: { en: "Every error by its part of the program", id: "Semua galat menurut bagian program" },
  page: { en: "page", id: "halaman" },
  count: { en: "errors", id: "galat" },
  programs: { en: "For programs", id: "Untuk program" },
  json: {
    en: "Under `--json` a failure is one document with these members; `docs_link` leads to the entry here. An ingress answers with the same code, as `application/problem+json`.",
    id: "Dengan `--json`, kegagalan adalah satu dokumen dengan anggota berikut; `docs_link` menuju entri di sini. Ingress menjawab dengan kode yang sama, sebagai `application/problem+json`.",
  },
  roomAbout: {
    en: "Words in angle brackets stand for what a real message names. By what you see: [all errors](index.md).",
    id: "Kata dalam kurung sudut mewakili hal yang disebut pesan sebenarnya. Menurut yang terlihat: [semua galat](index.md).",
  },
  exit: { en: "Exit code", id: "Kode keluar" },
  status: { en: "HTTP status", id: "Status HTTP" },
  retry: { en: "trying again can help", id: "mencoba lagi dapat membantu" },
  who: { en: "who can act", id: "yang dapat bertindak" },
  kinds: {
    user: { en: "you", id: "Anda" },
    network: { en: "the network", id: "jaringan" },
    peer: { en: "another program on the network, which misbehaves", id: "program lain di jaringan, yang menyimpang" },
    bug: { en: "the authors of dsdn", id: "pembuat dsdn" },
  },
} as const;

/** More errors than this are no answer to "which one is it?". */
const MANY = 30;

/** The pages of one language. */
export function writeTroubleshooting(errors: readonly ListedError[], language: Language): Page[] {
  const rooms = Map.groupBy(errors, ({ spec }) => roomOf(spec.code));
  const pages = [...rooms].map(([room, entries]) => ({
    path: `troubleshooting/${room}.md`,
    text: writeRoom(room, entries, language),
  }));
  return [{ path: "troubleshooting/index.md", text: writeIndex(errors, language) }, ...pages];
}

/** The page an error stands on, by its code. */
export function roomOf(errorCode: string): string {
  return (errorCode.split("_")[1] ?? "").toLowerCase();
}

function titleOf(room: string): Text {
  return errorRooms[room] ?? { en: room, id: room };
}

function writeRoom(room: string, entries: readonly ListedError[], language: Language): string {
  // What nobody can do anything about comes last.
  const order = exits.toSorted((left, right) => Number(left.from === 1) - Number(right.from === 1));
  const groups = order.flatMap(({ from, to, text }) => {
    const found = entries.filter(({ spec }) => spec.exit >= from && spec.exit <= to);
    return found.length === 0 ? [] : [`## ${text[language]}`, ...found.flatMap((error) => writeEntry(error, language))];
  });
  return join([`# ${titleOf(room)[language]}`, words.roomAbout[language], ...groups]);
}

function writeEntry({ spec }: ListedError, language: Language): string[] {
  const { text } = spec;
  const [message, hint] = language === "id" ? [text.id, text.idHint] : [text.en, text.enHint];
  const remarks = [
    `${words.exit[language]} ${spec.exit}`,
    `${words.status[language]} ${spec.httpStatus}`,
    `${words.who[language]}: ${words.kinds[spec.kind][language]}`,
    ...(spec.isRetryable ? [words.retry[language]] : []),
  ];
  return [`### ${spec.code}`, withSlots(message), ...(hint === "" ? [] : [withSlots(hint)]), remarks.join(" · ")];
}

/** Slots as help texts write them, as code so that they are seen to be none of the message's own words. */
function withSlots(text: string): string {
  const named = text.replace(/\{(\w+)\}/g, "<$1>");
  // What is quoted and holds a slot is something to type or to read as it stands.
  const quoted = named.replace(/(?<=^|[\s(])'([^'`]*<\w+>[^'`]*)'(?=$|[\s).,:;?])/g, "`$1`");
  return prose(quoted.replace(/`[^`]*`|<\w+>/g, (part) => (part.startsWith("`") ? part : `\`${part}\``)));
}

function writeIndex(errors: readonly ListedError[], language: Language): string {
  const bySight = symptoms.flatMap(({ title, rows }) => [
    `### ${title[language]}`,
    table(
      [words.bySight[language].toLowerCase(), words.look[language]],
      rows.map(({ see, codes }) => [prose(see[language]), codes.map((name) => linkTo(`DSDN_${name}`)).join(", ")]),
    ),
  ]);
  const rooms = Map.groupBy(errors, ({ spec }) => roomOf(spec.code));
  const members = Object.keys(errorDocumentSchema.shape.error.shape);
  return join([
    `# ${words.title[language]}`,
    words.about[language],
    `## ${words.bySight[language]}`,
    ...bySight,
    `## ${words.byExit[language]}`,
    words.exitAbout[language],
    table(
      [words.exitHead[language], words.meaning[language]],
      exits.map(({ from, to, text }) => [from === to ? String(from) : `${from}-${to}`, text[language].toLowerCase()]),
    ),
    table(
      [words.exitHead[language], words.errors[language]],
      [...Map.groupBy(errors, ({ spec }) => spec.exit)]
        .toSorted(([left], [right]) => left - right)
        .map(([exit, found]) => [String(exit), found.length > MANY ? words.many[language] : listOf(found)]),
    ),
    `## ${words.byRoom[language]}`,
    table(
      [words.page[language], words.count[language]],
      [...rooms].map(([room, found]) => [`[${titleOf(room)[language]}](${room}.md)`, String(found.length)]),
    ),
    `## ${words.programs[language]}`,
    words.json[language],
    members.map((name) => `- ${code(name)}`),
  ]);
}

function listOf(errors: readonly ListedError[]): string {
  return errors.map(({ spec }) => linkTo(spec.code)).join(", ");
}

function linkTo(errorCode: string): string {
  return `[${errorCode.replace("DSDN_", "")}](${roomOf(errorCode)}.md#${errorCode.toLowerCase()})`;
}
