import { checkWritable, type ModuleReader, showName } from "./module-reader.ts";
import { bound, moduleLimits, refuse } from "./module-rules.ts";
import { type FunctionType, readValueType } from "./module-types.ts";
import { PREVIEW1_MODULE, preview1 } from "./preview1.ts";

const KINDS = ["function", "table", "memory", "global", "tag"];

/** What a module takes from outside. */
export interface ModuleImports {
  readonly functions: readonly FunctionType[];
  readonly hasMemory: boolean;
}

/**
 * The imports of a WASI module: every one a function of WASI preview 1, of exactly its type.
 *
 * @throws DSDN_RUNTIME_MODULE_REFUSED by `import` or `import-type`
 */
export function readWasiImports(reader: ModuleReader, types: readonly FunctionType[]): ModuleImports {
  const functions: FunctionType[] = [];
  for (const { module, name, kind, body } of eachImport(reader)) {
    const shown = `${showName(module)}.${showName(name)}`;
    const wanted = module === PREVIEW1_MODULE && Object.hasOwn(preview1, name) ? preview1[name] : undefined;
    if (wanted === undefined) return refuse("import", `${shown} is not offered`);
    if (kind !== "function") return refuse("import-type", `${shown} is imported as a ${kind}`);
    const type = types[body.u32()];
    if (type === undefined) return refuse("malformed", `${shown} has a type that does not exist`);
    if (type.parameters !== wanted.parameters || type.results !== wanted.result) {
      refuse("import-type", `${shown} is imported with another type than it has`);
    }
    functions.push(type);
  }
  return { functions, hasMemory: false };
}

/**
 * The imports of a core module inside a component: anything its component gives it, under a name that can be written
 * into JavaScript.
 *
 * @throws DSDN_RUNTIME_MODULE_REFUSED by `name` and what the other rules refuse
 */
export function readInnerImports(reader: ModuleReader, types: readonly FunctionType[]): ModuleImports {
  const functions: FunctionType[] = [];
  let hasMemory = false;
  for (const { module, name, kind, body } of eachImport(reader)) {
    checkWritable(module);
    checkWritable(name);
    if (kind === "function") functions.push(types[body.u32()] ?? refuse("malformed", "an import of a missing type"));
    else if (kind === "global") {
      readValueType(body);
      body.byte();
    } else if (kind === "memory" || kind === "table") {
      hasMemory ||= kind === "memory";
      if (kind === "table") readValueType(body);
      passSizes(body);
    } else refuse("exceptions", `a ${kind} is imported`);
  }
  return { functions, hasMemory };
}

function* eachImport(reader: ModuleReader) {
  const count = bound("counts", "imports", reader.u32(), moduleLimits.imports);
  for (let index = 0; index < count; index++) {
    const [module, name, kind] = [reader.name(), reader.name(), KINDS[reader.byte()] ?? "thing unknown"];
    yield { module, name, kind, body: reader };
  }
  reader.finish("the imports");
}

const HAS_MAXIMUM = 1;
const SHARED = 2;
const LONG = 4;

function passSizes(reader: ModuleReader): void {
  const flags = reader.byte();
  if ((flags & LONG) !== 0) refuse("memory64", "an import with 64-bit addresses");
  if ((flags & SHARED) !== 0) refuse("shared-memory", "a shared memory is imported");
  reader.u32();
  if (flags === HAS_MAXIMUM) reader.u32();
}
