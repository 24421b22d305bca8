import { passExpression, readConstantOffset } from "./instructions.ts";
import type { ModuleReader } from "./module-reader.ts";
import { bound, moduleLimits, refuse } from "./module-rules.ts";
import { readValueType } from "./module-types.ts";

export const PAGE_BYTES = 65536;
const HAS_MAXIMUM = 1;
const SHARED = 2;
const LONG = 4;
const ACTIVE_WITH_INDEX = 2;
const PASSIVE = 1;

/**
 * The pages of the module's only memory at its start; undefined when it makes none.
 *
 * @throws DSDN_RUNTIME_MODULE_REFUSED by `memory-size`, `memory64`, `shared-memory` or `multi-memory`
 * @source WebAssembly Core Specification 2.0, 5.3.7 and 5.5.8; memory64 and threads proposals (flags)
 */
export function readMemory(reader: ModuleReader, memoryBytes: number): number | undefined {
  const count = reader.u32();
  if (count > 1) refuse("multi-memory", `${count} memories`);
  if (count === 0) return undefined;
  const flags = reader.byte();
  if ((flags & LONG) !== 0) refuse("memory64", "its memory has 64-bit addresses");
  if ((flags & SHARED) !== 0) refuse("shared-memory", "its memory is shared");
  if (flags > HAS_MAXIMUM) refuse("malformed", `memory flags ${flags}`);
  const pages = bound(
    "memory-size",
    "pages of memory at the start",
    reader.u32(),
    Math.floor(memoryBytes / PAGE_BYTES),
  );
  if (flags === HAS_MAXIMUM && reader.u32() < pages) refuse("malformed", "its memory is larger than its maximum");
  reader.finish("the memory");
  return pages;
}

/** Checks the tables. @throws DSDN_RUNTIME_MODULE_REFUSED by `table` */
export function checkTables(reader: ModuleReader): void {
  const count = bound("table", "tables", reader.u32(), moduleLimits.tables);
  let entries = 0;
  for (let index = 0; index < count; index++) {
    // 0x40 0x00 begins a table with an initial value: typed function references.
    if (readValueType(reader) !== "r") refuse("malformed", "a table of something else than references");
    const flags = reader.byte();
    if (flags > HAS_MAXIMUM) refuse(flags >= LONG ? "memory64" : "shared-memory", `table flags ${flags}`);
    entries += reader.u32();
    bound("table", "entries in its tables", entries, moduleLimits.tableEntries);
    if (flags === HAS_MAXIMUM) reader.u32();
  }
  reader.finish("the tables");
}

export function checkGlobals(reader: ModuleReader): void {
  const count = bound("counts", "globals", reader.u32(), moduleLimits.globals);
  for (let index = 0; index < count; index++) {
    readValueType(reader);
    if (reader.byte() > 1) refuse("malformed", "a global that is neither constant nor variable");
    passExpression(reader);
  }
  reader.finish("the globals");
}

/**
 * Checks that data with a constant place lies inside the memory.
 * @param pages - undefined when the memory comes from elsewhere. @throws DSDN_RUNTIME_MODULE_REFUSED by `data-range`
 */
export function checkData(reader: ModuleReader, pages: number | undefined): void {
  const count = bound("counts", "data segments", reader.u32(), moduleLimits.segments);
  for (let index = 0; index < count; index++) {
    const flags = reader.u32();
    if (flags > ACTIVE_WITH_INDEX) refuse("malformed", `data segment flags ${flags}`);
    if (flags === ACTIVE_WITH_INDEX && reader.u32() !== 0) refuse("multi-memory", "data for a second memory");
    const offset = flags === PASSIVE ? 0 : readConstantOffset(reader);
    const length = reader.u32();
    reader.skip(length);
    const end = offset === undefined || flags === PASSIVE || pages === undefined ? 0 : offset + length;
    if (end > (pages ?? 0) * PAGE_BYTES) {
      refuse("data-range", `data segment ${index} ends at byte ${end}, behind its memory`);
    }
  }
  reader.finish("the data");
}
