import { describe, expect, test } from "vitest";
import { isError, seededRandom } from "../../../src/base/index.ts";
import { sha256 } from "../../../src/crypto/index.ts";
import {
  applyHeight,
  createState,
  decodeCheckpoint,
  encodeCheckpoint,
  type LiveState,
  stateErrors,
} from "../../../src/state/index.ts";
import { tellStory } from "./story.ts";
import { actor, rootHex, testGenesis, World, wallet } from "./world.ts";

const NOTHING = { roots: [], outcomes: [] };

/** What a checkpoint of the state gives back. */
function saved(state: LiveState): Uint8Array {
  return encodeCheckpoint({ state, recent: NOTHING });
}

describe("a checkpoint", () => {
  test("brings the same state back, which goes on like the one that was saved", () => {
    const world = tellStory();
    const back = decodeCheckpoint(saved(world.state), world.genesis).state;
    expect(rootHex(back)).toBe(rootHex(world.state));
    expect({ height: back.height, timeMs: back.timeMs }).toEqual({ height: world.state.height, timeMs: world.nowMs });
    expect(back.counts()).toEqual(world.state.counts());
    expect(back.listObjectsOf(wallet("alice").id)).toEqual(world.state.listObjectsOf(wallet("alice").id));
    const session = world.session("another");
    expect(session.sequence).toBe(1);
    const [node] = world.state.listNodes();
    const leaving = Object.assign(actor("node-0"), { sequence: world.state.nextSequenceOf(actor("node-0").id) });
    expect(node).toBeDefined();
    expect(world.say(leaving, "NodeUnregistered", {})).toBe("accepted");
    for (const step of world.log.slice(-2)) applyHeight(back, step);
    expect(rootHex(back)).toBe(rootHex(world.state));
  });

  test("of the state before the first height is one too", () => {
    const state = createState(testGenesis());
    expect(rootHex(decodeCheckpoint(saved(state), testGenesis()).state)).toBe(rootHex(state));
  });

  test("is refused when it is cut anywhere, changed anywhere, longer, newer or another network's", () => {
    const world = tellStory();
    const bytes = saved(world.state);
    const refuse = (damaged: Uint8Array, genesis = world.genesis) => {
      let thrown: unknown;
      try {
        decodeCheckpoint(damaged, genesis);
      } catch (error) {
        thrown = error;
      }
      expect(isError(thrown, stateErrors.checkpointUnusable)).toBe(true);
    };
    const random = seededRandom("checkpoint");
    for (let round = 0; round < 200; round++) {
      const at = new DataView(random.bytes(4).buffer).getUint32(0) % bytes.length;
      refuse(bytes.subarray(0, at));
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      refuse(flipped);
    }
    refuse(Buffer.concat([bytes, Uint8Array.of(0)]));
    const newer = Uint8Array.from(bytes);
    newer[8] = 2;
    refuse(newer);
    refuse(bytes, testGenesis({ governed: { replicationFactor: 2 } }));
  });

  test("whose content was forged with a good checksum does not reproduce its root", () => {
    const world = new World();
    world.join("a", { zone: "zone-a" });
    const bytes = Buffer.from(saved(world.state));
    const at = bytes.indexOf("zone-a");
    bytes.write("zone-b", at);
    bytes.set(sha256(bytes.subarray(41)), 9);
    expect(() => decodeCheckpoint(bytes, world.genesis)).toThrowError(/do not give its root/);
  });
});
