import { type Event, findEvent, type LoggedEvent, openBlob, readEventHead } from "../../../protocol/index.ts";
import type { NetworkState, Outcome } from "../../../state/index.ts";

export type EventFacts = Pick<LoggedEvent, "subject" | "name" | "status" | "count" | "sizeBytes">;

/** What is said of an event whose body is not at hand. */
export const NO_FACTS: EventFacts = { subject: null, name: null, status: null, count: null, sizeBytes: null };

/**
 * What each of a height's events is about, in the order of the outcomes.
 * @param blobs - of that very height, in the order of the log; hostile until opened, and opened by the reducer before.
 */
export function eventFacts(
  state: NetworkState,
  blobs: readonly Uint8Array[],
  outcomes: readonly Outcome[],
): EventFacts[] {
  const opened = new Map<number, ReturnType<typeof openBlob>["events"]>();
  return outcomes.map(({ position }) => {
    const bytes = blobs[position.blob];
    if (bytes === undefined) return NO_FACTS;
    const events = opened.get(position.blob) ?? openBlob(bytes, state.network).events;
    opened.set(position.blob, events);
    const signed = events[position.event];
    const event = signed === undefined ? undefined : findEvent(readEventHead(signed));
    return event === undefined ? NO_FACTS : { ...NO_FACTS, ...describe(state, event) };
  });
}

function describe(state: NetworkState, event: Event): Partial<EventFacts> {
  switch (event.kind) {
    case "NodeRegistered":
    case "NodeReturned":
    case "NodeUnregistered":
      return about("node", event.author);
    case "NodeSuspected":
      return about("node", event.body.node);
    case "SessionGranted":
      return about("wallet", event.body.wallet);
    case "SessionRevoked":
      return about("key", event.body.sessionKey);
    case "ObjectPublished":
      return { ...about("object", event.body.content.object), sizeBytes: event.body.content.sizeBytes };
    case "ObjectExtended":
    case "DeleteRequested":
      return about("object", event.body.object);
    case "ReplicaAdded":
    case "ReplicaRemoved":
      return { ...about("node", event.author), count: event.body.chunks.length };
    case "ChainBatch":
      return { count: event.body.number };
    default:
      return describeDeployment(state, event);
  }
}

function describeDeployment(state: NetworkState, { body }: Event): Partial<EventFacts> {
  const status = "status" in body ? body.status : null;
  if ("workload" in body && body.workload !== null) {
    const workload = state.findWorkload(body.workload);
    const name = workload === undefined ? null : (state.findDeployment(workload.deployment)?.name ?? null);
    return { ...about("workload", body.workload), name, status };
  }
  if (!("deployment" in body)) return {};
  const name = "name" in body ? body.name : (state.findDeployment(body.deployment)?.name ?? null);
  return { ...about("deployment", body.deployment), name, status };
}

function about(kind: NonNullable<LoggedEvent["subject"]>["kind"], id: string): Pick<EventFacts, "subject"> {
  return { subject: { kind, id } };
}
