import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import {
  findBase64,
  seededRandom,
  silentLogger,
  systemClock,
  systemDisk,
  systemRandom,
  toBase64,
  toUtf8,
  VirtualClock,
} from "../../../src/base/index.ts";
import { verifyEd25519 } from "../../../src/crypto/index.ts";
import { parseNmtProof } from "../../../src/da/blob-json.ts";
import { precommitBytes } from "../../../src/da/celestia/comet-header.ts";
import { parseHeader, parseTime } from "../../../src/da/celestia/header-json.ts";
import { hashLeaf } from "../../../src/da/celestia/nmt.ts";
import { verifyRange } from "../../../src/da/celestia/nmt-proof.ts";
import { splitBlob } from "../../../src/da/celestia/share.ts";
import { commitBlob, createLocalDaNode, createNodeToken, DEFAULT_NAMESPACE, daErrors } from "../../../src/da/index.ts";
import { SimulatedDisk } from "../../simulation/simulated-disk.ts";

type Json = { readonly [name: string]: unknown };
type Node = ReturnType<typeof createLocalDaNode>;

const authSecret = new Uint8Array(32).fill(7);
const space = toBase64(DEFAULT_NAMESPACE);
const CHAIN = "dsdn-test";
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function startNode(change: Partial<Parameters<typeof createLocalDaNode>[0]> = {}): Promise<Node> {
  const dataFolder = await mkdtemp(join(tmpdir(), "dsdn-da-node-"));
  closing.push(() => rm(dataFolder, { recursive: true, force: true }));
  const node = createLocalDaNode(
    { dataFolder, chainId: CHAIN, intervalMs: 0, delayMs: 0, ...change },
    { disk: systemDisk(), clock: systemClock(), random: systemRandom(), log: silentLogger() },
  );
  await node.start();
  closing.push(() => node.stop());
  return node;
}

/** A node on a clock that the test moves, so that what is submitted at one moment stays so on a slow machine. */
function build(clock: VirtualClock, change: object): Node {
  return createLocalDaNode(
    { dataFolder: "/da", chainId: CHAIN, intervalMs: 0, delayMs: 0, ...change },
    { disk: new SimulatedDisk(), clock, random: seededRandom("time"), log: silentLogger() },
  );
}

async function ask(node: Node, method: string, params: readonly unknown[] = []): Promise<Json> {
  return JSON.parse(await node.handle(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }))) as Json;
}

async function result(node: Node, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const reply = await ask(node, method, params);
  expect(reply["error"]).toBeUndefined();
  return reply["result"];
}

const message = async (node: Node, method: string, params: readonly unknown[]) =>
  ((await ask(node, method, params))["error"] as { code: number; message: string } | undefined)?.message;

const blobOf = (data: Uint8Array, change: object = {}) => ({
  namespace: space,
  data: toBase64(data),
  share_version: 0,
  ...change,
});

