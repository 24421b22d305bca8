export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * The part of a file of `size` bytes that a Range field asks for; `whole` when the field is absent, malformed or asks
 * for several parts; `unsatisfiable` when it lies outside the file.
 *
 * @source RFC 9110 14.1.2, 14.2
 */
export function readRange(field: string | undefined, size: number): ByteRange | "whole" | "unsatisfiable" {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(field?.trim() ?? "");
  if (match === null) return "whole";
  const [first, last] = [match[1] ?? "", match[2] ?? ""];
  if (first === "" && last === "") return "whole";
  if (first === "") {
    const length = Math.min(size, Number(last));
    return length === 0 ? "unsatisfiable" : { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(size - 1, Number(last));
  if (last !== "" && Number(last) < offset) return "whole";
  return offset >= size ? "unsatisfiable" : { offset, length: end - offset + 1 };
}
