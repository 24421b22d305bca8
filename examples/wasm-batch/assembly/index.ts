// Finds the edges of a grey picture (PGM, "P5"): reads it from standard input, writes a picture of its edges to standard
// output. An argument is how strong a step of grey must be to count, 48 unless said. AssemblyScript for WASI preview 1;
// `node build.mjs` compiles it.
import { argument, fail, readInput, writeOutput } from "./wasi";

/** Reads the next whole number of the header, over white space and comments. */
class Header {
  at: i32 = 2;

  constructor(private readonly bytes: Uint8Array) {}

  next(): i32 {
    while (this.at < this.bytes.length) {
      const byte = this.bytes[this.at];
      if (byte == 0x23) {
        while (this.at < this.bytes.length && this.bytes[this.at] != 0x0a) this.at++;
      } else if (byte >= 0x30 && byte <= 0x39) break;
      else this.at++;
    }
    let value = 0;
    let digits = 0;
    while (this.at < this.bytes.length && this.bytes[this.at] >= 0x30 && this.bytes[this.at] <= 0x39 && digits < 6) {
      value = value * 10 + (this.bytes[this.at] - 0x30);
      this.at++;
      digits++;
    }
    return digits == 0 ? -1 : value;
  }
}

/** How strongly grey changes around a pixel (the Sobel operator). */
function strength(pixels: Uint8Array, at: i32, width: i32): i32 {
  const a = <i32>pixels[at - width - 1];
  const b = <i32>pixels[at - width];
  const c = <i32>pixels[at - width + 1];
  const d = <i32>pixels[at - 1];
  const f = <i32>pixels[at + 1];
  const g = <i32>pixels[at + width - 1];
  const h = <i32>pixels[at + width];
  const i = <i32>pixels[at + width + 1];
  const across = c + 2 * f + i - (a + 2 * d + g);
  const down = g + 2 * h + i - (a + 2 * b + c);
  return abs(across) + abs(down);
}

export function _start(): void {
  const input = readInput();
  if (input.length < 2 || input[0] != 0x50 || input[1] != 0x35) return fail("This is no PGM picture (P5).");
  const header = new Header(input);
  const width = header.next();
  const height = header.next();
  const white = header.next();
  const start = header.at + 1;
  // Multiplied as 64-bit numbers: 99,999 times 99,999 does not fit into 32 bits.
  const isWhole = width > 0 && height > 0 && white == 255 && <i64>start + <i64>width * <i64>height <= <i64>input.length;
  if (!isWhole) return fail("The picture ends too early, or has more than 255 shades.");
  const said = argument(1);
  const limit = said == "" ? 48 : I32.parseInt(said);
  const pixels = input.subarray(start, start + width * height);
  const edges = new Uint8Array(width * height);
  let found = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const isEdge = strength(pixels, at, width) >= limit;
      if (isEdge) found++;
      edges[at] = isEdge ? 0 : 255;
    }
  }
  for (let at = 0; at < edges.length; at++) {
    const x = at % width;
    const isBorder = x == 0 || x == width - 1 || at < width || at >= edges.length - width;
    if (isBorder) edges[at] = 255;
  }
  writeOutput(1, String.UTF8.encode("P5\n" + width.toString() + " " + height.toString() + "\n255\n"));
  writeOutput(1, edges.buffer);
  writeOutput(2, String.UTF8.encode(found.toString() + " edge pixels of " + (width * height).toString() + "\n"));
}
