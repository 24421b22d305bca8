import { DOMException } from "./events.ts";

const ERRORS = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/**
 * A deep copy (HTML 2.7): plain objects, lists, Map, Set, Date, RegExp, errors, buffers and views, with cycles kept.
 * Nothing can be transferred. @throws DOMException DataCloneError
 */
export function structuredClone(value: unknown): unknown {
  return copy(value, new Map());
}

function copy(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol") {
    throw new DOMException(`${String(value)} could not be cloned.`, "DataCloneError");
  }
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const keep = <T extends object>(made: T): T => {
    seen.set(value, made);
    return made;
  };
  const known = copyLeaf(value, keep, (inner) => copy(inner, seen));
  if (known !== undefined) return known;
  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) {
    throw new DOMException("The object could not be cloned.", "DataCloneError");
  }
  if (value instanceof Map) {
    const made = keep(new Map());
    for (const [name, item] of [...value]) made.set(copy(name, seen), copy(item, seen));
    return made;
  }
  if (value instanceof Set) {
    const made = keep(new Set());
    for (const item of [...value]) made.add(copy(item, seen));
    return made;
  }
  const made: Record<string, unknown> = keep(Array.isArray(value) ? (new Array(value.length) as never) : {});
  for (const name of Object.keys(value)) made[name] = copy((value as Record<string, unknown>)[name], seen);
  return made;
}

/** A copy of what holds no further objects of the program, or undefined. */
function copyLeaf(value: object, keep: <T extends object>(made: T) => T, inner: (value: unknown) => unknown): unknown {
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof ArrayBuffer) return keep(value.slice(0));
  if (value instanceof Boolean || value instanceof Number || value instanceof String)
    return keep(Object(value.valueOf()));
  if (ArrayBuffer.isView(value)) {
    const buffer = inner(value.buffer) as ArrayBuffer;
    if (value instanceof DataView) return keep(new DataView(buffer, value.byteOffset, value.byteLength));
    const Kind = value.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => object;
    return keep(new Kind(buffer, value.byteOffset, (value as Uint8Array).length));
  }
  if (value instanceof Error) {
    const Kind = ERRORS.find((known) => value instanceof known && value.name === known.name) ?? Error;
    const made = keep(new Kind(value.message));
    if (value.cause !== undefined) made.cause = inner(value.cause);
    return made;
  }
  return undefined;
}
