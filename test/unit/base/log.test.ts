import { expect, test } from "vitest";
import { createLogger, formatLogEntry, VirtualClock } from "../../../src/base/index.ts";

test("a line of the log is JSON that steers no terminal, whatever a stranger wrote into its fields", () => {
  const lines: string[] = [];
  const deps = {
    clock: new VirtualClock(),
    sink: (entry: Parameters<typeof formatLogEntry>[0]) => lines.push(formatLogEntry(entry)),
  };
  const reason = 'a\u001b[2J\u009b31m\u007f\u202e\u2028\n"b';
  createLogger({ level: "info" }, deps).warn("peer refused", { reason });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "warn", event: "peer refused", reason });
});
