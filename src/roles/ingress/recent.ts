import { type EventOf, findEvent, type ObjectId, openEvent, type SignedEvent } from "../../protocol/index.ts";

/** Publish requests that went through this ingress and are not on the log yet. Losing them loses nothing. */
export interface RecentRequests {
  add(signed: SignedEvent): void;
  find(object: ObjectId): EventOf<"ObjectPublished"> | undefined;
}

const MAX_REMEMBERED = 5_000;

export function createRecentRequests(): RecentRequests {
  const requests = new Map<ObjectId, EventOf<"ObjectPublished">>();
  return {
    add: (signed) => {
      const event = findEvent(openEvent(signed));
      if (event?.kind !== "ObjectPublished") return;
      requests.delete(event.body.content.object);
      requests.set(event.body.content.object, event);
      const oldest = requests.keys().next().value;
      if (requests.size > MAX_REMEMBERED && oldest !== undefined) requests.delete(oldest);
    },
    find: (object) => requests.get(object),
  };
}
