import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Abi, createPublicClient, createWalletClient, defineChain, type Hex, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { beforeAll, describe, expect, test } from "vitest";
import { findBase64, silentLogger, systemClock, toUtf8 } from "../../src/base/index.ts";
import { DEVNET_CHAIN_ID } from "../../src/chain/index.ts";
import { verifyChain } from "../../src/client/index.ts";
import { sha256 } from "../../src/crypto/index.ts";
import { createCelestiaClient, createHttpTransport, createNodeToken } from "../../src/da/index.ts";
import { decodeGenesis } from "../../src/protocol/index.ts";
import { logSourceOf } from "../../src/roles/index.ts";
import { nusaArtifact } from "../unit/chain/chain-fixture.ts";
import { eventually, makeBytes, readBack, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

const abi: Abi = nusaArtifact.abi;
const receiver: Hex = `0x${"5e".repeat(20)}`;

let net: TestDevnet;
beforeAll(async () => {
  net = await startTestDevnet({ nodes: 3, zones: 3 });
});

/** The devnet's funded wallet behind an unchanged viem. */
async function openChain() {
  const url = net.devnet.status().chainRpcUrl;
  const settings = JSON.parse(await readFile(join(net.folder, "devnet.json"), "utf8")) as {
    keys: { operator: string };
  };
  const chain = defineChain({
    id: DEVNET_CHAIN_ID,
    name: "devnet",
    nativeCurrency: { name: "gas", symbol: "GAS", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const account = privateKeyToAccount(`0x${settings.keys.operator}`);
  const wallet = createWalletClient({ account, chain, transport: http(url) });
  const reader = createPublicClient({ chain, transport: http(url), pollingInterval: 10 });
  const facts = async () => ((await (await fetch(`${url}/v1/chain`)).json()) as { details: ChainFacts }).details;
  const nusa = (await facts()).nusaAddress;
  const transfer = async (amount: bigint) => {
    const hash = await wallet.writeContract({ address: nusa, abi, functionName: "transfer", args: [receiver, amount] });
    return reader.waitForTransactionReceipt({ hash });
  };
  const balance = () => reader.readContract({ address: nusa, abi, functionName: "balanceOf", args: [receiver] });
  return { url, transfer, balance, facts };
}

interface ChainFacts {
  readonly nusaAddress: Hex;
  readonly block: number;
  readonly stateRoot: string;
  readonly unpostedBlocks: number;
}

/** What anyone finds who may read the data-availability layer and has the genesis. */
async function verifyFromOutside(rpcUrl: string) {
  const { ingressUrl, daUrl, height } = net.devnet.status();
  const { details } = (await (await fetch(`${ingressUrl}/v1/network`)).json()) as { details: { genesis: string } };
  const clock = systemClock();
  const token = createNodeToken("read", {
    secret: sha256(toUtf8(`da/${net.devnet.token}`)),
    nonce: new Uint8Array(32),
  });
  const genesis = decodeGenesis(findBase64(details.genesis) ?? new Uint8Array(0));
  const da = createCelestiaClient(
    { namespace: genesis.da.namespace, chainId: genesis.da.chainId },
    { transport: createHttpTransport({ url: daUrl, token }, { clock }), clock, log: silentLogger() },
  );
  await da.start();
  try {
    return await verifyChain({ genesis, toHeight: height, rpcUrl }, { log: logSourceOf(da) });
  } finally {
    await da.stop();
  }
}

describe("the chain of a devnet", () => {
  test("pays from the funded wallet, and anyone replays it from the log to the same root", async () => {
    const chain = await openChain();
    expect((await chain.transfer(5n)).status).toBe("success");
    expect(await chain.balance()).toBe(5n);
    await eventually(async () => (await chain.facts()).unpostedBlocks === 0, { what: "the batch on the log" });
    const { block, stateRoot } = await chain.facts();
    const report = await verifyFromOutside(chain.url);
    expect(report).toMatchObject({ block, stateRoot, sequencerRoot: stateRoot, isEqual: true });
  });

  test("stands still without its sequencer while storage goes on, and comes back as it was", async () => {
    const chain = await openChain();
    const before = await chain.facts();
    await net.devnet.fault("kill", "sequencer");
    await expect(chain.balance()).rejects.toThrow();
    const stored = await net.client.storage.upload({ files: [{ path: "a.bin", bytes: makeBytes(5_000) }] });
    expect(await readBack(net.client, `${stored.object}/a.bin`)).toEqual(makeBytes(5_000));
    await net.devnet.heal();
    expect(await chain.facts()).toMatchObject({ block: before.block, stateRoot: before.stateRoot });
    expect((await chain.transfer(2n)).status).toBe("success");
    expect(await chain.balance()).toBe(7n);
  });
});
