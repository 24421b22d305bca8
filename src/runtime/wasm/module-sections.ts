import { ModuleReader } from "./module-reader.ts";
import { bound, moduleLimits, refuse } from "./module-rules.ts";

/** The sections of a core module by their number. */
export const sectionIds = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** The order the sections must stand in, each at most once; custom sections may stand anywhere. */
const ORDER: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
const HEADER_BYTES = 8;
const MAGIC = 0x6d736100;
const CORE = 1;
const COMPONENT = 0x0d;
/** Layer 1 in the upper half of the version field: component model, Binary.md. */
const COMPONENT_LAYER = 1;

/**
 * The bodies of a module's sections.
 *
 * @throws DSDN_RUNTIME_MODULE_REFUSED by `size`, `truncated`, `version`, `component`, `sections` or `custom-section`.
 * @source WebAssembly Core Specification 2.0, 5.5.2 and 5.5.16
 */
export function splitModule(bytes: Uint8Array): ReadonlyMap<number, ModuleReader> {
  bound("size", "bytes", bytes.length, moduleLimits.moduleBytes);
  checkHeader(bytes);
  const reader = new ModuleReader(bytes, HEADER_BYTES);
  const sections = new Map<number, ModuleReader>();
  let place = -1;
  let customBytes = 0;
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const body = reader.part(reader.u32());
    if (id === sectionIds.custom) {
      customBytes += body.left;
      bound("custom-section", "bytes in custom sections", customBytes, moduleLimits.customBytes);
      body.name();
      continue;
    }
    const next = ORDER.indexOf(id);
    if (next === -1) refuse("sections", `section ${id} is unknown`);
    if (next <= place) refuse("sections", `section ${id} is repeated or out of order`);
    place = next;
    sections.set(id, body);
  }
  return sections;
}

function checkHeader(bytes: Uint8Array): void {
  const { version, layer } = readPreamble(bytes);
  if (layer === COMPONENT_LAYER) refuse("component", "it is a component, not a core module");
  if (layer !== 0 || version !== CORE) refuse("version", `its version is ${version}, not ${CORE}`);
}

/**
 * Refuses what is not a component of the version that is understood.
 *
 * @throws DSDN_RUNTIME_MODULE_REFUSED by `size`, `truncated`, `component` or `version`
 * @source component model, Binary.md (preamble)
 */
export function checkComponentHeader(bytes: Uint8Array): void {
  bound("size", "bytes", bytes.length, moduleLimits.moduleBytes);
  const { version, layer } = readPreamble(bytes);
  if (layer !== COMPONENT_LAYER) refuse("component", "it is a core module, not a component");
  if (version !== COMPONENT) refuse("version", `its version is ${version}, not ${COMPONENT}`);
}

function readPreamble(bytes: Uint8Array): { readonly version: number; readonly layer: number } {
  if (bytes.length < HEADER_BYTES) refuse("truncated", `it has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) refuse("malformed", "it does not begin like a WebAssembly file");
  return { version: view.getUint16(4, true), layer: view.getUint16(6, true) };
}
