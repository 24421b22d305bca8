/**
 * When a schedule is due. Every role computes it from the log alone, so nothing here asks the machine: days are counted
 * in whole numbers, and a time zone is the list of its offsets that lies on the log with the schedule.
 */

/** A cron pattern, read. */
export interface CronPattern {
  readonly minutes: ReadonlySet<number>;
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 = Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** True when day and weekday are both restricted: either is enough. */
  readonly isEitherDay: boolean;
  /** True when the hour is not fixed: such a schedule counts time that passes, not what a clock shows. */
  readonly isEveryHour: boolean;
}

/** From this moment on, local time is UTC plus this many minutes. */
export interface ZoneOffset {
  readonly fromMs: number;
  readonly offsetMinutes: number;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
/** 29 February can be eight years away, around 2100. */
const SEARCHED_DAYS = 8 * 366 + 7;

/**
 * The five fields minute, hour, day, month and weekday: `*`, numbers, ranges, lists, steps, English short names, 7 for
 * Sunday. Undefined for anything else, and for a date that never comes.
 *
 * @source crontab(5), the common subset; differs: no `@daily`, no `L`, `W`, `#`, `?`, no seconds, no `TZ=`.
 */
export function findCron(text: string): CronPattern | undefined {
  const fields = text.length > 120 ? [] : text.split(" ");
  const [minuteText = "", hourText = "", dayText = "", monthText = "", weekdayText = ""] = fields;
  if (fields.length !== 5) return undefined;
  const minutes = findField(minuteText, 0, 59);
  const hours = findField(hourText, 0, 23);
  const days = findField(dayText, 1, 31);
  const months = findField(monthText, 1, 12, MONTHS);
  const weekdays = findField(weekdayText, 0, 7, WEEKDAYS);
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const pattern: CronPattern = {
    minutes,
    hours: [...hours].sort((left, right) => left - right),
    days,
    months,
    weekdays: new Set([...weekdays].map((day) => day % 7)),
    isEitherDay: !dayText.startsWith("*") && !weekdayText.startsWith("*"),
    isEveryHour: hourText.startsWith("*"),
  };
  return findMatch(pattern, 0, Number.POSITIVE_INFINITY) === undefined ? undefined : pattern;
}

function findField(text: string, low: number, high: number, names: readonly string[] = []): Set<number> | undefined {
  const values = new Set<number>();
  const numberOf = (word: string): number => {
    const named = names.indexOf(word.toLowerCase());
    if (named !== -1) return named + low;
    return /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
  };
  for (const part of text.split(",")) {
    const [, range = "", step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    const [first = "", last, rest] = range === "*" ? [String(low), String(high)] : range.split("-");
    const from = numberOf(first);
    const to = last === undefined ? (step === undefined ? from : high) : numberOf(last);
    const by = step === undefined ? 1 : Number(step);
    if (!(from >= low && from <= to && to <= high && by >= 1) || rest !== undefined) return undefined;
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}

/**
 * The first moment after `afterMs` at which the pattern is due in the time zone; undefined when there is none. A fixed
 * hour that the clocks skip is due at the moment they skip it, and one they repeat is due the first time only; a
 * schedule that runs in every hour goes on as time passes.
 *
 * @param offsets - ascending; the first one also holds for all time before it.
 */
export function nextDue(pattern: CronPattern, offsets: readonly ZoneOffset[], afterMs: number): number | undefined {
  const afterMinute = Math.floor(afterMs / MINUTE_MS) + 1;
  const isPast = (next: ZoneOffset | undefined) => next !== undefined && next.fromMs / MINUTE_MS < afterMinute;
  const first = offsets.findIndex((_, at) => !isPast(offsets[at + 1]));
  for (let at = Math.max(0, first); at < offsets.length; at++) {
    const { fromMs, offsetMinutes: offset } = offsets[at] ?? UTC;
    const before = offsets[at - 1]?.offsetMinutes ?? offset;
    const fromMinute = at === 0 ? Number.NEGATIVE_INFINITY : fromMs / MINUTE_MS;
    const untilMinute = (offsets[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY) / MINUTE_MS;
    if (!pattern.isEveryHour && fromMinute >= afterMinute) {
      if (findMatch(pattern, fromMinute + before, fromMinute + offset) !== undefined) return fromMs;
    }
    const repeatedUntil = pattern.isEveryHour ? Number.NEGATIVE_INFINITY : fromMinute + before;
    const start = Math.max(afterMinute + offset, fromMinute + offset, repeatedUntil);
    const match = findMatch(pattern, start, untilMinute + offset);
    if (match !== undefined) return (match - offset) * MINUTE_MS;
  }
  return undefined;
}

const UTC: ZoneOffset = { fromMs: 0, offsetMinutes: 0 };

/** The first minute of local time in `from`..`until` that the pattern names; minutes since 1970-01-01 00:00 there. */
function findMatch(pattern: CronPattern, from: number, until: number): number | undefined {
  const firstDay = Math.floor(from / DAY_MINUTES);
  for (let day = firstDay; day < firstDay + SEARCHED_DAYS && day * DAY_MINUTES < until; day++) {
    if (!isNamedDay(pattern, day)) continue;
    for (const hour of pattern.hours) {
      const minute = findMinute(pattern, day * DAY_MINUTES + hour * 60, from);
      if (minute !== undefined) return minute < until ? minute : undefined;
    }
  }
  return undefined;
}

function findMinute({ minutes }: CronPattern, hourStart: number, from: number): number | undefined {
  for (let minute = Math.max(0, from - hourStart); minute < 60; minute++) {
    if (minutes.has(minute)) return hourStart + minute;
  }
  return undefined;
}

function isNamedDay(pattern: CronPattern, day: number): boolean {
  const { month, dayOfMonth } = dateOf(day);
  if (!pattern.months.has(month)) return false;
  const isDay = pattern.days.has(dayOfMonth);
  // 1970-01-01 was a Thursday.
  const isWeekday = pattern.weekdays.has((((day + 4) % 7) + 7) % 7);
  return pattern.isEitherDay ? isDay || isWeekday : isDay && isWeekday;
}

/** Days since 1970-01-01 as a date. @source Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days */
function dateOf(day: number): { readonly month: number; readonly dayOfMonth: number } {
  const shifted = day + 719_468;
  const dayOfEra = shifted - Math.floor(shifted / 146_097) * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  return { month: monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9, dayOfMonth };
}
