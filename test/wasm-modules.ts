/** A number as unsigned LEB128. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

const vector = (items: readonly (readonly number[])[]) => [...varint(items.length), ...items.flat()];
const text = (value: string) => {
  const bytes = [...Buffer.from(value)];
  return [...varint(bytes.length), ...bytes];
};
const section = (id: number, body: readonly number[]) => [id, ...varint(body.length), ...body];

/**
 * The bytes of a small WebAssembly module whose exports are functions that do nothing (`memory` is a memory), or of a
 * component that exports one instance by the name given; an outline that is enough to be recognised by.
 */
export function wasmOf(shape: {
  readonly exports?: readonly string[];
  /** Modules of imported functions without parameters or results. */
  readonly imports?: readonly string[];
  readonly component?: string;
}): Uint8Array {
  const { exports = [], imports = [], component } = shape;
  if (component !== undefined) {
    const body = vector([[0, ...text(component), 5, 0, 0]]);
    return Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0, ...section(11, body)]);
  }
  const own = imports.length;
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, 0, 0]])),
    ...section(2, vector(imports.map((module) => [...text(module), ...text("f"), 0, 0]))),
    ...section(3, vector([[0]])),
    ...section(5, vector([[0, 1]])),
    ...section(
      7,
      vector(exports.map((name) => [...text(name), ...(name === "memory" ? [2, 0] : [0, ...varint(own)])])),
    ),
    ...section(10, vector([[2, 0, 0x0b]])),
  ]);
}
