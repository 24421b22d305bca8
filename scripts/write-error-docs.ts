// Writes the catalogue of errors, docs/*/errors.md, from the rooms' own declarations.
// test/docs/errors.test.ts fails when the catalogue and the rooms disagree.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type ListedError, listErrors } from "./list-errors.ts";
import { root } from "./rooms.ts";

const words = {
  en: {
    title: "# Errors",
    about:
      "Every error the programs can report: its code, its exit code, what happened and what to do. A code is never reused for another meaning. `dsdn explain <code>` prints one of these entries. Under `--json` the same facts come as `{error: {code, message, hint, message_id, message_en, suggestion_id, suggestion_en, docs_link, exitCode, facts, causes}}`.",
    exits: "## Exit codes",
    table: [
      ["exit", "meaning"],
      ["0", "done"],
      ["1", "a bug of the program"],
      ["2", "usage"],
      ["3", "partly done"],
      ["10-19", "environment"],
      ["20-29", "intent and package"],
      ["30-39", "network"],
      ["40-49", "verification failed"],
      ["130", "interrupted"],
    ],
    catalogue: "## Catalogue",
    exit: "Exit",
    status: "HTTP status",
    retry: "trying again can help",
  },
  id: {
    title: "# Galat",
    about:
      "Semua galat yang dapat dilaporkan program: kodenya, kode keluarnya, apa yang terjadi, dan apa yang dapat dilakukan. Sebuah kode tidak pernah dipakai ulang dengan arti lain. `dsdn explain <kode>` mencetak satu entri di bawah ini. Dengan `--json`, fakta yang sama datang sebagai `{error: {code, message, hint, message_id, message_en, suggestion_id, suggestion_en, docs_link, exitCode, facts, causes}}`.",
    exits: "## Kode keluar",
    table: [
      ["kode", "arti"],
      ["0", "selesai"],
      ["1", "kesalahan program"],
      ["2", "pemakaian"],
      ["3", "selesai sebagian"],
      ["10-19", "lingkungan"],
      ["20-29", "niat dan paket"],
      ["30-39", "jaringan"],
      ["40-49", "verifikasi gagal"],
      ["130", "dihentikan"],
    ],
    catalogue: "## Katalog",
    exit: "Kode keluar",
    status: "Status HTTP",
    retry: "mencoba lagi dapat membantu",
  },
} as const;

/** The text of docs/<language>/errors.md. */
export function writeCatalogue(errors: readonly ListedError[], language: "en" | "id"): string {
  const word = words[language];
  const [head, ...rows] = word.table.map(([left, right]) => `| ${left} | ${right} |`);
  const entries = errors.map(({ spec }) => {
    const { text } = spec;
    const [message, hint] = language === "id" ? [text.id, text.idHint] : [text.en, text.enHint];
    const remarks = [
      `${word.exit} ${spec.exit}`,
      `${word.status} ${spec.httpStatus}`,
      ...(spec.isRetryable ? [word.retry] : []),
    ];
    return `### ${spec.code}\n\n${message} ${hint}\n\n${remarks.join(" · ")}\n`;
  });
  return [
    word.title,
    "",
    word.about,
    "",
    word.exits,
    "",
    head,
    "| --- | --- |",
    ...rows,
    "",
    word.catalogue,
    "",
    entries.join("\n"),
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const errors = await listErrors((path) => import(pathToFileURL(join(root, path)).href));
  for (const language of ["en", "id"] as const) {
    const path = join(root, "docs", language, "errors.md");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, writeCatalogue(errors, language));
  }
}
