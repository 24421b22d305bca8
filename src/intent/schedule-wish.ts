import { fail } from "../base/index.ts";
import { findCron, type JobSchedule, limits, missedRules, overlapRules } from "../protocol/index.ts";
import { intentErrors } from "./errors.ts";
import type { FieldReader, Said } from "./field-reader.ts";
import { isTimeZone, listOffsets } from "./time-zone.ts";
import type { YamlNode } from "./yaml-tree.ts";

/** When a batch should run, as the user says it. */
export interface ScheduleWish {
  /** Five fields, or one of the names of `SHORTHANDS`. */
  readonly cron: string;
  /** `UTC` unless said. */
  readonly timeZone?: string | undefined;
  readonly overlap?: JobSchedule["overlap"] | undefined;
  readonly missed?: JobSchedule["missed"] | undefined;
}

const SHORTHANDS: ReadonlyMap<string, string> = new Map([
  ["@hourly", "0 * * * *"],
  ["@daily", "0 0 * * *"],
  ["@weekly", "0 0 * * 0"],
  ["@monthly", "0 0 1 * *"],
  ["@yearly", "0 0 1 1 *"],
]);

const CRON = "'minute hour day month weekday', e.g. '30 2 * * 1-5', or @hourly @daily @weekly @monthly @yearly";
const ZONE = "e.g. Asia/Jakarta, Europe/Berlin, UTC";
const YEAR_MS = 365 * 86_400_000;
/** Governments announce changes late: what a machine knows of the time after this is a guess anyway. */
const KNOWN_YEARS = 10;

/** The field `schedule` of a project file: a pattern, or a map of `cron`, `timeZone`, `overlap` and `missed`. */
export function readSchedule(node: YamlNode | undefined, reader: FieldReader): Said<ScheduleWish> | undefined {
  if (node === undefined) return undefined;
  const cronRule = { field: "schedule", expected: CRON, check: isPattern };
  if (node.kind === "scalar") {
    const cron = reader.text(node, cronRule);
    return cron === undefined ? undefined : { value: { cron: cron.value }, place: cron.place };
  }
  const fields = reader.fields(node, "schedule", ["cron", "timeZone", "overlap", "missed"]);
  const cron = reader.text(fields.get("cron"), { ...cronRule, field: "cron" });
  if (cron === undefined) throw reader.refuse({ line: node.line, text: "" }, { field: "cron", expected: CRON });
  const zone = reader.text(fields.get("timeZone"), { field: "timeZone", expected: ZONE, check: isTimeZone });
  const overlap = reader.choice(fields.get("overlap"), "overlap", overlapRules);
  const missed = reader.choice(fields.get("missed"), "missed", missedRules);
  const value = { cron: cron.value, timeZone: zone?.value, overlap: overlap?.value, missed: missed?.value };
  return { value, place: cron.place };
}

/**
 * The schedule as it goes on the log: the pattern in five fields, the time zone with its offsets of the next ten years.
 * A run that is due while one goes on is skipped, and one run makes up for missed ones, unless said.
 *
 * @throws DSDN_INTENT_VALUE_INVALID
 */
export function compileSchedule({ value, place }: Said<ScheduleWish>, nowMs: number): JobSchedule {
  const { cron, timeZone = "UTC", overlap = "skip", missed = "run-once" } = value;
  if (!isPattern(cron)) throw refuse(place, { field: "schedule", given: cron, expected: CRON });
  if (!isTimeZone(timeZone)) throw refuse(place, { field: "timeZone", given: timeZone, expected: ZONE });
  const span = { fromMs: nowMs, untilMs: nowMs + KNOWN_YEARS * YEAR_MS, most: limits.zoneOffsets };
  const { offsets, knownUntilMs } = listOffsets(timeZone, span);
  return { cron: normalise(cron), timeZone, offsets: [...offsets], knownUntilMs, overlap, missed };
}

function refuse(place: string, { field, given, expected }: { field: string; given: string; expected: string }) {
  return fail(intentErrors.valueInvalid, { place, field, given: `'${given.slice(0, 80)}'`, expected });
}

function isPattern(text: string): boolean {
  return findCron(normalise(text)) !== undefined;
}

function normalise(text: string): string {
  const words = text.trim().replace(/ +/g, " ");
  return SHORTHANDS.get(words.toLowerCase()) ?? words;
}
