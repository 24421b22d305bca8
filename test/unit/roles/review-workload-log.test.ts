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

const answered = { timeMs: 5, requestId: "0123456789abcdef", method: "GET", path: "/a?b", status: 200, tookMs: 3 };

async function linesOf(log: WorkloadLog): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of log.read({ isFollowing: false, signal: new AbortController().signal })) {
    lines.push(JSON.parse(new TextDecoder().decode(line)));
  }
  return lines;
}

test("an answered request is a line of the system that names method, path, status and time", async () => {
  const log = new WorkloadLog();
  log.addAnswer(answered);
  const line = { timeMs: 5, stream: "system", requestId: "0123456789abcdef", text: "GET /a?b 200 3 ms" };
  expect(await linesOf(log)).toEqual([line]);
});

test("of a long path and a long request id the log shows the beginning", async () => {
  const log = new WorkloadLog();
  log.addAnswer({ ...answered, path: `/${"p".repeat(30_000)}`, requestId: "i".repeat(30_000) });
  const text = `GET /${"p".repeat(199)} 200 3 ms`;
  expect(await linesOf(log)).toMatchObject([{ requestId: "i".repeat(200), text }]);
});

test.each([0, 1, 9, 10, 11, 20, 25])(
  "of %d lines of both kinds the newest ten are kept, in their order",
  async (count) => {
    const log = new WorkloadLog(10);
    const texts = Array.from({ length: count }, (_, at) => (at % 3 === 0 ? `line ${at}` : `GET /${at} 200 3 ms`));
    for (const [at, text] of texts.entries()) {
      if (at % 3 === 0) log.add({ timeMs: at, stream: "stdout", requestId: "", text });
      else log.addAnswer({ ...answered, path: `/${at}` });
    }
    const kept = (await linesOf(log)) as { text: string }[];
    expect(kept.map(({ text }) => text)).toEqual(texts.slice(-10));
  },
);

test("a follower is told of an answered request as it was, though its place is used again", async () => {
  const log = new WorkloadLog(2);
  const lines = log.read({ isFollowing: true, signal: AbortSignal.timeout(60_000) });
  const first = lines.next();
  log.addAnswer(answered);
  await first;
  log.addAnswer({ ...answered, path: "/one" });
  log.addAnswer({ ...answered, path: "/two" });
  const text = async () => JSON.parse(new TextDecoder().decode((await lines.next()).value ?? new Uint8Array())).text;
  expect([await text(), await text()]).toEqual(["GET /one 200 3 ms", "GET /two 200 3 ms"]);
  await lines.return(undefined);
});
