/** What a Headers object can be built from. */
export type HeadersInput = Headers | Iterable<readonly [string, string]> | { readonly [name: string]: string };

/** HTTP header fields of the guest (WHATWG Fetch 5.1): case-insensitive names, sorted iteration. */
export class Headers {
  #fields = new Map<string, string[]>();

  constructor(input?: HeadersInput) {
    if (input === undefined || input === null) return;
    const pairs: Iterable<readonly [string, string]> =
      Symbol.iterator in input ? (input as Iterable<readonly [string, string]>) : Object.entries(input);
    for (const [name, value] of pairs) this.append(name, value);
  }

  append(name: string, value: string): void {
    const key = toName(name);
    const values = this.#fields.get(key);
    if (values === undefined) this.#fields.set(key, [toValue(value)]);
    else values.push(toValue(value));
  }

  set(name: string, value: string): void {
    this.#fields.set(toName(name), [toValue(value)]);
  }

  get(name: string): string | null {
    return this.#fields.get(toName(name))?.join(", ") ?? null;
  }

  getSetCookie(): string[] {
    return [...(this.#fields.get("set-cookie") ?? [])];
  }

  has(name: string): boolean {
    return this.#fields.has(toName(name));
  }

  delete(name: string): void {
    this.#fields.delete(toName(name));
  }

  *entries(): IterableIterator<[string, string]> {
    for (const name of [...this.#fields.keys()].sort()) {
      const values = this.#fields.get(name) ?? [];
      if (name === "set-cookie") for (const value of values) yield [name, value];
      else yield [name, values.join(", ")];
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  forEach(visit: (value: string, name: string, headers: Headers) => void): void {
    for (const [name, value] of this.entries()) visit(value, name, this);
  }
}

function toName(name: string): string {
  const text = String(name).toLowerCase();
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(text)) throw new TypeError(`"${name}" is not a header name.`);
  return text;
}

function toValue(value: string): string {
  const text = String(value).trim();
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) throw new TypeError("A header value holds a forbidden character.");
  return text;
}
