import { decodeFunctionResult, encodeFunctionData } from "viem";
import { describe, expect, test } from "vitest";
import { toHex } from "../../../src/base/index.ts";
import {
  chainErrors,
  chainGenesisDigest,
  chainGenesisOf,
  createChainEngine,
  createChainGenesis,
  decodeChainGenesis,
  devnetAllocation,
  encodeChainGenesis,
  nusaAddressOf,
} from "../../../src/chain/index.ts";
import { parseAddress } from "../../../src/protocol/index.ts";
import {
  alice,
  bob,
  bytes,
  GENESIS_MS,
  GENESIS_SECONDS,
  mine,
  nusaArtifact,
  nusaCall,
  signed,
  testGenesis,
} from "./chain-fixture.ts";

const refusal = (spec: { code: string }, facts: object = {}) =>
  expect.objectContaining({
    spec: expect.objectContaining({ code: spec.code }),
    facts: expect.objectContaining(facts),
  });

describe("a chain's genesis", () => {
  test("survives encoding and has one digest", async () => {
    const genesis = await testGenesis();
    const again = decodeChainGenesis(encodeChainGenesis(genesis));
    expect(again).toEqual(genesis);
    expect(chainGenesisDigest(again)).toEqual(chainGenesisDigest(genesis));
  });

  test("is refused when it allocates more or less than the supply, twice to one account, or follows other rules", async () => {
    const account = parseAddress(alice.address);
    const create = (allocation: { address: typeof account; nusa: bigint }[]) =>
      createChainGenesis({ chainId: 1, createdMs: GENESIS_MS, allocation });
    const supply = 300_000_000n * 10n ** 18n;
    await expect(create([{ address: account, nusa: supply - 1n }])).rejects.toEqual(
      refusal(chainErrors.genesisInvalid),
    );
    await expect(create([{ address: account, nusa: supply + 1n }])).rejects.toEqual(
      refusal(chainErrors.genesisInvalid),
    );
    const half = { address: account, nusa: supply / 2n };
    await expect(create([half, half])).rejects.toEqual(refusal(chainErrors.genesisInvalid));
    expect(() => devnetAllocation([account], supply + 1n)).toThrow(refusal(chainErrors.genesisInvalid));
    const other = encodeChainGenesis({ ...(await testGenesis()), rules: "osaka/1" });
    expect(() => decodeChainGenesis(other)).toThrow(refusal(chainErrors.genesisInvalid));
  });

  test("is rebuilt from a network's genesis, and only when the digest there is the same", async () => {
    const genesis = await testGenesis();
    const allocation = devnetAllocation([parseAddress(alice.address)]);
    const chain = { chainId: genesis.chainId, allocation, genesisDigest: chainGenesisDigest(genesis) };
    expect(await chainGenesisOf({ createdMs: GENESIS_MS, chain })).toEqual(genesis);
    await expect(chainGenesisOf({ createdMs: GENESIS_MS + 1000, chain })).rejects.toEqual(
      refusal(chainErrors.genesisInvalid),
    );
  });

  test("that names another build of the contract starts no engine", async () => {
    const genesis = { ...(await testGenesis()), nusaArtifact: "0".repeat(64) };
    await expect(createChainEngine(genesis)).rejects.toEqual(refusal(chainErrors.genesisInvalid));
  });
});