describe("blobs of the local node", () => {
  it("come back in the JSON of celestia-node, with the commitment of their data", async () => {
    const node = await startNode();
    const data = toUtf8("some data");
    const height = await result(node, "blob.Submit", [[blobOf(data)], {}]);
    const commitment = toBase64(commitBlob({ namespace: DEFAULT_NAMESPACE, data, shareVersion: 0, signer: undefined }));
    const blob = { namespace: space, data: toBase64(data), share_version: 0, commitment, index: 0 };
    expect(await result(node, "blob.GetAll", [height, [space]])).toEqual([blob]);
    expect(await result(node, "blob.Get", [height, space, commitment])).toEqual(blob);
    expect(await result(node, "blob.GetAll", [1, [space]])).toBeNull();
  });

  it("keep the signer of share version 1", async () => {
    const node = await startNode();
    const signer = new Uint8Array(20).fill(5);
    const sent = blobOf(toUtf8("signed"), { share_version: 1, signer: toBase64(signer) });
    const height = await result(node, "blob.Submit", [[sent], {}]);
    expect(await result(node, "blob.GetAll", [height, [space]])).toMatchObject([
      { share_version: 1, signer: toBase64(signer) },
    ]);
  });

  it("submitted at the same moment share a block, in the order they came", async () => {
    const clock = new VirtualClock();
    const node = build(clock, { delayMs: 1_000 });
    await node.start();
    const names = ["a", "b", "c", "d"];
    const posted = Promise.all(names.map((name) => result(node, "blob.Submit", [[blobOf(toUtf8(name))], {}])));
    await clock.advance(1_000);
    expect(await posted).toEqual([2, 2, 2, 2]);
    const found = (await result(node, "blob.GetAll", [2, [space]])) as { data: string }[];
    expect(found.map(({ data }) => data)).toEqual(names.map((name) => toBase64(toUtf8(name))));
    await node.stop();
  });

  it("that do not fit one square are spread over several blocks, each whole", async () => {
    const clock = new VirtualClock();
    const node = build(clock, { delayMs: 1_000 });
    await node.start();
    const large = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251);
    const posted = Promise.all([1, 2, 3].map(() => result(node, "blob.Submit", [[blobOf(large)], {}])));
    await clock.advance(2_000);
    expect(await posted).toEqual([2, 2, 3]);
    await node.stop();
  });

  it("are proven by one range proof a row, and a proof of something else is refused", async () => {
    const node = await startNode();
    const data = new Uint8Array(3000).fill(3);
    const height = await result(node, "blob.Submit", [[blobOf(new Uint8Array(900)), blobOf(data)], {}]);
    const content = { namespace: DEFAULT_NAMESPACE, data, shareVersion: 0, signer: undefined };
    const commitment = toBase64(commitBlob(content));
    const proofs = (await result(node, "blob.GetProof", [height, space, commitment])) as unknown[];
    const header = (await result(node, "header.GetByHeight", [height])) as { dah: { row_roots: string[] } };
    const roots = header.dah.row_roots.map((root) => findBase64(root) ?? new Uint8Array(0));
    const shares = splitBlob(content);
    const firstRow = roots.findIndex((_, row) => row * 4 + 4 > 2);
    for (const [index, item] of proofs.entries()) {
      const proof = parseNmtProof(item, "proof");
      const leaves = shares.splice(0, proof.end - proof.start).map((share) => hashLeaf(DEFAULT_NAMESPACE, share));
      const tree = { root: roots[firstRow + index] ?? new Uint8Array(0), leafCount: roots.length };
      expect(verifyRange(tree, proof, leaves)).toBe(true);
    }
    expect(shares).toEqual([]);
    expect(await result(node, "blob.Included", [height, space, proofs, commitment])).toBe(true);
    expect(await result(node, "blob.Included", [height, space, proofs, toBase64(new Uint8Array(32))])).toBe(false);
    expect(await message(node, "blob.Included", [height, space, [], commitment])).toBe("blob: invalid proof");
    expect(await message(node, "blob.Included", [height, space, null, commitment])).toBe("blob: proof cannot be nil");
  });

  it.each([
    ["an empty list", [], "state: no blobs provided"],
    ["an empty blob", [{ namespace: space, data: "" }], "data can not be empty"],
    [
      "version 1 of the namespace",
      [blobOf(new Uint8Array(1), { namespace: toBase64(new Uint8Array(29).fill(1)) })],
      "unsupported namespace version 1",
    ],
    [
      "a short namespace",
      [blobOf(new Uint8Array(1), { namespace: "AAAA" })],
      "invalid namespace length: 3. Must be 29 bytes",
    ],
    [
      "a reserved namespace",
      [blobOf(new Uint8Array(1), { namespace: toBase64(new Uint8Array(29)) })],
      "reserved data is forbidden",
    ],
    [
      "a signer in share version 0",
      [blobOf(new Uint8Array(1), { signer: toBase64(new Uint8Array(20)) })],
      "share version 0 does not support signer",
    ],
    [
      "share version 1 without signer",
      [blobOf(new Uint8Array(1), { share_version: 1 })],
      "share version 1 requires signer of size 20 bytes",
    ],
    ["share version 2", [blobOf(new Uint8Array(1), { share_version: 2 })], "share version 2 not supported"],
    ["no blobs at all", "text", "state: no blobs provided"],
    ["a blob that is no object", [7], "namespace is not base64"],
  ])("are refused with the words of Celestia: %s", async (_, blobs, text) => {
    const node = await startNode();
    expect(await message(node, "blob.Submit", [blobs, {}])).toContain(text);
    expect(node.height).toBe(1);
  });

  it("are refused above the size of a transaction", async () => {
    const node = await startNode();
    const half = blobOf(new Uint8Array(4 * 1024 * 1024 + 1));
    expect(await message(node, "blob.Submit", [[half, half], {}])).toContain("configured MaxTxSize of 8388608 bytes");
    expect(await message(node, "blob.Submit", [[blobOf(new Uint8Array(8_000_000))], {}])).toContain(
      "total blob size too large",
    );
  });
});

