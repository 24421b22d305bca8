import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  findCycles,
  importsOf,
  lintOverrides,
  listSources,
  readRooms,
  refuseImport,
  roomOf,
  root,
  withoutComments,
} from "../../scripts/rooms.ts";

const table = readRooms();
const sources = listSources("src");
/** The page an ingress serves; it runs in a browser and is no room. */
const dashboard = listSources("dashboard");

// A pattern about imports needs the strings; any other must not find its word in a message.
function codeOf(text: string, pattern: string): string {
  const code = withoutComments(text);
  return pattern.includes('"') ? code : code.replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
}

describe("the rooms", () => {
  test("every folder under src is a room of the table", () => {
    const unknown = sources
      .map((file) => roomOf(file.path, table))
      .filter((room) => !Object.hasOwn(table.rooms, room ?? ""));
    expect([...new Set(unknown)]).toEqual([]);
  });

  test("every room of the table is there", () => {
    const present = new Set(sources.map((file) => roomOf(file.path, table)));
    expect(Object.keys(table.rooms).filter((room) => !present.has(room))).toEqual([]);
  });

  test("a file imports only the doors its room may use, type-only imports included", () => {
    const refused = sources.flatMap((file) =>
      importsOf(file.text).flatMap((specifier) => {
        const reason = refuseImport(file.path, specifier, table);
        return reason === undefined ? [] : [`${file.path}: ${reason}`];
      }),
    );
    expect(refused).toEqual([]);
  });

  test("base imports nothing but node", () => {
    const foreign = sources
      .filter((file) => roomOf(file.path, table) === "base")
      .flatMap((file) => importsOf(file.text).filter((specifier) => !/^(node:|\.\/)/.test(specifier)));
    expect(foreign).toEqual([]);
  });

  test("no file is part of a cycle", () => {
    expect(findCycles(sources)).toEqual([]);
  });

  test("the dashboard knows the doors of the program by type alone: nothing of the program runs in it", () => {
    const outside = dashboard.flatMap(({ text }) => [...text.matchAll(/^(.*?)["'](?:\.\.\/)+src\/[^"']*["']/gm)]);
    expect(outside.length).toBeGreaterThan(0);
    expect(outside.map(([line]) => line).filter((line) => !/^import type .* from ".*\/index\.ts"/.test(line))).toEqual(
      [],
    );
  });

  test("the linter holds the same table", () => {
    const config = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
    const written = config.overrides.filter(
      (entry: { linter: { rules: { style?: object } } }) => "noRestrictedImports" in (entry.linter.rules.style ?? {}),
    );
    expect(written).toEqual(JSON.parse(JSON.stringify(lintOverrides(table))));
  });
});

describe("the import reader", () => {
  test("sees static, type-only, re-exported, side-effect and dynamic imports, and none in comments", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type { b } from "./b.ts";',
      'export * from "./c.ts";',
      'export type { d } from "./d.ts";',
      'import "./e.ts";',
      'const f = await import("./f.ts");',
      'type G = typeof import("./g.ts");',
      '// import { h } from "./h.ts";',
      '/* import("./i.ts") */',
      'import {\n  j,\n  k,\n} from "./j.ts";',
    ].join("\n");
    expect(importsOf(text)).toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts", "./g.ts", "./j.ts"]);
  });

  test("refuses what lies behind another room's door, what is not in the table and what leaves src", () => {
    const refuse = (specifier: string) => refuseImport("src/client/storage/upload.ts", specifier, table);
    expect(refuse("../../protocol/index.ts")).toBeUndefined();
    expect(refuse("../wallet.ts")).toBeUndefined();
    expect(refuse("../../protocol/events.ts")).toMatch(/behind the door/);
    expect(refuse("../../packager/index.ts")).toMatch(/client may not import packager/);
    expect(refuse("../../../test/x.ts")).toMatch(/may not import test/);
    expect(refuseImport("src/roles/node/a.ts", "../validator/index.ts", table)).toMatch(/may not import roles/);
  });

  test("finds a cycle made of types only", () => {
    const cycle = findCycles([
      { path: "src/a/x.ts", text: 'import type { Y } from "./y.ts";' },
      { path: "src/a/y.ts", text: 'import type { X } from "./x.ts";' },
    ]);
    expect(cycle).toEqual([["src/a/x.ts", "src/a/y.ts", "src/a/x.ts"]]);
  });
});

