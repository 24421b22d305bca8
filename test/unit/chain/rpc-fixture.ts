import { defineChain } from "viem";
import { seededRandom, silentLogger, systemClock } from "../../../src/base/index.ts";
import {
  type BlockProducer,
  type ChainEngine,
  type ChainRpcOptions,
  createBlockProducer,
  createChainEngine,
  createChainRpc,
  DEVNET_CHAIN_ID,
} from "../../../src/chain/index.ts";
import { testGenesis } from "./chain-fixture.ts";

/** A chain behind real sockets. Its blocks are made a few milliseconds after a transaction. */
export async function startRpc(options: Partial<ChainRpcOptions> = {}) {
  const log = silentLogger();
  const engine: ChainEngine = await createChainEngine(await testGenesis());
  const producer: BlockProducer = await createBlockProducer(
    { windowMs: 2 },
    {
      engine,
      clock: systemClock(),
      random: seededRandom("rpc"),
      log,
      journal: { accept: async () => {}, seal: async () => {} },
    },
  );
  const server = createChainRpc({ host: "127.0.0.1", port: 0, ...options }, { node: producer, log });
  await server.start();
  const url = server.url;
  const chain = defineChain({
    id: DEVNET_CHAIN_ID,
    name: "test",
    nativeCurrency: { name: "gas", symbol: "GAS", decimals: 18 },
    rpcUrls: { default: { http: [url], webSocket: [url.replace("http", "ws")] } },
  });
  const post = async (body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: text,
    });
    const answer = await response.text();
    return { status: response.status, headers: response.headers, json: answer === "" ? undefined : JSON.parse(answer) };
  };
  const call = async (method: string, ...params: unknown[]) => {
    return (await post({ jsonrpc: "2.0", id: 1, method, params })).json;
  };
  const stop = async () => {
    await server.stop();
    await producer.stop();
  };
  return { engine, producer, server, url, wsUrl: url.replace("http", "ws"), chain, post, call, stop };
}
