import type { WorkloadMode } from "../../protocol/index.ts";
import { checkCode, readFunctions } from "./module-code.ts";
import { type ModuleExports, readExports } from "./module-exports.ts";
import { readInnerImports, readWasiImports } from "./module-imports.ts";
import { checkData, checkGlobals, checkTables, readMemory } from "./module-memory.ts";
import { checkWritable, ModuleReader } from "./module-reader.ts";
import { refuse } from "./module-rules.ts";
import { sectionIds, splitModule } from "./module-sections.ts";
import { readTypes } from "./module-types.ts";

/** A command runs from start to end once; a reactor is started once and called again and again. */
export type ModuleShape = "command" | "reactor";

const EMPTY_LIST = Uint8Array.of(0);

export interface ModuleOrder {
  /** What the workload may have; the memory at the start must fit. */
  readonly memoryBytes: number;
  readonly mode: WorkloadMode;
}

/**
 * Says what a WASI module is, or refuses it by a named rule, without compiling or running any of it. Its time and
 * memory grow with the module's length, which is bounded.
 *
 * @throws DSDN_RUNTIME_MODULE_REFUSED
 */
export function admitModule(bytes: Uint8Array, { memoryBytes, mode }: ModuleOrder): ModuleShape {
  const { exports, pages } = checkModule(bytes, memoryBytes, readWasiImports);
  if (pages === undefined || !exports.hasMemory) refuse("memory-export", "it does not export its memory as memory");
  return findShape(exports, mode);
}

/**
 * Checks a core module that a component holds. Where its imports come from is the component's matter.
 *
 * @returns how many memories it makes: 0 or 1.
 * @throws DSDN_RUNTIME_MODULE_REFUSED
 */
export function checkInnerModule(bytes: Uint8Array, memoryBytes: number): number {
  const { exports, pages } = checkModule(bytes, memoryBytes, readInnerImports);
  for (const name of exports.names) checkWritable(name);
  return pages === undefined ? 0 : 1;
}

function checkModule(bytes: Uint8Array, memoryBytes: number, readImports: typeof readInnerImports) {
  const sections = splitModule(bytes);
  const section = (name: keyof typeof sectionIds) => sections.get(sectionIds[name]) ?? new ModuleReader(EMPTY_LIST);
  if (sections.has(sectionIds.tag)) refuse("exceptions", "it declares exceptions");
  const types = readTypes(section("type"));
  const imports = readImports(section("import"), types);
  const functions = readFunctions(section("function"));
  checkTables(section("table"));
  const pages = readMemory(section("memory"), memoryBytes);
  if (imports.hasMemory && pages !== undefined) refuse("multi-memory", "it imports a memory and makes another");
  checkGlobals(section("global"));
  const exports = readExports(section("export"), (index) => {
    const own = functions[index - imports.functions.length];
    return imports.functions[index] ?? (own === undefined ? undefined : types[own]);
  });
  checkCode(section("code"), functions.length);
  checkData(section("data"), imports.hasMemory ? undefined : (pages ?? 0));
  return { exports, pages };
}

/** @source WASI preview 1, application-abi.md; differs: a reactor must export `_initialize` and what we call. */
function findShape({ functions }: ModuleExports, mode: WorkloadMode): ModuleShape {
  const isCommand = functions.has("_start");
  if (isCommand === functions.has("_initialize")) {
    refuse("entry", `it exports ${isCommand ? "both" : "neither"} _start and _initialize`);
  }
  const start = isCommand ? "_start" : "_initialize";
  const called = mode === "service" ? "handle" : "run";
  if (!isCommand && !functions.has(called)) refuse("entry", `a reactor for a ${mode} must export ${called}`);
  for (const name of isCommand ? [start] : [start, called]) {
    const type = functions.get(name);
    const mayReturn = name === called ? ["", "i"] : [""];
    if (type === undefined || type.parameters !== "" || !mayReturn.includes(type.results)) {
      refuse("entry-type", `${name} must take nothing and return nothing`);
    }
  }
  return isCommand ? "command" : "reactor";
}
