import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createHttpServer, type HttpRequest, type HttpResponse } from "../../../src/base/index.ts";
import { createSiteProxy } from "../../../src/net/index.ts";

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A node that answers so, a proxy before it, and what the proxy hands on. */
async function world(answer: RequestListener, options: Parameters<typeof createSiteProxy>[0] = {}, body?: Uint8Array) {
  const node = createServer(answer).listen(0, "127.0.0.1");
  await once(node, "listening");
  const close = async () => {
    node.closeAllConnections();
    await new Promise((resolve) => node.close(resolve));
  };
  ends.push(close);
  const { port } = node.address() as AddressInfo;
  const proxy = createSiteProxy(options);
  ends.push(() => proxy.close());
  const given: HttpResponse[] = [];
  const failures: unknown[] = [];
  const server = createHttpServer(
    { name: "front", host: "127.0.0.1", port: 0 },
    {
      routes: [],
      intercept: async (request) => {
        const target = {
          origin: `http://127.0.0.1:${port}`,
          path: request.raw.url ?? "/",
          headers: { "x-own": "1" },
          body,
        };
        try {
          const forwarded = await proxy.forward(request, target);
          given.push(forwarded);
          return forwarded;
        } catch (error) {
          failures.push(error);
          throw error;
        }
      },
    },
  );
  await server.start();
  ends.push(() => server.stop());
  return { port: server.port, given, failures, close };
}

async function ask(port: number, method = "GET", body?: string) {
  const asked = httpRequest({
    port,
    host: "127.0.0.1",
    method,
    path: "/a?b=c",
    headers: { cookie: "x=1", te: "trailers" },
  });
  asked.end(body);
  const [message] = (await once(asked, "response")) as [IncomingMessage];
  const parts: Buffer[] = [];
  for await (const part of message as AsyncIterable<Buffer>) parts.push(part);
  return { status: message.statusCode, headers: message.headers, body: Buffer.concat(parts) };
}

test("a small answer is handed on whole, its fields without those of the connection", async () => {
  const { port, given } = await world((message, response) => {
    const { cookie, te, "x-own": own, "x-forwarded-host": host } = message.headers;
    response.writeHead(201, { "set-cookie": ["a=1", "b=2"], "keep-alive": "timeout=9" });
    response.end(JSON.stringify([message.method, message.url, cookie, te ?? null, own, host !== undefined]));
  });
  const answer = await ask(port);
  expect(answer.status).toBe(201);
  expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  expect(answer.headers["keep-alive"]).not.toBe("timeout=9");
  expect(JSON.parse(String(answer.body))).toEqual(["GET", "/a?b=c", "x=1", null, "1", true]);
  expect(given[0]?.headers).not.toHaveProperty("keep-alive");
});

test("a body goes the same way, and what has no length flows through", async () => {
  const { port } = await world((message, response) => void message.pipe(response));
  const sent = "x".repeat(300_000);
  expect(String((await ask(port, "POST", sent)).body)).toBe(sent);
});

test("a large answer flows through as fast as it is read", async () => {
  const bytes = Buffer.alloc(5_000_000, 7);
  const { port, given } = await world((_message, response) => response.end(bytes));
  const answer = await ask(port);
  expect([answer.body.equals(bytes), answer.headers["content-length"]]).toEqual([true, "5000000"]);
  expect(given[0]?.body).not.toBeInstanceOf(Uint8Array);
});

test.each([
  ["HEAD", 200],
  ["GET", 304],
  ["GET", 204],
])("%s with status %d has no body", async (method, status) => {
  const { port } = await world((_message, response) => {
    response.writeHead(status, method === "HEAD" ? { "content-length": "1234" } : { etag: '"x"' });
    response.end();
  });
  const answer = await ask(port, method);
  expect([answer.status, answer.body.length, answer.headers["content-length"]]).toEqual([
    status,
    0,
    method === "HEAD" ? "1234" : undefined,
  ]);
});

test("an answer that breaks off is never shown as a whole one", async () => {
  const { port } = await world((_message, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write("half");
    setImmediate(() => response.destroy());
  });
  const answer = await ask(port);
  expect([answer.status, answer.headers["content-type"]]).toEqual([502, "application/problem+json"]);
});

test("a large answer that breaks off breaks off for the client too", async () => {
  const { port } = await world((_message, response) => {
    response.writeHead(200, { "content-length": "1000000" });
    response.write("half", () => response.destroy());
  });
  await expect(ask(port)).rejects.toMatchObject({ code: "ECONNRESET" });
});

test("a node that breaks off is unreachable; one that takes no connection was sent nothing", async () => {
  const { port, failures, close } = await world((message) => message.socket.destroy());
  await ask(port);
  await close();
  await ask(port);
  expect(failures).toMatchObject([
    { code: "DSDN_BASE_UNREACHABLE" },
    { code: "DSDN_NET_NODE_NOT_REACHED", facts: { reason: "ECONNREFUSED" } },
  ]);
});

test("bytes given as the body are sent in place of the request's own", async () => {
  const { port } = await world((message, response) => void message.pipe(response), {}, Buffer.from("given"));
  expect(String((await ask(port, "PUT", "taken")).body)).toBe("given");
});

test("the node hears when the client leaves", async () => {
  const arrived = Promise.withResolvers<IncomingMessage>();
  const { port } = await world((message) => arrived.resolve(message));
  const asked = httpRequest({ port, host: "127.0.0.1" });
  asked.on("error", () => {});
  asked.end();
  const message = await arrived.promise;
  const left = once(message.socket, "close");
  asked.destroy();
  await left;
});

test("fields the proxy writes itself reach the node once, whatever the client says in them", async () => {
  const seen: string[][] = [];
  const { port } = await world((message, response) => {
    seen.push(message.rawHeaders);
    response.end();
  });
  const own = { "x-own": "2", "X-Forwarded-Host": "elsewhere.test", "x-forwarded-proto": "https" };
  const asked = httpRequest({ port, host: "127.0.0.1", headers: { ...own, "x-two": ["a", "b"] } });
  asked.end();
  const [message] = (await once(asked, "response")) as [IncomingMessage];
  message.resume();
  const fields = Array.from(
    { length: (seen[0]?.length ?? 0) / 2 },
    (_, at) => seen[0]?.slice(2 * at, 2 * at + 2) ?? [],
  );
  const valuesOf = (name: string) =>
    fields.filter(([other]) => other?.toLowerCase() === name).map(([, value]) => value);
  expect(["x-own", "x-forwarded-host", "x-forwarded-proto", "x-two"].map(valuesOf)).toEqual([
    ["1"],
    [`127.0.0.1:${port}`],
    ["http"],
    ["a, b"],
  ]);
});

test("a request that is sent on again and again leaves no listener behind", async () => {
  const node = createServer((_message, response) => response.end("x")).listen(0, "127.0.0.1");
  await once(node, "listening");
  ends.push(async () => void node.close());
  const proxy = createSiteProxy();
  ends.push(() => proxy.close());
  const origin = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
  const listening = new Set<() => void>();
  const request = {
    method: "GET",
    headers: { host: "site.test" },
    onOver: (listener: () => void) => {
      listening.add(listener);
      return () => void listening.delete(listener);
    },
  } as unknown as HttpRequest;
  for (let time = 0; time < 3; time++) await proxy.forward(request, { origin, path: "/", headers: {} });
  node.closeAllConnections();
  const gone = { origin: "http://127.0.0.1:1", path: "/", headers: {} };
  await expect(proxy.forward(request, gone)).rejects.toMatchObject({ code: "DSDN_NET_NODE_NOT_REACHED" });
  expect(listening.size).toBe(0);
});
