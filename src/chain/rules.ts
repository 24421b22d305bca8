/**
 * The rules every engine must share to reach the same state: Prague transaction rules, no block-start system calls
 * (EIP-4788 and EIP-2935 are absent), FIFO order. Named in the genesis, so another rule set is another chain.
 */
export const CHAIN_RULES = "prague/no-system-contracts/1";

/** "NUSA" in ASCII. The chain id of a devnet unless it is told another. */
export const DEVNET_CHAIN_ID = 0x4e555341;

/**
 * Gas of one block. At EIP-7623's floor of 40 gas a byte a full block holds about 420 kB of incompressible calldata,
 * so a single block always fits into one batch (`limits.chainBatchBytes`).
 */
export const BLOCK_GAS_LIMIT = 16_777_216;

/** Base fee of the genesis block in wei: 1 gwei. @source EIP-1559 */
export const INITIAL_BASE_FEE_WEI = 1_000_000_000;

/** Whole supply of NUSA in its smallest unit (18 decimals); the contract refuses any other sum. */
export const NUSA_MAX_SUPPLY = 300_000_000n * 10n ** 18n;

/** A signed transaction we accept holds at most this many bytes. @source geth's txMaxSize */
export const MAX_TRANSACTION_BYTES = 128 * 1024;

/** A batch unpacks to at most this many bytes; what claims more is refused while it is unpacked. */
export const MAX_BATCH_UNPACKED_BYTES = 4 * 1024 * 1024;

/** A batch holds at most this many blocks. */
export const MAX_BATCH_BLOCKS = 4096;

/** The genesis block is 0, block 1 deploys what the genesis names; batches begin at this block. */
export const FIRST_BATCH_BLOCK = 2;
