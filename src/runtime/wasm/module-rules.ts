import { fail } from "../../base/index.ts";
import { runtimeErrors } from "../errors.ts";

/** The rules a module is admitted by. The name of the broken one stands in the error. */
export type ModuleRule =
  | "truncated"
  | "malformed"
  | "version"
  | "component"
  | "size"
  | "sections"
  | "counts"
  | "import"
  | "import-type"
  | "name"
  | "entry"
  | "entry-type"
  | "memory-export"
  | "memory-size"
  | "memory64"
  | "multi-memory"
  | "shared-memory"
  | "data-range"
  | "table"
  | "locals"
  | "nesting"
  | "custom-section"
  | "threads"
  | "relaxed-simd"
  | "exceptions"
  | "gc"
  | "tail-call"
  | "opcode";

/** What a module may be at most, whatever its order says. */
export const moduleLimits = {
  moduleBytes: 32 * 1024 * 1024,
  customBytes: 16 * 1024 * 1024,
  types: 20_000,
  typeValues: 1000,
  imports: 1000,
  functions: 200_000,
  exports: 20_000,
  globals: 50_000,
  segments: 100_000,
  tables: 8,
  /** Entries of all tables at the start. */
  tableEntries: 1_000_000,
  localsPerFunction: 20_000,
  nesting: 5000,
} as const;

/** Refuses the module. @throws DSDN_RUNTIME_MODULE_REFUSED */
export function refuse(rule: ModuleRule, reason: string): never {
  throw fail(runtimeErrors.moduleRefused, { rule, reason });
}

/** Refuses a count over its bound, before anything of that size is held. @throws DSDN_RUNTIME_MODULE_REFUSED */
export function bound(rule: ModuleRule, what: string, count: number, limit: number): number {
  return count <= limit ? count : refuse(rule, `${count} ${what}, at most ${limit} are allowed`);
}
