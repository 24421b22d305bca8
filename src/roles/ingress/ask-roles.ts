import { createHttpClient } from "../../base/index.ts";
import { type EventOf, type KeyId, manifestChunkId, type ObjectId } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { chunkSources, findPublishRequest } from "../surface/index.ts";

const TIMEOUT_MS = 3_000;

/** The sequence after what a coordinator keeps for the author, of the first one that answers; 0 when none does. */
export async function askPendingSequence(coordinatorUrls: readonly string[], author: KeyId): Promise<number> {
  for (const url of coordinatorUrls) {
    try {
      const client = createHttpClient({ name: "The coordinator", url });
      const body = (await client.json(`/v1/authors/${author}`, { timeoutMs: TIMEOUT_MS })) as {
        details?: { pendingSequence?: unknown };
      };
      const pending = body.details?.pendingSequence;
      if (typeof pending === "number") return pending;
    } catch {}
  }
  return 0;
}

/**
 * The publish request that nodes keep beside the manifest; undefined when none has it. They are asked because an ingress
 * that was started a moment ago knows no recent requests.
 */
export async function askPublishRequest(
  replica: Replica,
  object: ObjectId,
): Promise<EventOf<"ObjectPublished"> | undefined> {
  const chunk = manifestChunkId(object);
  for (const { url } of chunkSources(replica.state, chunk)) {
    const client = createHttpClient({ name: "A node", url });
    try {
      const { body } = await client.send(`/storage/publish-request/${chunk}`, { timeoutMs: TIMEOUT_MS });
      const event = findPublishRequest(body);
      if (event?.body.content.object === object) return event;
    } catch {}
  }
  return undefined;
}
