import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  DsdnError,
  renderError,
  silentLogger,
  systemClock,
  systemDisk,
  systemRandom,
  toBase64,
  toUtf8,
} from "../../../src/base/index.ts";
import { countShares } from "../../../src/da/celestia/share.ts";
import {
  createCelestiaClient,
  createHttpTransport,
  createInProcessTransport,
  createLocalDaNode,
  DEFAULT_NAMESPACE,
  daErrors,
  type LocalDaNode,
  loadDaToken,
  MAX_SUBMIT_BYTES,
  type RpcAnswer,
  type Transport,
} from "../../../src/da/index.ts";
import { errorOfNode } from "../../../src/da/node-errors.ts";

const CHAIN = "dsdn-test";
const NAMESPACE = DEFAULT_NAMESPACE;
const deps = { disk: systemDisk(), clock: systemClock(), random: systemRandom(), log: silentLogger() };
const code = (spec: { code: string }) => expect.objectContaining({ code: spec.code });

let folder: string;
let node: LocalDaNode;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-client-"));
  node = createLocalDaNode({ dataFolder: folder, chainId: CHAIN, intervalMs: 0, delayMs: 0 }, deps);
  await node.start();
});
afterEach(async () => {
  await node.stop();
  await rm(folder, { recursive: true });
});

type Lie = (method: string, params: readonly unknown[], honest: () => Promise<RpcAnswer>) => Promise<RpcAnswer>;

/** The node as a liar on the line presents it. */
function lyingTransport(lie: Lie): Transport {
  const honest = createInProcessTransport(node);
  return {
    ...honest,
    call: (method, params, options) => lie(method, params, () => honest.call(method, params, options)),
  };
}

async function clientOf(transport: Transport, readsProofs = false) {
  const da = createCelestiaClient({ namespace: NAMESPACE, chainId: CHAIN, readsProofs }, { ...deps, transport });
  await da.start();
  return da;
}

const resultOf = async (honest: () => Promise<RpcAnswer>) => {
  const answer = await honest();
  if (answer.error !== undefined) throw new Error(answer.error.message);
  return answer.result;
};

