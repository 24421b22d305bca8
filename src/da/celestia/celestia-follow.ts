import { type Clock, DsdnError, equalBytes, fail, type Logger, toBase64 } from "../../base/index.ts";
import { parseBlobs } from "../blob-json.ts";
import { daErrors } from "../errors.ts";
import { readCount, readObject } from "../json-shape.ts";
import type { DaBlob, DaHeader, DaHeight, DaSubscription } from "../port.ts";
import type { NodeCaller } from "../transport/node-caller.ts";
import type { Transport } from "../transport/transport.ts";
import { isEmptyBlock, toDaHeader } from "./celestia-header.ts";
import type { CelestiaReads, HeightRead } from "./celestia-reads.ts";
import { parseHeader } from "./header-json.ts";

/** Heights asked for at once while catching up. */
const AHEAD = 8;
/** After so much silence the head is asked for, in case the subscription died without a word. */
const SILENCE_MS = 10_000;
/** A node that merely ended the subscription is asked again at once. */
const WAITS_MS: readonly number[] = [0, 50, 250, 1000, 2000, 5000];

export interface FollowDeps {
  readonly transport: Transport;
  readonly caller: NodeCaller;
  readonly clock: Clock;
  readonly log: Logger;
  readonly reads: Pick<CelestiaReads, "head" | "read">;
  /** Reads a message; the client's own, so that its subscriptions share the work. */
  readonly parse: (message: unknown) => FollowMessage;
}

/** No retry mends these. */
const FINAL: readonly string[] = [
  daErrors.heightPruned.code,
  daErrors.unauthorised.code,
  daErrors.proofInvalid.code,
  daErrors.heightBackwards.code,
  daErrors.chainWrong.code,
  daErrors.namespaceInvalid.code,
];

/** Every height from `fromHeight` on: subscription for what is new, single reads for what was missed. */
export async function* followHeights(
  source: { namespace: Uint8Array; chainId: string; readsProofs: boolean },
  subscription: DaSubscription,
  deps: FollowDeps,
): AsyncGenerator<DaHeight> {
  const { signal } = subscription;
  let next = subscription.fromHeight;
  let last: DaHeader | undefined;
  let failures = 0;

  const accept = (found: HeightRead): DaHeight => {
    checkLink(last, found.header);
    last = found.header;
    next = found.header.height + 1;
    failures = 0;
    deps.caller.noteHeight(found.header.height);
    return { height: found.header.height, timeMs: found.header.timeMs, blobs: found.blobs };
  };

  while (!signal.aborted) {
    const round = new AbortController();
    const both = AbortSignal.any([signal, round.signal]);
    try {
      const values = await deps.transport.subscribe("blob.Subscribe", [toBase64(source.namespace)], both);
      deps.caller.noteAlive();
      const inbox = readInbox(values[Symbol.asyncIterator](), deps.clock);
      for (;;) {
        const head = await deps.reads.head(both);
        await checkStillThere(last, head, (height) => deps.reads.read(height, both));
        for await (const found of readAhead(next, head.height, (height) => deps.reads.read(height, both)))
          yield accept(found);
        for (;;) {
          const message = await inbox.take(SILENCE_MS);
          if (message === "silence") break;
          if (message === "end")
            throw fail(daErrors.unreachable, { node: deps.transport.node, reason: "the subscription ended" });
          deps.caller.noteAlive();
          const found = deps.parse(message.value);
          if (found.height < next) continue;
          for await (const missed of readAhead(next, found.height - 1, (height) => deps.reads.read(height, both)))
            yield accept(missed);
          const { header, blobs } = found;
          // "No blobs" is believed of an empty block only; of any other the rows are asked for.
          const isBelievable = header !== undefined && (blobs.length > 0 || isEmptyBlock(header));
          const isComplete = isBelievable && !source.readsProofs;
          yield accept(isComplete ? { header, blobs } : await deps.reads.read(found.height, both));
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      deps.caller.noteFailure(error);
      if (!(error instanceof DsdnError) || FINAL.includes(error.code)) throw error;
      deps.log.debug("da subscription reopened", { code: error.code, next });
      await deps.clock.sleep(WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)] ?? 0, signal).catch(() => undefined);
    } finally {
      round.abort();
    }
  }
}

