import { ComponentError } from "./component-error.ts";

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Fields that belong to the connection, which is not the component's. */
const FORBIDDEN = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te"]);
const FIELDS = 1024;

type Entry = readonly [string, Uint8Array];

/** `wasi:http/types` fields. Names are compared in lower case. @source wasi:http 0.2, `fields`, `header-error` */
export class Fields {
  #entries: Entry[] = [];
  #isImmutable = false;

  static fromList(entries: readonly Entry[]): Fields {
    const fields = new Fields();
    for (const [name, value] of entries) fields.append(name, value);
    return fields;
  }

  /** Fields of a request, which was checked before it came here; they cannot be changed. */
  static ofRequest(headers: readonly (readonly [string, string])[]): Fields {
    const fields = new Fields();
    fields.#entries = headers
      .filter(([name]) => !FORBIDDEN.has(name.toLowerCase()))
      .map(([name, value]) => [name, new Uint8Array(Buffer.from(value, "latin1"))]);
    return fields.freeze();
  }

  freeze(): this {
    this.#isImmutable = true;
    return this;
  }

  /** Names and values as texts. */
  toPairs(): [string, string][] {
    return this.#entries.map(([name, value]) => [name, Buffer.from(value).toString("latin1")]);
  }

  get(name: string): Uint8Array[] {
    return this.#entries.filter(([each]) => isSame(each, name)).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.#entries.some(([each]) => isSame(each, name));
  }

  set(name: string, values: readonly Uint8Array[]): void {
    this.#check(name, values);
    this.#entries = this.#entries.filter(([each]) => !isSame(each, name));
    for (const value of values) this.append(name, value);
  }

  delete(name: string): void {
    this.#check(name, []);
    this.#entries = this.#entries.filter(([each]) => !isSame(each, name));
  }

  append(name: string, value: Uint8Array): void {
    this.#check(name, [value]);
    if (this.#entries.length >= FIELDS) throw new ComponentError({ tag: "forbidden" });
    this.#entries.push([name, value.slice()]);
  }

  entries(): Entry[] {
    return [...this.#entries];
  }

  clone(): Fields {
    const copy = new Fields();
    copy.#entries = [...this.#entries];
    return copy;
  }

  #check(name: string, values: readonly Uint8Array[]): void {
    if (this.#isImmutable) throw new ComponentError({ tag: "immutable" });
    const isFit = NAME.test(name) && values.every((value) => VALUE.test(Buffer.from(value).toString("latin1")));
    if (!isFit) throw new ComponentError({ tag: "invalid-syntax" });
    if (FORBIDDEN.has(name.toLowerCase())) throw new ComponentError({ tag: "forbidden" });
  }
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
