import { encodeFunctionData } from "viem";
import { beforeEach, describe, expect, test } from "vitest";
import { type ChainEngine, createChainEngine } from "../../../src/chain/index.ts";
import { answerMethod } from "../../../src/chain/rpc-methods.ts";
import type { ChainNode } from "../../../src/chain/rpc-port.ts";
import { alice, bob, GENESIS_SECONDS, nusaArtifact, nusaCall, signed, testGenesis } from "./chain-fixture.ts";

const prevRandao = new Uint8Array(32);
let engine: ChainEngine;
let node: ChainNode;
beforeEach(async () => {
  engine = await createChainEngine(await testGenesis());
  const { chainId } = engine.genesis;
  node = {
    chainId,
    request: (method, params) => engine.request(method, params),
    sendRaw: (raw) => engine.send(raw),
    listen: () => () => {},
  };
});

const estimate = async (call: object) => BigInt(String(await answerMethod(node, "eth_estimateGas", [call])));

describe("an estimate of gas", () => {
  test("is enough when the block falls into a later second than the estimate", async () => {
    const timestamp = GENESIS_SECONDS + 5;
    const delegate = (from: typeof alice, nonce: number) =>
      nusaCall(engine, nonce, { functionName: "delegate", args: [from.address], from });
    const transfer = { functionName: "transfer", args: [bob.address, 1n] };
    await engine.send(await signed({ nonce: 0, value: 10n ** 18n }));
    await engine.mineBlock({ timestamp, prevRandao });
    await engine.send(await delegate(alice, 1));
    await engine.send(await delegate(bob, 0));
    await engine.send(await nusaCall(engine, 2, transfer));
    await engine.mineBlock({ timestamp, prevRandao });
    const data = encodeFunctionData({ abi: nusaArtifact.abi, ...transfer });
    const gas = await estimate({ from: alice.address, to: `0x${engine.nusaAddress}`, data });
    const hash = await engine.send(await nusaCall(engine, 3, { ...transfer, gas }));
    await engine.mineBlock({ timestamp: timestamp + 1, prevRandao });
    expect(await engine.request("eth_getTransactionReceipt", [hash])).toMatchObject({ status: "0x1" });
  });

  test("of a plain payment is what it costs, and none passes what a block holds", async () => {
    const payment = { from: alice.address, to: bob.address, value: "0x1" };
    expect(await estimate(payment)).toBeLessThan(21_100n);
    const call = { from: alice.address, to: `0x${engine.nusaAddress}`, data: "0x18160ddd" };
    const dear: ChainNode = { ...node, request: async () => "0xfffff0" };
    expect(await answerMethod(dear, "eth_estimateGas", [call])).toBe("0x1000000");
  });
});
