import { type Clock, createHttpClient, type Lifecycle, type Logger } from "../../base/index.ts";
import type { Outbox } from "../../net/index.ts";
import type { KeyId } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";

export interface LivenessDeps {
  readonly replica: Replica;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface LivenessOptions {
  readonly probeMs: number;
  /** A node that answered nothing for this long is reported; governed by the genesis. */
  readonly silentMs: number;
}

/** A round waits, then asks, each for one interval; a busy machine may need a little more. */
const USUAL_ROUNDS = 4;

/**
 * Asks every active node whether it lives and reports the ones that stay silent. One validator's word changes nothing:
 * a quorum takes the node out of service, until it says on the log that it is back. Silence is no proof of loss, so
 * nothing but service is taken from the node.
 */
export class LivenessWatch implements Lifecycle {
  readonly #options: LivenessOptions;
  readonly #deps: LivenessDeps;
  readonly #lastSeen = new Map<KeyId, number>();
  /** When each silence was last reported. Said again as long as it lasts: what became of a report may never be heard. */
  readonly #reported = new Map<KeyId, number>();
  #cancel = () => {};
  #isRunning = false;
  #lastRoundMs: number | undefined;

  constructor(options: LivenessOptions, deps: LivenessDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#isRunning = true;
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#cancel();
  }

  #plan(): void {
    if (this.#isRunning) this.#cancel = this.#deps.clock.after(this.#options.probeMs, () => void this.#round());
  }

  async #round(): Promise<void> {
    const nodes = this.#deps.replica.state.listNodes().filter((node) => node.status === "active");
    // A node out of service is not watched; when it returns its silence is counted anew.
    const active = new Set(nodes.map(({ id }) => id));
    for (const node of this.#lastSeen.keys()) if (!active.has(node)) this.#lastSeen.delete(node);
    for (const node of this.#reported.keys()) if (!active.has(node)) this.#reported.delete(node);
    const answers = await Promise.all(
      nodes.map(async ({ id, httpUrl }) => ({ node: id, isAlive: await this.#ask(id, httpUrl) })),
    );
    if (!this.#isRunning) return;
    this.#forgive(answers.length > 1 && answers.every(({ isAlive }) => !isAlive));
    for (const { node, isAlive } of answers) this.#judge(node, isAlive);
    this.#plan();
  }

  /**
   * Time in which this validator itself was suspended, or reached nobody at all, says nothing about the nodes: it is
   * taken out of their silence.
   */
  #forgive(isCutOff: boolean): void {
    const now = this.#deps.clock.monotonicMs();
    const sinceMs = now - (this.#lastRoundMs ?? now);
    this.#lastRoundMs = now;
    const overMs = isCutOff ? sinceMs : sinceMs - USUAL_ROUNDS * this.#options.probeMs;
    if (overMs <= 0) return;
    for (const [node, seenMs] of this.#lastSeen) this.#lastSeen.set(node, seenMs + overMs);
  }

  /** Whoever took over the address of a dead node answers too, and is not that node: the id must be its own. */
  #ask(node: KeyId, url: string): Promise<boolean> {
    return createHttpClient({ name: "A node", url })
      .json("/info", { timeoutMs: this.#options.probeMs })
      .then(
        (info) => (info as { node_id?: unknown } | null)?.node_id === node,
        () => false,
      );
  }

  #judge(node: KeyId, isAlive: boolean): void {
    const { clock, outbox, log } = this.#deps;
    const now = clock.monotonicMs();
    if (isAlive || !this.#lastSeen.has(node)) {
      this.#lastSeen.set(node, now);
      if (isAlive) this.#reported.delete(node);
      return;
    }
    const silentMs = now - (this.#lastSeen.get(node) ?? now);
    const reportedMs = this.#reported.get(node) ?? Number.NEGATIVE_INFINITY;
    const isEarly = silentMs < this.#options.silentMs || now - reportedMs < this.#options.silentMs;
    if (isEarly || !this.#isRunning) return;
    this.#reported.set(node, now);
    log.warn("node silent", { node, silentMs: Math.round(silentMs) });
    const sinceMs = Math.max(0, Math.round(clock.nowMs() - silentMs));
    outbox.publish("NodeSuspected", { node, sinceMs }).catch(() => this.#reported.delete(node));
  }
}
