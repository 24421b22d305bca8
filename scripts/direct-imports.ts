// In the sources a room is entered by its door, `index.ts`. A bundler that splits code treats such a door as one file
// that reaches everything any command uses of the room, so `dsdn --help` would load the HTTP server that only a devnet
// needs. While bundling, each name is therefore imported from the module that declares it; the doors stay for people.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Where a name comes from: a file, or a package. */
interface Origin {
  readonly module: string;
  readonly isPackage: boolean;
  readonly name: string;
}

interface Exports {
  readonly own: ReadonlySet<string>;
  readonly named: ReadonlyMap<string, Origin>;
  readonly stars: readonly string[];
}

const NAMED_IMPORT = /\bimport\s*\{([^}]*)\}\s*from\s*"(\.[^"]*\.ts)";?/g;
const LAZY_IMPORT = /(\{[^{}]*\}\s*=\s*await import\(\s*)"(\.[^"]*\.ts)"(\s*\))/g;

/** The address of a virtual module that holds only some names of a door. */
export const LAZY_PREFIX = "lazy-door:";

/** One reader for one build: files are read once. */
export function createDirectImports(): {
  /** The text of `path` with every import of a door replaced by imports of the declaring modules. */
  rewrite(path: string, text: string): string;
  /** The text of the virtual module behind a `LAZY_PREFIX` address. */
  lazyModule(address: string): { contents: string; folder: string };
} {
  const known = new Map<string, Exports>();

  function exportsOf(path: string): Exports {
    let found = known.get(path);
    if (found === undefined) {
      found = readExports(path, readFileSync(path, "utf8"));
      known.set(path, found);
    }
    return found;
  }

  function find(path: string, name: string): Origin | undefined {
    const { own, named, stars } = exportsOf(path);
    if (own.has(name)) return { module: path, isPackage: false, name };
    const origin = named.get(name);
    if (origin !== undefined) return origin.isPackage ? origin : (find(origin.module, origin.name) ?? origin);
    for (const star of stars) {
      const deeper = find(star, name);
      if (deeper !== undefined) return deeper;
    }
    return undefined;
  }

  function importLines(from: string, target: string, list: string, keyword: "import" | "export"): string {
    const lines = parseNames(list).map(({ name, alias }) => {
      const origin = find(target, name) ?? { module: target, isPackage: false, name };
      if (origin.name === "*" && keyword === "import")
        return `import * as ${alias} from ${JSON.stringify(origin.module)};`;
      const module = origin.isPackage ? origin.module : specifier(from, origin.module);
      return `${keyword} { ${origin.name} as ${alias} } from ${JSON.stringify(module)};`;
    });
    return lines.join(" ");
  }

  // A module is left as it is unless it is a door, or hands on a whole package (`z`), of which each user needs little.
  function isWorthDirecting(from: string, target: string, list: string): boolean {
    if (target.endsWith("/index.ts")) return true;
    return parseNames(list).some(({ name }) => find(join(dirname(from), target), name)?.name === "*");
  }

  return {
    rewrite: (path, text) =>
      text
        .replace(NAMED_IMPORT, (whole: string, list: string, target: string) =>
          isWorthDirecting(path, target, list) ? importLines(path, join(dirname(path), target), list, "import") : whole,
        )
        .replace(LAZY_IMPORT, (whole: string, head: string, target: string, tail: string) => {
          if (!target.endsWith("/index.ts")) return whole;
          const names = parseNames(head.slice(head.indexOf("{") + 1, head.lastIndexOf("}")).replaceAll(":", " as "));
          const address = `${LAZY_PREFIX}${join(dirname(path), target)}?${names.map(({ name }) => name).join(",")}`;
          return `${head}${JSON.stringify(address)}${tail}`;
        }),
    lazyModule: (address) => {
      const [door = "", names = ""] = address.slice(LAZY_PREFIX.length).split("?");
      return { contents: importLines(door, door, names, "export"), folder: dirname(door) };
    },
  };
}

function parseNames(list: string): { name: string; alias: string }[] {
  return list
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "" && !part.startsWith("type "))
    .map((part) => {
      const [name = "", alias = name] = part.split(/\s+as\s+/).map((word) => word.trim());
      return { name, alias };
    });
}

function readExports(path: string, text: string): Exports {
  const at = (target: string) => (target.startsWith(".") ? join(dirname(path), target) : target);
  const own = [...text.matchAll(/^export (?:async )?(?:abstract )?(?:function\*?|const|let|class) ([\w$]+)/gm)].map(
    (match) => match[1] ?? "",
  );
  const namespaces = new Map(
    [...text.matchAll(/^import \* as (\w+) from "([^."][^"]*)"/gm)].map((match) => [match[1] ?? "", match[2] ?? ""]),
  );
  const local = [...text.matchAll(/^export \{([^}]*)\};/gm)].flatMap((match) =>
    parseNames(match[1] ?? "").map(({ alias }) => alias),
  );
  const named = [...text.matchAll(/^export \{([^}]*)\} from "([^"]+)"/gm)].flatMap((match) =>
    parseNames(match[1] ?? "").map(({ name, alias }): [string, Origin] => {
      const module = match[2] ?? "";
      return [alias, { module: at(module), isPackage: !module.startsWith("."), name }];
    }),
  );
  const whole = local.flatMap((name): [string, Origin][] => {
    const module = namespaces.get(name);
    return module === undefined ? [] : [[name, { module, isPackage: true, name: "*" }]];
  });
  const stars = [...text.matchAll(/^export \* from "(\.[^"]+)"/gm)].map((match) => at(match[1] ?? ""));
  return {
    own: new Set([...own, ...local.filter((name) => !namespaces.has(name))]),
    named: new Map([...named, ...whole]),
    stars,
  };
}

function specifier(from: string, to: string): string {
  const path = relative(dirname(from), to).replaceAll("\\", "/");
  return path.startsWith(".") ? path : `./${path}`;
}
