import type { GuestLimits } from "./frames.ts";
import type { LogLevel } from "./guest.ts";

/** Lets the log text of one invocation through line by line, up to its limits. */
export interface LogGate {
  write(level: LogLevel, text: string): void;
  /** Says how much was dropped. */
  end(): void;
}

/** What one line costs besides its text, so that a flood of empty lines is bounded too. */
const LINE_COST_BYTES = 32;

/** Builds a gate; `pass` gets single lines of at most `logLineBytes` bytes. */
export function createLogGate(
  limits: Pick<GuestLimits, "logBytes" | "logLineBytes">,
  pass: (level: LogLevel, line: string) => void,
): LogGate {
  let left = limits.logBytes;
  let dropped = 0;
  return {
    write(level, text) {
      for (const raw of text.split(/\r\n|\n|\r/)) {
        const line = cut(raw, limits.logLineBytes);
        left -= Buffer.byteLength(line) + LINE_COST_BYTES;
        if (left >= 0) pass(level, line);
        else dropped++;
      }
    },
    end() {
      if (dropped > 0) pass("warn", `${dropped} log lines dropped: over the limit of ${limits.logBytes} bytes`);
      dropped = 0;
    },
  };
}

function cut(text: string, limitBytes: number): string {
  if (Buffer.byteLength(text) <= limitBytes) return text;
  const bytes = Buffer.from(text).subarray(0, limitBytes - 3);
  return `${new TextDecoder().decode(bytes).replace(/\ufffd+$/, "")}...`;
}
