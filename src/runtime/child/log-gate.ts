import type { GuestLimits } from "./frames.ts";

/** Lets log text through line by line, up to the limits of one request or run. */
export interface LogGate {
  write(stream: "stdout" | "stderr", text: string): void;
  /** Ends the request: says how much was dropped and opens the gate again. */
  next(): void;
}

/** What one line costs besides its text, so that a flood of empty lines is bounded too. */
const LINE_COST_BYTES = 32;

/** Builds a gate; `pass` gets single lines of at most `logLineBytes` bytes. */
export function createLogGate(
  limits: Pick<GuestLimits, "logBytes" | "logLineBytes">,
  pass: (stream: "stdout" | "stderr", line: string) => void,
): LogGate {
  let left = limits.logBytes;
  let dropped = 0;
  return {
    write(stream, text) {
      for (const raw of text.split(/\r\n|\n|\r/)) {
        const line = cut(raw, limits.logLineBytes);
        left -= Buffer.byteLength(line) + LINE_COST_BYTES;
        if (left >= 0) pass(stream, line);
        else dropped++;
      }
    },
    next() {
      if (dropped > 0) pass("stderr", `${dropped} log lines dropped: over the limit of ${limits.logBytes} bytes`);
      left = limits.logBytes;
      dropped = 0;
    },
  };
}

function cut(text: string, limitBytes: number): string {
  if (Buffer.byteLength(text) <= limitBytes) return text;
  const bytes = Buffer.from(text).subarray(0, limitBytes - 3);
  return `${new TextDecoder().decode(bytes).replace(/\ufffd+$/, "")}...`;
}
