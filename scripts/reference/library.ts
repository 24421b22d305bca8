// docs/<language>/api-reference/library.md and library-types.md: what a program imports, from the published declarations.
import { githubSlug } from "../../site/markdown.ts";
import { type Declaration, readDeclarations } from "./declarations.ts";
import { code, join, type Language, type Page } from "./markdown.ts";
import { roomOf } from "./troubleshooting.ts";

/** A published entry: what a program imports it by, and the text of its declaration file. */
export interface LibraryEntry {
  readonly specifier: string;
  readonly file: string;
}

const words = {
  title: { en: "Library", id: "Pustaka" },
  about: {
    en: "What the package exports, entry by entry, exactly as its published declarations say. Types that are only referred to stand in [types of the library](library-types.md). Every method that fails throws a `DsdnError` whose code is explained in [troubleshooting](../troubleshooting/index.md).",
    id: "Yang diekspor paket ini, entri demi entri, persis seperti deklarasi terbitannya; keterangan di dalam deklarasi berbahasa Inggris, seperti yang tampil di editor Anda. Tipe yang hanya dirujuk ada di [tipe pustaka](library-types.md). Setiap metode yang gagal melempar `DsdnError` dengan kode yang dijelaskan di [pemecahan masalah](../troubleshooting/index.md).",
  },
  typesTitle: { en: "Types of the library", id: "Tipe pustaka" },
  typesAbout: {
    en: "What the exports of the [library](library.md) refer to. These types have no name to import; a program gets them from what it calls, or by `Parameters` and `ReturnType`.",
    id: "Yang dirujuk ekspor [pustaka](library.md). Tipe ini tidak punya nama untuk diimpor; program memperolehnya dari yang dipanggilnya, atau lewat `Parameters` dan `ReturnType`.",
  },
  refers: { en: "Refers to", id: "Merujuk" },
  errors: { en: "Errors", id: "Galat" },
} as const;

const EXPORTS = "library.md";
const TYPES = "library-types.md";
const kinds: readonly Declaration["kind"][] = ["function", "class", "interface", "type", "const"];

/** The two pages of one language. */
export function writeLibrary(entries: readonly LibraryEntry[], language: Language): Page[] {
  const read = entries.map(({ specifier, file }) => ({ specifier, declarations: readDeclarations(file) }));
  return [
    {
      path: `api-reference/${EXPORTS}`,
      text: join([`# ${words.title[language]}`, words.about[language], ...writeSections(read, EXPORTS, language)]),
    },
    {
      path: `api-reference/${TYPES}`,
      text: join([
        `# ${words.typesTitle[language]}`,
        words.typesAbout[language],
        ...writeSections(read, TYPES, language),
      ]),
    },
  ];
}

interface Entry {
  readonly specifier: string;
  readonly declarations: readonly Declaration[];
}

function writeSections(entries: readonly Entry[], page: string, language: Language): (string | readonly string[])[] {
  const places = placesOf(entries);
  return entries.flatMap((entry) => {
    const shown = shownOn(page, entry);
    const link = (name: string) => {
      const [home = "", anchor = ""] = places.get(entry)?.get(name) ?? [];
      return `[${name}](${home === page ? "" : home}#${anchor})`;
    };
    const texts = shown.flatMap((declaration) => writeDeclaration(declaration, { link, language }));
    return texts.length === 0 ? [] : [`## ${entry.specifier}`, ...texts];
  });
}

/** Functions first among the exports; the types they refer to by name. */
function shownOn(page: string, { declarations }: Entry): Declaration[] {
  const shown = declarations.filter(({ isExported }) => isExported === (page === EXPORTS));
  const byName = (left: Declaration, right: Declaration) => (left.name < right.name ? -1 : 1);
  const byKind = (left: Declaration, right: Declaration) => kinds.indexOf(left.kind) - kinds.indexOf(right.kind);
  return shown.toSorted(page === EXPORTS ? byKind : byName);
}

/** Page and anchor of every declaration: the second heading of a name on a page is told apart by a number. */
function placesOf(entries: readonly Entry[]): Map<Entry, Map<string, readonly [page: string, anchor: string]>> {
  const places = new Map(entries.map((entry) => [entry, new Map<string, readonly [string, string]>()]));
  for (const page of [EXPORTS, TYPES]) {
    const taken = new Set<string>();
    for (const entry of entries) {
      taken.add(githubSlug(entry.specifier));
      for (const { name } of shownOn(page, entry)) {
        const slug = githubSlug(name);
        let anchor = slug;
        for (let again = 1; taken.has(anchor); again += 1) anchor = `${slug}-${again}`;
        taken.add(anchor);
        places.get(entry)?.set(name, [page, anchor]);
      }
    }
  }
  return places;
}

function writeDeclaration(
  { name, text, mentions }: Declaration,
  { link, language }: { link: (name: string) => string; language: Language },
): (string | readonly string[])[] {
  const codes = [...new Set(text.match(/\bDSDN_[A-Z]+(?:_[A-Z0-9]+)+\b(?!_?\*)/g) ?? [])];
  const errors = codes.map(
    (error) => `[${code(error)}](../troubleshooting/${roomOf(error)}.md#${error.toLowerCase()})`,
  );
  return [
    `### ${name}`,
    ["```ts", text, "```"],
    ...(mentions.length === 0 ? [] : [`${words.refers[language]}: ${mentions.map(link).join(", ")}.`]),
    ...(errors.length === 0 ? [] : [`${words.errors[language]}: ${errors.join(", ")}.`]),
  ];
}
