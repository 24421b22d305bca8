/** An answer of a JSON-RPC node: its result, or the error it named. */
export type RpcAnswer =
  | { readonly result: unknown; readonly error?: undefined }
  | { readonly error: { readonly code: number; readonly message: string } };

export interface RpcCallOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** How the client reaches a node. Tries once: retries and reconnecting are the client's. */
export interface Transport {
  /** The node as messages call it, without credentials. */
  readonly node: string;
  /** Throws DSDN_DA_UNREACHABLE, DSDN_DA_UNAUTHORISED or DSDN_DA_BAD_ANSWER when there is no JSON-RPC answer. */
  call(method: string, params: readonly unknown[], options: RpcCallOptions): Promise<RpcAnswer>;
  /**
   * Resolves once the node confirmed the subscription. The values end when the node or the line ends them, when the
   * reader falls too far behind, or when the signal aborts; none is delivered twice or out of order.
   * Throws as `call`.
   */
  subscribe(method: string, params: readonly unknown[], signal: AbortSignal): Promise<AsyncIterable<unknown>>;
  close(): Promise<void>;
}

/** Values a reader has not taken yet; more end the subscription, as a Celestia node does. */
const MAX_WAITING = 16;

/** A queue between a sender that cannot wait and one reader. */
export interface Channel {
  push(value: unknown): void;
  /** Ends it once what waits was read, or at once with an error. */
  end(error?: unknown): void;
  readonly values: AsyncIterable<unknown>;
}

/** @param onEnd - called once, when either side ends. */
export function createChannel(onEnd: () => void): Channel {
  let waiting: unknown[] = [];
  let isEnded = false;
  let failure: unknown;
  let wake: (() => void) | undefined;

  const end = (error?: unknown) => {
    if (isEnded) return;
    isEnded = true;
    failure = error;
    wake?.();
    onEnd();
  };
  async function* read(): AsyncGenerator<unknown> {
    try {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift();
        if (failure !== undefined) throw failure;
        if (isEnded) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    } finally {
      waiting = [];
      end();
    }
  }
  return {
    push: (value) => {
      if (isEnded) return;
      if (waiting.length >= MAX_WAITING) return end();
      waiting.push(value);
      wake?.();
    },
    end,
    values: { [Symbol.asyncIterator]: read },
  };
}
