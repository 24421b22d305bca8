import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createHttpClient, DsdnError } from "../../../src/base/index.ts";
import { findFreePorts } from "../../free-ports.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(stopAll);

async function stopAll(): Promise<void> {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function serve(answer: Answer) {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    client: createHttpClient({ name: "The service", url: `http://127.0.0.1:${port}`, token: "t0" }),
  };
}

async function faultOf(work: Promise<unknown>): Promise<DsdnError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof DsdnError) return error;
  throw new Error("no DsdnError", { cause: error });
}

test("method, path, token, fields and body reach the service as they were given", async () => {
  const { client } = await serve(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { authorization, "x-a": field, "content-type": type } = request.headers;
    response.end(
      JSON.stringify([request.method, request.url, authorization, field, type, Buffer.concat(parts).toString()]),
    );
  });
  expect(await client.json("/a%20b?c=%2F", { method: "POST", json: { d: 1 }, headers: { "x-a": "b" } })).toEqual([
    "POST",
    "/a%20b?c=%2F",
    "Bearer t0",
    "b",
    "application/json",
    '{"d":1}',
  ]);
  expect(await client.json("/", { method: "PUT", body: new Uint8Array([104, 105]) })).toEqual([
    "PUT",
    "/",
    "Bearer t0",
    null,
    null,
    "hi",
  ]);
});

test("bodies of many parts arrive whole in both directions, with and without a stated length", async () => {
  const body = new Uint8Array(3 * 1024 * 1024).map((_, index) => index % 251);
  const { client } = await serve((request, response) => {
    if (request.url === "/stated") response.setHeader("content-length", request.headers["content-length"] ?? "0");
    request.pipe(response);
  });
  for (const path of ["/stated", "/chunked"]) {
    const answer = await client.send(path, { method: "PUT", body });
    expect(Buffer.compare(answer.body, body)).toBe(0);
  }
});

test("the bytes of a large body are counted as the service takes them, those of an answer as they come", async () => {
  const body = new Uint8Array(24 * 1024 * 1024 + 7).map((_, index) => index % 251);
  const mayRead = Promise.withResolvers<void>();
  const { client } = await serve(async (request, response) => {
    await mayRead.promise;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { "content-length": stated, "transfer-encoding": encoding = "none" } = request.headers;
    response.setHeader("x-body", `${stated} ${encoding}`).setHeader("content-length", body.length);
    response.end(Buffer.concat(parts));
  });
  const sent: number[] = [];
  const received: number[] = [];
  const begun = Promise.withResolvers<void>();
  const onSent = (bytes: number) => {
    sent.push(bytes);
    begun.resolve();
  };
  const onReceived = (bytes: number) => void received.push(bytes);
  const answering = client.send("/", { method: "PUT", body, maxBytes: body.length, onSent, onReceived });
  await begun.promise;
  expect([sent.length > 0, (sent.at(-1) ?? 0) < body.length, received]).toEqual([true, true, []]);
  mayRead.resolve();
  const answer = await answering;
  expect(answer.headers["x-body"]).toBe(`${body.length} none`);
  expect(Buffer.compare(answer.body, body)).toBe(0);
  for (const told of [sent, received]) {
    expect(told.length).toBeGreaterThan(20);
    expect(told).toEqual(told.toSorted((left, right) => left - right));
    expect(told.at(-1)).toBe(body.length);
  }
});

test("a service that answers before it read the body, or breaks off, is heard all the same", async () => {
  const body = new Uint8Array(24 * 1024 * 1024);
  const { client } = await serve((request, response) => {
    if (request.url === "/cut") request.socket.destroy();
    else response.writeHead(413, { connection: "close" }).end("{}");
  });
  const onSent = () => {};
  const call = { method: "PUT", body, onSent } as const;
  expect((await faultOf(client.send("/cut", call))).code).toBe("DSDN_BASE_UNREACHABLE");
  const { code } = await faultOf(client.send("/", call));
  expect(["DSDN_BASE_BAD_ANSWER", "DSDN_BASE_UNREACHABLE"]).toContain(code);
});

test("where only standing still counts, a slow way may take longer than that, and a dead one may not", async () => {
  const { client } = await serve((request, response) => {
    if (request.url === "/dead") return;
    // A part each tenth of a second, fifteen of them.
    let parts = 0;
    const timer = setInterval(() => {
      if (++parts <= 15) return void response.write("part");
      clearInterval(timer);
      response.end();
    }, 100);
  });
  expect((await client.send("/slow", { stallMs: 1_000 })).body).toHaveLength(60);
  const fault = await faultOf(client.send("/dead", { stallMs: 100 }));
  expect([fault.code, fault.facts["reason"]]).toEqual(["DSDN_BASE_UNREACHABLE", "ETIMEDOUT"]);
});

