export {
  type BlockRecord,
  type ChainBatch,
  type ChainBatchBody,
  chainBatchHash,
  packBatch,
  recordSizeBytes,
  unpackBatch,
} from "./batch.ts";
export { type ChainClient, type ChainHead, createChainClient } from "./client.ts";
export { createChainEngine } from "./edr-engine.ts";
export type { ChainEngine, ChainEvent, MinedBlock } from "./engine.ts";
export { chainErrors } from "./errors.ts";
export { type ChainFollower, type ChainPosition, createChainFollower, replayBatches, replayBlock } from "./follower.ts";
export {
  type ChainGenesis,
  chainGenesisDigest,
  chainGenesisOf,
  createChainGenesis,
  decodeChainGenesis,
  devnetAllocation,
  encodeChainGenesis,
  type NusaAllocation,
  nusaAddressOf,
  planGenesisDeployments,
} from "./genesis.ts";
export {
  type BlockProducer,
  createBlockProducer,
  type ProducerJournal,
  type ProducerOptions,
  type SealedBlock,
} from "./producer.ts";
export { type ChainRpcOptions, createChainRpc } from "./rpc.ts";
export type { ChainNode } from "./rpc-port.ts";
export { DEVNET_CHAIN_ID, FIRST_BATCH_BLOCK, MAX_BATCH_BLOCKS, MAX_TRANSACTION_BYTES } from "./rules.ts";