describe("headers of the local node", () => {
  it("carry a commit with a valid Ed25519 signature of the validator they name", async () => {
    const node = await startNode();
    await result(node, "blob.Submit", [[blobOf(toUtf8("x"))], {}]);
    const json = (await result(node, "header.LocalHead")) as {
      header: unknown;
      commit: {
        height: string;
        block_id: { hash: string; parts: { total: number; hash: string } };
        signatures: { timestamp: string; signature: string }[];
      };
      validator_set: { validators: { pub_key: { value: string } }[] };
    };
    const header = parseHeader(json.header, "header");
    const { block_id: id, signatures } = json.commit;
    const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
    const blockId = { hash: hex(id.hash), partsTotal: id.parts.total, partsHash: hex(id.parts.hash) };
    const time = parseTime(signatures[0]?.timestamp, "vote");
    const signed = precommitBytes({ height: 2, blockId, time, chainId: CHAIN });
    const key = findBase64(json.validator_set.validators[0]?.pub_key.value ?? "") ?? new Uint8Array(0);
    expect(header.height).toBe(2);
    expect(json.commit.height).toBe("2");
    expect(verifyEd25519(key, signed, findBase64(signatures[0]?.signature ?? "") ?? new Uint8Array(0))).toBe(true);
  });

  it("are found by height, by hash and by range, and waited for", async () => {
    const node = await startNode();
    const waiting = result(node, "header.WaitForHeight", [3]);
    await result(node, "blob.Submit", [[blobOf(toUtf8("x"))], {}]);
    await result(node, "blob.Submit", [[blobOf(toUtf8("y"))], {}]);
    const [first, second, third] = await Promise.all(
      [1, 2, 3].map((height) => result(node, "header.GetByHeight", [height])),
    );
    expect(await waiting).toEqual(third);
    const { commit } = second as { commit: { block_id: { hash: string } } };
    expect(await result(node, "header.GetByHash", [commit.block_id.hash])).toEqual(second);
    expect(await result(node, "header.GetRangeByHeight", [first, 4])).toEqual([second, third]);
    expect(await result(node, "header.Tail")).toEqual(first);
    expect(await result(node, "header.NetworkHead")).toEqual(third);
  });

  it("are refused in the words of Celestia", async () => {
    const node = await startNode();
    expect(await message(node, "header.GetByHeight", [0])).toBe("height is equal to 0");
    expect(await message(node, "header.GetByHeight", [9])).toBe(
      "header: given height is from the future: networkHeight: 1, requestedHeight: 9",
    );
    expect(await message(node, "header.GetByHeight", ["1"])).toContain("height is not a number");
    expect(await message(node, "blob.Get", [1, space, toBase64(new Uint8Array(32))])).toBe("blob: not found");
  });
});

describe("time of the local node", () => {
  it("makes an idle block after the interval, and none sooner after a block with blobs", async () => {
    const clock = new VirtualClock();
    const node = build(clock, { intervalMs: 2_000 });
    await node.start();
    await clock.advance(2_000);
    expect(node.height).toBe(2);
    await clock.advance(1_000);
    const posted = result(node, "blob.Submit", [[blobOf(toUtf8("x"))], {}]);
    await clock.advance(5);
    expect(await posted).toBe(3);
    await clock.advance(1_990);
    expect(node.height).toBe(3);
    await clock.advance(20);
    expect(node.height).toBe(4);
    await node.stop();
    await clock.advance(10_000);
    expect(() => node.height).toThrow(expect.objectContaining({ code: daErrors.stopped.code }));
  });

  it("answers a submit and makes its block only after the delay, which may change", async () => {
    const clock = new VirtualClock();
    const node = build(clock, { delayMs: 30_000 });
    await node.start();
    const slow = result(node, "blob.Submit", [[blobOf(toUtf8("slow"))], {}]);
    await clock.advance(29_999);
    expect(node.height).toBe(1);
    node.setDelay(0);
    const quick = result(node, "blob.Submit", [[blobOf(toUtf8("quick"))], {}]);
    await clock.advance(1);
    expect(await slow).toBe(2);
    await clock.advance(5);
    expect(await quick).toBe(3);
    await node.stop();
  });

  it("starts where it is told and moves only forward", async () => {
    const clock = new VirtualClock(1_800_000_000_000);
    const node = build(clock, { startTimeMs: 1_700_000_000_000 });
    await node.start();
    const timeAt = async (height: number) =>
      ((await result(node, "header.GetByHeight", [height])) as { header: { time: string } }).header.time;
    expect(await timeAt(1)).toBe("2023-11-14T22:13:20Z");
    expect(await node.advanceTime(90_000)).toBe(2);
    expect(await timeAt(2)).toBe("2023-11-14T22:14:50Z");
    expect(await node.advanceTime(-90_000)).toBe(3);
    expect(await timeAt(3)).toBe("2023-11-14T22:14:50.001Z");
    await node.stop();
  });
});

