import { concatBytes, equalBytes, fail, findHex, toHex } from "../base/index.ts";
import { sha256 } from "../crypto/index.ts";
import {
  type Address,
  address,
  amount,
  decodeWith,
  encodeWith,
  type Genesis,
  idBytes,
  limits,
  parseAddress,
  text,
  uint,
  z,
} from "../protocol/index.ts";
import { type ContractArtifact, loadNusaArtifact } from "./contract-artifact.ts";
import { type GenesisDeployment, planDeployment } from "./deployment.ts";
import { chainErrors } from "./errors.ts";
import { BLOCK_GAS_LIMIT, CHAIN_RULES, INITIAL_BASE_FEE_WEI, NUSA_MAX_SUPPLY } from "./rules.ts";

const schema = z.strictObject({
  version: z.literal(1),
  rules: text(64, 1),
  chainId: uint(0xffff_ffff).min(1),
  /** Seconds since 1970, time of block 0 and block 1. */
  timestamp: uint(0xffff_ffff_ffff),
  gasLimit: uint(1_000_000_000).min(1),
  baseFeeWei: amount,
  /** Receives the priority fees. */
  feeRecipient: address,
  accounts: z.array(z.strictObject({ address, balanceWei: amount, nusa: amount })).max(1000),
  /** Digest of the NUSA artifact whose code block 1 deploys. */
  nusaArtifact: text(64, 64),
});

/** The document a chain is born from. Its SHA-256 stands where batch 0 names its predecessor. */
export type ChainGenesis = z.output<typeof schema>;

/** Who holds what at block 1: NUSA in its smallest unit. */
export interface NusaAllocation {
  readonly address: Address;
  readonly nusa: bigint;
}

/** Gas money every holder of the genesis allocation starts with: 1,000,000 units of 18 decimals. */
const GENESIS_GAS_WEI = 1_000_000n * 10n ** 18n;
const NUSA_SALT = new Uint8Array(32);
/** Nobody has this address's key: it keeps what the devnet's allocation gives to no wallet. */
const RESERVE_ADDRESS = parseAddress("000000000000000000000000000000000000d5d0");
const FEE_RECIPIENT = parseAddress("000000000000000000000000000000000000fee5");

/**
 * A devnet's allocation: `nusaEach` (smallest unit) to every wallet and the rest of the supply to the reserve.
 * @throws DSDN_CHAIN_GENESIS_INVALID when the wallets would get more than the supply.
 */
export function devnetAllocation(wallets: readonly Address[], nusaEach = 1_000_000n * 10n ** 18n): NusaAllocation[] {
  const rest = NUSA_MAX_SUPPLY - nusaEach * BigInt(wallets.length);
  if (rest < 0n) throw fail(chainErrors.genesisInvalid, { reason: "the wallets get more NUSA than there is" });
  const held = wallets.map((wallet) => ({ address: wallet, nusa: nusaEach }));
  return rest === 0n ? held : [...held, { address: RESERVE_ADDRESS, nusa: rest }];
}

/**
 * The chain genesis for an allocation that adds up to the whole supply; every holder gets gas money too.
 * @throws DSDN_CHAIN_GENESIS_INVALID
 */
export async function createChainGenesis(options: {
  chainId: number;
  createdMs: number;
  allocation: readonly NusaAllocation[];
}): Promise<ChainGenesis> {
  const genesis: ChainGenesis = {
    version: 1,
    rules: CHAIN_RULES,
    chainId: options.chainId,
    timestamp: Math.floor(options.createdMs / 1000),
    gasLimit: BLOCK_GAS_LIMIT,
    baseFeeWei: BigInt(INITIAL_BASE_FEE_WEI),
    feeRecipient: FEE_RECIPIENT,
    accounts: options.allocation.map((entry) => ({ ...entry, balanceWei: GENESIS_GAS_WEI })),
    nusaArtifact: (await loadNusaArtifact()).digest,
  };
  return checkGenesis(genesis);
}

