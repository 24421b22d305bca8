import { fail } from "../base/index.ts";
import { libraryErrors } from "./errors.ts";

/**
 * The bytes; a program without types may have given anything.
 * @param call - what it was given to, as the program names it.
 * @throws DSDN_LIBRARY_BYTES_EXPECTED
 */
export function checkBytes(given: unknown, call: string): Uint8Array {
  if (given instanceof Uint8Array) return given;
  const name = typeof given === "object" && given !== null ? given.constructor?.name : String(typeof given);
  throw fail(libraryErrors.bytesExpected, { call, given: name ?? "object" });
}

/** The bytes as a stream of one part, checked when it is read. */
export async function* streamOf(bytes: Uint8Array, call: string): AsyncGenerator<Uint8Array> {
  yield checkBytes(bytes, call);
}