describe("JSON-RPC of the local node", () => {
  it("answers malformed requests with the codes of JSON-RPC", async () => {
    const node = await startNode();
    const raw = async (text: string) =>
      JSON.parse(await node.handle(text)) as { error: { code: number; message: string } };
    expect((await raw("{")).error.code).toBe(-32700);
    expect((await raw("7")).error.code).toBe(-32600);
    expect((await raw('{"id":1}')).error.code).toBe(-32600);
    expect((await ask(node, "blob.Sumbit"))["error"]).toEqual({
      code: -32601,
      message: "method 'blob.Sumbit' not found",
    });
    expect((await ask(node, "blob.Subscribe", [space]))["error"]).toEqual({
      code: -32601,
      message: "method 'blob.Subscribe' not supported in this mode (no out channel support)",
    });
    expect((await ask(node, "blob.Get", [1]))["error"]).toEqual({
      code: -32602,
      message: "wrong param count (method 'blob.Get'): 1 != 3",
    });
  });

  it("answers a batch in its order", async () => {
    const node = await startNode();
    const batch = ["node.Ready", "no.Such", "header.SyncWait"].map((method, id) => ({
      jsonrpc: "2.0",
      id,
      method,
      params: [],
    }));
    expect(JSON.parse(await node.handle(JSON.stringify(batch)))).toEqual([
      { jsonrpc: "2.0", id: 0, result: true },
      { jsonrpc: "2.0", id: 1, error: { code: -32601, message: "method 'no.Such' not found" } },
      { jsonrpc: "2.0", id: 2, result: null },
    ]);
  });

  it("tells the state of a node that is in sync", async () => {
    const node = await startNode();
    expect(await result(node, "header.SyncState")).toMatchObject({ height: 1, to_height: 1 });
    expect(await result(node, "das.SamplingStats")).toMatchObject({ network_head_height: 1, catch_up_done: true });
    expect(await result(node, "state.Balance")).toMatchObject({ denom: "utia" });
    expect(await result(node, "node.Info")).toMatchObject({ type: "Light" });
    expect(await result(node, "share.SharesAvailable", [1])).toBeNull();
  });

  const post = (node: Node, method: string, token?: string) =>
    fetch(node.url, {
      method: "POST",
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: [] }),
    });

  it("over HTTP asks for the permission of each method", async () => {
    const node = await startNode({ listen: { host: "127.0.0.1", port: 0 }, authSecret });
    const tokenOf = (permission: "read" | "write" | "admin", expiresAtMs?: number) =>
      createNodeToken(permission, {
        secret: authSecret,
        nonce: new Uint8Array(8),
        ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
      });
    const errorOf = async (method: string, token?: string) =>
      (await (await post(node, method, token)).json()) as { error?: { message: string } };
    expect((await errorOf("header.LocalHead")).error?.message).toBe(
      "missing permission to invoke 'LocalHead' (need 'read')",
    );
    expect((await errorOf("header.LocalHead", tokenOf("read"))).error).toBeUndefined();
    expect((await errorOf("blob.Submit", tokenOf("read"))).error?.message).toBe(
      "missing permission to invoke 'Submit' (need 'write')",
    );
    expect((await errorOf("node.Info", tokenOf("write"))).error?.message).toBe(
      "missing permission to invoke 'Info' (need 'admin')",
    );
    expect((await errorOf("node.Info", tokenOf("admin"))).error).toBeUndefined();
    const [head, payload, signature] = tokenOf("read").split(".");
    const forged = Buffer.from(JSON.stringify({ Allow: ["public", "read", "write", "admin"] })).toString("base64url");
    const unsigned = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
    const bad = ["x", `${head}.${forged}.${signature}`, `${unsigned}.${payload}.`, tokenOf("read", Date.now() - 1)];
    for (const token of bad) expect((await post(node, "header.LocalHead", token)).status).toBe(401);
    expect((await errorOf("header.LocalHead", tokenOf("read", Date.now() + 60_000))).error).toBeUndefined();
  });

  it("over HTTP answers no request that names another host or comes from a web page", async () => {
    const node = await startNode({ listen: { host: "127.0.0.1", port: 0 } });
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "node.Ready", params: [] });
    const status = async (headers: Record<string, string>) =>
      (await fetch(node.url, { method: "POST", headers, body })).status;
    expect(await status({})).toBe(200);
    expect(await status({ origin: "http://evil.example" })).toBe(403);
  });
});