/**
 * The chain genesis a network's genesis stands for, rebuilt and compared with the digest written there.
 * @throws DSDN_CHAIN_GENESIS_INVALID when this program would build another chain.
 */
export async function chainGenesisOf(network: Pick<Genesis, "createdMs" | "chain">): Promise<ChainGenesis> {
  const { chainId, allocation, genesisDigest } = network.chain;
  const genesis = await createChainGenesis({ chainId, createdMs: network.createdMs, allocation });
  if (!equalBytes(chainGenesisDigest(genesis), genesisDigest)) {
    throw fail(chainErrors.genesisInvalid, { reason: "its digest is not the one in the network's genesis" });
  }
  return genesis;
}

/** SHA-256 of the canonical genesis document. */
export function chainGenesisDigest(genesis: ChainGenesis): Uint8Array {
  return sha256(encodeChainGenesis(genesis));
}

export function encodeChainGenesis(genesis: ChainGenesis): Uint8Array {
  return encodeWith(schema, genesis);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL, DSDN_CHAIN_GENESIS_INVALID */
export function decodeChainGenesis(bytes: Uint8Array): ChainGenesis {
  return checkGenesis(decodeWith(schema, bytes, { what: "chain genesis", limitBytes: limits.genesisBytes }));
}

function checkGenesis(genesis: ChainGenesis): ChainGenesis {
  const refuse = (reason: string) => fail(chainErrors.genesisInvalid, { reason });
  if (genesis.rules !== CHAIN_RULES) throw refuse(`this program does not implement the rules ${genesis.rules}`);
  if (genesis.chainId < 1) throw refuse("the chain id is below 1");
  if (new Set(genesis.accounts.map((account) => account.address)).size !== genesis.accounts.length) {
    throw refuse("an account is listed twice");
  }
  if (genesis.accounts.some((account) => account.nusa < 0n || account.balanceWei < 0n)) {
    throw refuse("an account holds less than nothing");
  }
  const total = genesis.accounts.reduce((sum, account) => sum + account.nusa, 0n);
  if (total !== NUSA_MAX_SUPPLY) throw refuse(`it allocates ${total} units of NUSA instead of ${NUSA_MAX_SUPPLY}`);
  return genesis;
}

/**
 * What block 1 deploys: the NUSA token with the genesis allocation.
 * @throws DSDN_CHAIN_GENESIS_INVALID when this program carries another build of the contract.
 */
export async function planGenesisDeployments(genesis: ChainGenesis): Promise<{ readonly nusa: GenesisDeployment }> {
  const artifact = await loadNusaArtifact();
  if (artifact.digest !== genesis.nusaArtifact) {
    throw fail(chainErrors.genesisInvalid, { reason: "it names another build of the NUSA contract" });
  }
  return { nusa: planDeployment(nusaInitCode(artifact, genesis), NUSA_SALT) };
}

/** Creation code || ABI encoding of `(address holder, uint256 amount)[]`. @source Solidity ABI specification */
function nusaInitCode(artifact: ContractArtifact, genesis: ChainGenesis): Uint8Array {
  const word = (value: bigint | number) => value.toString(16).padStart(64, "0");
  const holders = genesis.accounts.filter((account) => account.nusa > 0n);
  const rows = holders.map((holder) => toHex(idBytes(holder.address)).padStart(64, "0") + word(holder.nusa));
  const code = findHex(artifact.bytecode.slice(2));
  const argument = findHex(word(32) + word(holders.length) + rows.join(""));
  if (code === undefined || argument === undefined) {
    throw fail(chainErrors.genesisInvalid, { reason: "the contract's code is not hex" });
  }
  return concatBytes(code, argument);
}

/** Where block 1 of this genesis puts the NUSA token. @throws DSDN_CHAIN_GENESIS_INVALID */
export async function nusaAddressOf(genesis: ChainGenesis): Promise<Address> {
  return (await planGenesisDeployments(genesis)).nusa.address;
}
