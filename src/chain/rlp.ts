import { concatBytes } from "../base/index.ts";

/** A byte string or a list of items. */
export type RlpItem = Uint8Array | readonly RlpItem[];

/** The RLP encoding of an item. @source Ethereum Yellow Paper, appendix B */
export function encodeRlp(item: RlpItem): Uint8Array {
  if (!(item instanceof Uint8Array)) return withPrefix(0xc0, concatBytes(...item.map(encodeRlp)));
  if (item.length === 1 && (item[0] ?? 0) < 0x80) return item;
  return withPrefix(0x80, item);
}

/** The shortest big-endian bytes of a number, as RLP wants integers; zero is empty. */
export function rlpInteger(value: bigint | number): Uint8Array {
  if (BigInt(value) === 0n) return new Uint8Array(0);
  const hex = value.toString(16);
  return new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex"));
}

function withPrefix(base: number, payload: Uint8Array): Uint8Array {
  if (payload.length < 56) return concatBytes(Uint8Array.of(base + payload.length), payload);
  const length = rlpInteger(payload.length);
  return concatBytes(Uint8Array.of(base + 55 + length.length), length, payload);
}
