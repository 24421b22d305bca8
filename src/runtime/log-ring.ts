import { type Clock, escapeForTerminal } from "../base/index.ts";
import type { ChildLine } from "./guest-process.ts";
import type { GuestLogLine } from "./port.ts";

/** The last lines of one workload, within a bound of bytes. */
export interface LogRing {
  add(line: ChildLine): GuestLogLine;
  read(after: number): readonly GuestLogLine[];
}

/** What one kept line costs besides its text. */
const LINE_COST_BYTES = 128;

/** Builds a ring of at most `limitBytes` bytes; older lines leave first. Control characters become visible. */
export function createLogRing(limitBytes: number, deps: { readonly clock: Clock }): LogRing {
  const lines: GuestLogLine[] = [];
  let held = 0;
  let sequence = 0;
  const cost = (line: GuestLogLine) => line.text.length * 2 + LINE_COST_BYTES;
  return {
    add({ level, text, requestId }) {
      const shown = escapeForTerminal(text.replaceAll("\t", "  "));
      const stream = level === "warn" || level === "error" ? "stderr" : "stdout";
      const timeMs = deps.clock.nowMs();
      const line: GuestLogLine = { sequence: ++sequence, timeMs, stream, level, requestId, text: shown };
      lines.push(line);
      held += cost(line);
      while (held > limitBytes) {
        const oldest = lines.shift();
        if (oldest === undefined) break;
        held -= cost(oldest);
      }
      return line;
    },
    read: (after) => lines.filter((line) => line.sequence > after),
  };
}
