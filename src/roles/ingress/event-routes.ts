import { baseErrors, fail, type Route, toBase64, toHex } from "../../base/index.ts";
import { recordHeight } from "../../da/index.ts";
import {
  type EventOutcome,
  ingressApi,
  type KeyId,
  type LogPosition,
  parseAddress,
  parseKeyId,
} from "../../protocol/index.ts";
import { answer, queryNumber, serveApi } from "../surface/index.ts";
import { MAX_WAIT_MS, waitUntil } from "./log-wait.ts";
import type { ReadSurface } from "./read-surface.ts";

/** A refused introduction is told of for so many heights. */
const REFUSAL_HEIGHTS = 30;

/** What the log says of authors, owners and events, and the log itself with its proof. */
export function eventRoutes(surface: ReadSurface): Route[] {
  const { replica } = surface;
  return [
    serveApi(ingressApi.author, async (request) => {
      const author = parseKeyId(request.params["key"] ?? "");
      const known = replica.state.findAuthor(author);
      const nextSequence = known?.nextSequence ?? 0;
      const pendingSequence = Math.max(nextSequence, await surface.pendingSequenceOf(author));
      return answer(`next sequence ${pendingSequence}`, {
        author,
        nextSequence,
        pendingSequence,
        isKnown: known !== undefined,
      });
    }),
    serveApi(ingressApi.owner, (request) => {
      const owner = parseAddress(request.params["address"] ?? "");
      const known = replica.state.findOwner(owner);
      const quotaBytes = surface.genesis.governed.givenQuotaBytes;
      const facts = { owner, nextGrantNonce: known?.nextGrantNonce ?? 0, usedBytes: known?.usedBytes ?? 0, quotaBytes };
      return answer(`${facts.usedBytes} of ${quotaBytes} bytes used`, facts);
    }),
    serveApi(ingressApi.eventOutcome, async (request) => {
      const author = parseKeyId(request.params["author"] ?? "");
      const sequence = Number(request.params["sequence"]);
      const waitMs = queryNumber(request, "waitMs", 0, MAX_WAIT_MS);
      const outcome = await waitForOutcome(surface, { author, sequence, waitMs, signal: request.signal });
      return answer(`event ${sequence} of ${author.slice(0, 8)}: ${outcome.status}`, outcome);
    }),
    serveApi(ingressApi.heightProof, async (request) => {
      const text = request.params["height"] ?? "";
      const height = /^\d{1,15}$/.test(text) ? Number(text) : -1;
      // The log's own heights only: nobody makes the ingress ask for blocks that have nothing to do with it.
      if (height < surface.genesis.da.startHeight || height > replica.height) {
        throw fail(baseErrors.requestInvalid, { field: "height", reason: "is not on the log" });
      }
      const record = toBase64(await recordHeight(surface.da, height));
      return answer(`blobs of height ${height}`, { height, namespace: toHex(surface.da.namespace), record });
    }),
  ];
}

interface OutcomeQuery {
  readonly author: KeyId;
  readonly sequence: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

async function waitForOutcome(surface: ReadSurface, query: OutcomeQuery): Promise<EventOutcome> {
  const { replica } = surface;
  const isThere = () => {
    if (replica.state.nextSequenceOf(query.author) > query.sequence) return true;
    // A refused introduction consumes no number; one from long ago is about an earlier try.
    const refused = replica.outcomeOf(query.author, query.sequence);
    return refused !== undefined && refused.position.height > replica.height - REFUSAL_HEIGHTS;
  };
  await waitUntil(surface, isThere, query);
  const found = isThere() ? replica.outcomeOf(query.author, query.sequence) : undefined;
  return {
    author: query.author,
    sequence: query.sequence,
    // An outcome too old to be remembered was consumed all the same: the log has gone past it.
    status: found === undefined ? (isThere() ? "unknown" : "pending") : found.isAccepted ? "accepted" : "rejected",
    reason: found?.reason ?? null,
    event: found?.id ?? null,
    position: found?.position ?? null,
    logTimeMs: found === undefined ? null : replica.logTimeMs,
    blobCommitment: found === undefined ? null : await findCommitment(surface, found.position),
    stateRoot: found === undefined ? null : toHex(replica.rootAt(found.position.height) ?? replica.state.root),
  };
}

/** Base64 commitment of the blob at a position; null when the data-availability layer cannot be asked right now. */
async function findCommitment(surface: ReadSurface, position: LogPosition): Promise<string | null> {
  try {
    const blobs = await surface.da.getAll(position.height);
    const blob = blobs[position.blob];
    return blob === undefined ? null : toBase64(blob.commitment);
  } catch {
    return null;
  }
}
