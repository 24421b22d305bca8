import { stripVTControlCharacters } from "node:util";

/** Columns a text takes on a terminal. Combining marks take none, wide East Asian characters and emoji two. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\u0020-\u007e]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const character of plain) width += /\p{Mark}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** The text filled with spaces on its right up to `width` columns. */
export function padTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/**
 * The line broken at spaces so that no part is wider than `columns`; a longer word stays whole, and so do the spaces
 * the line begins with.
 */
export function wrap(line: string, columns: number, indent = ""): string[] {
  if (widthOf(line) <= columns) return [line];
  const lines: string[] = [];
  const [start = ""] = /^ */.exec(line) ?? [];
  let current = start;
  for (const word of wordsOf(line.slice(start.length))) {
    const longer = current.trim() === "" ? current + word : `${current} ${word}`;
    if (current.trim() !== "" && widthOf(longer) > columns) {
      lines.push(current);
      current = indent + word;
    } else {
      current = longer;
    }
  }
  lines.push(current);
  return lines;
}

/** A number and its unit are one word. */
function wordsOf(text: string): string[] {
  return text
    .replace(UNIT, "$1\u0000")
    .split(" ")
    .map((word) => word.replaceAll("\u0000", " "));
}

const UNIT = /(\d) (?=(?:ms|s|min|h|B|[KMGTP]iB(?:\/s)?)(?:[^\w]|$))/g;

/** As `wrap`, but a command at the end of the line goes below whole, so that it can be copied. */
export function wrapBeforeCommand(line: string, columns: number, indent: string): string[] {
  const [, text, command] = /^(.*:) (dsdn .*)$/s.exec(line) ?? [];
  if (text === undefined || command === undefined || widthOf(line) <= columns) return wrap(line, columns, indent);
  return [...wrap(text, columns, indent), `  ${command}`];
}

/**
 * Rows as aligned columns, two spaces apart. Where they do not fit, cells that hold sentences are wrapped; where that is
 * not enough, each row becomes a block of `head  value` lines, so a narrow terminal shows everything.
 */
export function layTable(head: readonly string[], rows: readonly (readonly string[])[], columns: number): string[] {
  const cells = [head, ...rows];
  const widths = fitColumns(
    head.map((_, index) => cells.map((row) => row[index] ?? "")),
    columns,
  );
  if (widths === undefined && head.length > 1) return stack(head, rows, columns);
  const natural = widths ?? [Number.POSITIVE_INFINITY];
  return cells.flatMap((row) => layRow(row, natural));
}

/** Only what is wider than a time of day is taken for a sentence. */
const SENTENCE_COLUMNS = 20;
const SENTENCE_COLUMNS_MIN = 14;

/** The width of each column when they fit side by side; sentences give way, the widest first. */
function fitColumns(columnCells: readonly (readonly string[])[], columns: number): number[] | undefined {
  const widths = columnCells.map((cells) => Math.max(...cells.map(widthOf)));
  const least = columnCells.map((cells, index) => {
    const longest = Math.max(...cells.flatMap((cell) => cell.split(" ").map(widthOf)));
    const width = widths[index] ?? 0;
    return width <= SENTENCE_COLUMNS ? width : Math.min(width, Math.max(longest, SENTENCE_COLUMNS_MIN));
  });
  let excess = widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1)) - columns;
  while (excess > 0) {
    const room = widths.map((width, index) => (width > (least[index] ?? 0) ? width : 0));
    const widest = room.indexOf(Math.max(...room));
    if ((room[widest] ?? 0) === 0) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function layRow(row: readonly string[], widths: readonly number[]): string[] {
  const wrapped = row.map((cell, index) => wrap(cell, widths[index] ?? Number.POSITIVE_INFINITY));
  const height = Math.max(1, ...wrapped.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    joinRow(
      wrapped.map((lines) => lines[line] ?? ""),
      widths,
    ),
  );
}

function joinRow(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, index) => (index < row.length - 1 ? padTo(cell, widths[index] ?? 0) : cell))
    .join("  ")
    .trimEnd();
}

function stack(head: readonly string[], rows: readonly (readonly string[])[], columns: number): string[] {
  const lines: string[] = [];
  for (const row of rows) {
    if (lines.length > 0) lines.push("");
    lines.push(
      ...layPairs(
        head.map((title, index) => [title, row[index] ?? ""] as const),
        columns,
      ),
    );
  }
  return lines;
}

/** Label and value pairs with the values aligned; a value that is too wide goes on below itself. */
export function layPairs(
  pairs: readonly (readonly [string, string])[],
  columns: number = Number.POSITIVE_INFINITY,
): string[] {
  const width = Math.max(0, ...pairs.map(([label]) => widthOf(label)));
  const room = columns - width - 2;
  return pairs.flatMap(([label, value]) => {
    const lines = room < VALUE_COLUMNS_MIN ? [value] : wrap(value, room);
    return lines.map((line, index) => `${padTo(index === 0 ? label : "", width)}  ${line}`.trimEnd());
  });
}

const VALUE_COLUMNS_MIN = 20;
