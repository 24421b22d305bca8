import type { Clock } from "./clock.ts";
import { escapeForTerminal } from "./error-spec.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = { readonly [name: string]: string | number | boolean | undefined };

/** Structured log of one part of the system. Fields never hold keys, tokens, shares or plaintext. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same log with these fields on every line. */
  child(fields: LogFields): Logger;
}

/** One finished line: {timeMs, level, event, ...fields}. */
export interface LogEntry {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

const ORDER: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A logger that hands every entry at or above `level` to `sink`. */
export function createLogger(
  options: { level: LogLevel },
  deps: { clock: Clock; sink: (entry: LogEntry) => void },
): Logger {
  const floor = ORDER.indexOf(options.level);
  const build = (base: LogFields): Logger => {
    const write = (level: LogLevel) => (event: string, fields?: LogFields) => {
      if (ORDER.indexOf(level) < floor) return;
      deps.sink({ timeMs: deps.clock.nowMs(), level, event, fields: { ...base, ...fields } });
    };
    return {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      child: (fields) => build({ ...base, ...fields }),
    };
  };
  return build({});
}

/** The entry as one JSON line, without the line feed; what could steer a terminal is written as JSON's own escape. */
export function formatLogEntry(entry: LogEntry): string {
  const { timeMs, level, event, fields } = entry;
  return escapeForTerminal(JSON.stringify({ time: new Date(timeMs).toISOString(), level, event, ...fields }));
}

/** A logger that keeps nothing. */
export function silentLogger(): Logger {
  const nothing = () => {};
  const logger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => logger };
  return logger;
}
