// Markdown of the pages that are written by programs.

export const languages = ["en", "id"] as const;
export type Language = (typeof languages)[number];
export type Text = { readonly [language in Language]: string };

/** A generated page: its path below docs/<language> and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** The text as it stands: no part of it becomes a tag, a link or emphasis. Code spans in it stay code. */
export function prose(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith("`") && part.length > 1 ? part : part.replace(/[\\<>*[\]|]|(?<!\w)_|_(?!\w)/g, "\\$&"),
    )
    .join("");
}

/** A code span, also inside a table. */
export function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

/** A table; its cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** Paragraphs, headings and tables with an empty line between them. */
export function join(parts: readonly (string | readonly string[])[]): string {
  return `${parts.map((part) => (typeof part === "string" ? part : part.join("\n"))).join("\n\n")}\n`;
}
