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
    en: "What a program imports, exactly as the published declarations say. Types that are only referred to stand on a page of their own. What fails throws a `DsdnError` whose code is explained in [troubleshooting](../troubleshooting/index.md).",
    id: "Yang diimpor sebuah program, persis seperti deklarasi terbitannya; keterangan di dalam deklarasi berbahasa Inggris, seperti yang tampil di editor Anda. Tipe yang hanya dirujuk ada di halaman tersendiri. Yang gagal melempar `DsdnError` dengan kode yang dijelaskan di [pemecahan masalah](../troubleshooting/index.md).",
  },
  from: { en: "Imported from", id: "Diimpor dari" },
  others: { en: "Other entries", id: "Entri lain" },
  types: { en: "Types", id: "Tipe" },
  typesOf: { en: "Types of", id: "Tipe" },
  typesAbout: {
    en: "These types have no name to import; a program gets them from what it calls, or by `Parameters` and `ReturnType`. They are what the exports refer to:",
    id: "Tipe ini tidak punya nama untuk diimpor; program memperolehnya dari yang dipanggilnya, atau lewat `Parameters` dan `ReturnType`. Inilah yang dirujuk ekspor di:",
  },
  refers: { en: "Refers to", id: "Merujuk" },
  errors: { en: "Errors", id: "Galat" },
  kinds: {
    function: { en: "Functions", id: "Fungsi" },
    class: { en: "Classes", id: "Kelas" },
    const: { en: "Values", id: "Nilai" },
    interface: { en: "Interfaces", id: "Antarmuka" },
    type: { en: "Types", id: "Tipe" },
  },
} as const;

const kinds: readonly Declaration["kind"][] = ["function", "class", "const", "interface", "type"];

interface Entry {
  readonly specifier: string;
  readonly declarations: readonly Declaration[];
  /** Its page, and the one of the types that are only referred to. */
  readonly page: string;
  readonly typesPage: string;
  /** The codes of all errors: a variable such as DSDN_TOKEN_FILE is written like one. */
  readonly errors: ReadonlySet<string>;
}

/** What the pages of one language are written from. */
export interface LibraryOptions {
  readonly language: Language;
  /** The codes of all errors. */
  readonly errors: ReadonlySet<string>;
}

/** The pages of one language: two an entry, or one when all it refers to is exported. */
export function writeLibrary(entries: readonly LibraryEntry[], { language, errors }: LibraryOptions): Page[] {
  const read = entries.map(({ specifier, file }): Entry => {
    const name = specifier.replace("dsdn", "library").replace("/", "-");
    const pages = { page: `${name}.md`, typesPage: `${name}-types.md` };
    return { specifier, declarations: readDeclarations(file), ...pages, errors };
  });
  return read.flatMap((entry) => {
    const exported = writeSections(entry, true, language);
    const types = writeSections(entry, false, language);
    return [
      {
        path: `api-reference/${entry.page}`,
        text: join([...introduce(entry, read, { hasTypes: types.length > 0, language }), ...exported]),
      },
      ...(types.length === 0
        ? []
        : [{ path: `api-reference/${entry.typesPage}`, text: typesPage(entry, types, language) }]),
    ];
  });
}

function introduce(
  entry: Entry,
  all: readonly Entry[],
  { hasTypes, language }: { hasTypes: boolean; language: Language },
): string[] {
  const others = all.filter((other) => other !== entry).map((other) => `[${code(other.specifier)}](${other.page})`);
  const types = hasTypes ? `, [${words.types[language].toLowerCase()}](${entry.typesPage})` : "";
  return [
    `# ${titleOf(entry, language)}`,
    words.about[language],
    `${words.from[language]} ${code(entry.specifier)}${types}. ${words.others[language]}: ${others.join(", ")}.`,
  ];
}

function typesPage(entry: Entry, types: readonly (string | readonly string[])[], language: Language): string {
  const title = `# ${words.typesOf[language]} ${entry.specifier}`;
  return join([title, `${words.typesAbout[language]} [${titleOf(entry, language)}](${entry.page}).`, ...types]);
}

function titleOf({ specifier }: Entry, language: Language): string {
  return `${words.title[language]} ${specifier}`;
}

/** The exports of an entry, or what they refer to, by kind and name. */
function writeSections(entry: Entry, isExported: boolean, language: Language): (string | readonly string[])[] {
  const own = isExported ? entry.page : entry.typesPage;
  const link = (name: string) => {
    const isOther = entry.declarations.some((other) => other.name === name && other.isExported);
    const home = isOther ? entry.page : entry.typesPage;
    return `[${name}](${home === own ? "" : home}#${githubSlug(name)})`;
  };
  return kinds.flatMap((kind) => {
    const shown = entry.declarations.filter((one) => one.kind === kind && one.isExported === isExported);
    const byName = shown.toSorted((left, right) => (left.name < right.name ? -1 : 1));
    const texts = byName.flatMap((declaration) =>
      writeDeclaration(declaration, { link, language, errors: entry.errors }),
    );
    return texts.length === 0 ? [] : [`## ${words.kinds[kind][language]}`, ...texts];
  });
}

function writeDeclaration(
  { name, text, mentions }: Declaration,
  { link, language, errors }: LibraryOptions & { readonly link: (name: string) => string },
): (string | readonly string[])[] {
  const named = new Set(text.match(/\bDSDN_[A-Z]+(?:_[A-Z0-9]+)+\b(?!_?\*)/g) ?? []);
  const codes = [...named].filter((name) => errors.has(name));
  const links = codes.map((error) => `[${code(error)}](../troubleshooting/${roomOf(error)}.md#${error.toLowerCase()})`);
  return [
    `### ${name}`,
    ["```ts", text, "```"],
    ...(mentions.length === 0 ? [] : [`${words.refers[language]}: ${mentions.map(link).join(", ")}.`]),
    ...(links.length === 0 ? [] : [`${words.errors[language]}: ${links.join(", ")}.`]),
  ];
}
