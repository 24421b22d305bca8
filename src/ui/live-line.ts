import type { Language } from "../base/index.ts";
import { formatDuration } from "./format.ts";
import { widthOf } from "./layout.ts";
import { describePace, type Pace } from "./pace.ts";
import type { Symbols } from "./symbols.ts";

/** What is known of a running step. */
export interface StepState {
  readonly title: string;
  readonly pace: Pace | undefined;
  /** What it is doing; empty when there is nothing to say. */
  readonly note: string;
  readonly elapsedMs: number;
}

const BAR_COLUMNS = 20;
const BAR_COLUMNS_MIN = 6;
const TITLE_COLUMNS_MIN = 16;
const PATIENCE_MS = 2_000;

/**
 * One line that is never wider than `columns`, 8 or more: title, bar, share, rate, time left, amount, note. What does not fit is
 * left out, the least needed first; the title is shortened in its middle last.
 */
export function composeLine(
  state: StepState,
  options: { readonly columns: number; readonly language: Language; readonly symbols: Symbols },
): string {
  const { columns, language, symbols } = options;
  const { title, pace, note, elapsedMs } = state;
  const words = pace === undefined ? undefined : describePace(pace, language);
  const waited =
    words === undefined && elapsedMs >= PATIENCE_MS ? formatDuration(Math.floor(elapsedMs / 1000) * 1000) : "";
  const share = words?.share ?? "";
  // In the order in which they are given up.
  const wanted = [note, words?.amount ?? "", words?.rate ?? "", words?.left ?? "", waited];
  const shown = new Set(wanted.map((_, index) => index));
  const parts = () => [
    share,
    ...[2, 3, 1, 4, 0].filter((index) => shown.has(index)).map((index) => wanted[index] ?? ""),
  ];
  const room = () => columns - widthOf(joined(["", ...parts()]));
  for (const index of wanted.keys()) {
    if (room() >= Math.min(widthOf(title), TITLE_COLUMNS_MIN)) break;
    shown.delete(index);
  }
  const name = shorten(title, Math.max(1, room()));
  const barColumns = Math.min(BAR_COLUMNS, room() - widthOf(name) - GAP.length);
  const bar = share === "" || barColumns < BAR_COLUMNS_MIN ? "" : drawBar(pace, barColumns, symbols);
  return joined([name, bar, ...parts()]);
}

const GAP = "  ";

function joined([first = "", ...rest]: readonly string[]): string {
  return [first, ...rest.filter((part) => part !== "")].join(GAP);
}

function drawBar(pace: Pace | undefined, columns: number, { barFull, barEmpty }: Symbols): string {
  const share = pace?.total === undefined || pace.total <= 0 ? 0 : Math.min(1, pace.done / pace.total);
  const full = Math.floor(share * columns);
  return barFull.repeat(full) + barEmpty.repeat(columns - full);
}

/** The text cut in its middle to at most `columns`. */
function shorten(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns <= ELLIPSIS.length) return cut([...text], columns);
  const room = columns - ELLIPSIS.length;
  const head = cut([...text], Math.ceil(room / 2));
  const tail = cut([...text].toReversed(), room - widthOf(head));
  return head + ELLIPSIS + [...tail].toReversed().join("");
}

const ELLIPSIS = "..";

function cut(characters: readonly string[], columns: number): string {
  let kept = "";
  for (const character of characters) {
    if (widthOf(kept + character) > columns) break;
    kept += character;
  }
  return kept;
}
