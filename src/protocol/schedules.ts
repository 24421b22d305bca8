import type * as zod from "zod";
import { findCron } from "./cron.ts";
import { limits } from "./limits.ts";
import { text, uint, z } from "./schema.ts";

const MINUTE_MS = 60_000;
/** Local time is at most this far from UTC. */
const OFFSET_MINUTES = 15 * 60;

/** What happens when a run is due while one goes on. */
export const overlapRules = ["skip", "queue", "replace"] as const;
/** What happens when the network was not there at the time: one run makes up for all that were missed, or none. */
export const missedRules = ["run-once", "skip"] as const;

/**
 * When a batch runs. The time zone is written out as the offsets its author's machine knows, so that every role computes
 * the same moments whatever time-zone data it has.
 */
export const jobSchedule = z.strictObject({
  cron: text(limits.cronBytes, 1).refine((pattern) => findCron(pattern) !== undefined, { error: "must be a pattern" }),
  timeZone: text(limits.timeZoneBytes, 1).regex(/^[A-Za-z0-9_+/-]+$/),
  offsets: z
    .array(z.strictObject({ fromMs: uint(), offsetMinutes: z.int().min(-OFFSET_MINUTES).max(OFFSET_MINUTES) }))
    .min(1)
    .max(limits.zoneOffsets)
    .refine(
      (list) =>
        list.every(
          ({ fromMs }, at) => fromMs % MINUTE_MS === 0 && fromMs > (list[at - 1]?.fromMs ?? Number.NEGATIVE_INFINITY),
        ),
      { error: "must be whole minutes, ascending" },
    ),
  /** Until when the offsets are known; later on the last one is used. */
  knownUntilMs: uint(),
  overlap: z.enum(overlapRules),
  missed: z.enum(missedRules),
});
export type JobSchedule = zod.output<typeof jobSchedule>;
