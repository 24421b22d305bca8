// Makes one declaration file of an entry: what it exports and every type that is reached from there, from the many files
// that tsc emits. A user's editor and the report of the public interface read the same file; nothing else is published.
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { argumentsOf, replaceSchemas, typeOfField } from "./schema-types.ts";

/** One top-level statement as tsc wrote it, its comment included. */
interface Statement {
  readonly comment: string;
  readonly text: string;
}

interface Module {
  readonly path: string;
  /** Name -> its statements; a function with overloads has several. */
  readonly declared: Map<string, Statement[]>;
  /** Local name -> where it comes from; `*` as name is the whole module. */
  readonly imported: Map<string, Origin>;
  /** Exported name -> local name or origin. */
  readonly exported: Map<string, Origin | string>;
  readonly stars: string[];
}

interface Origin {
  readonly specifier: string;
  readonly name: string;
}

/** A declaration on its way into the file. */
interface Taken {
  readonly module: Module;
  readonly local: string;
  readonly statements: readonly Statement[];
  /** Its name in the file. */
  name: string;
}

/**
 * @param folder - where tsc emitted the declarations. @param entry - a file there, such as `index.d.ts`.
 * @param base - another entry, and how it is imported: what it exports is not written a second time.
 * @returns the file's text. @throws when something of a package that is not published is reached.
 */
export function flattenDeclarations(
  folder: string,
  entry: string,
  base?: { readonly entry: string; readonly specifier: string },
): string {
  return new Flattener(folder, base).flatten(entry);
}

class Flattener {
  readonly #folder: string;
  readonly #modules = new Map<string, Module>();
  readonly #taken = new Map<string, Taken>();
  readonly #names = new Set<string>();
  readonly #imports = new Map<string, Set<string>>();

  /** Key of a declaration -> its name in the other entry. */
  readonly #elsewhere = new Map<string, string>();
  readonly #base: string;

  constructor(folder: string, base: { readonly entry: string; readonly specifier: string } | undefined) {
    this.#folder = folder;
    this.#base = base?.specifier ?? "";
    if (base === undefined) return;
    for (const [name, { module, local }] of this.#exportsOf(this.#module(base.entry))) {
      this.#elsewhere.set(keyOf(module, local), name);
    }
  }

  flatten(entry: string): string {
    const module = this.#module(entry);
    const wanted = this.#exportsOf(module);
    const exported = new Map([...wanted].sort(([left], [right]) => (left < right ? -1 : 1)));
    // The names of the interface come first, so that they are the ones that keep their name.
    for (const [name, { module: home, local }] of exported) this.#take(home, local, name);
    const texts: string[] = [];
    // Grows while it is read: a declaration brings those it names.
    for (const taken of this.#taken.values()) texts.push(this.#write(taken, exported.has(taken.name)));
    const imports = [...this.#imports]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([specifier, names]) => `import type { ${[...names].sort().join(", ")} } from "${specifier}";`);
    return `${[...imports, ...texts, "export {};"].join("\n")}\n`;
  }

  #module(path: string): Module {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const module = readModule(path, readFileSync(join(this.#folder, path), "utf8"));
    this.#modules.set(path, module);
    return module;
  }

  #exportsOf(module: Module): Map<string, { module: Module; local: string }> {
    const found = new Map<string, { module: Module; local: string }>();
    for (const specifier of module.stars) {
      for (const [name, place] of this.#exportsOf(this.#module(resolveFrom(module.path, specifier)))) {
        found.set(name, place);
      }
    }
    for (const [name, origin] of module.exported) {
      // What a door hands on of another package is no type of ours.
      if (typeof origin !== "string" && !origin.specifier.startsWith(".")) continue;
      if (typeof origin === "string" && isForeign(module.imported.get(origin))) continue;
      const local = typeof origin === "string" ? origin : origin.name;
      const home = typeof origin === "string" ? module : this.#module(resolveFrom(module.path, origin.specifier));
      found.set(name, this.#declarationOf(home, local));
    }
    return found;
  }

  /** Where a name that is known in the module is declared. */
  #declarationOf(module: Module, name: string): { module: Module; local: string } {
    if (module.declared.has(name)) return { module, local: name };
    const origin = module.imported.get(name);
    if (origin !== undefined) return this.#follow(module, origin);
    const exported = this.#exportsOf(module).get(name);
    if (exported === undefined) throw new Error(`${module.path} knows no ${name}`);
    return exported;
  }

