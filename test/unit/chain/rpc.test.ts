import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createChainClient } from "../../../src/chain/index.ts";
import { parseAddress } from "../../../src/protocol/index.ts";
import { alice, bob, nusaCall, signed } from "./chain-fixture.ts";
import { startRpc } from "./rpc-fixture.ts";

const ORIGIN = "chrome-extension://wallet";
let rpc: Awaited<ReturnType<typeof startRpc>>;
beforeAll(async () => {
  rpc = await startRpc({ allowedOrigins: [ORIGIN] });
});
afterAll(() => rpc.stop());

describe("the JSON-RPC server", () => {
  test("takes absent params, both names of a call's data, and answers what the engine does not know", async () => {
    expect((await rpc.post({ jsonrpc: "2.0", id: 7, method: "eth_chainId" })).json).toEqual({
      jsonrpc: "2.0",
      id: 7,
      result: "0x4e555341",
    });
    const to = `0x${rpc.engine.nusaAddress}`;
    const supply = await rpc.call("eth_call", { to, data: "0x18160ddd", input: "0x18160ddd" }, "latest");
    expect(BigInt(supply.result)).toBe(300_000_000n * 10n ** 18n);
    const both = await rpc.call("eth_call", { to, data: "0x18160ddd", input: "0x70a08231" }, "latest");
    expect(both.error.code).toBe(-32602);
    expect((await rpc.call("net_listening")).result).toBe(true);
    const receipts = (await rpc.call("eth_getBlockReceipts", "0x1")).result;
    expect(receipts).toEqual([expect.objectContaining({ blockNumber: "0x1", status: "0x1" })]);
    expect((await rpc.call("eth_getBlockReceipts", "0xffff")).result).toBeNull();
  });

  test("answers a revert with code 3 and its data", async () => {
    const data = `0xa9059cbb${alice.address.slice(2).padStart(64, "0")}${"1".padStart(64, "0")}`;
    const call = { from: `0x${"11".repeat(20)}`, to: `0x${rpc.engine.nusaAddress}`, data };
    for (const method of ["eth_call", "eth_estimateGas"]) {
      const { error } = await rpc.call(method, call);
      expect(error).toMatchObject({ code: 3, data: expect.stringMatching(/^0xe450d38c/) });
    }
  });

  test.each([
    "hardhat_setBalance",
    "hardhat_impersonateAccount",
    "evm_mine",
    "evm_setNextBlockTimestamp",
    "evm_revert",
    "debug_traceTransaction",
    "eth_sendTransaction",
    "eth_sign",
    "eth_newFilter",
    "eth_subscribe",
    "personal_sign",
    "__proto__",
    "toString",
  ])("refuses %s from outside", async (method) => {
    const { error } = await rpc.call(method, "0x1");
    expect(error.code).toBe(-32601);
  });

  test("refuses a search over too many blocks or an endless fee history, and clamps what lies beyond the head", async () => {
    const { result } = await rpc.call("eth_getLogs", { fromBlock: "0x0", toBlock: "0xffffffffffff" });
    expect(result.length).toBeGreaterThan(0);
    expect((await rpc.call("eth_getLogs", "0x1")).error.code).toBe(-32602);
    expect((await rpc.call("eth_feeHistory", "0xffffff", "latest", [1])).error.code).toBe(-32602);
    expect((await rpc.call("eth_feeHistory", "0x2", "latest", Array(101).fill(1))).error.code).toBe(-32602);
    expect((await rpc.call("eth_feeHistory", "0x2", "latest", [10])).result.oldestBlock).toBe("0x0");
  });

  test("gives a call no more gas than a block holds, whatever it asks for", async () => {
    const to = `0x${"99".repeat(20)}`;
    // GAS PUSH0 MSTORE PUSH1 32 PUSH0 RETURN
    const overrides = { [to]: { code: "0x5a5f5260205ff3" } };
    for (const gas of [undefined, "0xffffffffffff", "0x1ffffff"]) {
      const { result } = await rpc.call("eth_call", gas === undefined ? { to } : { to, gas }, "latest", overrides);
      expect(Number(result)).toBeGreaterThan(16_000_000);
      expect(Number(result)).toBeLessThan(16_777_216);
    }
    const little = await rpc.call("eth_call", { to, gas: "0x7530" }, "latest", overrides);
    expect(Number(little.result)).toBeLessThan(30_000);
    expect((await rpc.call("eth_call", "0x")).error.code).toBe(-32602);
  });

  test("answers lists, notifications and nonsense as JSON-RPC 2.0 says", async () => {
    const version = { jsonrpc: "2.0", method: "net_version" };
    const answers = (await rpc.post([{ ...version, id: "a" }, version, { ...version, id: null }, 5])).json;
    expect(answers).toEqual([
      { jsonrpc: "2.0", id: "a", result: "1314214721" },
      { jsonrpc: "2.0", id: null, result: "1314214721" },
      { jsonrpc: "2.0", id: null, error: expect.objectContaining({ code: -32600 }) },
    ]);
    expect((await rpc.post(version)).status).toBe(204);
    expect((await rpc.post([])).json.error.code).toBe(-32600);
    expect((await rpc.post(Array(101).fill({ ...version, id: 1 }))).json.error.code).toBe(-32600);
    expect((await rpc.post("{")).json.error.code).toBe(-32700);
    expect((await rpc.post({ ...version, id: {} })).json.error.code).toBe(-32600);
    expect((await rpc.post({ ...version, id: 1, params: {} })).json.error.code).toBe(-32602);
    expect((await rpc.post(`"${"x".repeat(1024 * 1024)}"`)).status).toBe(413);
  });

  test("answers no foreign web page and no foreign name, and a named origin with its preflight", async () => {
    const chainId = { jsonrpc: "2.0", id: 1, method: "eth_chainId" };
    expect((await rpc.post(chainId, { origin: "https://evil.example" })).status).toBe(403);
    const named = await rpc.post(chainId, { origin: ORIGIN });
    expect([named.status, named.headers.get("access-control-allow-origin")]).toEqual([200, ORIGIN]);
    const preflight = await fetch(rpc.url, { method: "OPTIONS", headers: { origin: ORIGIN } });
    expect([preflight.status, preflight.headers.get("access-control-allow-methods")]).toEqual([204, "POST"]);
    expect((await fetch(rpc.url, { method: "OPTIONS", headers: { origin: "https://evil.example" } })).status).toBe(403);
    expect((await fetch(rpc.url)).status).toBe(405);
  });

  test("refuses what is no transaction, and says why the engine refused one", async () => {
    expect((await rpc.call("eth_sendRawTransaction", "0x")).error.code).toBe(-32602);
    expect((await rpc.call("eth_sendRawTransaction", "0xzz")).error.code).toBe(-32602);
    expect((await rpc.call("eth_sendRawTransaction", `0x${"02".repeat(128 * 1024 + 1)}`)).error.code).toBe(-32602);
    expect((await rpc.call("eth_sendRawTransaction", "0x02c0")).error).toBeDefined();
  });
});

