import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHttpServer, findBase64, findHex, type HttpServer } from "../../../src/base/index.ts";
import { ingressApi, type ObjectId } from "../../../src/protocol/index.ts";
import { roleRoutes } from "../../../src/roles/surface/index.ts";
import { findHolding, findProof, holdingPath, isLeafProven, type Replica } from "../../../src/state/index.ts";
import { tellStory } from "../state/story.ts";
import { type World, wallet } from "../state/world.ts";

let world: World;
let server: HttpServer;

beforeEach(async () => {
  world = tellStory();
  const { state } = world;
  const replica = { state, height: state.height } satisfies Partial<Replica> as unknown as Replica;
  const da = { health: () => ({ isConnected: true, lastHeight: 0, latencyMs: 0, lagMs: 0 }) };
  const routes = roleRoutes({ role: "ingress", replica, da, metrics: () => [] });
  server = createHttpServer({ name: "ingress", host: "127.0.0.1", port: 0 }, { routes });
  await server.start();
});

afterEach(() => server.stop());

/** What the route of the published interface answers, read by that interface's own schema. */
async function leaf(path: string) {
  const answer = await fetch(`${server.url}${ingressApi.stateLeaf.path}?path=${encodeURIComponent(path)}`);
  const { details } = (await answer.json()) as { details: unknown };
  const facts = ingressApi.stateLeaf.details.parse(details);
  const value = facts.value === null ? undefined : findBase64(facts.value);
  const proof = findProof(findBase64(facts.proof) ?? new Uint8Array(0));
  if (proof === undefined) throw new Error("the proof cannot be read");
  return { ...facts, value, proof, root: findHex(facts.stateRoot) ?? new Uint8Array(0) };
}

describe("the leaf of an object", () => {
  test("comes with a proof against the root that is given beside it", async () => {
    const owner = wallet("alice").id;
    const [object] = world.state.listObjectsOf(owner);
    if (object === undefined) throw new Error("the story has no object");
    const path = holdingPath(object.object, owner);
    const { value, proof, root, height } = await leaf(path);
    expect(height).toBe(world.state.height);
    expect(value === undefined ? undefined : findHolding(value)).toMatchObject({ object: object.object, owner });
    expect(isLeafProven(root, { path, value }, proof)).toBe(true);
    expect(isLeafProven(root, { path, value: undefined }, proof)).toBe(false);
  });

  test("that nobody holds is proven to be absent", async () => {
    const path = holdingPath("bafyreinobody" as ObjectId, wallet("alice").id);
    const { value, proof, root } = await leaf(path);
    expect(value).toBeUndefined();
    expect(isLeafProven(root, { path, value: undefined }, proof)).toBe(true);
  });
});
