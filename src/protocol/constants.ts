/** Numbers of the network that no genesis changes. Governed numbers live in the genesis document (`genesis.ts`). */

export const PROTOCOL_VERSION = 1;

/** A chunk we write holds at most this many stored bytes. */
export const CHUNK_SIZE_BYTES = 16 * 1024 * 1024;
/** A node accepts and stores chunks of 1 byte to this many. */
export const MAX_CHUNK_SIZE_BYTES = 64 * 1024 * 1024;
/** Replicas of every chunk, in as many distinct zones. */
export const REPLICATION_FACTOR = 3;
/** A write is durable once nodes in this many distinct zones have fsynced it. */
export const DURABLE_ZONES = 2;

export const DEFAULT_PORTS = {
  p2p: 30303,
  coordinator: 45831,
  nodeHttp: 45832,
  nodeGrpc: 46832,
  ingress: 8088,
  chainRpc: 8545,
  celestiaRpc: 26658,
} as const;
