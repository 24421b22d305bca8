import type { Clock } from "../../base/index.ts";
import type { Exchange } from "../../client/index.ts";
import type { CommandResult } from "../../ui/index.ts";

/** What one run of a command did, for the levels of its answer. */
export interface Trace {
  /** Takes note of a question to an ingress. */
  readonly observe: (exchange: Exchange) => void;
  /**
   * The result with what every command says of itself: how it ended and how long it took, how fast the ingress
   * answered and up to which height of the log, and each kind of question among the steps. What the command says itself
   * under such a name stands.
   */
  complete<S extends object>(result: CommandResult<S>, ending: { readonly exitCode: number }): CommandResult<S>;
}

const DURATIONS_KEPT = 4096;

interface Asked {
  count: number;
  failed: number;
  tookMs: number;
  slowestMs: number;
}

/** Starts to count time and questions. */
export function createTrace(clock: Clock): Trace {
  const startMs = clock.monotonicMs();
  // One entry a kind of question: an upload asks thousands of times, of few kinds.
  const asked = new Map<string, Asked>();
  const durationsMs: number[] = [];
  const ingresses = new Set<string>();
  let height: number | undefined;

  const observe = (exchange: Exchange) => {
    const known = asked.get(exchange.route) ?? { count: 0, failed: 0, tookMs: 0, slowestMs: 0 };
    known.count += 1;
    known.failed += exchange.isAnswered ? 0 : 1;
    known.tookMs += exchange.tookMs;
    known.slowestMs = Math.max(known.slowestMs, exchange.tookMs);
    asked.set(exchange.route, known);
    if (durationsMs.length < DURATIONS_KEPT) durationsMs.push(exchange.tookMs);
    ingresses.add(exchange.ingressUrl);
    height = Math.max(exchange.height ?? 0, height ?? 0) || undefined;
  };

  return {
    observe,
    complete: (result, { exitCode }) => {
      const { references, ...details } = result.details;
      const general = { status: exitCode === 3 ? "partly done" : "done", tookMs: elapsedMs(clock, startMs) };
      const way = { ingress: [...ingresses].join(", "), ...(height === undefined ? {} : { logHeight: height }) };
      const pointers = { ...(ingresses.size === 0 ? {} : way), ...references };
      return {
        summary: result.summary,
        details: {
          ...general,
          ...latencyOf(asked, durationsMs),
          ...details,
          ...(Object.keys(pointers).length === 0 ? {} : { references: pointers }),
        },
        audit: [...result.audit, ...[...asked].map(toEntry)],
      };
    },
  };
}

/** The median, as some questions wait for what has not happened yet. */
function latencyOf(asked: ReadonlyMap<string, Asked>, durationsMs: readonly number[]) {
  const all = [...asked.values()];
  const requests = all.reduce((sum, { count }) => sum + count, 0);
  if (requests === 0) return {};
  const middle = durationsMs.toSorted((left, right) => left - right)[Math.floor(durationsMs.length / 2)] ?? 0;
  const slowestMs = Math.max(...all.map((each) => each.slowestMs));
  return { requests, latencyMs: rounded(middle), slowestMs: rounded(slowestMs) };
}

function toEntry([route, { count, failed, tookMs, slowestMs }]: readonly [string, Asked]) {
  return {
    step: "ask the ingress",
    route,
    times: count,
    ...(failed === 0 ? {} : { failed }),
    tookMs: rounded(tookMs),
    ...(count === 1 ? {} : { slowestMs: rounded(slowestMs) }),
  };
}

function elapsedMs(clock: Clock, startMs: number): number {
  return rounded(clock.monotonicMs() - startMs);
}

function rounded(durationMs: number): number {
  return Math.round(durationMs * 10) / 10;
}
