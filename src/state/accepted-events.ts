import {
  type Event,
  findEvent,
  type Genesis,
  type LogHeight,
  type LogSource,
  type NetworkId,
  openBlob,
  readEventHead,
} from "../protocol/index.ts";
import { type AppliedHeight, applyHeight, createState } from "./reducer.ts";
import type { VerifiedEvents } from "./verified-events.ts";

/**
 * The events of a height that the log accepted, in their order, bodies included: what a follower of one kind of event
 * (the chain's batches, say) reads beside the state.
 *
 * @param step - the very height that `applyHeight` was given for `applied`.
 */
export function acceptedEvents(step: LogHeight, applied: AppliedHeight, network: NetworkId): Event[] {
  return applied.outcomes
    .filter((outcome) => outcome.isAccepted)
    .flatMap(({ position }) => {
      const blob = step.blobs[position.blob];
      const signed = blob === undefined ? undefined : openBlob(blob, network).events[position.event];
      return (signed === undefined ? undefined : findEvent(readEventHead(signed))) ?? [];
    });
}

/**
 * Every accepted event from the genesis up to `toHeight`, replayed on a state of its own. Ends after that height, or
 * quietly when the signal aborts.
 *
 * @throws as `applyHeight` and the log
 */
export async function* replayAcceptedEvents(
  options: { readonly genesis: Genesis; readonly toHeight: number; readonly signal: AbortSignal },
  deps: { readonly log: LogSource; readonly cache?: VerifiedEvents },
): AsyncGenerator<Event> {
  const { genesis, toHeight, signal } = options;
  const state = createState(genesis);
  if (state.height >= toHeight) return;
  for await (const step of deps.log.follow({ fromHeight: state.height + 1, signal })) {
    yield* acceptedEvents(step, applyHeight(state, step, deps.cache), state.network);
    if (step.height >= toHeight) return;
  }
}
