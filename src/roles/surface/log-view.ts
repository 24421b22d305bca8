import type { LogView } from "../../net/index.ts";
import type { Replica } from "../../state/index.ts";

/** What an outbox must know of the log, answered by the role's own replica. */
export function logViewOf(replica: Replica): LogView {
  return {
    height: () => replica.height,
    nextSequenceOf: (author) => replica.state.nextSequenceOf(author),
    rejectedOf: (author) => {
      const counts = replica.state.findAuthor(author)?.rejected ?? [];
      return counts.reduce((sum, { count }) => sum + count, 0);
    },
    findVerdict: (author, sequence) => {
      const outcome = replica.outcomeOf(author, sequence);
      if (outcome === undefined) return undefined;
      return { isAccepted: outcome.isAccepted, reason: outcome.reason, position: outcome.position };
    },
    onHeight: (listener) => replica.onHeight(listener),
  };
}
