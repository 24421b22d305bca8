import { type Clock, DsdnError, type Lifecycle, toHex } from "../../../base/index.ts";
import type { DataAvailability } from "../../../da/index.ts";
import type { LoggedHeight } from "../../../protocol/index.ts";
import type { AppliedHeight, Replica } from "../../../state/index.ts";
import { type EventFacts, eventFacts, NO_FACTS } from "./event-facts.ts";
import { readBack } from "./read-back.ts";

/** The newest heights of the log as this ingress applied them. */
export interface LogFeed extends Lifecycle {
  /** Oldest first. Waits up to `waitMs` for a height after `after`. */
  list(query: LogQuery): Promise<LoggedHeight[]>;
}

export interface LogQuery {
  /** Without it the newest `limit` heights are meant. */
  readonly after: number | undefined;
  readonly limit: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

export interface LogFeedDeps {
  readonly replica: Replica;
  readonly da: Pick<DataAvailability, "health" | "getAll" | "headerAt">;
  readonly clock: Clock;
}

interface Kept {
  /** With the outcomes that are shown. */
  readonly applied: AppliedHeight;
  readonly eventCount: number;
  /** What the events are about; read from the log when somebody first asks. */
  facts?: Promise<readonly EventFacts[]>;
}

const HEIGHTS_KEPT = 500;
const EVENTS_SHOWN = 50;
/** So many heights from before its start are read from the log, once, for whoever asks first. */
const HEIGHTS_READ_BACK = 60;

/** Follows the replica while it runs. */
export function createLogFeed(deps: LogFeedDeps): LogFeed {
  return new RunningFeed(deps);
}

class RunningFeed implements LogFeed {
  readonly #deps: LogFeedDeps;
  readonly #kept: Kept[] = [];
  #readingBack: Promise<void> | undefined;
  /** The lowest height that is read back. */
  #floor = 0;
  #end: (() => void) | undefined;

  constructor(deps: LogFeedDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#floor = this.#deps.replica.height - HEIGHTS_READ_BACK + 1;
    this.#end ??= this.#deps.replica.onHeight((applied) => {
      this.#kept.push(keep(applied));
      if (this.#kept.length > HEIGHTS_KEPT) this.#kept.shift();
    });
  }

  async stop(): Promise<void> {
    this.#end?.();
    this.#end = undefined;
  }

  async list({ after, limit, waitMs, signal }: LogQuery): Promise<LoggedHeight[]> {
    if (after !== undefined) await this.#waitFor(after, waitMs, signal);
    else if (this.#kept.length < limit) await this.#readBack();
    const heights = after === undefined ? this.#kept : this.#kept.filter(({ applied }) => applied.height > after);
    return Promise.all(heights.slice(-limit).map((kept) => this.#view(kept)));
  }

  async #waitFor(after: number, waitMs: number, signal: AbortSignal): Promise<void> {
    const { replica, clock } = this.#deps;
    if (waitMs === 0 || replica.height > after) return;
    const done = new AbortController();
    const end = replica.onHeight(({ height }) => height > after && done.abort());
    await clock.sleep(waitMs, AbortSignal.any([done.signal, signal])).catch(() => {});
    end();
  }

  /** A log that is away now is asked again by the next who wants to know. */
  async #readBack(): Promise<void> {
    if (!this.#deps.da.health().isConnected) return;
    this.#readingBack ??= this.#readBackNow();
    await this.#readingBack;
  }

  async #readBackNow(): Promise<void> {
    const newest = (this.#kept[0]?.applied.height ?? this.#deps.replica.height + 1) - 1;
    try {
      for (let height = newest; height >= this.#floor; height--) {
        const past = await readBack(height, this.#deps);
        if (past === undefined) return;
        const kept = keep(past.applied);
        kept.facts = Promise.resolve(eventFacts(this.#deps.replica.state, past.blobs, kept.applied.outcomes));
        this.#kept.unshift(kept);
      }
    } catch (error) {
      if (!(error instanceof DsdnError)) throw error;
      this.#readingBack = undefined;
    }
  }

  async #view(kept: Kept): Promise<LoggedHeight> {
    const { height, timeMs, root, outcomes, ignored } = kept.applied;
    const facts = outcomes.length === 0 ? [] : await this.#factsOf(kept);
    const events = outcomes.map((outcome, index) => ({
      kind: outcome.kind,
      author: outcome.author,
      sequence: outcome.sequence,
      isAccepted: outcome.isAccepted,
      reason: outcome.reason ?? null,
      ...(facts[index] ?? NO_FACTS),
    }));
    return { height, timeMs, stateRoot: toHex(root), events, eventCount: kept.eventCount, ignored };
  }

  /** Read once; nobody waits for a log that is away. */
  async #factsOf(kept: Kept): Promise<readonly EventFacts[]> {
    const { replica, da } = this.#deps;
    if (kept.facts === undefined && !da.health().isConnected) return [];
    const { height, outcomes } = kept.applied;
    kept.facts ??= da.getAll(height).then((blobs) =>
      eventFacts(
        replica.state,
        blobs.map(({ data }) => data),
        outcomes,
      ),
    );
    try {
      return await kept.facts;
    } catch (error) {
      delete kept.facts;
      if (error instanceof DsdnError) return [];
      throw error;
    }
  }
}

function keep(applied: AppliedHeight): Kept {
  const { outcomes } = applied;
  return { applied: { ...applied, outcomes: outcomes.slice(0, EVENTS_SHOWN) }, eventCount: outcomes.length };
}
