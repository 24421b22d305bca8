import { toHex } from "../base/index.ts";

/** Bytes as JSON-RPC writes them: `0x…`, lower case. */
export function toRpcBytes(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`;
}

/** A number as JSON-RPC writes it: `0x…` without leading zeros. @source Ethereum JSON-RPC, "Hex value encoding" */
export function toRpcNumber(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** The bytes of `0x…` text, or undefined when it is no even-length hex of at most `maxBytes`. */
export function findRpcBytes(value: unknown, maxBytes: number): Uint8Array | undefined {
  if (typeof value !== "string" || value.length > 2 + maxBytes * 2) return undefined;
  if (!/^0x(?:[0-9a-fA-F]{2})*$/.test(value)) return undefined;
  return new Uint8Array(Buffer.from(value.slice(2), "hex"));
}

/** The number of `0x…` text, or undefined when it is none or passes 2^256. */
export function findRpcNumber(value: unknown): bigint | undefined {
  return typeof value === "string" && /^0x[0-9a-fA-F]{1,64}$/.test(value) ? BigInt(value) : undefined;
}
