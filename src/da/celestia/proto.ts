import { concatBytes } from "../../base/index.ts";

/** Protobuf encoding of the few CometBFT messages we hash or sign. Fields with their default value are left out. @source protobuf.dev encoding */
export function protoVarint(field: number, value: number | bigint): Uint8Array {
  if (BigInt(value) === 0n) return new Uint8Array(0);
  return concatBytes(varint(BigInt(field) << 3n), varint(BigInt.asUintN(64, BigInt(value))));
}

export function protoFixed64(field: number, value: number): Uint8Array {
  if (value === 0) return new Uint8Array(0);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
  return concatBytes(varint((BigInt(field) << 3n) | 1n), bytes);
}

export function protoBytes(field: number, value: Uint8Array): Uint8Array {
  return value.length === 0 ? value : protoMessage(field, value);
}

/** An embedded message, written even when empty. */
export function protoMessage(field: number, value: Uint8Array): Uint8Array {
  return concatBytes(varint((BigInt(field) << 3n) | 2n), varint(BigInt(value.length)), value);
}

/** length || message, as CometBFT signs it. */
export function protoDelimited(value: Uint8Array): Uint8Array {
  return concatBytes(varint(BigInt(value.length)), value);
}

function varint(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest >= 128n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}
