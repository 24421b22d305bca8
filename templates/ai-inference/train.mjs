// Trains the digit reader of this project and writes model.onnx. Run it with `node train.mjs`; it needs nothing but
// Node and takes about a second. The same script gives the same bytes on every machine: the training uses only
// additions, multiplications, divisions and a seeded generator of numbers, which round alike everywhere.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const WIDTH = 5;
const HEIGHT = 7;
const PIXELS = WIDTH * HEIGHT;
const HIDDEN = 24;
const DIGITS = 10;
const ROUNDS = 30;
const SAMPLES = 1500;
const RATE = 0.03;
/** Softmax turns the outputs, trained towards 0 and 1, into chances; this makes a clear case clear. */
const CERTAINTY = 8;

/** The ten digits as they look, five pixels wide and seven high. */
const glyphs = [
  ".###. #...# #..## #.#.# ##..# #...# .###.",
  "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
  ".###. #...# ....# ...#. ..#.. .#... #####",
  "##### ...#. ..#.. ...#. ....# #...# .###.",
  "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
  "##### #.... ####. ....# ....# #...# .###.",
  "..##. .#... #.... ####. #...# #...# .###.",
  "##### ....# ...#. ..#.. .#... .#... .#...",
  ".###. #...# #...# .###. #...# #...# .###.",
  ".###. #...# #...# .#### ....# ...#. .##..",
].map((text) => [...text.replaceAll(" ", "")].map((pixel) => (pixel === "#" ? 1 : 0)));

/** Numbers from 0 up to 1 that look random and are the same every time (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A digit drawn carelessly: a few pixels are wrong, and sometimes it stands one pixel aside. */
function draw(digit, random) {
  const shift = random() < 0.3 ? (random() < 0.5 ? 1 : -1) : 0;
  return Array.from({ length: PIXELS }, (_, at) => {
    const column = (at % WIDTH) - shift;
    const pixel = column < 0 || column >= WIDTH ? 0 : (glyphs[digit][at - shift] ?? 0);
    return random() < 0.05 ? 1 - pixel : pixel;
  });
}

/** Two layers: hidden = relu(pixels * first + firstBias), outputs = hidden * second + secondBias. */
function train() {
  const random = seeded(2026);
  const start = (count, size) => Array.from({ length: count }, () => (random() * 2 - 1) / Math.sqrt(size));
  const first = start(PIXELS * HIDDEN, PIXELS);
  const firstBias = new Array(HIDDEN).fill(0);
  const second = start(HIDDEN * DIGITS, HIDDEN);
  const secondBias = new Array(DIGITS).fill(0);
  for (let step = 0; step < ROUNDS * SAMPLES; step++) {
    const digit = step % DIGITS;
    const pixels = draw(digit, random);
    const hidden = firstBias.map((bias, unit) => {
      let sum = bias;
      for (let at = 0; at < PIXELS; at++) if (pixels[at] === 1) sum += first[at * HIDDEN + unit];
      return Math.max(0, sum);
    });
    const errors = secondBias.map((bias, output) => {
      let sum = bias;
      for (let unit = 0; unit < HIDDEN; unit++) sum += hidden[unit] * second[unit * DIGITS + output];
      return sum - (output === digit ? 1 : 0);
    });
    for (let unit = 0; unit < HIDDEN; unit++) {
      let slope = 0;
      for (let output = 0; output < DIGITS; output++) {
        const at = unit * DIGITS + output;
        slope += errors[output] * second[at];
        second[at] -= RATE * errors[output] * hidden[unit];
      }
      if (hidden[unit] === 0) continue;
      firstBias[unit] -= RATE * slope;
      for (let at = 0; at < PIXELS; at++) if (pixels[at] === 1) first[at * HIDDEN + unit] -= RATE * slope;
    }
    for (let output = 0; output < DIGITS; output++) secondBias[output] -= RATE * errors[output];
  }
  const scale = (values) => values.map((value) => value * CERTAINTY);
  return { first, firstBias, second: scale(second), secondBias: scale(secondBias) };
}

// What follows writes the network as ONNX, which is a protocol-buffers message (onnx.proto, IR version 8, opset 13).
// A field is `number << 3 | kind` and its value: kind 0 is a number of 7-bit pieces, kind 2 is a length and bytes.

function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

const number = (field, value) => [...varint(field * 8), ...varint(value)];
const bytes = (field, value) => [...varint(field * 8 + 2), ...varint(value.length), ...value];
const text = (field, value) => bytes(field, new TextEncoder().encode(value));
const message = (field, ...parts) => bytes(field, parts.flat());

/** NodeProto: input 1, output 2, op_type 4, attribute 5. */
function node(operation, inputs, output, ...attributes) {
  return message(1, ...inputs.map((name) => text(1, name)), text(2, output), text(4, operation), ...attributes);
}

/** TensorProto: dims 1, data_type 2 (1 is float), name 8, raw_data 9 (little-endian). */
function tensor(name, shape, values) {
  const raw = new DataView(new ArrayBuffer(values.length * 4));
  for (const [at, value] of values.entries()) raw.setFloat32(at * 4, value, true);
  return message(5, ...shape.map((size) => number(1, size)), number(2, 1), text(8, name), bytes(9, new Uint8Array(raw.buffer)));
}

/** ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { value 1 or name 2 } } } }. */
function value(field, name, size) {
  const shape = message(2, message(1, text(2, "batch")), message(1, number(1, size)));
  return message(field, text(1, name), message(2, message(1, number(1, 1), shape)));
}

/** The network as the bytes of model.onnx. */
export function makeModel() {
  const { first, firstBias, second, secondBias } = train();
  const lastAxis = message(5, text(1, "axis"), number(3, 1), number(20, 2));
  const graph = message(
    7,
    node("Gemm", ["pixels", "first", "firstBias"], "sums"),
    node("Relu", ["sums"], "hidden"),
    node("Gemm", ["hidden", "second", "secondBias"], "scores"),
    node("Softmax", ["scores"], "chances", lastAxis),
    text(2, "digits"),
    tensor("first", [PIXELS, HIDDEN], first),
    tensor("firstBias", [HIDDEN], firstBias),
    tensor("second", [HIDDEN, DIGITS], second),
    tensor("secondBias", [DIGITS], secondBias),
    value(11, "pixels", PIXELS),
    value(12, "chances", DIGITS),
  );
  return new Uint8Array([...number(1, 8), ...text(2, "dsdn ai-inference template"), ...graph, ...message(8, number(2, 13))]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = fileURLToPath(new URL("model.onnx", import.meta.url));
  writeFileSync(target, makeModel());
  console.log(`wrote ${target}`);
}
