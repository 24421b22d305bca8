/**
 * Leopard Reed-Solomon erasure code over GF(2^8): from k pieces of data, k pieces of parity, k a power of two up to
 * 128. Only the encoder: repairing a square is a light node's work, not ours.
 *
 * @source S.-J. Lin et al., "Novel Polynomial Basis with Fast Fourier Transform and Its Application to Reed-Solomon
 * Erasure Codes" (2016); bytes as in catid/leopard LeopardFF8 and klauspost/reedsolomon leopard8.go
 */

const BITS = 8;
const ORDER = 256;
const MODULUS = 255;
const POLYNOMIAL = 0x11d;
const CANTOR_BASIS = [1, 214, 152, 146, 86, 200, 88, 230] as const;
/** Widest original row the code handles: 128 data + 128 parity pieces fill the field. */
export const MAX_DATA_PIECES = 128;

interface Tables {
  /** Logarithm of every skew factor; MODULUS stands for the factor zero. */
  readonly skew: Uint8Array;
  /** products[log * 256 + value] */
  readonly products: Uint8Array;
}

let tables: Tables | undefined;

/**
 * The parity pieces of `data`: as many, each as long.
 *
 * @param data - k pieces of equal length, a multiple of 4; k a power of two in 1..128; not changed.
 */
export function encodeParity(data: readonly Uint8Array[]): Uint8Array[] {
  const count = data.length;
  // A single piece is a constant polynomial: its parity is itself.
  if (count === 1) return data.map((piece) => piece.slice());
  tables ??= buildTables();
  const { skew, products } = tables;
  const sizeBytes = data[0]?.length ?? 0;
  const bytes = new Uint8Array(count * sizeBytes);
  for (const [index, piece] of data.entries()) bytes.set(piece, index * sizeBytes);
  const work: Work = { words: new Uint32Array(bytes.buffer), wordsEach: sizeBytes / 4, products };
  for (let distance = 1; distance < count; distance *= 2) {
    for (let block = 0; block < count; block += 2 * distance) {
      const log = skew[count - 1 + block + distance] ?? MODULUS;
      for (let index = block; index < block + distance; index++) {
        addPiece(work, index + distance, index);
        if (log !== MODULUS) addProduct(work, { target: index, source: index + distance, log });
      }
    }
  }
  for (let distance = count / 2; distance >= 1; distance /= 2) {
    for (let block = 0; block < count; block += 2 * distance) {
      const log = skew[block + distance - 1] ?? MODULUS;
      for (let index = block; index < block + distance; index++) {
        if (log !== MODULUS) addProduct(work, { target: index, source: index + distance, log });
        addPiece(work, index + distance, index);
      }
    }
  }
  return data.map((_, index) => bytes.subarray(index * sizeBytes, (index + 1) * sizeBytes));
}

/** All pieces one after the other, four bytes a word. */
interface Work {
  readonly words: Uint32Array;
  readonly wordsEach: number;
  readonly products: Uint8Array;
}

/** target += source; addition in the field is exclusive or. */
function addPiece(work: Work, target: number, source: number): void {
  const { words, wordsEach } = work;
  let from = source * wordsEach;
  let to = target * wordsEach;
  for (const end = to + wordsEach; to < end; to++, from++) words[to] = (words[to] ?? 0) ^ (words[from] ?? 0);
}

/** target += source * (the element with this logarithm), byte by byte. */
function addProduct(work: Work, step: { target: number; source: number; log: number }): void {
  const { words, wordsEach, products } = work;
  const row = step.log * ORDER;
  let from = step.source * wordsEach;
  let to = step.target * wordsEach;
  for (const end = to + wordsEach; to < end; to++, from++) {
    const word = words[from] ?? 0;
    words[to] =
      (words[to] ?? 0) ^
      ((products[row + (word & 0xff)] ?? 0) |
        ((products[row + ((word >>> 8) & 0xff)] ?? 0) << 8) |
        ((products[row + ((word >>> 16) & 0xff)] ?? 0) << 16) |
        ((products[row + (word >>> 24)] ?? 0) << 24));
  }
}

function buildTables(): Tables {
  const { log, exp } = buildLogarithms();
  const multiplyByLog = (value: number, factorLog: number): number =>
    value === 0 ? 0 : at(exp, addModulo(at(log, value), factorLog));
  const products = new Uint8Array(ORDER * ORDER);
  for (let factorLog = 0; factorLog < ORDER; factorLog++) {
    for (let value = 0; value < ORDER; value++) products[factorLog * ORDER + value] = multiplyByLog(value, factorLog);
  }
  return { skew: buildSkew(log, multiplyByLog), products };
}

/** Logarithms and their inverse in the Cantor basis. */
function buildLogarithms(): { log: Uint8Array; exp: Uint8Array } {
  const exp = new Uint8Array(ORDER);
  const log = new Uint8Array(ORDER);
  let state = 1;
  for (let index = 0; index < MODULUS; index++) {
    exp[state] = index;
    state <<= 1;
    if (state >= ORDER) state ^= POLYNOMIAL;
  }
  exp[0] = MODULUS;
  for (const [bit, basis] of CANTOR_BASIS.entries()) {
    const width = 1 << bit;
    for (let index = 0; index < width; index++) log[index + width] = at(log, index) ^ basis;
  }
  for (let index = 0; index < ORDER; index++) log[index] = at(exp, at(log, index));
  for (let index = 0; index < ORDER; index++) exp[at(log, index)] = index;
  exp[MODULUS] = at(exp, 0);
  return { log, exp };
}

function buildSkew(log: Uint8Array, multiplyByLog: (value: number, factorLog: number) => number): Uint8Array {
  const skew = new Uint8Array(ORDER);
  const basis = Array.from({ length: BITS - 1 }, (_, index) => 1 << (index + 1));
  for (let layer = 0; layer < BITS - 1; layer++) {
    const step = 1 << (layer + 1);
    const first = (1 << layer) - 1;
    skew[first] = 0;
    for (let bit = layer; bit < BITS - 1; bit++) {
      const span = 1 << (bit + 1);
      for (let index = first; index < span; index += step) {
        skew[index + span] = at(skew, index) ^ (basis[bit] ?? 0);
      }
    }
    const own = basis[layer] ?? 0;
    const scaled = MODULUS - at(log, multiplyByLog(own, at(log, own ^ 1)));
    basis[layer] = scaled;
    for (let bit = layer + 1; bit < BITS - 1; bit++) {
      const value = basis[bit] ?? 0;
      basis[bit] = multiplyByLog(value, addModulo(at(log, value ^ 1), scaled));
    }
  }
  for (let index = 0; index < MODULUS; index++) skew[index] = at(log, at(skew, index));
  return skew;
}

/** Sum modulo 255, where 255 itself may stand for 0. */
function addModulo(left: number, right: number): number {
  const sum = left + right;
  return (sum + (sum >> BITS)) & 0xff;
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
