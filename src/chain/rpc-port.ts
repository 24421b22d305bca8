import type { ChainEvent } from "./engine.ts";

/**
 * The chain as the outside may use it. `request` takes only methods that the RPC server lets through; refusals are
 * DSDN_CHAIN_CALL_REFUSED, and DSDN_CHAIN_STOPPED when nothing can be answered now.
 */
export interface ChainNode {
  readonly chainId: number;
  request(method: string, params: readonly unknown[]): Promise<unknown>;
  /** The hash, once the transaction is durable: it will be mined whatever happens to this process. */
  sendRaw(rawTransaction: Uint8Array): Promise<string>;
  /** Hears what subscriptions report, never before the block it speaks of is durable. */
  listen(listener: (event: ChainEvent) => void): () => void;
}
