import {
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  http,
  parseAbi,
  parseSignature,
  webSocket,
} from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alice, bob, nusaArtifact } from "../../unit/chain/chain-fixture.ts";
import { startRpc } from "../../unit/chain/rpc-fixture.ts";

let rpc: Awaited<ReturnType<typeof startRpc>>;
beforeAll(async () => {
  rpc = await startRpc();
});
afterAll(() => rpc.stop());

/** Creation code of a contract that returns 42 to every call. */
const RETURNS_42 = "0x600a600c600039600a6000f3602a60005260206000f3";

describe.each([
  ["HTTP", () => http(rpc.url, { batch: true, retryCount: 0 })],
  ["WebSocket", () => webSocket(rpc.wsUrl, { retryCount: 0, reconnect: false })],
])("an unchanged viem over %s", (_name, transport) => {
  const setUp = () => {
    const shared = { chain: rpc.chain, transport: transport(), pollingInterval: 10 };
    const nusa = { address: `0x${rpc.engine.nusaAddress}`, abi: nusaArtifact.abi } as const;
    return { reader: createPublicClient(shared), writer: createWalletClient({ ...shared, account: alice }), nusa };
  };

  test("transfers NUSA and reads receipt, logs and balance", async () => {
    const { reader, writer, nusa } = setUp();
    const read = () => reader.readContract({ ...nusa, functionName: "balanceOf", args: [bob.address] });
    const before = (await read()) as bigint;
    const hash = await writer.writeContract({ ...nusa, functionName: "transfer", args: [bob.address, 12n] });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    expect(receipt.status).toBe("success");
    expect(await read()).toBe(before + 12n);
    const logs = await reader.getContractEvents({ ...nusa, eventName: "Transfer", fromBlock: receipt.blockNumber });
    expect(logs.map((log) => log.transactionHash)).toContain(hash);
  });

  test("deploys a contract and calls it", async () => {
    const { reader, writer } = setUp();
    const abi = parseAbi(["function answer() view returns (uint256)"]);
    const hash = await writer.deployContract({ abi, bytecode: RETURNS_42 });
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
    if (!contractAddress) throw new Error("no contract");
    expect(await reader.readContract({ abi, address: contractAddress, functionName: "answer" })).toBe(42n);
  });

  test("delegates votes, which count by time", async () => {
    const { reader, writer, nusa } = setUp();
    const hash = await writer.writeContract({ ...nusa, functionName: "delegate", args: [alice.address] });
    await reader.waitForTransactionReceipt({ hash });
    const balance = await reader.readContract({ ...nusa, functionName: "balanceOf", args: [alice.address] });
    expect(await reader.readContract({ ...nusa, functionName: "getVotes", args: [alice.address] })).toBe(balance);
  });

  test("spends by a permit the owner only signed, and only once", async () => {
    const { reader, writer, nusa } = setUp();
    const nonce = (await reader.readContract({ ...nusa, functionName: "nonces", args: [bob.address] })) as bigint;
    const message = { owner: bob.address, spender: alice.address, value: 5n, nonce, deadline: 2n ** 40n };
    const { r, s, yParity } = parseSignature(
      await bob.signTypedData({
        domain: { name: "Nusa", version: "1", chainId: rpc.chain.id, verifyingContract: nusa.address },
        types: {
          Permit: [
            { name: "owner", type: "address" },
            { name: "spender", type: "address" },
            { name: "value", type: "uint256" },
            { name: "nonce", type: "uint256" },
            { name: "deadline", type: "uint256" },
          ],
        },
        primaryType: "Permit",
        message,
      }),
    );
    const args = [bob.address, alice.address, 5n, message.deadline, 27 + yParity, r, s];
    const hash = await writer.writeContract({ ...nusa, functionName: "permit", args });
    await reader.waitForTransactionReceipt({ hash });
    const allowance = () =>
      reader.readContract({ ...nusa, functionName: "allowance", args: [bob.address, alice.address] });
    expect(await allowance()).toBe(5n);
    const spend = await writer.writeContract({
      ...nusa,
      functionName: "transferFrom",
      args: [bob.address, alice.address, 5n],
    });
    expect((await reader.waitForTransactionReceipt({ hash: spend })).status).toBe("success");
    await expect(writer.writeContract({ ...nusa, functionName: "permit", args })).rejects.toThrow(
      /ERC2612InvalidSigner/,
    );
  });

  test("decodes the contract's own error when a call reverts", async () => {
    const { reader, nusa } = setUp();
    const args = [alice.address, 10n ** 30n];
    const attempt = reader.simulateContract({ ...nusa, functionName: "transfer", args, account: bob.address });
    const error = await attempt.catch((cause: unknown) => cause);
    const revert =
      error instanceof BaseError ? error.walk((part) => part instanceof ContractFunctionRevertedError) : null;
    expect(revert instanceof ContractFunctionRevertedError ? revert.data?.errorName : undefined).toBe(
      "ERC20InsufficientBalance",
    );
  });

  test("watches blocks and events", async () => {
    const { reader, writer, nusa } = setUp();
    const seen = Promise.withResolvers<bigint>();
    const logged = Promise.withResolvers<unknown>();
    const known = await reader.getBlockNumber();
    const stops = [
      reader.watchBlockNumber({ onBlockNumber: (number) => number > known && seen.resolve(number) }),
      reader.watchContractEvent({ ...nusa, eventName: "Transfer", onLogs: ([log]) => logged.resolve(log) }),
    ];
    // A polling watcher reports only what comes after its first poll, so transfers go on until both have reported.
    let isDone = false;
    const both = Promise.all([seen.promise, logged.promise]).then(() => {
      isDone = true;
    });
    while (!isDone) {
      const hash = await writer.writeContract({ ...nusa, functionName: "transfer", args: [bob.address, 1n] });
      await reader.waitForTransactionReceipt({ hash });
    }
    await both;
    for (const stop of stops) stop();
    expect(await seen.promise).toBeGreaterThan(known);
    expect(await logged.promise).toMatchObject({ eventName: "Transfer" });
  });
});
