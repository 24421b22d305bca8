import { fromUtf8 } from "../../base/index.ts";

/** What the bytes of a WebAssembly file say about the program. */
export type WasmFacts =
  /** `preview1` when it asks for WASI preview 1 and nothing else; `exports` are the names it hands out. */
  | { readonly layer: "core"; readonly modules: readonly string[]; readonly exports: readonly string[] }
  | { readonly layer: "component"; readonly answersHttp: boolean };

const CORE = 0x0001;
const COMPONENT = 0x000d;
const IMPORTS = 2;
const EXPORTS = 7;
const COMPONENT_EXPORTS = 11;
/** More imports or exports than this are no program of ours. */
const NAMES = 10_000;

/**
 * Reads magic, layer, and the names of imports and exports; nothing is compiled. Undefined when the bytes are no
 * WebAssembly, are cut off or contradict themselves. The node's engine validates the rest.
 *
 * @source WebAssembly core specification 5.5 (binary format of modules); component model, Binary.md (preamble, exports)
 */
export function readWasmFacts(bytes: Uint8Array): WasmFacts | undefined {
  if (bytes.length < 8 || fromUtf8(bytes.subarray(0, 4)) !== "\0asm") return undefined;
  const [version, layer] = [(bytes[4] ?? 0) | ((bytes[5] ?? 0) << 8), (bytes[6] ?? 0) | ((bytes[7] ?? 0) << 8)];
  const sections = splitSections(bytes);
  if (sections === undefined) return undefined;
  if (version === COMPONENT && layer === 1) {
    const answersHttp = sections.some(({ id, body }) => id === COMPONENT_EXPORTS && exportsHttp(body));
    return { layer: "component", answersHttp };
  }
  if (version !== CORE || layer !== 0) return undefined;
  try {
    const bodyOf = (id: number) => sections.find((section) => section.id === id)?.body ?? Uint8Array.of(0);
    return {
      layer: "core",
      modules: [...new Set(readImports(bodyOf(IMPORTS)))],
      exports: readExports(bodyOf(EXPORTS)),
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function splitSections(bytes: Uint8Array): { id: number; body: Uint8Array }[] | undefined {
  const sections: { id: number; body: Uint8Array }[] = [];
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at] ?? 0;
    const size = findVarint(bytes, at + 1);
    if (size === undefined || size.next + size.value > bytes.length) return undefined;
    sections.push({ id, body: bytes.subarray(size.next, size.next + size.value) });
    at = size.next + size.value;
  }
  return sections;
}

/** The name stands in the section as text; what surrounds it differs between versions of the component model. */
function exportsHttp(body: Uint8Array): boolean {
  return Buffer.from(body).includes("wasi:http/incoming-handler");
}

function readImports(body: Uint8Array): string[] {
  const reader = createReader(body);
  return reader.list(() => {
    const module = reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === 0) reader.varint();
    else if (kind === 1) reader.table();
    else if (kind === 2) reader.range();
    else if (kind === 3) reader.skip(2);
    else reader.skip(1);
    if (kind === 4) reader.varint();
    return module;
  });
}

function readExports(body: Uint8Array): string[] {
  const reader = createReader(body);
  return reader.list(() => {
    const name = reader.name();
    reader.byte();
    reader.varint();
    return name;
  });
}

/** Walks a section. A section that ends too early throws a RangeError, as typed arrays do. */
function createReader(body: Uint8Array) {
  let at = 0;
  const byte = () => new DataView(body.buffer, body.byteOffset, body.byteLength).getUint8(at++);
  const varint = () => {
    const found = findVarint(body, at);
    at = found?.next ?? body.length + 1;
    return found?.value ?? byte();
  };
  const skip = (count: number) => {
    at += count;
  };
  const name = () => {
    const length = varint();
    skip(length);
    return fromUtf8(body.subarray(at - length, at));
  };
  const range = () => {
    const flags = byte();
    varint();
    if ((flags & 1) === 1) varint();
  };
  const table = () => {
    skip(1);
    range();
  };
  const list = <T>(item: () => T): T[] => {
    const items: T[] = [];
    const count = Math.min(varint(), NAMES);
    while (items.length < count) items.push(item());
    return items;
  };
  return { byte, varint, skip, name, range, table, list };
}

/** An unsigned LEB128 number of at most 32 bits. */
function findVarint(bytes: Uint8Array, from: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const part = bytes[from + index];
    if (part === undefined) return undefined;
    value += (part & 0x7f) * 2 ** (7 * index);
    if (part < 0x80) return { value, next: from + index + 1 };
  }
  return undefined;
}
