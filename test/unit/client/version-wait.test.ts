import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type VersionLook, type VersionTarget, waitForVersion } from "../../../src/client/index.ts";
import { WORKLOAD_HEADER } from "../../../src/protocol/index.ts";

type Wanted = VersionTarget["wanted"];
const row = (facts: object) => ({ reason: "", node: null, attempts: 0, placement: null, ...facts }) as never;

/** Waits for a version whose row changes with time; asking for a change of it, and sleeping, are what makes time pass. */
async function wait(
  wanted: Wanted,
  rowAt: (nowMs: number) => { readonly status: string } | undefined,
  {
    noNodeMs,
    preview,
    ingressUrl = "http://127.0.0.1:1",
  }: { noNodeMs?: number; preview?: string; ingressUrl?: string } = {},
) {
  let nowMs = 0;
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after: () => () => {},
    sleep: async (forMs: number) => {
      nowMs += forMs;
    },
  };
  const looks: VersionLook[] = [];
  const seenBefore: (string | undefined)[] = [];
  let lookups = 0;
  const deployments = {
    workloadAfter: async (_: string, seen: string | undefined, { waitMs }: { waitMs: number }) => {
      seenBefore.push(seen);
      for (const endMs = nowMs + waitMs; rowAt(nowMs)?.status === seen && nowMs < endMs; ) nowMs += 100;
      return rowAt(nowMs) as never;
    },
    get: async () => {
      lookups++;
      return { url: "http://shop.localhost/", fallbackUrl: "http://localhost/d/shop/", label: "shop" } as never;
    },
  };
  const outcome = await waitForVersion(
    { deployments, ingressUrl, clock },
    { name: "shop", workload: "w", wanted, preview },
    { noNodeMs, onLook: (look) => looks.push(look) },
  );
  return { outcome, looks, seenBefore, lookups, tookMs: nowMs };
}

/** An ingress behind which a version answers; `versions` are those that answered one after the other, the last for good. */
async function serve(versions: readonly (string | undefined)[]) {
  const hosts: string[] = [];
  const server = createServer((message, response) => {
    const version = versions[Math.min(hosts.push(String(message.headers.host)), versions.length) - 1];
    response
      .writeHead(version === undefined ? 503 : 200, version === undefined ? {} : { [WORKLOAD_HEADER]: version })
      .end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { ingressUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hosts };
}

describe("the wait for a version", () => {
  test("ends when it runs or has finished, told of each look before", async () => {
    const story = (nowMs: number) =>
      nowMs < 500 ? undefined : row({ status: nowMs < 2_500 ? "approved" : nowMs < 4_000 ? "running" : "finished" });
    const running = await wait("running", story);
    expect(running.outcome).toMatchObject({ kind: "there", row: { status: "running" }, site: undefined });
    expect(running.looks.map((look) => look.row?.status)).toEqual(["approved", "approved"]);
    expect(running.seenBefore).toEqual([undefined, "approved", "approved"]);
    expect((await wait("finished", story)).outcome).toMatchObject({ kind: "there", row: { status: "finished" } });
  });

  test.each(["refused", "failed", "cancelled"] as const)(
    "ends at once when it was %s, with the bare reason",
    async (kind) => {
      const { outcome, looks } = await wait("answering", () => row({ status: kind, reason: "exit code 1. \n" }));
      expect(outcome).toEqual({ kind, reason: "exit code 1" });
      expect(looks).toEqual([]);
    },
  );

  test("ends late after two minutes for what answers or runs, after thirty for a script", async () => {
    const stuck = () => row({ status: "approved" });
    for (const [wanted, seconds] of [
      ["answering", 120],
      ["running", 120],
      ["finished", 1_800],
    ] as const) {
      const { outcome, tookMs } = await wait(wanted, stuck);
      expect(outcome).toMatchObject({ kind: "late", seconds, row: { status: "approved" } });
      expect(tookMs / 1000).toBeCloseTo(seconds, -1);
    }
    expect((await wait("running", () => undefined)).outcome).toEqual({ kind: "late", seconds: 120, row: undefined });
  });

  test("gives up what no node can take only where a time for that was given", async () => {
    const unplaced = () => row({ status: "approved", placement: { total: 1, suitable: 0, refused: [] } });
    const { outcome, tookMs } = await wait("running", unplaced, { noNodeMs: 15_000 });
    expect(outcome).toMatchObject({ kind: "unplaced", seconds: 15, row: { placement: { suitable: 0 } } });
    expect(tookMs).toBeLessThan(17_000);
    expect((await wait("running", unplaced)).outcome).toMatchObject({ kind: "late", seconds: 120 });
  });

  test("asks the address until this very version answers, and looks the address up once", async () => {
    const { ingressUrl, hosts } = await serve([undefined, "older", "w"]);
    const { outcome, looks, lookups } = await wait("answering", () => row({ status: "assigned" }), { ingressUrl });
    expect(outcome).toMatchObject({
      kind: "there",
      site: { url: "http://shop.localhost/", fallbackUrl: "http://localhost/d/shop/", answer: { status: 200 } },
    });
    expect(looks.map(({ site }) => site?.answer.status)).toEqual([503, 200]);
    expect([hosts, lookups]).toEqual([Array(3).fill("shop.localhost"), 1]);
  });

  test("asks the address of the preview it was deployed as", async () => {
    const { ingressUrl, hosts } = await serve(["w"]);
    const { outcome } = await wait("answering", () => row({ status: "running" }), { ingressUrl, preview: "next" });
    expect(outcome).toMatchObject({ kind: "there", site: { fallbackUrl: "http://localhost/d/next--shop/" } });
    expect(hosts).toEqual(["next--shop.localhost"]);
  });
});