describe("subscriptions of the local node over a WebSocket", () => {
  async function connect(node: Node, token?: string) {
    const socket = new WebSocket(`${node.url.replace("http", "ws")}/${token === undefined ? "" : `?token=${token}`}`);
    const inbox: Json[] = [];
    let wake = () => {};
    socket.on("message", (data) => {
      inbox.push(JSON.parse(String(data)) as Json);
      wake();
    });
    await new Promise((resolve, reject) => {
      socket.on("open", resolve);
      socket.on("error", reject);
    });
    closing.push(async () => socket.terminate());
    return {
      socket,
      send: (method: string, params: readonly unknown[], id: number) =>
        socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params })),
      next: async () => {
        while (inbox.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        return inbox.shift();
      },
    };
  }

  it("send one message a height, blobs or not, until they are cancelled", async () => {
    const node = await startNode({ listen: { host: "127.0.0.1", port: 0 } });
    const line = await connect(node);
    line.send("blob.Subscribe", [space], 41);
    expect(await line.next()).toEqual({ jsonrpc: "2.0", id: 41, result: 1 });
    await node.advanceTime(1);
    expect(await line.next()).toMatchObject({
      method: "xrpc.ch.val",
      params: [1, { Blobs: null, Height: 2, Header: { height: 2 } }],
    });
    line.send("blob.Submit", [[blobOf(toUtf8("x"))], {}], 42);
    expect(await line.next()).toMatchObject({ params: [1, { Blobs: [{ namespace: space }], Height: 3 }] });
    expect(await line.next()).toEqual({ jsonrpc: "2.0", id: 42, result: 3 });
    line.send("xrpc.cancel", [41], 43);
    expect(await line.next()).toEqual({ jsonrpc: "2.0", method: "xrpc.ch.close", params: [1] });
    await node.advanceTime(1);
    line.send("node.Ready", [], 44);
    expect(await line.next()).toEqual({ jsonrpc: "2.0", id: 44, result: true });
  });

  it("take the token from the address and refuse one without permission", async () => {
    const node = await startNode({ listen: { host: "127.0.0.1", port: 0 }, authSecret });
    const line = await connect(node, createNodeToken("read", { secret: authSecret, nonce: new Uint8Array(8) }));
    line.send("header.Subscribe", [], 1);
    expect(await line.next()).toEqual({ jsonrpc: "2.0", id: 1, result: 1 });
    const stranger = await connect(node);
    stranger.send("blob.Subscribe", [space], 1);
    expect(await stranger.next()).toMatchObject({
      error: { message: "missing permission to invoke 'Subscribe' (need 'read')" },
    });
    await expect(connect(node, "forged")).rejects.toThrow("401");
  });

  it("refuse a bad namespace and survive garbage", async () => {
    const node = await startNode({ listen: { host: "127.0.0.1", port: 0 } });
    const line = await connect(node);
    line.send("blob.Subscribe", ["AAAA"], 1);
    expect(await line.next()).toMatchObject({
      id: 1,
      error: { message: "invalid namespace length: 3. Must be 29 bytes" },
    });
    line.socket.send("{{{{");
    expect(await line.next()).toMatchObject({ error: { code: -32600 } });
    line.send("node.Ready", [], 2);
    expect(await line.next()).toMatchObject({ id: 2, result: true });
  });
});
