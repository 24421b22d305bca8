/** The element types a model may take and give here, by the name ONNX Runtime uses. */
const numberTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
} as const;
const bigTypes = { int64: BigInt64Array, uint64: BigUint64Array } as const;

/** What a model says of one of its inputs or outputs; a dimension may be a name, such as `batch`. */
export interface ValueFacts {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** A tensor as ONNX Runtime takes and gives it. */
export interface TensorValue {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<unknown>;
}

/** Thrown for an input that does not fit; its message is for whoever sent it. */
export class UnfitInput extends Error {
  override name = "UnfitInput";
}

/** Elements of all inputs of one request together. */
const MAX_ELEMENTS = 4_000_000;
const MAX_DIMENSIONS = 8;

/**
 * The tensors of a request `{inputs: {name: {shape, data}}}` or `{inputs: {name: data}}`. `data` is a list, or lists
 * inside lists whose nesting gives the shape.
 *
 * @throws UnfitInput
 */
export function readInputs(value: unknown, wanted: readonly ValueFacts[]): Map<string, TensorValue> {
  const inputs = asRecord(asRecord(value, "the request")["inputs"], "inputs");
  const known = new Set(wanted.map(({ name }) => name));
  const foreign = Object.keys(inputs).find((name) => !known.has(name));
  if (foreign !== undefined) {
    throw new UnfitInput(
      `there is no input ${JSON.stringify(foreign.slice(0, 80))}; the model takes ${[...known].join(", ")}`,
    );
  }
  const tensors = new Map<string, TensorValue>();
  let left = MAX_ELEMENTS;
  for (const facts of wanted) {
    const given = Object.hasOwn(inputs, facts.name) ? inputs[facts.name] : undefined;
    if (given === undefined) throw new UnfitInput(`the input ${facts.name} is missing`);
    const tensor = readTensor(given, facts, left);
    left -= tensor.data.length;
    tensors.set(facts.name, tensor);
  }
  return tensors;
}

function readTensor(given: unknown, facts: ValueFacts, limit: number): TensorValue {
  const { name, type = "" } = facts;
  const isList = Array.isArray(given);
  const { data, shape } = isList ? { data: given, shape: undefined } : asRecord(given, `the input ${name}`);
  if (!Array.isArray(data)) throw new UnfitInput(`the data of ${name} is not a list`);
  const nested = shapeOf(data);
  const flat: unknown[] = [];
  flatten(data, nested, 0, { name, flat, limit });
  const dims = shape === undefined ? fitShape(nested, facts) : readShape(shape, name);
  const count = dims.reduce((product, size) => product * size, 1);
  if (count !== flat.length)
    throw new UnfitInput(`${name} has ${flat.length} values, its shape [${dims}] wants ${count}`);
  checkShape(dims, facts);
  return { type, dims, data: toElements(flat, type, name) };
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isRecord) throw new UnfitInput(`${what} is not an object`);
  return value as Record<string, unknown>;
}

function shapeOf(data: readonly unknown[]): number[] {
  const shape: number[] = [];
  for (let level: unknown = data; Array.isArray(level) && shape.length <= MAX_DIMENSIONS; level = level[0]) {
    shape.push(level.length);
  }
  return shape;
}

interface Flattening {
  readonly name: string;
  readonly flat: unknown[];
  readonly limit: number;
}

function flatten(level: unknown, shape: readonly number[], depth: number, into: Flattening): void {
  const { name, flat, limit } = into;
  if (depth === shape.length) {
    if (Array.isArray(level)) throw new UnfitInput(`the lists of ${name} are not equally deep`);
    if (flat.length >= limit) throw new UnfitInput(`the inputs have more than ${MAX_ELEMENTS} values`);
    flat.push(level);
    return;
  }
  if (!Array.isArray(level) || level.length !== shape[depth]) {
    throw new UnfitInput(`the lists of ${name} are not equally long`);
  }
  for (const item of level as unknown[]) flatten(item, shape, depth + 1, into);
}

/** One plain list stands for one case when the model wants a leading dimension that is free. */
function fitShape(nested: readonly number[], { shape = [] }: ValueFacts): readonly number[] {
  const [first] = shape;
  const isOneShort = nested.length === shape.length - 1 && (typeof first === "string" || first === 1);
  return isOneShort ? [1, ...nested] : nested;
}

function readShape(shape: unknown, name: string): readonly number[] {
  const isShape =
    Array.isArray(shape) &&
    shape.length <= MAX_DIMENSIONS &&
    shape.every((size: unknown) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0);
  if (!isShape) throw new UnfitInput(`the shape of ${name} is not a list of whole numbers`);
  return shape as number[];
}

function checkShape(dims: readonly number[], { name, shape }: ValueFacts): void {
  if (shape === undefined) return;
  const fits = dims.length === shape.length && shape.every((size, at) => typeof size === "string" || size === dims[at]);
  if (!fits) throw new UnfitInput(`${name} has the shape [${dims}], the model wants [${shape}]`);
}

function toElements(flat: readonly unknown[], type: string, name: string): ArrayLike<unknown> {
  const unfit = (what: string) => new UnfitInput(`${name} wants ${what}`);
  if (type in numberTypes) {
    const make = numberTypes[type as keyof typeof numberTypes];
    if (!flat.every((item) => typeof item === "number")) throw unfit("numbers");
    return make.from(flat as number[]);
  }
  if (type in bigTypes) {
    const make = bigTypes[type as keyof typeof bigTypes];
    // Whole numbers over 2^53 lose digits in JSON: they may be texts.
    return make.from(flat.map((item) => toBig(item) ?? fail(unfit("whole numbers, or texts of them"))));
  }
  if (type === "bool") {
    if (!flat.every((item) => typeof item === "boolean")) throw unfit("true and false");
    return Uint8Array.from(flat as boolean[], Number);
  }
  if (type === "string") {
    if (!flat.every((item) => typeof item === "string")) throw unfit("texts");
    return flat;
  }
  throw new UnfitInput(`the type ${type} of ${name} cannot be given as JSON`);
}

function toBig(item: unknown): bigint | undefined {
  if (typeof item === "number" && Number.isSafeInteger(item)) return BigInt(item);
  return typeof item === "string" && /^-?\d{1,20}$/.test(item) ? BigInt(item) : undefined;
}

function fail(error: Error): never {
  throw error;
}

/** An output as JSON: whole numbers over 2^53 as texts, bool as true and false, what is no number as null. */
export function writeOutput({ type, dims, data }: TensorValue): unknown {
  const items = Array.from(data, (item) => {
    if (typeof item !== "bigint") return type === "bool" ? item === 1 : item;
    return item >= -(2n ** 53n) && item <= 2n ** 53n ? Number(item) : String(item);
  });
  return { type, shape: dims, data: items };
}
