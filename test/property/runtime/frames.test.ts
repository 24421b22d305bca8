import fc from "fast-check";
import { expect, test } from "vitest";
import { createFrameReader, encodeFrame } from "../../../src/runtime/child/frames.ts";

const frames = fc.array(
  fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    id: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    json: fc.jsonValue(),
    body: fc.uint8Array({ maxLength: 300 }),
  }),
  { maxLength: 5 },
);

test("frames come back whole however the stream is cut", () => {
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 }), (sent, cuts) => {
      const stream = Buffer.concat(sent.map((frame) => encodeFrame(frame)));
      const reader = createFrameReader(300);
      const got = [];
      for (let offset = 0, turn = 0; offset < stream.length; turn++) {
        const size = cuts[turn % cuts.length] ?? 1;
        got.push(...reader.push(new Uint8Array(stream.subarray(offset, offset + size))));
        offset += size;
      }
      expect(got.map((frame) => [frame.type, frame.id, frame.json, [...frame.body]])).toEqual(
        sent.map((frame) => [frame.type, frame.id, JSON.parse(JSON.stringify(frame.json)), [...frame.body]]),
      );
    }),
  );
});

test("a frame over its bound is refused from its header alone", () => {
  const head = (json: number, body: number) => {
    const bytes = new Uint8Array(13);
    new DataView(bytes.buffer).setUint32(5, json);
    new DataView(bytes.buffer).setUint32(9, body);
    return bytes;
  };
  expect(() => createFrameReader(100).push(head(2 ** 32 - 1, 0))).toThrow("over its bound");
  expect(() => createFrameReader(100).push(head(0, 101))).toThrow("over its bound");
  expect(createFrameReader(100).push(head(0, 100))).toEqual([]);
});
