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

/** The line broken at spaces so that no part is wider than `columns`; a longer word stays whole. */
export function wrap(line: string, columns: number, indent = ""): string[] {
  if (widthOf(line) <= columns) return [line];
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    const longer = current === "" ? word : `${current} ${word}`;
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

/** As `wrap`, but a command at the end of the line goes below whole, so that it can be copied. */
export function wrapBeforeCommand(line: string, columns: number, indent: string): string[] {
  const [, text, command] = /^(.*:) (dsdn .*)$/s.exec(line) ?? [];
  if (text === undefined || command === undefined || widthOf(line) <= columns) return wrap(line, columns, indent);
  return [...wrap(text, columns, indent), indent + command];
}

/**
 * Rows as aligned columns, two spaces apart. When the widest row does not fit, each row becomes a block of
 * `head  value` lines, so a narrow terminal shows everything.
 */
export function layTable(head: readonly string[], rows: readonly (readonly string[])[], columns: number): string[] {
  const widths = head.map((title, index) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? ""))));
  const total = widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1));
  if (total > columns && head.length > 1) return stack(head, rows, columns);
  return [head, ...rows].map((row) => joinRow(row, widths));
}

function joinRow(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, index) => padTo(cell, widths[index] ?? 0))
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
