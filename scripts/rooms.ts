// The room table (rooms.json) as code: which room a file belongs to, what it imports, and what the linter must know.
// The architecture test and `lint-rooms.ts` both read it, so the rule that is checked is the rule that is written.
import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** The content of rooms.json. Room names are folders under src/; "." is src/ itself. */
export interface RoomTable {
  readonly rooms: { readonly [room: string]: readonly string[] };
  /** Folders outside src/ that a room may import data from. */
  readonly outside: { readonly [room: string]: readonly string[] };
  readonly limits: {
    readonly fileLines: number;
    readonly fileLinesNeedReason: number;
    readonly functionLines: number;
    readonly parameters: number;
  };
  readonly names: { readonly forbidden: readonly string[] };
  /** What is reached through a port: only the places named here may use it directly, each with its reason. */
  readonly restricted: readonly {
    readonly what: string;
    readonly pattern: string;
    readonly places: { readonly [place: string]: string };
  }[];
}

export function readRooms(): RoomTable {
  return JSON.parse(readFileSync(join(root, "rooms.json"), "utf8")) as RoomTable;
}

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file under `folder`, generated ones left out. */
export function listSources(folder: string): SourceFile[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => !/\.generated\.ts$|_pb\.ts$/.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** The room a path under src/ belongs to, or undefined when it lies outside src/. */
export function roomOf(path: string, table: RoomTable): string | undefined {
  if (!path.startsWith("src/")) return undefined;
  const [first = "", second = ""] = path.slice(4).split("/");
  const inner = `${first}/${second}`;
  if (path.slice(4).indexOf("/") < 0) return ".";
  return Object.hasOwn(table.rooms, inner) ? inner : first;
}

/** The text without comments, so that a word in a comment is no finding. Strings stay. */
export function withoutComments(text: string): string {
  return text.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|(?<![:\\])\/\/[^\n]*/g,
    (_all, literal) => (literal === undefined ? "" : String(literal)),
  );
}

/** Every module a file names: static, type-only, re-exported, dynamic and `typeof import(...)`. */
export function importsOf(text: string): string[] {
  const pattern =
    /(?:^|[\s;}])(?:import|export)\s[^"'`;]*?from\s*["']([^"']+)["']|\bimport(?:\s+|\s*\(\s*)["']([^"']+)["']/g;
  return [...withoutComments(text).matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "");
}

/** The repository path a relative import leads to, or undefined for a package. */
export function resolveImport(from: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : undefined;
}

/** Why `from` may not import `specifier`, or undefined when it may. */
export function refuseImport(from: string, specifier: string, table: RoomTable): string | undefined {
  const room = roomOf(from, table);
  const target = resolveImport(from, specifier);
  if (room === undefined || target === undefined) return undefined;
  if (!target.startsWith("src/")) {
    return (table.outside[room] ?? []).some((folder) => target.startsWith(folder))
      ? undefined
      : `${room} may not import ${target}`;
  }
  const other = roomOf(target, table);
  if (other === room) return undefined;
  if (other === undefined || !(table.rooms[room] ?? []).includes(other)) return `${room} may not import ${other}`;
  return target === `src/${other}/index.ts` ? undefined : `${target} is behind the door src/${other}/index.ts`;
}

/** Biome's overrides that say the same: per room and depth, everything above the room but its doors is refused. */
export function lintOverrides(table: RoomTable): object[] {
  return Object.entries(table.rooms).flatMap(([room, allowed]) =>
    depthsOf(room).map((depth) => override(room, allowed, depth)),
  );

  function override(room: string, allowed: readonly string[], depth: number): object {
    const folder = `src/${room === "." ? "" : `${room}/`}${"*/".repeat(depth)}`;
    const up = room === "." ? "./" : "../".repeat(depth + room.split("/").length);
    const out = room === "." ? "../" : `../${up}`;
    const doors = allowed.map((other) => `!${up}${other}/index.ts`);
    const outside = (table.outside[room] ?? []).map((path) => `!${out}${path}**`);
    const inner = Object.keys(table.rooms).filter((other) => other.startsWith(`${room}/`) && depth === 0);
    const behind = inner.map((other) => `./${other.slice(room.length + 1)}/**`);
    const ownDoors = inner
      .filter((other) => allowed.includes(other))
      .map((other) => `!./${other.slice(room.length + 1)}/index.ts`);
    const group = [`${up}**`, ...doors, ...outside, ...behind, ...ownDoors];
    const message = `The room ${room} imports only the doors (index.ts) of: ${allowed.join(", ") || "none"}. See rooms.json.`;
    return {
      includes: [`${folder}*.ts`, ...(depth === 0 ? inner.map((other) => `!src/${other}/*.ts`) : [])],
      linter: {
        rules: { style: { noRestrictedImports: { level: "error", options: { patterns: [{ group, message }] } } } },
      },
    };
  }
}

// Rooms are at most three folders deep.
function depthsOf(room: string): number[] {
  return room === "." ? [0] : room === "roles" ? [0] : [0, 1, 2];
}

/** Cycles between files, each as its path of files; type-only imports count. */
export function findCycles(files: readonly SourceFile[]): string[][] {
  const known = new Map(files.map((file) => [file.path, file]));
  const state = new Map<string, "open" | "done">();
  const cycles: string[][] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push([...trail.slice(trail.indexOf(path)), path]);
      return;
    }
    state.set(path, "open");
    for (const specifier of importsOf(known.get(path)?.text ?? "")) {
      const target = resolveImport(path, specifier);
      if (target !== undefined && known.has(target)) visit(target, [...trail, path]);
    }
    state.set(path, "done");
  };
  for (const file of files) visit(file.path, []);
  return cycles;
}
