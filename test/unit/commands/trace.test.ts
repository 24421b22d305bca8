import { expect, test } from "vitest";
import { VirtualClock } from "../../../src/base/index.ts";
import { createTrace } from "../../../src/commands/framework/trace.ts";

const result = { summary: { name: "x" }, details: {}, audit: [{ step: "own" }] };

test("a result says how it ended and how long it took, also when nothing was asked", async () => {
  const clock = new VirtualClock();
  const trace = createTrace(clock);
  await clock.advance(250);
  const { summary, details, audit } = trace.complete(result, { exitCode: 0 });
  expect({ summary, details, audit }).toEqual({
    summary: { name: "x" },
    details: { status: "done", tookMs: 250 },
    audit: [{ step: "own" }],
  });
  expect(trace.complete(result, { exitCode: 3 }).details).toMatchObject({ status: "partly done" });
});

test("each kind of question is one step with its number and times, and the newest height of the log is kept", () => {
  const trace = createTrace(new VirtualClock());
  const ask = (route: string, tookMs: number, more: { isAnswered?: boolean; height?: number } = {}) =>
    trace.observe({ route, ingressUrl: "http://a", isAnswered: true, tookMs, ...more });
  ask("GET /v1/network", 5, { height: 7 });
  ask("GET /v1/chunks/{chunk}", 10, { isAnswered: false });
  ask("GET /v1/chunks/{chunk}", 20, { height: 6 });
  const { details, audit } = trace.complete(result, { exitCode: 0 });
  expect(details).toMatchObject({
    requests: 3,
    latencyMs: 10,
    slowestMs: 20,
    references: { ingress: "http://a", logHeight: 7 },
  });
  expect(audit).toEqual([
    { step: "own" },
    { step: "ask the ingress", route: "GET /v1/network", times: 1, tookMs: 5 },
    { step: "ask the ingress", route: "GET /v1/chunks/{chunk}", times: 2, failed: 1, tookMs: 30, slowestMs: 20 },
  ]);
});

test("what a command says of itself under such a name stands", () => {
  const trace = createTrace(new VirtualClock());
  trace.observe({ route: "GET /", ingressUrl: "http://a", isAnswered: true, tookMs: 1 });
  const own = {
    ...result,
    details: { status: "durable", tookMs: 9, references: { ingress: "http://b", object: "o" } },
  };
  expect(trace.complete(own, { exitCode: 0 }).details).toMatchObject({
    status: "durable",
    tookMs: 9,
    references: { ingress: "http://b", object: "o" },
  });
});
