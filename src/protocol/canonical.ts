import * as dagCbor from "@ipld/dag-cbor";
import { DsdnError, equalBytes, fail } from "../base/index.ts";
import { protocolErrors } from "./errors.ts";

/** A value that canonical bytes can hold: no floats, no undefined; CIDs are links. */
export type Canonical = unknown;

/**
 * The canonical bytes of a value: DAG-CBOR with sorted keys and shortest integers.
 *
 * @throws DSDN_PROTOCOL_NOT_CANONICAL for floats, undefined and other values the log may not hold.
 * @source https://ipld.io/specs/codecs/dag-cbor/spec/ ; differs: no floats at all.
 */
export function encodeCanonical(value: Canonical): Uint8Array {
  const reason = findForbidden(value, 0);
  if (reason !== undefined) throw fail(protocolErrors.notCanonical, { what: "value", reason });
  // The codec gives a Buffer, whose `slice` shares its bytes and whose memory is pooled; callers get plain bytes.
  return new Uint8Array(dagCbor.encode(value));
}

/**
 * The value of canonical bytes; strict: the value encodes back to the very same bytes.
 *
 * @param what - how an error calls the bytes, e.g. "event".
 * @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL
 */
export function decodeCanonical(bytes: Uint8Array, what: string, limitBytes: number): Canonical {
  if (bytes.length > limitBytes) {
    throw fail(protocolErrors.tooLarge, { what, actual: bytes.length, limit: limitBytes }, { verdict: "reject" });
  }
  let value: unknown;
  let again: Uint8Array;
  try {
    value = dagCbor.decode(bytes);
    const reason = findForbidden(value, 0);
    if (reason !== undefined) throw fail(protocolErrors.notCanonical, { what, reason }, { verdict: "reject" });
    again = dagCbor.encode(value);
  } catch (error) {
    if (error instanceof DsdnError) throw error;
    const reason = "it cannot be decoded";
    throw fail(protocolErrors.notCanonical, { what, reason }, { cause: error, verdict: "reject" });
  }
  if (!equalBytes(again, bytes)) {
    throw fail(protocolErrors.notCanonical, { what, reason: "another encoding is shorter" }, { verdict: "reject" });
  }
  return value;
}

const MAX_DEPTH = 32;

function findForbidden(value: unknown, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return "it is nested too deeply";
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && !Object.is(value, -0)
      ? undefined
      : "it holds a number that is no whole number";
  }
  if (typeof value === "bigint") return "it holds an integer above 2^53; amounts are byte strings";
  if (value === undefined) return "it holds an undefined value";
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined;
  if ("asCID" in value && value.asCID === value) return undefined;
  const children = Array.isArray(value) ? value : Object.values(value);
  for (const child of children) {
    const reason = findForbidden(child, depth + 1);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Minimal big-endian bytes of a non-negative amount; zero is empty. For integers that may pass 2^53. */
export function encodeAmount(amount: bigint): Uint8Array {
  if (amount === 0n) return new Uint8Array(0);
  const hex = amount.toString(16);
  return new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex"));
}

/** The amount, or undefined when the bytes are not minimal. */
export function findAmount(bytes: Uint8Array): bigint | undefined {
  if (bytes.length === 0) return 0n;
  if (bytes[0] === 0) return undefined;
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}
