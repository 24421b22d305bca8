// Reads what tsc writes about a zod schema, `z.ZodObject<{ name: z.ZodString }, z.core.$strip>`, as the type of what the
// schema gives: `{ name: string }`. The published declarations then need no zod.

/** Every schema in the text replaced by the type of its output; the rest of the text stays. */
export function replaceSchemas(text: string): string {
  let result = "";
  let at = 0;
  for (;;) {
    const next = text.indexOf("z.Zod", at);
    if (next < 0) return result + text.slice(at);
    const reader = new SchemaReader(text, next);
    result += text.slice(at, next) + reader.read();
    at = reader.at;
  }
}

/**
 * The text of the type that `constant` has in its declaration, without the field path left out: of
 * `declare const api: { readonly a: { details: X; }; };` and `["a", "details"]` it is `X`.
 */
export function typeOfField(declaration: string, path: readonly string[]): string {
  let text = declaration.slice(declaration.indexOf(":") + 1);
  for (const name of path) {
    const field = fieldsOf(text).find((other) => other.name === name);
    if (field === undefined) throw new Error(`no field ${name}`);
    text = field.type;
  }
  return text.trim().replace(/;$/, "");
}

/** What stands between the angle brackets of `Name<A, B>`. */
export function argumentsOf(type: string): string[] {
  const open = type.indexOf("<");
  return partsOf(type.slice(open + 1, closeOf(type, open)));
}

const PLAIN: { readonly [schema: string]: string } = {
  ZodString: "string",
  ZodInt: "number",
  ZodNumber: "number",
  ZodBoolean: "boolean",
  ZodBigInt: "bigint",
  ZodUnknown: "unknown",
  ZodNull: "null",
};

class SchemaReader {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  read(): string {
    const name = /^z\.(Zod\w+)/.exec(this.#text.slice(this.at))?.[1] ?? "";
    this.at += name.length + 2;
    const plain = PLAIN[name];
    if (plain !== undefined) return plain;
    const parts = this.#arguments();
    const [first = "", second = ""] = parts;
    const inner = () => replaceSchemas(first);
    switch (name) {
      case "ZodObject":
        return objectOf(first);
      case "ZodNullable":
        return `${inner()} | null`;
      case "ZodOptional":
        return `${inner()} | undefined`;
      case "ZodArray":
        return `readonly (${inner()})[]`;
      case "ZodReadonly":
      case "ZodDefault":
      case "ZodPrefault":
        return inner();
      case "ZodEnum":
        return fieldsOf(first)
          .map(({ type }) => type)
          .join(" | ");
      case "ZodRecord":
        return `{ readonly [name: ${inner()}]: ${replaceSchemas(second)} }`;
      case "ZodLiteral":
      case "ZodCustom":
      case "ZodType":
        return first;
      case "ZodCodec":
      case "ZodPipe":
        return replaceSchemas(second);
      case "ZodUnion":
        if (first.endsWith("[]")) return replaceSchemas(first.slice(0, -2));
        return unionOf(parts);
      case "ZodDiscriminatedUnion":
        return unionOf(parts);
      default:
        throw new Error(`the schema ${name} is not understood`);
    }
  }

  /** What stands between the angle brackets at the place reached. */
  #arguments(): string[] {
    const start = this.at + 1;
    this.at = closeOf(this.#text, this.at) + 1;
    return partsOf(this.#text.slice(start, this.at - 1));
  }
}

/** Of the schemas in the tuple among the parts. */
function unionOf(parts: readonly string[]): string {
  const tuple = parts.find((part) => /^(?:readonly )?\[/.test(part)) ?? "";
  return partsOf(/\[([\s\S]*)\]$/.exec(tuple)?.[1] ?? "")
    .map(replaceSchemas)
    .join(" | ");
}

function objectOf(text: string): string {
  const fields = fieldsOf(text).map(({ name, type }) => {
    const isOptional = type.startsWith("z.ZodOptional<") || type.startsWith("z.ZodDefault<");
    return `    readonly ${name}${isOptional ? "?" : ""}: ${replaceSchemas(type).replaceAll("\n", "\n    ")};`;
  });
  return ["{", ...fields, "}"].join("\n");
}

/** The fields of an object type, in order. */
function fieldsOf(text: string): { name: string; type: string }[] {
  const body = text
    .trim()
    .replace(/;$/, "")
    .replace(/^\{|\}$/g, "");
  return split(body, ";").flatMap((part) => {
    const [, name = "", type = ""] = /^\s*(?:readonly )?("[^"]*"|[\w$]+)\??:\s*([\s\S]*)$/.exec(part) ?? [];
    return name === "" ? [] : [{ name, type }];
  });
}

function partsOf(text: string): string[] {
  return split(text, ",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Splits where the mark stands outside all brackets and strings. */
function split(text: string, mark: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if ("<{[(".includes(character)) at = closeOf(text, at);
    else if (character === '"') at = text.indexOf('"', at + 1);
    else if (character === mark) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** Where the bracket that opens at the place is closed. */
function closeOf(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === '"') at = text.indexOf('"', at + 1);
    else if ("<{[(".includes(character)) depth++;
    else if (")]}".includes(character) || (character === ">" && text[at - 1] !== "=")) depth--;
    if (depth === 0) return at;
  }
  throw new Error("a bracket is not closed");
}