describe("a WebSocket", () => {
  const open = async (headers: Record<string, string> = {}) => {
    const socket = new WebSocket(rpc.wsUrl, { headers });
    const messages: { id?: number; result?: unknown; error?: { code: number }; params?: unknown }[] = [];
    const waiters: (() => void)[] = [];
    socket.on("message", (data) => {
      messages.push(JSON.parse(String(data)));
      for (const wake of waiters.splice(0)) wake();
    });
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    const next = async (isIt: (message: (typeof messages)[number]) => boolean) => {
      for (;;) {
        const found = messages.find(isIt);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => waiters.push(resolve));
      }
    };
    let id = 0;
    const call = (method: string, ...params: unknown[]) => {
      id += 1;
      const mine = id;
      socket.send(JSON.stringify({ jsonrpc: "2.0", id: mine, method, params }));
      return next((message) => message.id === mine);
    };
    return { socket, call, next };
  };

  test("from a foreign web page is refused", async () => {
    await expect(open({ origin: "https://evil.example" })).rejects.toThrow(/403/);
  });

  test("hears of blocks only while it subscribes, and cannot end another's subscription", async () => {
    const [one, two] = [await open(), await open()];
    const subscription = (await one.call("eth_subscribe", "newHeads")).result;
    expect(typeof subscription).toBe("string");
    expect((await two.call("eth_unsubscribe", subscription)).result).toBe(false);
    const nonce = Number((await one.call("eth_getTransactionCount", alice.address, "latest")).result);
    await one.call("eth_sendRawTransaction", `0x${Buffer.from(await signed({ nonce })).toString("hex")}`);
    const heard = await one.next((message) => message.params !== undefined);
    expect(heard.params).toMatchObject({ subscription, result: { number: expect.any(String) } });
    expect((await one.call("eth_unsubscribe", subscription)).result).toBe(true);
    expect((await one.call("eth_unsubscribe", subscription)).result).toBe(false);
    one.socket.terminate();
    two.socket.terminate();
  });

  test("holds a bounded number of subscriptions of known kinds, and no message beyond the limit", async () => {
    const { socket, call } = await open();
    expect((await call("eth_subscribe", "everything")).error?.code).toBe(-32602);
    expect((await call("evm_mine")).error?.code).toBe(-32601);
    for (let count = 0; count < 32; count += 1) await call("eth_subscribe", "newHeads");
    expect((await call("eth_subscribe", "newHeads")).error?.code).toBe(-32005);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.send("x".repeat(1024 * 1024 + 1));
    expect(await closed).toBe(1009);
  });
});

describe("the chain client", () => {
  test("reads head and balances, sends a transaction and finds its receipt", async () => {
    const client = createChainClient({ url: rpc.url, nusaAddress: rpc.engine.nusaAddress });
    const [from, to] = [parseAddress(alice.address), parseAddress(bob.address)];
    expect(await client.chainId()).toBe(rpc.chain.id);
    const before = await client.balanceOf(to);
    const nonce = await client.nextNonceOf(from);
    const raw = await nusaCall(rpc.engine, nonce, { functionName: "transfer", args: [bob.address, 3n] });
    const hash = await client.sendRaw(raw);
    await rpc.producer.flush();
    expect(await client.findReceipt(hash)).toEqual({ block: (await client.head()).block, isSuccess: true });
    expect(await client.balanceOf(to)).toBe(before + 3n);
    expect(await client.gasBalanceOf(from)).toBeGreaterThan(0n);
    expect((await client.head()).stateRoot).toEqual(rpc.producer.head.stateRoot);
    expect(await client.findReceipt(`0x${"00".repeat(32)}`)).toBeUndefined();
  });

  test("names a refusal and a chain that is not there", async () => {
    const client = createChainClient({ url: rpc.url, nusaAddress: rpc.engine.nusaAddress });
    await expect(client.sendRaw(Uint8Array.of(2, 0xc0))).rejects.toMatchObject({
      spec: { code: "DSDN_CHAIN_CALL_REFUSED" },
    });
    const gone = await startRpc();
    await gone.stop();
    const lost = createChainClient({ url: gone.url, nusaAddress: gone.engine.nusaAddress });
    await expect(lost.head()).rejects.toMatchObject({ spec: { code: "DSDN_BASE_UNREACHABLE" } });
  });
});
