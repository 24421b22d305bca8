import { DsdnError } from "../../../base/index.ts";
import type { DataAvailability } from "../../../da/index.ts";
import { comparePositions, type LogBlob, openBlob, readEventHead } from "../../../protocol/index.ts";
import type { AppliedHeight, Outcome, Replica } from "../../../state/index.ts";

export interface ReadBackDeps {
  readonly replica: Replica;
  readonly da: Pick<DataAvailability, "getAll" | "headerAt">;
}

/** What a height did, and the blobs that say what its events are about. */
export interface PastHeight {
  readonly applied: AppliedHeight;
  readonly blobs: readonly Uint8Array[];
}

/**
 * A height from before this program's start, as far as the replica remembers what became of its events; undefined when
 * it lies too far back.
 *
 * @throws DSDN_DA_* when the log cannot be read now
 */
export async function readBack(height: number, { replica, da }: ReadBackDeps): Promise<PastHeight | undefined> {
  const root = replica.rootAt(height);
  if (root === undefined || height < replica.state.genesis.da.startHeight) return undefined;
  const [found, { timeMs }] = await Promise.all([da.getAll(height), da.headerAt(height)]);
  const blobs = found.map(({ data }) => data);
  const outcomes: Outcome[] = [];
  let ignored = 0;
  blobs.forEach((bytes, blob) => {
    const opened = findBlob(bytes, replica);
    if (opened === undefined) ignored++;
    opened?.events.forEach((signed, event) => {
      const { author, sequence } = readEventHead(signed);
      const outcome = replica.outcomeOf(author, sequence);
      // The same event may have been posted again later: only where it counted it has an outcome.
      if (outcome !== undefined && comparePositions(outcome.position, { height, blob, event }) === 0)
        outcomes.push(outcome);
      else ignored++;
    });
  });
  return { applied: { height, timeMs, root, outcomes, ignored }, blobs };
}

function findBlob(bytes: Uint8Array, { state }: Replica): LogBlob | undefined {
  try {
    return openBlob(bytes, state.network);
  } catch (error) {
    if (error instanceof DsdnError) return undefined;
    throw error;
  }
}
