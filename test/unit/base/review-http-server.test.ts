import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createHttpServer,
  createLogger,
  type HttpRequest,
  type HttpServer,
  type LogEntry,
  systemClock,
} from "../../../src/base/index.ts";

const BIG = new Uint8Array(32 * 1024 * 1024);
let server: HttpServer;
let entries: LogEntry[];
let release: () => void;
/** The client of the last answer is gone. */
let left: Promise<void>;
/** A body is being read. */
let begun: Promise<void>;
let sockets: Socket[];

beforeEach(async () => {
  entries = [];
  sockets = [];
  const held = new Promise<void>((resolve) => (release = resolve));
  let leave = () => {};
  left = new Promise<void>((resolve) => (leave = resolve));
  let begin = () => {};
  begun = new Promise<void>((resolve) => (begin = resolve));
  const give = (body: Uint8Array | AsyncIterable<Uint8Array>) => (request: HttpRequest) => {
    request.signal.addEventListener("abort", leave);
    return { body };
  };
  server = createHttpServer(
    {
      name: "test",
      host: "127.0.0.1",
      port: 0,
      maxBodiesBytes: 100_000,
      slowReaderMs: 300,
      slowSenderMs: 300,
      contentPrefix: "/d/",
    },
    {
      log: createLogger({ level: "debug" }, { clock: systemClock(), sink: (entry) => void entries.push(entry) }),
      routes: [
        { method: "GET", path: "/big", handle: give(BIG) },
        { method: "GET", path: "/stream", handle: give(bigStream()) },
        { method: "GET", path: "/private", handle: () => ({ json: {} }) },
        {
          method: "PUT",
          path: "/held",
          handle: async (request) => {
            const body = request.body();
            begin();
            const { length } = await body;
            await held;
            return { json: { length } };
          },
        },
      ],
    },
  );
  await server.start();
});

afterEach(async () => {
  release();
  for (const socket of sockets) socket.destroy();
  await server.stop();
});

async function* bigStream(): AsyncGenerator<Uint8Array> {
  for (;;) yield BIG.subarray(0, 1024 * 1024);
}

async function open(text: string): Promise<Socket> {
  const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  sockets.push(socket);
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(text);
  return socket;
}

const head = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, `Host: 127.0.0.1:${server.port}`, ...headers, "", ""].join("\r\n");

async function answerOf(socket: Socket): Promise<string> {
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return bytes.toString("latin1");
}

describe("an HTTP server among strangers", () => {
  test("cuts a refused upgrade although its client keeps its side open, and stops", async () => {
    const socket = await open(head("GET /", "Connection: Upgrade", "Upgrade: websocket"));
    expect(await answerOf(socket)).toMatch(/^HTTP\/1\.1 403/);
    await once(socket, "end");
    await server.stop();
  });

  test("stops although a client has begun no TLS on its connection", async () => {
    const options = { name: "tls", host: "127.0.0.1", port: 0, tls: { findContext: () => undefined } };
    const secure = createHttpServer(options, { routes: [] });
    await secure.start();
    const socket = connect({ port: secure.port, host: "127.0.0.1" });
    sockets.push(socket);
    const closed = once(socket.resume(), "close");
    await once(socket, "connect");
    // Its connection is known to the server once a later one was answered.
    await once(
      connect({ port: secure.port, host: "127.0.0.1" })
        .resume()
        .on("error", () => {})
        .end("no TLS"),
      "close",
    );
    await secure.stop();
    await closed;
  });

  test.each(["/big", "/stream"])("cuts a client that takes nothing of %s", async (path) => {
    const socket = await open(head(`GET ${path}`));
    await once(socket, "readable");
    // Nothing is read: only what the buffers of the system hold leaves the server.
    await left;
    expect(socket.bytesRead).toBeLessThan(BIG.length);
  });

  test("cuts a client whose body stands still, and takes one that is slow but moves", async () => {
    const still = await open(`${head("PUT /held", "Content-Length: 1000")}only this`);
    const cut = once(still.resume(), "end");
    release();
    const slow = await open(head("PUT /held", "Content-Length: 20", "Connection: close"));
    // Longer than a body may stand still, in steps that are shorter.
    let sent = 0;
    const stepping = setInterval(() => (++sent <= 20 ? slow.write("x") : clearInterval(stepping)), 30);
    expect(await answerOf(slow)).toContain('{"length":20}');
    await cut;
    expect(still.bytesRead).toBe(0);
  });

  test("takes what a client sent in time, although the whole process stood still meanwhile", async () => {
    const socket = await open(`${head("PUT /held", "Content-Length: 20", "Connection: close")}ten bytes `);
    await begun;
    // What was read of it so far has been heard of by now.
    await new Promise((resolve) => setImmediate(resolve));
    release();
    socket.write("ten bytes ");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
    expect(await answerOf(socket)).toContain('{"length":20}');
  });

  test("holds no more of all bodies than it may, and takes bodies again when the others are answered", async () => {
    const body = "x".repeat(60_000);
    const first = await open(head("PUT /held", "Content-Length: 60000") + body);
    const second = await open(head("PUT /held", "Content-Length: 60000") + body);
    const refused = await Promise.race([answerOf(first), answerOf(second)]);
    expect(refused).toMatch(/^HTTP\/1\.1 503/);
    expect(refused).toContain("DSDN_BASE_TOO_BUSY");
    release();
    const third = await open(head("PUT /held", "Content-Length: 60000", "Connection: close") + body);
    expect(await answerOf(third)).toMatch(/^HTTP\/1\.1 200/);
  });

  test("does not take a client that leaves in the middle of its body for a fault of its own", async () => {
    const socket = await open(`${head("PUT /held", "Content-Length: 1000")}only this`);
    const closed = once(socket, "close");
    socket.destroy();
    await closed;
    await server.stop();
    expect(entries.filter(({ level }) => level === "error")).toEqual([]);
  });

  test.each(["/d/.\t./private", "/d/\t../private", "/d/..\t/private", "/d/.%09./private", "/d/%2e\t%2e/private"])(
    "does not resolve %j to a path whose Origin was not judged",
    async (target) => {
      const socket = await open(head(`GET ${target}`, "Origin: http://evil.test"));
      expect(await answerOf(socket)).toMatch(/^HTTP\/1\.1 4/);
    },
  );
});
