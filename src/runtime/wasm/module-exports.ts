import { type ModuleReader, showName } from "./module-reader.ts";
import { bound, moduleLimits, refuse } from "./module-rules.ts";
import type { FunctionType } from "./module-types.ts";

const FUNCTION = 0;
const MEMORY = 2;

/** The function types and the memory a module hands out, by name. */
export interface ModuleExports {
  readonly functions: ReadonlyMap<string, FunctionType>;
  readonly hasMemory: boolean;
  readonly names: readonly string[];
}

/** @param typeOf - the type of the function with this index, imported ones first; undefined when there is none. */
export function readExports(reader: ModuleReader, typeOf: (index: number) => FunctionType | undefined): ModuleExports {
  const count = bound("counts", "exports", reader.u32(), moduleLimits.exports);
  const functions = new Map<string, FunctionType>();
  const names: string[] = [];
  let hasMemory = false;
  for (let position = 0; position < count; position++) {
    const [name, kind, index] = [reader.name(), reader.byte(), reader.u32()];
    names.push(name);
    if (kind === MEMORY && name === "memory") hasMemory = true;
    if (kind !== FUNCTION) continue;
    const type = typeOf(index);
    if (type === undefined) return refuse("malformed", `${showName(name)} exports a function that does not exist`);
    functions.set(name, type);
  }
  reader.finish("the exports");
  return { functions, hasMemory, names };
}
