/**
 * EIP-712 digests: what a contract checks and a wallet shows. A small strict subset: `string`, `bytes`, `bytes1..32`,
 * `bool`, `address`, `uint8..256`, structs and arrays of them without fixed length.
 */
import { concatBytes, fail, findHex, toUtf8 } from "../base/index.ts";
import { cryptoErrors } from "./errors.ts";
import { findAddress, keccak256 } from "./wallet.ts";

export interface TypedField {
  readonly name: string;
  /** A Solidity type or the name of another struct. */
  readonly type: string;
}

export type TypedTypes = { readonly [struct: string]: readonly TypedField[] };

/** Integers are bigint or safe numbers, bytes are Uint8Array or 0x hex, structs are plain objects. */
export type TypedValue = string | boolean | number | bigint | Uint8Array | readonly TypedValue[] | TypedStruct;

export interface TypedStruct {
  readonly [field: string]: TypedValue;
}

export interface TypedData {
  /** Struct definitions without EIP712Domain. */
  readonly types: TypedTypes;
  readonly primaryType: string;
  readonly domain: TypedDomain;
  readonly message: TypedStruct;
}

/** The fields present are the fields of the domain's type, in the order of EIP-712. */
export interface TypedDomain {
  readonly name?: string;
  readonly version?: string;
  readonly chainId?: bigint;
  readonly verifyingContract?: string;
  readonly salt?: Uint8Array;
}

const DOMAIN_FIELDS: readonly TypedField[] = [
  { name: "name", type: "string" },
  { name: "version", type: "string" },
  { name: "chainId", type: "uint256" },
  { name: "verifyingContract", type: "address" },
  { name: "salt", type: "bytes32" },
];
/** Structs in structs at most this deep. */
const DEPTH_MAX = 16;

/**
 * The 32-byte digest keccak256(0x19 0x01 || domain separator || struct hash).
 *
 * @throws DSDN_CRYPTO_TYPED_DATA_INVALID for a missing or unknown field, a value that does not fit, a type outside the subset.
 * @source EIP-712; differs: no `intN`, no fixed-length arrays.
 */
export function typedDataDigest({ types, primaryType, domain, message }: TypedData): Uint8Array {
  const fields = DOMAIN_FIELDS.filter(({ name }) => Object.hasOwn(domain, name));
  const domainValues = Object.fromEntries(Object.entries(domain).filter(([, value]) => value !== undefined));
  const separator = hashStruct({ EIP712Domain: fields }, "EIP712Domain", { value: domainValues, path: "domain" });
  const content = hashStruct(types, primaryType, { value: message, path: primaryType });
  return keccak256(concatBytes(Uint8Array.of(0x19, 0x01), separator, content));
}

interface Place {
  readonly value: TypedValue | undefined;
  readonly path: string;
}

function hashStruct(types: TypedTypes, type: string, { value, path }: Place): Uint8Array {
  const fields = fieldsOf(types, type, path);
  if (path.split(".").length > DEPTH_MAX) throw invalid(path, "is nested too deeply");
  if (!isStruct(value)) throw invalid(path, "is not an object");
  const unknown = Object.keys(value).find((name) => !fields.some((field) => field.name === name));
  if (unknown !== undefined) throw invalid(`${path}.${unknown}`, "is not a field of the type");
  const words = fields.map((field) =>
    encode(types, field.type, {
      value: Object.hasOwn(value, field.name) ? value[field.name] : undefined,
      path: `${path}.${field.name}`,
    }),
  );
  return keccak256(concatBytes(keccak256(toUtf8(encodeType(types, type))), ...words));
}

/** `Mail(Person from,Person to)Person(address wallet)`: the struct, then those it needs, sorted by name. */
function encodeType(types: TypedTypes, primary: string): string {
  const needed = new Set<string>();
  const visit = (type: string): void => {
    if (needed.has(type)) return;
    needed.add(type);
    for (const field of fieldsOf(types, type, type)) {
      const inner = field.type.replace(/(\[\])+$/, "");
      if (Object.hasOwn(types, inner)) visit(inner);
    }
  };
  visit(primary);
  needed.delete(primary);
  const describe = (type: string) =>
    `${type}(${fieldsOf(types, type, type)
      .map((field) => `${field.type} ${field.name}`)
      .join(",")})`;
  return [primary, ...[...needed].sort()].map(describe).join("");
}

function fieldsOf(types: TypedTypes, type: string, path: string): readonly TypedField[] {
  const fields = Object.hasOwn(types, type) ? types[type] : undefined;
  if (fields === undefined) throw invalid(path, `has the unknown type ${type}`);
  return fields;
}

/** One 32-byte word of a field, EIP-712 "encodeData". */
function encode(types: TypedTypes, type: string, { value, path }: Place): Uint8Array {
  if (type.endsWith("[]")) {
    if (!isList(value)) throw invalid(path, "is not a list");
    const inner = type.slice(0, -2);
    return keccak256(
      concatBytes(...value.map((item, i) => encode(types, inner, { value: item, path: `${path}[${i}]` }))),
    );
  }
  if (Object.hasOwn(types, type)) return hashStruct(types, type, { value, path });
  if (type === "string") {
    if (typeof value !== "string" || !value.isWellFormed()) throw invalid(path, "is not text");
    return keccak256(toUtf8(value));
  }
  if (type === "bytes") return keccak256(toBytes(value, path));
  return encodeAtom(type, { value, path });
}

function encodeAtom(type: string, { value, path }: Place): Uint8Array {
  if (type === "bool") {
    if (typeof value !== "boolean") throw invalid(path, "is not true or false");
    return integerWord(value ? 1n : 0n);
  }
  if (type === "address") {
    const address = typeof value === "string" ? findAddress(value) : undefined;
    if (address === undefined) throw invalid(path, "is not an address");
    return concatBytes(new Uint8Array(12), address);
  }
  const fixed = /^bytes([1-9]|[12]\d|3[0-2])$/.exec(type);
  if (fixed !== null) {
    const bytes = toBytes(value, path);
    if (bytes.length !== Number(fixed[1])) throw invalid(path, `is not ${fixed[1]} bytes long`);
    return concatBytes(bytes, new Uint8Array(32 - bytes.length));
  }
  const bits = Number(/^uint([1-9]\d{0,2})$/.exec(type)?.[1] ?? 0);
  if (bits === 0 || bits > 256 || bits % 8 !== 0) throw invalid(path, `has the unknown type ${type}`);
  const integer = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof integer !== "bigint" || integer < 0n || integer >= 1n << BigInt(bits)) {
    throw invalid(path, `is not a whole number that fits ${type}`);
  }
  return integerWord(integer);
}

function integerWord(value: bigint): Uint8Array {
  return findHex(value.toString(16).padStart(64, "0")) ?? new Uint8Array(32);
}

function toBytes(value: TypedValue | undefined, path: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const bytes = typeof value === "string" && value.startsWith("0x") ? findHex(value.slice(2)) : undefined;
  if (bytes === undefined) throw invalid(path, "is not bytes");
  return bytes;
}

function isList(value: TypedValue | undefined): value is readonly TypedValue[] {
  return Array.isArray(value);
}

function isStruct(value: TypedValue | undefined): value is TypedStruct {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function invalid(path: string, reason: string) {
  return fail(cryptoErrors.typedDataInvalid, { path, reason });
}
