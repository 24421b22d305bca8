import { afterEach, beforeEach, expect, test } from "vitest";
import { createHttpServer, type HttpServer, requestHost } from "../../../src/base/index.ts";

/** Names that are given now, and those the interceptor knows: they differ while a name is being given up. */
let given: Set<string>;
let known: Set<string>;
let server: HttpServer;

beforeEach(async () => {
  given = new Set(["shop.example", "own.example"]);
  known = new Set(["shop.example"]);
  server = createHttpServer(
    {
      name: "test",
      host: "127.0.0.1",
      port: 0,
      allowedHosts: ["own.example"],
      isContentHost: (name) => given.has(name),
    },
    {
      routes: [{ method: "GET", path: "/", handle: () => ({ json: { from: "the interface" } }) }],
      intercept: async ({ host, isContentHost }) =>
        isContentHost && known.has(host) ? { body: `content of ${host}` } : undefined,
    },
  );
  await server.start();
});

afterEach(() => server.stop());

async function ask(host: string, headers: Record<string, string> = {}) {
  const { status, body } = await requestHost({
    dialUrl: server.url,
    host,
    path: "/",
    headers,
    timeoutMs: 5_000,
    maxBytes: 9_999,
  });
  return { status, text: new TextDecoder().decode(body) };
}

test("a name that comes is answered with content from any origin, and is refused at once when it goes", async () => {
  const headers = { origin: "https://elsewhere.example" };
  expect(await ask("shop.example", headers)).toEqual({ status: 200, text: "content of shop.example" });
  given.delete("shop.example");
  expect((await ask("shop.example", headers)).status).toBe(403);
  given.add("late.example");
  known.add("late.example");
  expect((await ask("late.example:8443")).text).toBe("content of late.example");
});

test("a name whose content is gone in between reaches nothing of the interface", async () => {
  known.clear();
  const { status, text } = await ask("shop.example");
  expect([status, text.includes("the interface")]).toEqual([403, false]);
});

test("a name of the service itself is no content host, whatever is said of it", async () => {
  known.add("own.example");
  expect((await ask("own.example")).text).toContain("the interface");
  expect((await ask("own.example", { origin: "https://elsewhere.example" })).status).toBe(403);
});

test("requests for several names one after the other are each judged by their own", async () => {
  const answers = [
    ["shop.example", "content of shop.example"],
    ["127.0.0.1", "the interface"],
    ["evil.example", "DSDN_BASE_REQUEST_REFUSED"],
  ];
  for (const [host = "", text = ""] of [...answers, ...answers, ...answers.toReversed()]) {
    expect((await ask(host)).text).toContain(text);
  }
});
