import { type Clock, DsdnError } from "../../base/index.ts";
import type { KeyId } from "../../protocol/index.ts";
import type { Ingress } from "../ingress.ts";

/** What keeps an event from the log: no coordinator has taken it, or the log itself cannot be reached. */
export type Obstacle = "no-coordinator" | "no-log";

export interface ObstacleWatchOptions {
  /** The wait is in vain when an obstacle has been there for so long. */
  readonly stalledMs: number;
  /** Told when an obstacle appears, changes or goes away. */
  readonly onObstacle: (obstacle: Obstacle | undefined) => void;
}

interface ObstacleWatchDeps {
  readonly ingress: Ingress;
  readonly author: KeyId;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks what keeps the author's events from the log, as an ingress sees it.
 *
 * @returns asks once for the event with that sequence; true when waiting on is in vain. What cannot be found out is no
 *   obstacle.
 */
export function createObstacleWatch(
  { stalledMs, onObstacle }: ObstacleWatchOptions,
  deps: ObstacleWatchDeps,
): (sequence: number) => Promise<boolean> {
  let known: Obstacle | undefined;
  let sinceMs = Number.POSITIVE_INFINITY;
  return async (sequence) => {
    const found = await findObstacle(sequence, deps);
    if (found !== known) onObstacle(found);
    known = found;
    const nowMs = deps.clock.monotonicMs();
    sinceMs = found === undefined ? Number.POSITIVE_INFINITY : Math.min(sinceMs, nowMs);
    return nowMs - sinceMs >= stalledMs;
  };
}

async function findObstacle(
  sequence: number,
  { ingress, author, signal }: ObstacleWatchDeps,
): Promise<Obstacle | undefined> {
  try {
    const [status, place] = await Promise.all([
      ingress.call("status", { signal }),
      ingress.call("author", { params: { key: author }, signal }),
    ]);
    if (!status.details.dataAvailability.isConnected) return "no-log";
    return place.details.pendingSequence <= sequence ? "no-coordinator" : undefined;
  } catch (error) {
    if (error instanceof DsdnError) return undefined;
    throw error;
  }
}
