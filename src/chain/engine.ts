import type { Address } from "../protocol/index.ts";
import type { ChainGenesis } from "./genesis.ts";

/** A block as the engine mined it. Hashes are `0x…` text; `stateRoot` and `prevRandao` are 32 bytes. */
export interface MinedBlock {
  readonly number: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly hash: string;
  readonly stateRoot: Uint8Array;
  readonly prevRandao: Uint8Array;
  /** Hashes in the block's order. */
  readonly transactions: readonly string[];
  readonly gasUsed: number;
}

/** Something a subscription reports: `subscription` is the id that `eth_subscribe` gave. */
export interface ChainEvent {
  readonly subscription: string;
  readonly result: unknown;
}

/**
 * An EVM that holds one chain in memory. It keeps nothing on disk: replaying the same blocks is the way back.
 * Refusals are DSDN_CHAIN_CALL_REFUSED with the facts `rpcCode` and, for a revert, `revertData` (`0x…`).
 */
export interface ChainEngine {
  readonly genesis: ChainGenesis;
  /** Where block 1 put the NUSA token. */
  readonly nusaAddress: Address;
  /** Any JSON-RPC method of the engine, its own dangerous ones included: never hand a stranger's method to it. */
  request(method: string, params?: readonly unknown[]): Promise<unknown>;
  /** Puts a signed transaction at the end of the pool; gives its hash. Not mined yet. */
  send(rawTransaction: Uint8Array): Promise<string>;
  /** Mines what is in the pool, in the order it came, with exactly this time (seconds, never falling). */
  mineBlock(facts: { readonly timestamp: number; readonly prevRandao: Uint8Array }): Promise<MinedBlock>;
  head(): Promise<MinedBlock>;
  /** Hears what subscriptions report; the returned function ends it. */
  listen(listener: (event: ChainEvent) => void): () => void;
}
