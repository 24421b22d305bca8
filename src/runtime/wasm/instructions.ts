import type { ModuleReader } from "./module-reader.ts";
import { bound, type ModuleRule, moduleLimits, refuse } from "./module-rules.ts";
import { readValueType } from "./module-types.ts";

/** What follows an opcode. */
type Immediate = "none" | "block" | "index" | "index2" | "memory" | "i32" | "i64" | "bytes4" | "bytes8" | "refused";

const BLOCK = [0x02, 0x03, 0x04];
const END = 0x0b;
const BR_TABLE = 0x0e;
const CALL_INDIRECT = 0x11;
const SELECT_TYPED = 0x1c;
const REF_NULL = 0xd0;
const PREFIX_MISC = 0xfc;
const PREFIX_SIMD = 0xfd;
const I32_CONST = 0x41;

/** Opcodes of proposals that are not admitted, by the rule that names them. */
const REFUSED: readonly (readonly [ModuleRule, readonly number[]])[] = [
  ["exceptions", [0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f]],
  ["tail-call", [0x12, 0x13, 0x15]],
  ["gc", [0x14, 0xd3, 0xd4, 0xd5, 0xd6, 0xfb]],
  ["threads", [0xfe]],
];

/** @source WebAssembly Core Specification 2.0, 5.4 (instructions) and 7.10 (index of instructions) */
const IMMEDIATES = buildImmediates();

function buildImmediates(): readonly Immediate[] {
  const table: Immediate[] = new Array<Immediate>(256).fill("refused");
  const set = (immediate: Immediate, first: number, last = first) => table.fill(immediate, first, last + 1);
  set("none", 0x00, 0x01);
  for (const opcode of BLOCK) set("block", opcode);
  set("none", 0x05);
  set("none", END);
  set("index", 0x0c, 0x0d);
  set("none", 0x0f);
  set("index", 0x10);
  set("index2", CALL_INDIRECT);
  set("none", 0x1a, 0x1b);
  set("index", 0x20, 0x26);
  set("memory", 0x28, 0x3e);
  set("index", 0x3f, 0x40);
  set("i32", I32_CONST);
  set("i64", 0x42);
  set("bytes4", 0x43);
  set("bytes8", 0x44);
  set("none", 0x45, 0xc4);
  set("none", 0xd1);
  set("index", 0xd2);
  return table;
}

/**
 * Passes over one expression up to and with its `end`. Only what the admitted set holds is known; the engine checks
 * types afterwards.
 *
 * @throws DSDN_RUNTIME_MODULE_REFUSED by `nesting`, `opcode` or the name of a proposal
 */
export function passExpression(reader: ModuleReader): void {
  let depth = 1;
  while (depth > 0) {
    const opcode = reader.byte();
    const immediate = IMMEDIATES[opcode];
    if (immediate === "block") {
      passBlockType(reader);
      depth = bound("nesting", "blocks inside each other", depth + 1, moduleLimits.nesting);
    } else if (opcode === END) depth--;
    else if (immediate === "refused" || immediate === undefined) passOther(reader, opcode);
    else passImmediate(reader, immediate);
  }
}

/** The offset of an active segment when it is a plain `i32.const`; undefined when only the engine can know it. */
export function readConstantOffset(reader: ModuleReader): number | undefined {
  const opcode = reader.byte();
  if (opcode !== I32_CONST) {
    if (IMMEDIATES[opcode] === "refused") passOther(reader, opcode);
    else passImmediate(reader, IMMEDIATES[opcode] ?? "none");
    passExpression(reader);
    return undefined;
  }
  const offset = reader.signed(32) >>> 0;
  const next = reader.part(1).byte();
  if (next === END) return offset;
  // Extended constant expressions go on after the first constant.
  passImmediate(reader, IMMEDIATES[next] ?? "none");
  passExpression(reader);
  return undefined;
}

function passImmediate(reader: ModuleReader, immediate: Immediate): void {
  switch (immediate) {
    case "index":
      reader.u32();
      return;
    case "index2":
      reader.u32();
      reader.u32();
      return;
    case "memory":
      passMemoryPlace(reader);
      return;
    case "i32":
      reader.signed(32);
      return;
    case "i64":
      reader.signed(64);
      return;
    case "bytes4":
      reader.skip(4);
      return;
    case "bytes8":
      reader.skip(8);
      return;
    default:
  }
}

function passOther(reader: ModuleReader, opcode: number): void {
  if (opcode === BR_TABLE) for (let left = reader.u32() + 1; left > 0; left--) reader.u32();
  else if (opcode === SELECT_TYPED) for (let left = reader.u32(); left > 0; left--) readValueType(reader);
  else if (opcode === REF_NULL) {
    if (readValueType(reader) !== "r") refuse("malformed", "ref.null of a type that is no reference");
  } else if (opcode === PREFIX_MISC) passMisc(reader);
  else if (opcode === PREFIX_SIMD) passSimd(reader);
  else refuseOpcode(opcode);
}

function refuseOpcode(opcode: number): never {
  const rule = REFUSED.find(([, opcodes]) => opcodes.includes(opcode))?.[0] ?? "opcode";
  return refuse(rule, `it uses the instruction 0x${opcode.toString(16)}`);
}

function passBlockType(reader: ModuleReader): void {
  const type = reader.signed(33);
  // -64 is no result; the other negative numbers are one value type each.
  if (type >= 0 || type === -64) return;
  if (![-1, -2, -3, -4, -5, -16, -17].includes(type)) refuse("gc", "a block of a type that is not admitted");
}

/** @source WebAssembly Core Specification 2.0, 5.4.6 (memarg); multi-memory proposal (bit 6 of the alignment) */
function passMemoryPlace(reader: ModuleReader): void {
  if ((reader.u32() & 0x40) !== 0) refuse("multi-memory", "an instruction names a memory");
  reader.u32();
}

/** Saturating conversions 0-7, bulk memory and tables 8-17. */
function passMisc(reader: ModuleReader): void {
  const code = reader.u32();
  if (code <= 7) return;
  if (code > 17) refuse("opcode", `it uses the instruction 0xfc ${code}`);
  reader.u32();
  if ([8, 10, 12, 14].includes(code)) reader.u32();
}

/** @source WebAssembly Core Specification 2.0, 5.4.8; relaxed SIMD proposal (0x100 and above) */
function passSimd(reader: ModuleReader): void {
  const code = reader.u32();
  if (code >= 0x100) refuse("relaxed-simd", `it uses the instruction 0xfd ${code}`);
  if (code <= 11 || (code >= 84 && code <= 93)) passMemoryPlace(reader);
  if (code === 12 || code === 13) reader.skip(16);
  if ((code >= 21 && code <= 34) || (code >= 84 && code <= 91)) reader.skip(1);
}