describe("the engine", () => {
  test("stands at block 1 with the whole supply of NUSA minted to the allocation", async () => {
    const engine = await createChainEngine(await testGenesis());
    expect((await engine.head()).number).toBe(1);
    expect(engine.nusaAddress).toBe(await nusaAddressOf(engine.genesis));
    const read = async (functionName: string, args: unknown[] = []) => {
      const data = encodeFunctionData({ abi: nusaArtifact.abi, functionName, args });
      const result = await engine.request("eth_call", [{ to: `0x${engine.nusaAddress}`, data }, "latest"]);
      return decodeFunctionResult({ abi: nusaArtifact.abi, functionName, data: result as `0x${string}` });
    };
    expect(await read("totalSupply")).toBe(300_000_000n * 10n ** 18n);
    expect(await read("MAX_SUPPLY")).toBe(300_000_000n * 10n ** 18n);
    expect(await read("balanceOf", [alice.address])).toBe(1_000_000n * 10n ** 18n);
    expect(await read("balanceOf", [bob.address])).toBe(0n);
    expect(await read("decimals")).toBe(18);
    expect(await read("CLOCK_MODE")).toBe("mode=timestamp");
    expect(await read("clock")).toBe(GENESIS_SECONDS);
  });

  test("reaches the same roots and block hashes as a second engine, whatever is read in between", async () => {
    const genesis = await testGenesis();
    const [left, right] = [await createChainEngine(genesis), await createChainEngine(genesis)];
    for (let nonce = 0; nonce < 6; nonce += 2) {
      const transactions = [
        await nusaCall(left, nonce, { functionName: "transfer", args: [bob.address, BigInt(nonce)] }),
        await signed({ nonce: nonce + 1, value: 3n }),
      ];
      await mine(left, transactions);
      await right.request("eth_call", [{ to: `0x${right.nusaAddress}`, data: "0x18160ddd" }, "pending"]);
      await right.request("eth_estimateGas", [{ from: alice.address, to: bob.address, value: "0x1" }]);
      await expect(right.send(await signed({ nonce: 0, value: 10n ** 40n }))).rejects.toThrow();
      await mine(right, transactions);
      const [one, two] = [await left.head(), await right.head()];
      expect(toHex(one.stateRoot)).toBe(toHex(two.stateRoot));
      expect(one.hash).toBe(two.hash);
      expect(one.transactions).toHaveLength(2);
    }
  });

  test("mines only when it is told, with the time and randomness it is given", async () => {
    const engine = await createChainEngine(await testGenesis());
    await engine.send(await signed({ nonce: 0 }));
    expect((await engine.head()).number).toBe(1);
    const prevRandao = new Uint8Array(32).fill(9);
    const block = await engine.mineBlock({ timestamp: GENESIS_SECONDS, prevRandao });
    expect(block).toMatchObject({ number: 2, timestamp: GENESIS_SECONDS, prevRandao });
    await expect(engine.mineBlock({ timestamp: GENESIS_SECONDS - 1, prevRandao })).rejects.toEqual(
      refusal(chainErrors.callRefused),
    );
  });

  test("keeps the order in which transactions came, whatever they pay", async () => {
    const genesis = await testGenesis();
    const engine = await createChainEngine(genesis);
    await mine(engine, [await signed({ nonce: 0, value: 10n ** 18n })]);
    const cheap = await signed({ nonce: 1, maxFeePerGas: 1_000_000_000n });
    const rich = await signed({ nonce: 0, from: bob, to: alice.address, maxFeePerGas: 9_000_000_000n });
    const hashes = [await engine.send(cheap), await engine.send(rich)];
    const block = await engine.mineBlock({ timestamp: GENESIS_SECONDS + 9, prevRandao: bytes("22".repeat(32)) });
    expect(block.transactions).toEqual(hashes);
  });

  test("hands a revert over with its data", async () => {
    const engine = await createChainEngine(await testGenesis());
    const data = encodeFunctionData({ abi: nusaArtifact.abi, functionName: "transfer", args: [alice.address, 1n] });
    const call = { from: bob.address, to: `0x${engine.nusaAddress}`, data };
    const selector = expect.stringMatching(/^0xe450d38c/);
    await expect(engine.request("eth_call", [call, "latest"])).rejects.toEqual(
      refusal(chainErrors.callRefused, { revertData: selector }),
    );
    await expect(engine.request("eth_estimateGas", [call])).rejects.toEqual(
      refusal(chainErrors.callRefused, { revertData: selector }),
    );
  });
});
