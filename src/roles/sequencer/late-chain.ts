import type { ChainEvent, ChainNode } from "../../chain/index.ts";

/** A chain whose port is bound before it is loaded: requests wait for it, and fail with what it failed with. */
export interface LateChain extends ChainNode {
  open(node: ChainNode): void;
  fail(error: unknown): void;
}

export function createLateChain(chainId: number): LateChain {
  const { promise, resolve, reject } = Promise.withResolvers<ChainNode>();
  promise.catch(() => {});
  return {
    chainId,
    open: resolve,
    fail: reject,
    request: async (method, params) => (await promise).request(method, params),
    sendRaw: async (rawTransaction) => (await promise).sendRaw(rawTransaction),
    listen: (listener: (event: ChainEvent) => void) => {
      let isOver = false;
      let end = () => {};
      promise.then(
        (node) => {
          if (!isOver) end = node.listen(listener);
        },
        () => {},
      );
      return () => {
        isOver = true;
        end();
      };
    },
  };
}
