/**
 * A frozen history and the state roots it must give for ever: own vectors, made by test/unit/state/story.ts. When this
 * test fails, the rules or the encoding changed and every network that runs would split; add a protocol version
 * instead. Four of the five cases are negative.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findHex, isError, toHex } from "../../../src/base/index.ts";
import { decodeGenesis, networkIdOf, protocolErrors } from "../../../src/protocol/index.ts";
import { applyHeight, createState, findProof, isLeafProven } from "../../../src/state/index.ts";
import { tellStory } from "../../unit/state/story.ts";

interface StoryVector {
  readonly genesis: string;
  readonly network: string;
  readonly heights: readonly { readonly height: number; readonly timeMs: number; readonly blobs: string[]; readonly root: string }[];
  readonly proof: { readonly path: string; readonly value: string; readonly proof: string };
}

const story: StoryVector = JSON.parse(readFileSync(new URL("story.json", import.meta.url), "utf8"));

function bytes(hex: string): Uint8Array {
  const found = findHex(hex);
  if (found === undefined) throw new Error("the vector holds no hex");
  return found;
}

describe("the frozen history", () => {
  test("gives the frozen network id and the frozen root at every height", () => {
    const genesis = decodeGenesis(bytes(story.genesis));
    expect(networkIdOf(genesis)).toBe(story.network);
    const state = createState(genesis);
    for (const { height, timeMs, blobs, root } of story.heights) {
      const applied = applyHeight(state, { height, timeMs, blobs: blobs.map(bytes) });
      expect({ height, root: toHex(applied.root) }).toEqual({ height, root });
    }
    const { path, value } = story.proof;
    expect(toHex(state.leaf(path) ?? new Uint8Array(0))).toBe(value);
  });

  test("is what today's program still writes", () => {
    const world = tellStory();
    expect(world.log.map(({ blobs }) => blobs.map(toHex))).toEqual(story.heights.map(({ blobs }) => blobs));
  });

  test("gives another root when one blob is missing", () => {
    const state = createState(decodeGenesis(bytes(story.genesis)));
    for (const { height, timeMs, blobs } of story.heights) {
      applyHeight(state, { height, timeMs, blobs: height === 3 ? [] : blobs.map(bytes) });
    }
    expect(toHex(state.root)).not.toBe(story.heights.at(-1)?.root);
  });

  test("refuses the genesis document with one byte more (layer: canonical bytes)", () => {
    let thrown: unknown;
    try {
      decodeGenesis(bytes(`${story.genesis}00`));
    } catch (error) {
      thrown = error;
    }
    expect(isError(thrown, protocolErrors.notCanonical)).toBe(true);
  });

  test("its proof holds for its value and root only (layer: state proof)", () => {
    const proof = findProof(bytes(story.proof.proof));
    const root = bytes(story.heights.at(-1)?.root ?? "");
    const value = bytes(story.proof.value);
    if (proof === undefined) throw new Error("the vector's proof cannot be read");
    const { path } = story.proof;
    expect(isLeafProven(root, { path, value }, proof)).toBe(true);
    expect(isLeafProven(root, { path, value: value.subarray(1) }, proof)).toBe(false);
    expect(isLeafProven(root, { path, value: undefined }, proof)).toBe(false);
    expect(isLeafProven(bytes(story.heights[0]?.root ?? ""), { path, value }, proof)).toBe(false);
    expect(findProof(bytes(`${story.proof.proof}00`))).toBeUndefined();
  });
});
