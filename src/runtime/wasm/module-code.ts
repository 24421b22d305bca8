import { passExpression } from "./instructions.ts";
import type { ModuleReader } from "./module-reader.ts";
import { bound, moduleLimits, refuse } from "./module-rules.ts";
import { readValueType } from "./module-types.ts";

/** The types of the module's own functions, by index into its types. */
export function readFunctions(reader: ModuleReader): number[] {
  const count = bound("counts", "functions", reader.u32(), moduleLimits.functions);
  const functions: number[] = [];
  for (let index = 0; index < count; index++) functions.push(reader.u32());
  reader.finish("the functions");
  return functions;
}

/** Passes over every function body. @throws DSDN_RUNTIME_MODULE_REFUSED by `locals` and what instructions refuse */
export function checkCode(reader: ModuleReader, functions: number): void {
  if (reader.u32() !== functions) refuse("malformed", "functions and bodies differ in number");
  for (let index = 0; index < functions; index++) {
    const body = reader.part(reader.u32());
    let locals = 0;
    for (let groups = body.u32(); groups > 0; groups--) {
      locals += body.u32();
      bound("locals", `locals in function ${index}`, locals, moduleLimits.localsPerFunction);
      readValueType(body);
    }
    passExpression(body);
    body.finish(`function ${index}`);
  }
  reader.finish("the code");
}
