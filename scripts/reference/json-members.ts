// A JSON Schema as the rows of a table: the path of each member and what it holds.

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly additionalProperties?: Schema | boolean;
}

/** Every member below `schema`, outermost first; `rows[].name` stands in an array of objects. */
export function listMembers(schema: unknown, path = ""): { path: string; type: string }[] {
  const { properties, items, required } = toSchema(schema);
  const own = Object.entries(properties ?? {}).flatMap(([name, member]) => {
    const optional = required === undefined || required.includes(name) ? "" : "?";
    const below = path === "" ? name : `${path}.${name}`;
    return [{ path: `${below}${optional}`, type: typeOf(member) }, ...listMembers(member, below)];
  });
  const listed = items === undefined ? [] : listMembers(items, `${path}[]`);
  const variants = variantsOf(toSchema(schema)).flatMap((variant) => listMembers(variant, path));
  const named = toSchema(schema).additionalProperties;
  const keyed = typeof named === "object" ? listMembers(named, `${path}.*`) : [];
  const seen = new Set<string>();
  return [...own, ...listed, ...variants, ...keyed].filter((row) => {
    const key = row.path.replace("?", "");
    return !seen.has(key) && seen.add(key);
  });
}

/** What a value is: `string | null`, `object[]`, the words of an enumeration. */
export function typeOf(schema: unknown): string {
  const { type, items, enum: words, const: only } = toSchema(schema);
  const variants = variantsOf(toSchema(schema));
  if (variants.length > 0) return [...new Set(variants.map(typeOf))].join(" | ");
  if (words !== undefined) return words.map((word) => JSON.stringify(word)).join(" | ");
  if (only !== undefined) return JSON.stringify(only);
  if (type === "array") {
    const inner = items === undefined ? "any" : typeOf(items);
    return inner.includes(" | ") ? `(${inner})[]` : `${inner}[]`;
  }
  return typeof type === "string" ? type : Array.isArray(type) ? type.join(" | ") : "any";
}

function variantsOf({ anyOf, oneOf }: Schema): readonly Schema[] {
  return anyOf ?? oneOf ?? [];
}

function toSchema(value: unknown): Schema {
  return typeof value === "object" && value !== null ? value : {};
}
