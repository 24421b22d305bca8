import type { DaHeight, DataAvailability } from "../port.ts";
import type { DaArchive } from "./archive.ts";

/**
 * The same log, read from the archive as far as the archive goes without a gap and from the node after that. A
 * replay from the first height thus needs the node for nothing that is archived, even when the node has dropped it.
 *
 * Everything but `subscribe` goes to the node.
 */
export function withArchive(da: DataAvailability, archive: Pick<DaArchive, "read" | "status">): DataAvailability {
  return {
    namespace: da.namespace,
    start: (signal) => da.start(signal),
    stop: () => da.stop(),
    submit: (blobs, signal) => da.submit(blobs, signal),
    get: (height, commitment) => da.get(height, commitment),
    getAll: (height) => da.getAll(height),
    headerAt: (height) => da.headerAt(height),
    head: () => da.head(),
    namespaceProof: (height) => da.namespaceProof(height),
    health: () => da.health(),
    subscribe: ({ fromHeight, signal }) => follow(da, archive, { fromHeight, signal }),
  };
}

async function* follow(
  da: DataAvailability,
  archive: Pick<DaArchive, "read" | "status">,
  subscription: { fromHeight: number; signal: AbortSignal },
): AsyncGenerator<DaHeight> {
  const { signal } = subscription;
  let next = subscription.fromHeight;
  const { lastHeight, gaps } = archive.status();
  const isWhole = next <= lastHeight && !gaps.some((gap) => gap.last >= next);
  if (isWhole) {
    for await (const height of archive.read(next)) {
      if (signal.aborted) return;
      next = height.height + 1;
      yield height;
    }
  }
  yield* da.subscribe({ fromHeight: next, signal });
}
