import type { GuestHost } from "./host.ts";

interface UrlParts {
  href: string;
  origin: string;
  protocol: string;
  username: string;
  password: string;
  host: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  hash: string;
}

const FIELDS = [
  "href",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
] as const;

type Pair = [string, string];
type QueryInput = string | Iterable<readonly [string, string]> | { readonly [name: string]: string };

/** The URL and URLSearchParams classes of the guest (WHATWG URL); parsing is done by the host's parser. */
export function createUrlClasses(host: GuestHost) {
  const URLSearchParams = createSearchParams(host);
  return { URL: createUrl(host, URLSearchParams), URLSearchParams };
}

function createSearchParams(host: GuestHost) {
  const parse = (query: string): Pair[] => JSON.parse(host.parseQuery(query)) as Pair[];
  return class URLSearchParams extends QueryList {
    /** Binds the list to a URL: every change is written back through `changed`. */
    constructor(input: QueryInput = "", changed?: (query: string) => void) {
      super(typeof input === "string" ? parse(input) : toPairs(input), (list) => changed?.(list.toString()));
    }
    override toString(): string {
      return host.formatQuery(JSON.stringify([...this]));
    }
    /** Takes over a query that was changed on the URL's side. */
    static refresh(params: QueryList, query: string): void {
      QueryList.replace(params, parse(query));
    }
  };
}

function toPairs(input: Exclude<QueryInput, string>): Pair[] {
  const pairs = Symbol.iterator in input ? (input as Iterable<readonly [string, string]>) : Object.entries(input);
  return [...pairs].map(([name, value]) => [String(name), String(value)]);
}

/** The list behind URLSearchParams. */
class QueryList {
  #pairs: Pair[];
  readonly #changed: (list: QueryList) => void;

  constructor(pairs: Pair[], changed: (list: QueryList) => void) {
    this.#pairs = pairs;
    this.#changed = changed;
  }
  static replace(list: QueryList, pairs: Pair[]): void {
    list.#pairs = pairs;
  }
  get size(): number {
    return this.#pairs.length;
  }
  append(name: string, value: string): void {
    this.#write([...this.#pairs, [String(name), String(value)]]);
  }
  delete(name: string): void {
    this.#write(this.#pairs.filter(([other]) => other !== String(name)));
  }
  get(name: string): string | null {
    return this.#pairs.find(([other]) => other === String(name))?.[1] ?? null;
  }
  getAll(name: string): string[] {
    return this.#pairs.filter(([other]) => other === String(name)).map(([, value]) => value);
  }
  has(name: string): boolean {
    return this.#pairs.some(([other]) => other === String(name));
  }
  /** Keeps the place of the first pair of that name, drops the others. */
  set(name: string, value: string): void {
    const key = String(name);
    const first = this.#pairs.findIndex(([other]) => other === key);
    const others = this.#pairs.filter(([other], index) => index === first || other !== key);
    const pairs = others.map((pair): Pair => (pair[0] === key ? [key, String(value)] : pair));
    this.#write(first === -1 ? [...pairs, [key, String(value)]] : pairs);
  }
  sort(): void {
    this.#write(this.#pairs.toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
  }
  forEach(visit: (value: string, name: string, list: QueryList) => void): void {
    for (const [name, value] of this.#pairs) visit(value, name, this);
  }
  *entries(): IterableIterator<Pair> {
    for (const [name, value] of this.#pairs) yield [name, value];
  }
  *keys(): IterableIterator<string> {
    for (const [name] of this.#pairs) yield name;
  }
  *values(): IterableIterator<string> {
    for (const [, value] of this.#pairs) yield value;
  }
  [Symbol.iterator](): IterableIterator<Pair> {
    return this.entries();
  }
  #write(pairs: Pair[]): void {
    this.#pairs = pairs;
    this.#changed(this);
  }
}

function createUrl(host: GuestHost, URLSearchParams: ReturnType<typeof createSearchParams>) {
  const { parse } = JSON;
  // A handler reads the address of its request, which was parsed a moment ago. Parts are replaced, never changed.
  let last: { readonly text: string; readonly parts: UrlParts | undefined } | undefined;
  const resolve = (text: string, base: string, change: string): UrlParts | undefined => {
    const isPlain = base === "" && change === "";
    if (isPlain && last?.text === text) return last.parts;
    const json = host.url(text, base, change);
    const parts = json === undefined ? undefined : (parse(json) as UrlParts);
    if (isPlain) last = { text, parts };
    return parts;
  };

  return class URL {
    #parts: UrlParts;
    #params: InstanceType<typeof URLSearchParams> | undefined;

    static {
      for (const field of FIELDS) {
        Object.defineProperty(URL.prototype, field, {
          get(this: URL) {
            return this.#parts[field];
          },
          set(this: URL, value: unknown) {
            this.#change(field, String(value));
          },
          enumerable: true,
          configurable: true,
        });
      }
    }

    constructor(text: string | URL, base?: string | URL) {
      const parts = resolve(String(text), base === undefined ? "" : String(base), "");
      if (parts === undefined) throw new TypeError("Invalid URL");
      this.#parts = parts;
    }

    static canParse(text: string | URL, base?: string | URL): boolean {
      return resolve(String(text), base === undefined ? "" : String(base), "") !== undefined;
    }

    static parse(text: string | URL, base?: string | URL): URL | null {
      return URL.canParse(text, base) ? new URL(text, base) : null;
    }

    get origin(): string {
      return this.#parts.origin;
    }
    get searchParams(): InstanceType<typeof URLSearchParams> {
      this.#params ??= new URLSearchParams(this.#parts.search, (query) => this.#change("search", query, false));
      return this.#params;
    }
    toString(): string {
      return this.#parts.href;
    }
    toJSON(): string {
      return this.#parts.href;
    }
    #change(field: keyof UrlParts, value: string, isParamsStale = true): void {
      const parts = resolve(this.#parts.href, "", JSON.stringify([field, value]));
      if (parts === undefined) throw new TypeError("Invalid URL");
      this.#parts = parts;
      if (isParamsStale && this.#params !== undefined) URLSearchParams.refresh(this.#params, parts.search);
    }
  };
}