  #follow(module: Module, { specifier, name }: Origin): { module: Module; local: string } {
    const other = this.#module(resolveFrom(module.path, specifier));
    const place = this.#exportsOf(other).get(name);
    if (place === undefined) throw new Error(`${specifier} in ${module.path} exports no ${name}`);
    return place;
  }

  #take(module: Module, local: string, wish: string): string {
    const key = keyOf(module, local);
    const elsewhere = this.#elsewhere.get(key);
    if (elsewhere !== undefined) return this.#import(this.#base, elsewhere);
    const known = this.#taken.get(key);
    if (known !== undefined) return known.name;
    let name = wish;
    for (let count = 1; this.#names.has(name); count++) name = `${wish}_${count}`;
    this.#names.add(name);
    this.#taken.set(key, { module, local, statements: module.declared.get(local) ?? [], name });
    return name;
  }

  #write({ module, local, statements, name }: Taken, isExported: boolean): string {
    return statements
      .map(({ comment, text }) => {
        const bare = text.replace(/^export /, "");
        const renamed = this.#rename(module, bare, { local, name });
        return `${comment}${isExported ? "export " : ""}${renamed}`;
      })
      .join("\n");
  }

  /** The text with every name it uses as it is called in the file. */
  #rename(module: Module, text: string, own: { readonly local: string; readonly name: string }): string {
    const plain = this.#inline(module, this.#withoutSchemas(module, text));
    return mapCode(plain, (code) =>
      code.replace(
        /(\btypeof |\[(?=\w+\]:))?(?<![.\w$])([A-Za-z_$][\w$]*)/g,
        (whole, before: string | undefined, word: string) => {
          if (word === own.local) return `${before ?? ""}${own.name}`;
          const isType = before !== undefined || /^[A-Z]/.test(word) || module.imported.get(word)?.name === "*";
          if (!isType) return whole;
          const origin = module.imported.get(word);
          if (origin !== undefined) return `${before ?? ""}${this.#nameOf(module, origin)}`;
          return module.declared.has(word) ? `${before ?? ""}${this.#take(module, word, word)}` : whole;
        },
      ),
    );
  }

  /** Types that tsc wrote as `import("./x.ts").Name`. */
  #inline(module: Module, text: string): string {
    return text.replace(/import\("([^"]+)"\)\.(\w+)/g, (_whole, specifier: string, name: string) =>
      this.#nameOf(module, { specifier, name }),
    );
  }

  /** `z.infer<typeof schema>` and the answer of a route, written as the types they are. */
  #withoutSchemas(module: Module, text: string): string {
    return text
      .replace(/\bz\.(?:infer|output)<typeof (\w+)>/g, (_whole, name: string) => this.#schema(module, name, []))
      .replace(/\bApiDetails<"(\w+)">(?:\["(\w+)"\])?/g, (_whole, route: string, field: string | undefined) => {
        const details = this.#schema(this.#module("protocol/http-api.d.ts"), "ingressApi", [route]);
        return field === undefined ? details : typeOfField(`:${details}`, [field]);
      });
  }

  /** What the schema of that name gives; of a route, an `ApiRoute<Details, Body>`, what it answers. */
  #schema(module: Module, name: string, path: readonly string[]): string {
    const place = this.#declarationOf(module, name);
    const type = typeOfField(place.module.declared.get(place.local)?.[0]?.text ?? "", path);
    const [details = ""] = path.length === 0 ? [type] : argumentsOf(type);
    return this.#inline(place.module, replaceSchemas(details));
  }

  #nameOf(module: Module, origin: Origin): string {
    const { specifier, name } = origin;
    if (specifier.startsWith(".")) {
      const place = this.#follow(module, origin);
      return this.#take(place.module, place.local, place.local);
    }
    const isBuiltin = builtinModules.includes(specifier.replace(/^node:/, "")) || specifier === "vitest";
    if (!isBuiltin) throw new Error(`${module.path} reaches ${name} of ${specifier}, which no user has`);
    return this.#import(specifier, name);
  }

  #import(specifier: string, name: string): string {
    const names = this.#imports.get(specifier) ?? new Set();
    this.#imports.set(specifier, names.add(name));
    return name;
  }
}

