import { type Clock, type Lifecycle, type Logger, toDsdnError } from "../../base/index.ts";
import type { Outbox, TxtLookup } from "../../net/index.ts";
import { hostNameRecord, type KeyId } from "../../protocol/index.ts";
import type { DomainRecord, Replica } from "../../state/index.ts";

export interface DomainWatchDeps {
  readonly self: KeyId;
  readonly replica: Replica;
  readonly dns: TxtLookup;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Logger;
}

const ROUND_MS = 1_000;
/** Anybody may ask for any name: what is asked of DNS in a round is bounded, whoever is due longest comes first. */
const LOOKUPS_A_ROUND = 16;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30 * 60_000;

interface Plan {
  readonly dueMs: number;
  readonly pauseMs: number;
}

/**
 * Looks for the DNS record of every host name that was asked for, at growing intervals until the wish lapses, and says
 * on the log that it is there. That it is missing is never said: it may come.
 */
export class DomainWatch implements Lifecycle {
  readonly #deps: DomainWatchDeps;
  /** When to look next, by wish; one that is renewed is a new one. */
  #plans = new Map<string, Plan>();
  /** Wishes whose vote is on its way to the log. */
  readonly #saying = new Set<string>();
  #cancel = () => {};
  #isRunning = false;

  constructor(deps: DomainWatchDeps) {
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
    if (this.#isRunning) this.#cancel = this.#deps.clock.after(ROUND_MS, () => void this.#round());
  }

  async #round(): Promise<void> {
    const { clock } = this.#deps;
    const pending = this.#listPending();
    const nowMs = clock.monotonicMs();
    const plans = new Map<string, Plan>();
    for (const { key } of pending) plans.set(key, this.#plans.get(key) ?? { dueMs: nowMs, pauseMs: FIRST_PAUSE_MS });
    this.#plans = plans;
    const dueMs = (key: string) => plans.get(key)?.dueMs ?? nowMs;
    const due = pending.filter(({ key }) => dueMs(key) <= nowMs);
    due.sort((left, right) => dueMs(left.key) - dueMs(right.key));
    await Promise.all(due.slice(0, LOOKUPS_A_ROUND).map(({ key, wish }) => this.#look(key, wish)));
    this.#plan();
  }

  /** A vote of a key that is no validator's is rejected, and one that was cast need not be cast again. */
  #listPending(): { readonly key: string; readonly wish: DomainRecord }[] {
    const { state } = this.#deps.replica;
    if (state.findRole("validator", this.#deps.self)?.isActive !== true) return [];
    return state
      .pendingDomains()
      .filter(({ votes }) => !votes.includes(this.#deps.self))
      .map((wish) => ({ key: `${wish.domain}/${wish.deployment}/${wish.addedMs}`, wish }));
  }

  async #look(key: string, { domain, deployment }: DomainRecord): Promise<void> {
    const { replica, dns, clock } = this.#deps;
    const { name, value } = hostNameRecord(replica.state.network, deployment, domain);
    const records = await dns.find(name).catch(() => []);
    const { pauseMs } = this.#plans.get(key) ?? { pauseMs: FIRST_PAUSE_MS };
    this.#plans.set(key, { dueMs: clock.monotonicMs() + pauseMs, pauseMs: Math.min(pauseMs * 2, LONGEST_PAUSE_MS) });
    const isThere = records.some((pieces) => pieces.join("") === value);
    if (isThere && this.#isRunning && !this.#saying.has(key)) void this.#say(key, { domain, deployment });
  }

  /** A slow log holds up no round. */
  async #say(key: string, named: Pick<DomainRecord, "domain" | "deployment">): Promise<void> {
    const { outbox, log } = this.#deps;
    this.#saying.add(key);
    try {
      await outbox.publish("DomainVerified", named);
      log.info("host name found in DNS", named);
    } catch (error) {
      log.warn("host name not verified", { ...named, code: toDsdnError(error).code });
    } finally {
      this.#saying.delete(key);
    }
  }
}
