import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";

/** The first two cells of every row, without what stands in brackets: the word, and the word in the other language. */
function wordsOf(language: string): (readonly [string, string])[] {
  const page = readFileSync(join(root, "docs", language, "glossary.md"), "utf8");
  const plain = (cell = "") => cell.replace(/ \([^)]*\)/g, "");
  return page
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => [...section.matchAll(/^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gm)].slice(1))
    .map(([, word, other]) => [plain(word), plain(other)] as const);
}

test("the glossaries translate each other: the same concepts, in each language under its own word", () => {
  const english = wordsOf("en").map(([word, other]) => `${word} = ${other}`);
  expect(
    wordsOf("id")
      .map(([word, other]) => `${other} = ${word}`)
      .sort(),
  ).toEqual(english.sort());
  expect(english.length).toBeGreaterThan(80);
});

test.each(["en", "id"])("no word stands twice (%s), and each section is in order of the alphabet", (language) => {
  const page = readFileSync(join(root, "docs", language, "glossary.md"), "utf8");
  const words = wordsOf(language).map(([word]) => word);
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  for (const section of page.split(/^## /m).slice(1)) {
    const found = [...section.matchAll(/^\| ([^|(]+?)(?: \([^|]*)? \|/gm)].slice(1).map((match) => match[1] ?? "");
    expect(found).toEqual(found.toSorted((left, right) => left.localeCompare(right, language)));
  }
});
