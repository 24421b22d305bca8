import { fail, findBase64, findHex } from "../base/index.ts";
import { daErrors } from "./errors.ts";

/** Reads values out of an answer that may hold anything; every reader throws DSDN_DA_BAD_ANSWER naming the place. */
export type JsonObject = { readonly [name: string]: unknown };

export function badAnswer(method: string, reason: string) {
  return fail(daErrors.badAnswer, { method, reason });
}

export function readObject(value: unknown, place: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badAnswer(place, "an object is missing");
  return value as JsonObject;
}

export function readList(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw badAnswer(place, "a list is missing");
  return value;
}

export function readText(value: unknown, place: string): string {
  if (typeof value !== "string" || value.length > 1000) throw badAnswer(place, "a text is missing");
  return value;
}

/** A whole number 0..2^53-1; CometBFT writes 64-bit ones as strings. */
export function readCount(value: unknown, place: string): number {
  const number = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0) {
    throw badAnswer(place, "a whole number is missing");
  }
  return number;
}

/** Standard base64 of exactly `length` bytes, or of any length. */
export function readBase64(value: unknown, place: string, length?: number): Uint8Array {
  const bytes = typeof value === "string" ? findBase64(value) : undefined;
  if (bytes === undefined || (length !== undefined && bytes.length !== length)) {
    throw badAnswer(place, "base64 bytes are missing or have a wrong length");
  }
  return bytes;
}

/** Hex of 0 or `length` bytes. */
export function readHex(value: unknown, place: string, length: number): Uint8Array {
  const bytes =
    value === undefined || value === null ? new Uint8Array(0) : typeof value === "string" ? findHex(value) : undefined;
  if (bytes === undefined || (bytes.length !== 0 && bytes.length !== length)) {
    throw badAnswer(place, "a hash is missing or has a wrong length");
  }
  return bytes;
}
