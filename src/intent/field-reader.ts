import { fail } from "../base/index.ts";
import { envName, limits, packagePath, type WorkloadSpec } from "../protocol/index.ts";
import { intentErrors } from "./errors.ts";
import { unknownField } from "./field-hints.ts";
import type { YamlMap, YamlNode, YamlScalar } from "./yaml-tree.ts";

/** A value and where it was said: a line such as `dsdn.yaml:3`, or a flag. */
export interface Said<V> {
  readonly value: V;
  readonly place: string;
}

const PATH = "src/server.ts";

/** What a text field is checked with. */
interface TextRule {
  readonly field: string;
  readonly expected: string;
  readonly check: (text: string) => boolean;
}

interface ListRule<V> {
  readonly field: string;
  readonly expected: string;
  readonly most: number;
  readonly read: (text: string) => V | undefined;
}

/** Reads fields of one file; every error names the line. */
export class FieldReader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  placeOf({ line }: { readonly line: number }): string {
    return `${this.#file}:${line}`;
  }

  /** The fields of a map that may have only these; none when there is no map. */
  fields(node: YamlNode | undefined, field: string, known: readonly string[]): ReadonlyMap<string, YamlNode> {
    if (node === undefined) return new Map();
    const expected = known.map((name) => `${name}: ...`).join(", ");
    for (const entry of this.map(node, { field, expected }).entries) {
      if (known.includes(entry.key)) continue;
      throw unknownField(entry.key, { place: this.placeOf(entry), known: known.join(", ") });
    }
    return new Map(node.kind === "map" ? node.entries.map(({ key, value }) => [key, value]) : []);
  }

  map(node: YamlNode, rule: { readonly field: string; readonly expected: string }): YamlMap {
    if (node.kind !== "map") this.refuse(node, rule);
    return node;
  }

  choice<C extends string>(node: YamlNode | undefined, field: string, choices: readonly C[]): Said<C> | undefined {
    if (node === undefined) return undefined;
    const found = choices.find((choice) => node.kind === "scalar" && node.value === choice);
    if (found !== undefined) return { value: found, place: this.placeOf(node) };
    const facts = { field, given: describe(node), choices: choices.join(", ") };
    throw fail(intentErrors.fieldInvalid, { place: this.placeOf(node), ...facts });
  }

  text(node: YamlNode | undefined, rule: TextRule): Said<string> | undefined {
    if (node === undefined) return undefined;
    const { value } = this.scalar(node, rule);
    if (typeof value !== "string" || !rule.check(value)) this.refuse(node, rule);
    return { value, place: this.placeOf(node) };
  }

  /** A path below the project folder, without `./` before and `/` behind it; `` for the folder itself. */
  path(node: YamlNode | undefined, field: "entry" | "site"): Said<string> | undefined {
    const trim = (path: string) => path.replace(/^(\.\/)+|\/+$/g, "").replace(/^\.$/, "");
    const isInside = (path: string) => packagePath.safeParse(path).success || (path === "" && field === "site");
    const said = this.text(node, {
      field,
      expected: PATH,
      check: (path) => !path.startsWith("/") && isInside(trim(path)),
    });
    return said === undefined ? undefined : { ...said, value: trim(said.value) };
  }

  /** Values keep the digits they are written with: `1.10` stays `1.10`. */
  env(node: YamlNode | undefined): Said<WorkloadSpec["env"]> | undefined {
    if (node === undefined) return undefined;
    const { entries } = this.map(node, { field: "env", expected: "NAME: value" });
    if (entries.length > limits.envVariables) {
      this.refuse(node, { field: "env", expected: `0 .. ${limits.envVariables} NAME: value` });
    }
    const env = entries.map(({ key, line, value }) => {
      if (!envName.safeParse(key).success)
        this.refuse({ line, text: key }, { field: "env", expected: "A-Z a-z 0-9 _" });
      const rule = { field: `env ${key}`, expected: `0 .. ${limits.envValueBytes} byte; "" for nothing` };
      const scalar = this.scalar(value, rule);
      const text = typeof scalar.value === "string" ? scalar.value : scalar.text;
      if (scalar.value === null || Buffer.byteLength(text) > limits.envValueBytes) this.refuse(value, rule);
      return { name: key, value: text };
    });
    return { value: env.sort((left, right) => (left.name < right.name ? -1 : 1)), place: this.placeOf(node) };
  }

  /** In the order they stand in, as they are written: `1.10` stays `1.10`. How many there may be is not checked here. */
  args(node: YamlNode | undefined): Said<readonly string[]> | undefined {
    if (node === undefined) return undefined;
    const rule = { field: "args", expected: '["--top", "5"]' };
    if (node.kind !== "list") this.refuse(node, rule);
    const value = node.items.map((item) => {
      const scalar = this.scalar(item, rule);
      if (scalar.value === null) this.refuse(item, rule);
      return typeof scalar.value === "string" ? scalar.value : scalar.text;
    });
    return { value, place: this.placeOf(node) };
  }

  list<V extends string>(node: YamlNode | undefined, rule: ListRule<V>): Said<readonly V[]> | undefined {
    if (node === undefined) return undefined;
    if (node.kind !== "list") this.refuse(node, { ...rule, expected: `[${rule.expected}]` });
    if (node.items.length > rule.most) this.refuse(node, { ...rule, expected: `0 .. ${rule.most} x ${rule.expected}` });
    const values = node.items.map((item) => {
      const { value } = this.scalar(item, rule);
      return (typeof value === "string" ? rule.read(value) : undefined) ?? this.refuse(item, rule);
    });
    return { value: [...new Set(values)].sort(), place: this.placeOf(node) };
  }

  scalar(node: YamlNode, rule: { readonly field: string; readonly expected: string }): YamlScalar {
    if (node.kind !== "scalar") this.refuse(node, rule);
    return node;
  }

  checkVersion(node: YamlNode | undefined): void {
    if (node === undefined || (node.kind === "scalar" && node.value === 1)) return;
    if (node.kind === "scalar" && typeof node.value === "number" && node.value > 1) {
      throw fail(intentErrors.fileNewer, { place: this.placeOf(node), given: node.text.slice(0, 20) });
    }
    this.refuse(node, { field: "version", expected: "1" });
  }

  refuse(
    node: YamlNode | { readonly line: number; readonly text: string },
    { field, expected }: { readonly field: string; readonly expected: string },
  ): never {
    const given = describe(node);
    throw fail(intentErrors.valueInvalid, { place: this.placeOf(node), field, given, expected });
  }
}

/** As it is written; what is long is cut. */
function describe(node: YamlNode | { readonly text: string }): string {
  if ("kind" in node && node.kind === "map") return "{...}";
  if ("kind" in node && node.kind === "list") return "[...]";
  if (!("text" in node)) return "?";
  if ("value" in node && node.value === null) return node.text === "" ? "empty" : node.text.slice(0, 80);
  return `'${node.text.slice(0, 80)}'`;
}