function keyOf(module: Module, local: string): string {
  return `${module.path}#${local}`;
}

function isForeign(origin: Origin | undefined): boolean {
  return origin !== undefined && !origin.specifier.startsWith(".");
}

/** Applies the change to code only: comments and strings stay. */
function mapCode(text: string, change: (code: string) => string): string {
  return text
    .split(/(\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*")/)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join("");
}

function resolveFrom(path: string, specifier: string): string {
  return join(path, "..", specifier).replace(/\.ts$/, ".d.ts");
}

function readModule(path: string, text: string): Module {
  const module: Module = { path, declared: new Map(), imported: new Map(), exported: new Map(), stars: [] };
  for (const statement of statementsOf(text)) addStatement(module, statement);
  return module;
}

/** tsc begins every statement at the edge of the line, and nothing else but closing brackets. */
function statementsOf(text: string): Statement[] {
  const found: { comment: string; lines: string[] }[] = [];
  let comment = "";
  let isComment = false;
  for (const line of text.split("\n")) {
    if (isComment || line.startsWith("/**")) {
      comment += `${line}\n`;
      isComment = !line.includes("*/");
      continue;
    }
    const isHead = /^[A-Za-z]/.test(line);
    if (isHead) {
      found.push({ comment, lines: [line] });
      comment = "";
    } else if (line !== "") found.at(-1)?.lines.push(line);
  }
  return found.map((statement) => ({ comment: statement.comment, text: statement.lines.join("\n") }));
}

function addStatement(module: Module, { comment, text: written }: Statement): void {
  // tsc gives the module a name of its own where the file has none for it.
  const text = written.replace(/\bzod\./g, "z.");
  const statement = { comment, text };
  const from = /from "([^"]+)";$/.exec(text)?.[1];
  if (text.startsWith("import ")) {
    addImport(module, text, from ?? "");
    return;
  }
  if (/^export \* from/.test(text)) {
    module.stars.push(from ?? "");
    return;
  }
  const list = /^export (?:type )?\{([^}]*)\}/.exec(text)?.[1];
  if (list !== undefined) {
    for (const { name, as } of namesIn(list)) {
      module.exported.set(as, from === undefined ? name : { specifier: from, name });
    }
    return;
  }
  const [, exported, name = ""] =
    /^(export )?(?:declare )?(?:abstract )?(?:const|let|function|class|interface|type|enum) ([\w$]+)/.exec(text) ?? [];
  if (name === "") throw new Error(`${module.path} has a statement that is not understood: ${text.slice(0, 80)}`);
  module.declared.set(name, [...(module.declared.get(name) ?? []), statement]);
  if (exported !== undefined) module.exported.set(name, name);
}

function addImport(module: Module, text: string, specifier: string): void {
  const whole = /^import (?:type )?\* as (\w+)/.exec(text)?.[1];
  if (whole !== undefined) module.imported.set(whole, { specifier, name: "*" });
  const first = /^import (?:type )?(\w+)(?:,| from)/.exec(text)?.[1];
  if (first !== undefined && first !== "type") module.imported.set(first, { specifier, name: "default" });
  for (const { name, as } of namesIn(/\{([^}]*)\}/.exec(text)?.[1] ?? "")) module.imported.set(as, { specifier, name });
}

function namesIn(list: string): { name: string; as: string }[] {
  return list
    .split(",")
    .map((part) => part.trim().replace(/^type /, ""))
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", as = name] = part.split(" as ");
      return { name, as };
    });
}
