import type { ModuleReader } from "./module-reader.ts";
import { bound, moduleLimits, refuse } from "./module-rules.ts";

/** A function type with one letter a value: `i` i32, `I` i64, `f` f32, `F` f64, `v` v128, `r` a reference. */
export interface FunctionType {
  readonly parameters: string;
  readonly results: string;
}

const FUNCTION = 0x60;
const VALUE_LETTERS: Readonly<Record<number, string>> = {
  127: "i",
  126: "I",
  125: "f",
  124: "F",
  123: "v",
  112: "r",
  111: "r",
};

/** The type section. @source WebAssembly Core Specification 2.0, 5.3 and 5.5.4 */
export function readTypes(reader: ModuleReader): FunctionType[] {
  const count = bound("counts", "types", reader.u32(), moduleLimits.types);
  const types: FunctionType[] = [];
  for (let index = 0; index < count; index++) {
    const form = reader.byte();
    // 0x4e rec, 0x4f and 0x50 sub, 0x5e array, 0x5f struct: the garbage collection proposal.
    if (form !== FUNCTION) refuse(form >= 0x4e && form <= 0x5f ? "gc" : "malformed", `type ${index} is no function`);
    types.push({ parameters: readValueTypes(reader), results: readValueTypes(reader) });
  }
  reader.finish("the types");
  return types;
}

/** One value type as its letter. */
export function readValueType(reader: ModuleReader): string {
  const code = reader.byte();
  const letter = VALUE_LETTERS[code];
  if (letter !== undefined) return letter;
  if (code === 0x69 || code === 0x74) return refuse("exceptions", "a value of type exnref");
  // Typed and abstract references: 0x63, 0x64 and the heap types of the garbage collection proposal.
  return refuse(code >= 0x63 && code <= 0x75 ? "gc" : "malformed", `the value type 0x${code.toString(16)}`);
}

function readValueTypes(reader: ModuleReader): string {
  const count = bound("counts", "values in one type", reader.u32(), moduleLimits.typeValues);
  let letters = "";
  for (let index = 0; index < count; index++) letters += readValueType(reader);
  return letters;
}