describe("what is reached through a port", () => {
  test.each(table.restricted)(
    "$what is used only in the places rooms.json names, and every place uses it",
    ({ pattern, places }) => {
      const users = sources
        .filter((file) => new RegExp(pattern).test(codeOf(file.text, pattern)))
        .map((file) => file.path);
      const allowed = Object.keys(places);
      expect(users.filter((path) => !allowed.some((place) => path.startsWith(place)))).toEqual([]);
      expect(allowed.filter((place) => !users.some((path) => path.startsWith(place)))).toEqual([]);
      expect(Object.values(places).every((reason) => reason.length > 0)).toBe(true);
    },
  );
});

describe("files", () => {
  test("none is longer than the limit", () => {
    const long = [...sources, ...dashboard]
      .map((file) => ({ path: file.path, lines: file.text.split("\n").length - 1 }))
      .filter((file) => file.lines > table.limits.fileLines);
    expect(long).toEqual([]);
  });

  test("names are kebab-case and say what is inside", () => {
    const bad = [...sources, ...dashboard, ...listSources("scripts"), ...listSources("bench")].filter((file) => {
      const parts = file.path.replace(/\.ts$/, "").split("/");
      return parts.some((part) => !/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(part) || table.names.forbidden.includes(part));
    });
    expect(bad.map((file) => file.path)).toEqual([]);
  });

  test("only a door re-exports everything", () => {
    const barrels = sources.filter((file) => /^export \* from/m.test(file.text) && !file.path.endsWith("/index.ts"));
    expect(barrels.map((file) => file.path)).toEqual([]);
  });

  test("nothing is exported that nobody uses", () => {
    // A door hands names on without using them; a module imported whole is used whole.
    const texts = ["src", "dashboard", "test", "scripts", "bench"]
      .flatMap(listSources)
      .map(({ path, text }) => ({ path, text: text.replace(/^export \{[^}]*\} from .*$/gm, "") }));
    const whole = texts.flatMap(({ text }) =>
      [...text.matchAll(/import \* as \w+ from "\.[^"]*\/([^/"]+)"/g)].map((match) => match[1]),
    );
    const declaration = /^export (?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type) ([\w$]+)/gm;
    const unused = [...sources, ...dashboard].flatMap(({ path, text }) => {
      if (whole.includes(path.split("/").at(-1))) return [];
      const names = [...text.matchAll(declaration)].map((match) => match[1] ?? "");
      return names
        .filter((name) => {
          const word = new RegExp(`\\b${name}\\b`);
          const isUsedInside = text.split(word).length > 2;
          return !isUsedInside && !texts.some((file) => file.path !== path && word.test(file.text));
        })
        .map((name) => `${path}: ${name}`);
    });
    expect(unused).toEqual([]);
  });

  test("only commands export by default", () => {
    const defaults = sources.filter(
      (file) => /^export default /m.test(file.text) && !file.path.startsWith("src/commands/"),
    );
    expect(defaults.map((file) => file.path)).toEqual([]);
  });

  test("nothing is left for later and no check is silenced", () => {
    const marks = new RegExp(
      `\\b(?:${["TO", "DO"].join("")}|${["FIX", "ME"].join("")}|${["X", "XX"].join("")})\\b|@ts-(?:ignore|expect-error|nocheck)`,
    );
    const all = [...sources, ...dashboard, ...["scripts", "bench", "test"].flatMap(listSources)];
    expect(all.filter((file) => marks.test(file.text)).map((file) => file.path)).toEqual([]);
  });

  test("a disabled lint says why", () => {
    const all = [...sources, ...listSources("scripts"), ...listSources("test")];
    const silent = all.filter((file) => /biome-ignore[\w-]* [\w/]+(?::\s*$|\s*$)/m.test(file.text));
    expect(silent.map((file) => file.path)).toEqual([]);
  });

  test("no test is focused, retried or skipped without its reason", () => {
    const tests = listSources("test").filter((file) => file.path.endsWith(".test.ts"));
    const focused = tests.filter((file) => /\.only\s*\(|\bretry:\s*[1-9]/.test(withoutComments(file.text)));
    const mocked = tests.filter((file) => /\bvi\.(?:mock|doMock|useFakeTimers)\s*\(/.test(withoutComments(file.text)));
    expect([...focused, ...mocked].map((file) => file.path)).toEqual([]);
  });
});
