// Learns from sentences.mjs and writes model.onnx and vocabulary.json. `node train.mjs` needs nothing but Node. Only
// additions, multiplications and divisions are used, which round alike everywhere: the same sentences give the same bytes.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bad, good } from "./sentences.mjs";
import { toNumbers, wordsOf } from "./words.mjs";

const ROUNDS = 200;
const RATE = 0.05;
/** The scores, learned towards 0 and 1, become chances; this makes a clear case clear. */
const CERTAINTY = 4;
const MOODS = 2;

/** Every word that was seen, in order. */
function makeVocabulary() {
  return [...new Set([...good, ...bad].flatMap(wordsOf))].sort();
}

/** One weight for each word and mood, and one for each mood alone; learned by least squares, sentence by sentence. */
function train(vocabulary) {
  const weights = new Array(vocabulary.length * MOODS).fill(0);
  const offsets = new Array(MOODS).fill(0);
  const samples = good.flatMap((sentence, at) => [
    { numbers: toNumbers(sentence, vocabulary), mood: 0 },
    { numbers: toNumbers(bad[at] ?? "", vocabulary), mood: 1 },
  ]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { numbers, mood } of samples) {
      for (let output = 0; output < MOODS; output++) {
        let score = offsets[output];
        for (const [word, number] of numbers.entries()) score += number * weights[word * MOODS + output];
        const step = RATE * ((mood === output ? 1 : 0) - score);
        offsets[output] += step;
        for (const [word, number] of numbers.entries()) weights[word * MOODS + output] += step * number;
      }
    }
  }
  const scaled = (values) => values.map((value) => value * CERTAINTY);
  return { weights: scaled(weights), offsets: scaled(offsets) };
}

// What follows writes ONNX, which is a protocol-buffers message (onnx.proto, IR version 8, opset 13). A field is
// `number << 3 | kind` and its value: kind 0 is a number in pieces of 7 bits, kind 2 a length and that many bytes.

function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

const number = (field, value) => [...varint(field * 8), ...varint(value)];
const bytes = (field, value) => [...varint(field * 8 + 2), ...varint(value.length), ...value];
const text = (field, value) => bytes(field, new TextEncoder().encode(value));
const message = (field, ...parts) => bytes(field, parts.flat());

/** NodeProto: input 1, output 2, op_type 4, attribute 5. */
const node = (operation, inputs, output, ...attributes) =>
  message(1, ...inputs.map((name) => text(1, name)), text(2, output), text(4, operation), ...attributes);

/** TensorProto: dims 1, data_type 2 (1 is float), name 8, raw_data 9 (little-endian). */
function tensor(name, shape, values) {
  const raw = new DataView(new ArrayBuffer(values.length * 4));
  for (const [at, value] of values.entries()) raw.setFloat32(at * 4, value, true);
  const dims = shape.map((size) => number(1, size));
  return message(5, ...dims, number(2, 1), text(8, name), bytes(9, new Uint8Array(raw.buffer)));
}

/** ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { value 1 or name 2 } } } }. */
function value(field, name, size) {
  const shape = message(2, message(1, text(2, "sentences")), message(1, number(1, size)));
  return message(field, text(1, name), message(2, message(1, number(1, 1), shape)));
}

/** The vocabulary, and the bytes of model.onnx: chances = softmax(words * weights + offsets). */
export function makeModel() {
  const vocabulary = makeVocabulary();
  const { weights, offsets } = train(vocabulary);
  const lastAxis = message(5, text(1, "axis"), number(3, 1), number(20, 2));
  const graph = message(
    7,
    node("Gemm", ["words", "weights", "offsets"], "scores"),
    node("Softmax", ["scores"], "chances", lastAxis),
    text(2, "mood"),
    tensor("weights", [vocabulary.length, MOODS], weights),
    tensor("offsets", [MOODS], offsets),
    value(11, "words", vocabulary.length),
    value(12, "chances", MOODS),
  );
  const opset = message(8, number(2, 13));
  const model = new Uint8Array([...number(1, 8), ...text(2, "dsdn inference example"), ...graph, ...opset]);
  return { model, vocabulary };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { model, vocabulary } = makeModel();
  writeFileSync(new URL("model.onnx", import.meta.url), model);
  writeFileSync(new URL("vocabulary.json", import.meta.url), `${JSON.stringify(vocabulary, null, 2)}\n`);
  console.log(`learned ${vocabulary.length} words`);
}