/** The heights first..last in order, several asked for at once. */
async function* readAhead(
  first: number,
  last: number,
  read: (height: number) => Promise<HeightRead>,
): AsyncGenerator<HeightRead> {
  const running: Promise<HeightRead>[] = [];
  let asked = first;
  for (let height = first; height <= last; height++) {
    while (asked <= last && running.length < AHEAD) {
      const started = read(asked++);
      started.catch(() => undefined);
      running.push(started);
    }
    const oldest = running.shift();
    if (oldest !== undefined) yield await oldest;
  }
}

function checkLink(last: DaHeader | undefined, header: DaHeader): void {
  if (last === undefined || header.height !== last.height + 1) return;
  if (!equalBytes(header.previousHash, last.hash)) {
    throw fail(daErrors.heightBackwards, { height: header.height, reason: "it does not follow the block before" });
  }
  if (header.timeMs < last.timeMs) {
    throw fail(daErrors.heightBackwards, {
      height: header.height,
      reason: "its time is lower than the block's before",
    });
  }
}

/** After a reconnect: the node still knows the last height we delivered, with the same hash. A node behind us is waited for. */
async function checkStillThere(
  last: DaHeader | undefined,
  head: DaHeader,
  read: (height: number) => Promise<HeightRead>,
): Promise<void> {
  if (last === undefined) return;
  if (head.height < last.height) {
    throw fail(daErrors.syncing, { reason: `it is at height ${head.height}, we read up to ${last.height}` });
  }
  const known = head.height === last.height ? head : (await read(last.height)).header;
  if (!equalBytes(known.hash, last.hash)) {
    throw fail(daErrors.heightBackwards, { height: last.height, reason: "the node now has another block there" });
  }
}

/** A message of blob.Subscribe. Nodes up to v0.28 send no header. */
export interface FollowMessage {
  readonly height: number;
  readonly header: DaHeader | undefined;
  readonly blobs: readonly DaBlob[];
}

/** Reads messages; one that comes to several subscriptions as the same object is read once. */
export function createMessageParser(source: { namespace: Uint8Array; chainId: string }): FollowDeps["parse"] {
  const known = new WeakMap<object, FollowMessage>();
  return (value) => {
    const key = readObject(value, "blob.Subscribe");
    const parsed = known.get(key) ?? parseMessage(key, source);
    known.set(key, parsed);
    return parsed;
  };
}

function parseMessage(value: unknown, source: { namespace: Uint8Array; chainId: string }): FollowMessage {
  const method = "blob.Subscribe";
  const json = readObject(value, method);
  const height = readCount(json["Height"] ?? readObject(json["Header"], method)["height"], method);
  const header =
    json["Header"] === undefined || json["Header"] === null
      ? undefined
      : toDaHeader(parseHeader(json["Header"], method), source.chainId);
  return {
    height,
    header: header?.height === height ? header : undefined,
    blobs: parseBlobs(json["Blobs"], source.namespace, method),
  };
}

type InboxItem = "silence" | "end" | { readonly value: unknown };

/** Takes the next value, or says that none came in time; a value that comes late is not lost. */
function readInbox(values: AsyncIterator<unknown>, clock: Clock): { take(waitMs: number): Promise<InboxItem> } {
  let pending: Promise<InboxItem> | undefined;
  return {
    take: async (waitMs) => {
      pending ??= values.next().then((step): InboxItem => (step.done === true ? "end" : { value: step.value }));
      let cancel = () => {};
      const silence = new Promise<InboxItem>((resolve) => {
        cancel = clock.after(waitMs, () => resolve("silence"));
      });
      const item = await Promise.race([pending, silence]);
      cancel();
      if (item !== "silence") pending = undefined;
      return item;
    },
  };
}
