import { expect, test } from "vitest";
import { WorkloadLog } from "../../../src/roles/node/workload-log.ts";

test("a follower that stops reading keeps no more than the newest lines of a chatty workload", async () => {
  const log = new WorkloadLog(10);
  const stop = new AbortController();
  const lines = log.read({ isFollowing: true, signal: stop.signal });
  log.add({ timeMs: 0, stream: "stdout", requestId: "", text: "first" });
  await lines.next();
  for (let at = 0; at < 1_000; at++) log.add({ timeMs: at, stream: "stdout", requestId: "", text: `line ${at}` });
  stop.abort();
  const rest: string[] = [];
  for await (const line of lines) rest.push(new TextDecoder().decode(line));
  expect(rest).toHaveLength(10);
  expect(rest.at(-1)).toContain("line 999");
});