describe("the Celestia client", () => {
  it("posts as much as one transaction carries and refuses one byte more before sending", async () => {
    const da = await clientOf(createInProcessTransport(node));
    let most = MAX_SUBMIT_BYTES;
    while (countShares(most) * 512 > MAX_SUBMIT_BYTES) most -= 482;
    while (countShares(most + 1) * 512 <= MAX_SUBMIT_BYTES) most += 1;
    await expect(da.submit([new Uint8Array(most + 1)])).rejects.toThrow(code(daErrors.blobTooLarge));
    const { height, commitments } = await da.submit([new Uint8Array(most).fill(5)]);
    expect(height).toBe(2);
    const blob = await da.get(height, commitments[0] ?? new Uint8Array(32));
    expect(blob.data.length).toBe(most);
    await da.stop();
  });

  it("does not believe an empty list or null while a row holds blobs of ours", async () => {
    for (const result of [null, []]) {
      const da = await clientOf(
        lyingTransport(async (method, _, honest) => (method === "blob.GetAll" ? { result } : honest())),
      );
      const { height } = await da.submit([toUtf8("hidden")]);
      expect((await da.getAll(height)).map(({ data }) => Buffer.from(data).toString())).toEqual(["hidden"]);
      await da.stop();
    }
  });

  it("refuses a namespace answer that leaves a row out", async () => {
    const lie: Lie = async (method, _, honest) => (method === "share.GetNamespaceData" ? { result: [] } : honest());
    const da = await clientOf(lyingTransport(lie), true);
    const { height } = await da.submit([toUtf8("hidden")]);
    await expect(da.getAll(height)).rejects.toThrow(code(daErrors.proofInvalid));
    await da.stop();
  });

  it("refuses a blob whose commitment, data or namespace is not the one asked for", async () => {
    const other = toBase64(new Uint8Array(29).fill(0).with(28, 9).with(26, 1));
    const changes: object[] = [
      { data: toBase64(toUtf8("forged")) },
      { commitment: toBase64(new Uint8Array(32)) },
      { namespace: other },
    ];
    for (const change of changes) {
      const lie: Lie = async (method, _, honest) =>
        method === "blob.Get" ? { result: { ...((await resultOf(honest)) as object), ...change } } : honest();
      const da = await clientOf(lyingTransport(lie));
      const { height, commitments } = await da.submit([toUtf8("honest")]);
      await expect(da.get(height, commitments[0] ?? new Uint8Array(32))).rejects.toThrow(code(daErrors.proofInvalid));
      await da.stop();
    }
  });

  it("refuses a header of another chain, of another height, or with a field its votes do not cover", async () => {
    const changed =
      (change: object): Lie =>
      async (method, params, honest) => {
        if (method !== "header.GetByHeight" || params[0] !== 1) return honest();
        const json = (await resultOf(honest)) as { readonly header: object };
        return { result: { ...json, header: { ...json.header, ...change } } };
      };
    const errorFor = async (change: object) => {
      const da = await clientOf(lyingTransport(changed(change)));
      const error: unknown = await da.headerAt(1).catch((caught: unknown) => caught);
      await da.stop();
      return error instanceof DsdnError ? error.code : error;
    };
    expect(await errorFor({ chain_id: "celestia" })).toBe(daErrors.chainWrong.code);
    expect(await errorFor({ height: "7" })).toBe(daErrors.badAnswer.code);
    expect(await errorFor({ time: "2020-01-01T00:00:00Z" })).toBe(daErrors.proofInvalid.code);
    expect(await errorFor({ time: "yesterday" })).toBe(daErrors.badAnswer.code);
    expect(await errorFor({ data_hash: "00" })).toBe(daErrors.badAnswer.code);
  });

  it("ends a subscription with an error when the node forgot its history", async () => {
    const da = await clientOf(createInProcessTransport(node));
    const { height } = await da.submit([toUtf8("before")]);
    const reading = (async () => {
      for await (const step of da.subscribe({ fromHeight: 1, signal: AbortSignal.timeout(100_000) })) {
        if (step.height !== height) continue;
        await node.stop();
        await rm(folder, { recursive: true });
        await node.start();
        const again = createInProcessTransport(node);
        const blob = { namespace: toBase64(NAMESPACE), data: toBase64(toUtf8("other")), share_version: 0, index: -1 };
        for (let index = 0; index < 2; index++) await again.call("blob.Submit", [[blob], {}], { timeoutMs: 60_000 });
      }
    })();
    await expect(reading).rejects.toThrow(code(daErrors.heightBackwards));
    await da.stop();
  });
});

describe("the texts of a Celestia node", () => {
  const texts: [string, { code: string }][] = [
    ["missing permission to invoke 'Submit' (need 'write')", daErrors.unauthorised],
    ["blob: not found", daErrors.blobMissing],
    [
      "getting header: header: given height is from the future: networkHeight: 5, requestedHeight: 9",
      daErrors.heightFuture,
    ],
    ["header: syncing in progress: localHeadHeight: 5, requestedHeight: 9", daErrors.syncing],
    ["requested header (5) is below Tail (9)", daErrors.heightPruned],
    ["timestamp outside sampling window", daErrors.heightPruned],
    ["share: data not available", daErrors.syncing],
    ["rpc error: account for signer celestia1abc not found", daErrors.accountUnfunded],
    ["insufficient funds: 1utia is smaller than 2utia", daErrors.accountUnfunded],
    ["failed to submit blobs due to insufficient gas price in txconfig: 0.001", daErrors.feeTooLow],
    ["state: estimated gas price exceeds max gas price in tx config", daErrors.feeTooLow],
    [
      "tx size 9 bytes is larger than the application's configured MaxTxSize of 8 bytes for version 9",
      daErrors.blobTooLarge,
    ],
    ["blob(s) too large: code 11139", daErrors.blobTooLarge],
    ["data can not be empty", daErrors.blobEmpty],
    ["invalid namespace length: 28. Must be 29 bytes", daErrors.namespaceInvalid],
    ["node is running without state access. run with --core.ip <CORE NODE IP> to resolve", daErrors.refused],
    ["something new", daErrors.refused],
  ];
  it.each(texts)("%s", (text, spec) => {
    const error = errorOfNode(`wrapped: ${text}`, { method: "x.Y", height: 5, sizeBytes: 9, limitBytes: 8 });
    expect(error.code).toBe(spec.code);
    expect(renderError(error, "en").message).not.toContain("{");
    expect(renderError(error, "id").hint).not.toContain("{");
  });
});