test("a large body on its way counts as movement", async () => {
  const body = new Uint8Array(64 * 1024 * 1024);
  const { client } = await serve((request, response) => {
    // Read in gulps, a tenth of a second apart; the system holds what fits in between.
    let sizeBytes = 0;
    request.on("data", (part: Buffer) => {
      const before = sizeBytes;
      sizeBytes += part.length;
      if (Math.floor(before / 4_194_304) === Math.floor(sizeBytes / 4_194_304)) return;
      request.pause();
      setTimeout(() => request.resume(), 100);
    });
    request.on("end", () => response.end("{}"));
  });
  const startMs = performance.now();
  await client.send("/", { method: "PUT", body, stallMs: 1_000 });
  expect(performance.now() - startMs).toBeGreaterThan(1_200);
});

test("what came while the whole process stood still counts as movement", async () => {
  let goOn = (): void => {};
  const { client } = await serve((_, response) => {
    response.write("one");
    goOn = () => response.end("two");
  });
  const texts: string[] = [];
  for await (const part of (await client.open("/", { stallMs: 1_000 })).body) {
    texts.push(Buffer.from(part).toString());
    if (texts.length > 1) continue;
    goOn();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_200);
  }
  expect(texts).toEqual(["one", "two"]);
});

test("one connection serves one request after the other", async () => {
  const { client, server } = await serve((_, response) => response.end("{}"));
  let connections = 0;
  server.on("connection", () => connections++);
  for (let index = 0; index < 5; index++) await client.json("/");
  expect(connections).toBe(1);
});

test("an answer longer than asked for is refused, whether its length is stated or not", async () => {
  const { client } = await serve((request, response) => {
    if (request.url === "/stated") response.setHeader("content-length", 2000);
    response.write("x".repeat(1000));
    response.end("x".repeat(1000));
  });
  for (const path of ["/stated", "/chunked"]) {
    const error = await faultOf(client.send(path, { maxBytes: 1999 }));
    expect(error.code).toBe("DSDN_BASE_BAD_ANSWER");
    expect((await client.send(path, { maxBytes: 2000 })).body).toHaveLength(2000);
  }
});

test("a redirect is an error and is not followed", async () => {
  const asked: (string | undefined)[] = [];
  const { client } = await serve((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: "/elsewhere" }).end();
  });
  expect((await faultOf(client.send("/here"))).code).toBe("DSDN_BASE_BAD_ANSWER");
  expect(asked).toEqual(["/here"]);
});

test("a caller's abort ends the wait for an answer, and for the rest of one, with its own reason", async () => {
  const { client } = await serve((request, response) => {
    if (request.url === "/half") response.write("half");
  });
  for (const path of ["/never", "/half"]) {
    const controller = new AbortController();
    const reason = new Error("enough");
    const sending = client.send(path, { signal: controller.signal });
    controller.abort(reason);
    await expect(sending).rejects.toBe(reason);
  }
});

test("an answer that does not come in time, breaks off, or is no HTTP, says why by its code", async () => {
  const { client } = await serve((request, response) => {
    if (request.url === "/broken") {
      response.setHeader("content-length", 10);
      response.write("half");
      setImmediate(() => request.socket.destroy());
    }
    if (request.url === "/odd") request.socket.end("nonsense\r\n\r\n");
  });
  const late = await faultOf(client.send("/never", { timeoutMs: 20 }));
  expect([late.code, late.facts["reason"]]).toEqual(["DSDN_BASE_UNREACHABLE", "ETIMEDOUT"]);
  const broken = await faultOf(client.send("/broken"));
  expect([broken.code, broken.facts["reason"]]).toEqual(["DSDN_BASE_UNREACHABLE", "ECONNRESET"]);
  expect((await faultOf(client.send("/odd"))).code).toBe("DSDN_BASE_UNREACHABLE");
  const nobody = createHttpClient({ name: "Nobody", url: `http://127.0.0.1:${await findFreePorts(1)}` });
  const refused = await faultOf(nobody.send("/"));
  expect([refused.code, refused.facts["reason"]]).toEqual(["DSDN_BASE_UNREACHABLE", "ECONNREFUSED"]);
});

test("a stream is handed on while it comes", async () => {
  let finish = (): void => {};
  const { client } = await serve((_, response) => {
    response.write("one");
    finish = () => response.end("two");
  });
  const texts: string[] = [];
  for await (const part of (await client.open("/")).body) {
    texts.push(Buffer.from(part).toString());
    finish();
  }
  expect(texts).toEqual(["one", "two"]);
});
