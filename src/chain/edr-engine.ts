/**
 * The one place that knows @nomicfoundation/edr 0.20.0. Its API is 0.x and made for Hardhat, so the version is pinned
 * exactly and a golden-log test holds it. System accounts are left out of the genesis: EDR runs no block-start system
 * calls, and full nodes would reach other roots with them.
 */
import type { EdrContext } from "@nomicfoundation/edr";
import { fail } from "../base/index.ts";
import { type Address, idBytes } from "../protocol/index.ts";
import { CREATE2_DEPLOYER, create2DeployerCode } from "./deployment.ts";
import type { ChainEngine, ChainEvent, MinedBlock } from "./engine.ts";
import { chainErrors } from "./errors.ts";
import { type ChainGenesis, planGenesisDeployments } from "./genesis.ts";
import { findRpcBytes, findRpcNumber, toRpcBytes, toRpcNumber } from "./hex.ts";

/** Prague in every version of EDR. */
const PRAGUE = 18;

type EdrModule = typeof import("@nomicfoundation/edr");
// EDR allows one context in a process; every chain shares it. It holds no state of any chain.
let sharedContext: Promise<{ edr: EdrModule; context: EdrContext }> | undefined;

function loadEdr(): Promise<{ edr: EdrModule; context: EdrContext }> {
  sharedContext ??= (async () => {
    const edr = await import("@nomicfoundation/edr");
    const context = new edr.EdrContext();
    await context.registerProviderFactory(edr.GENERIC_CHAIN_TYPE, edr.genericChainProviderFactory());
    return { edr, context };
  })();
  return sharedContext;
}

/**
 * A fresh engine that stands at block 1, where the genesis contracts are deployed. Nothing ticks: a block exists only
 * after `mineBlock`. Two engines of one genesis that are given the same blocks hold the same state, bit for bit.
 *
 * @throws DSDN_CHAIN_GENESIS_INVALID
 */
export async function createChainEngine(genesis: ChainGenesis): Promise<ChainEngine> {
  const [{ edr, context }, { nusa }] = await Promise.all([loadEdr(), planGenesisDeployments(genesis)]);
  const listeners = new Set<(event: ChainEvent) => void>();
  const accounts = [
    ...genesis.accounts.map((account) => ({ address: idBytes(account.address), balance: account.balanceWei })),
    { address: idBytes(nusa.payer), balance: nusa.payerWei },
    { address: idBytes(CREATE2_DEPLOYER), code: create2DeployerCode() },
  ];
  const gasLimit = BigInt(genesis.gasLimit);
  const provider = await context.createProvider(
    edr.GENERIC_CHAIN_TYPE,
    {
      allowBlocksWithSameTimestamp: true,
      allowUnlimitedContractSize: false,
      bailOnCallFailure: true,
      bailOnTransactionFailure: false,
      chainId: BigInt(genesis.chainId),
      networkId: BigInt(genesis.chainId),
      coinbase: idBytes(genesis.feeRecipient),
      defaultTransactionGasLimit: gasLimit,
      genesisState: accounts,
      hardfork: edr.l1HardforkToString(PRAGUE),
      initialBaseFeePerGas: genesis.baseFeeWei,
      initialParentBeaconBlockRoot: new Uint8Array(32),
      minGasPrice: 0n,
      mining: { autoMine: false, blockGasLimit: gasLimit, memPool: { order: edr.MineOrdering.Fifo } },
      network: {
        genesisBlockGasLimit: gasLimit,
        genesisBlockTime: BigInt(genesis.timestamp),
        genesisBlobGas: { gasUsed: 0n, excessGas: 0n },
      },
      observability: {},
      ownedAccounts: [],
      precompileOverrides: [],
    },
    { enable: false, decodeConsoleLogInputsCallback: () => [], printLineCallback: () => {} },
    {
      subscriptionCallback: ({ filterId, result }) => {
        for (const listener of listeners) listener({ subscription: toRpcNumber(filterId), result });
      },
    },
    new edr.ContractDecoder(),
  );

  let nextId = 1;
  async function request(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: nextId++, method, params });
    const { data } = await provider.handleRequest(body);
    return readReply(method, typeof data === "string" ? JSON.parse(data) : data);
  }

  const engine: ChainEngine = {
    genesis,
    nusaAddress: nusa.address,
    request,
    send: async (rawTransaction) => String(await request("eth_sendRawTransaction", [toRpcBytes(rawTransaction)])),
    mineBlock: async ({ timestamp, prevRandao }) => {
      await request("evm_setNextBlockTimestamp", [timestamp]);
      await request("hardhat_setPrevRandao", [toRpcBytes(prevRandao)]);
      await request("evm_mine");
      return readBlock(await request("eth_getBlockByNumber", ["latest", false]));
    },
    head: async () => readBlock(await request("eth_getBlockByNumber", ["latest", false])),
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  await deployGenesis(engine, { rawTransaction: nusa.rawTransaction, address: nusa.address });
  return engine;
}

async function deployGenesis(
  engine: ChainEngine,
  nusa: { readonly rawTransaction: Uint8Array; readonly address: Address },
): Promise<void> {
  await engine.send(nusa.rawTransaction);
  await engine.mineBlock({ timestamp: engine.genesis.timestamp, prevRandao: new Uint8Array(32) });
  if ((await engine.request("eth_getCode", [`0x${nusa.address}`, "latest"])) === "0x") {
    throw fail(chainErrors.genesisInvalid, { reason: "the NUSA contract refused its allocation" });
  }
}

/** The result of a reply, or the refusal with the engine's code, text and revert data as facts. */
function readReply(method: string, reply: unknown): unknown {
  if (!isRecord(reply)) throw fail(chainErrors.callRefused, { method, reason: "the engine gave no answer" });
  const error = reply["error"];
  if (!isRecord(error)) return reply["result"];
  const message = typeof error["message"] === "string" ? error["message"] : "unknown reason";
  const code = typeof error["code"] === "number" ? error["code"] : -32603;
  const revertData = findRevertData(error["data"]);
  throw fail(chainErrors.callRefused, {
    method,
    reason: message.slice(0, 2000).replace(/\.$/, ""),
    rpcCode: code,
    ...(revertData === undefined ? {} : { revertData }),
  });
}

/** EDR puts the returned bytes into `data` itself or into `data.data`, by method. */
function findRevertData(data: unknown): string | undefined {
  const text = isRecord(data) ? data["data"] : data;
  return typeof text === "string" && /^0x[0-9a-fA-F]*$/.test(text) ? text : undefined;
}

function readBlock(block: unknown): MinedBlock {
  if (isRecord(block)) {
    const { number, timestamp, hash, stateRoot, mixHash, transactions, gasUsed } = block;
    const root = findRpcBytes(stateRoot, 32);
    const randao = findRpcBytes(mixHash, 32);
    const facts = [number, timestamp, gasUsed].map((value) => Number(findRpcNumber(value) ?? Number.NaN));
    const [blockNumber = Number.NaN, time = Number.NaN, gas = Number.NaN] = facts;
    if (
      root &&
      randao &&
      typeof hash === "string" &&
      Array.isArray(transactions) &&
      Number.isSafeInteger(blockNumber)
    ) {
      const hashes = transactions.filter((entry) => typeof entry === "string");
      return {
        number: blockNumber,
        timestamp: time,
        hash,
        stateRoot: root,
        prevRandao: randao,
        transactions: hashes,
        gasUsed: gas,
      };
    }
  }
  throw fail(chainErrors.callRefused, { method: "eth_getBlockByNumber", reason: "the engine gave no block" });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