describe("the HTTP transport", () => {
  let server: Server;
  let reply: { status: number; body: string; type?: string };
  let seen: { url: string | undefined; authorization: string | undefined }[];

  beforeEach(async () => {
    seen = [];
    server = createServer((request, response) => {
      seen.push({ url: request.url, authorization: request.headers.authorization });
      response.writeHead(reply.status, { "content-type": reply.type ?? "application/json" });
      response.end(reply.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const errorFor = async (status: number, body: string, type?: string) => {
    reply = { status, body, ...(type === undefined ? {} : { type }) };
    const { port } = server.address() as AddressInfo;
    const transport = createHttpTransport({ url: `http://127.0.0.1:${port}`, token: "t0ken" }, deps);
    const error: unknown = await transport
      .call("node.Ready", [], { timeoutMs: 60_000 })
      .catch((caught: unknown) => caught);
    await transport.close();
    if (!(error instanceof DsdnError)) return error;
    expect(JSON.stringify([error.message, error.facts])).not.toContain("t0ken");
    return error.code;
  };

  it("names a web page with status 200, an empty body, a cut answer and one without a result", async () => {
    expect(await errorFor(200, "<html><title>Log in</title></html>", "text/html")).toBe(daErrors.badAnswer.code);
    expect(await errorFor(200, "")).toBe(daErrors.badAnswer.code);
    expect(await errorFor(200, '{"jsonrpc":"2.0","res')).toBe(daErrors.badAnswer.code);
    expect(await errorFor(200, '{"jsonrpc":"2.0","id":1}')).toBe(daErrors.badAnswer.code);
    expect(await errorFor(200, "[]")).toBe(daErrors.badAnswer.code);
    expect(await errorFor(200, "null")).toBe(daErrors.badAnswer.code);
  });

  it("keeps a password in the address out of its messages", async () => {
    const transport = createHttpTransport({ url: "http://user:secret@127.0.0.1:1" }, deps);
    expect(transport.node).toBe("http://127.0.0.1:1");
    const error: unknown = await transport
      .call("node.Ready", [], { timeoutMs: 60_000 })
      .catch((caught: unknown) => caught);
    expect(error).toEqual(code(daErrors.unreachable));
    expect(String(error)).not.toContain("secret");
    await transport.close();
  });

  it("names a refused token and a busy node, and keeps the token out of the address", async () => {
    expect(await errorFor(401, "")).toBe(daErrors.unauthorised.code);
    expect(await errorFor(429, "rate limit exceeded", "text/plain")).toBe(daErrors.unreachable.code);
    expect(await errorFor(503, "server busy, try again later", "text/plain")).toBe(daErrors.unreachable.code);
    expect(await errorFor(500, "{}")).toBe(daErrors.badAnswer.code);
    expect(seen.every(({ url }) => url === "/")).toBe(true);
    expect(seen.map(({ authorization }) => authorization)).toEqual(seen.map(() => "Bearer t0ken"));
  });
});

describe("the token", () => {
  it("comes from the environment's value, else from the file, else there is none", async () => {
    const file = join(folder, "token");
    await writeFile(file, "from.the-file_0\n");
    expect(await loadDaToken({ value: "from.the.value", file }, deps)).toBe("from.the.value");
    expect(await loadDaToken({ file }, deps)).toBe("from.the-file_0");
    expect(await loadDaToken({}, deps)).toBeUndefined();
    expect(await loadDaToken({ value: "", file: "" }, deps)).toBeUndefined();
  });

  it("is missing when the file is absent or empty, or holds something else, which is not repeated", async () => {
    const file = join(folder, "token");
    await expect(loadDaToken({ file }, deps)).rejects.toThrow(code(daErrors.tokenMissing));
    for (const text of ["", "\n", "two words", "line\nbreak", "x".repeat(5_000)]) {
      await writeFile(file, text);
      const error: unknown = await loadDaToken({ file }, deps).catch((caught: unknown) => caught);
      expect(error).toEqual(code(daErrors.tokenMissing));
      if (text.trim() !== "") expect(String(error)).not.toContain(text);
    }
  });
});
