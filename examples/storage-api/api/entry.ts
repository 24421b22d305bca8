/** One entry of the book. */
export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly writtenMs: number;
}

const NAME_CHARS = 60;
const TEXT_CHARS = 500;

/** What is wrong with what a visitor sent; undefined when it can be kept. */
export function findFault(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return "Send JSON with name and text.";
  const { name, text } = body as { readonly name?: unknown; readonly text?: unknown };
  if (typeof name !== "string" || name.trim() === "" || name.length > NAME_CHARS) {
    return `name is a text of 1 to ${NAME_CHARS} characters.`;
  }
  if (typeof text !== "string" || text.trim() === "" || text.length > TEXT_CHARS) {
    return `text is a text of 1 to ${TEXT_CHARS} characters.`;
  }
  return undefined;
}
