import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHttpServer, defineError, docsOfError, fail, type HttpServer } from "../../../src/base/index.ts";

const TOKEN = "the-token";
const text = {
  en: "Busy for {retryAfterSeconds} s.",
  enHint: "Wait.",
  id: "Sibuk {retryAfterSeconds} dtk.",
  idHint: "Tunggu.",
} as const;
const busy = defineError({
  code: "DSDN_TEST_BUSY",
  kind: "network",
  exit: 33,
  httpStatus: 503,
  isRetryable: true,
  text,
});
let server: HttpServer;
let seen: string[];

beforeEach(async () => {
  seen = [];
  const note = (name: string) => async (request: { body(): Promise<Uint8Array> }) => {
    const bytes = await request.body();
    seen.push(name);
    return { json: { name, size: bytes.length } };
  };
  server = createHttpServer(
    { name: "test", host: "127.0.0.1", port: 0, token: TOKEN, allowedHosts: ["*.site.test"], contentPrefix: "/d/" },
    {
      routes: [
        { method: "GET", path: "/read/{name}", handle: (request) => ({ json: { name: request.params["name"] } }) },
        { method: "POST", path: "/change", maxBodyBytes: 1000, handle: note("change") },
        { method: "POST", path: "/open", isOpen: true, handle: note("open") },
        {
          method: "POST",
          path: "/json",
          isOpen: true,
          handle: async (request) => {
            const body = await request.json();
            seen.push("json");
            return { json: body };
          },
        },
        { method: "*", path: "/d/{label}/{rest*}", isOpen: true, handle: note("content") },
        {
          method: "GET",
          path: "/bug",
          handle: () => {
            throw new TypeError("a secret lies in this message");
          },
        },
        {
          method: "GET",
          path: "/busy",
          handle: () => {
            throw fail(busy, { retryAfterSeconds: 7 });
          },
        },
      ],
    },
  );
  await server.start();
});

afterEach(() => server.stop());

/** Sends the bytes as they are and gives the whole answer. */
async function raw(text: string, { isEnding = true } = {}): Promise<string> {
  const socket: Socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  let answer = "";
  socket.setEncoding("latin1").on("data", (part: string) => {
    answer += part;
  });
  socket.on("error", () => {});
  socket.write(text);
  if (isEnding) socket.end();
  await once(socket, "close");
  return answer;
}

const own = () => `127.0.0.1:${server.port}`;
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
const post = (path: string, headers: readonly string[], body = "") =>
  raw(
    [`POST ${path} HTTP/1.1`, ...headers, `Content-Length: ${body.length}`, "Connection: close", "", body].join("\r\n"),
  );
const authorised = () => [`Host: ${own()}`, `Authorization: Bearer ${TOKEN}`];

describe("before any handler runs", () => {
  test.each([
    ["a foreign host", (): string[] => ["Host: evil.test"]],
    ["two hosts", () => [`Host: ${own()}`, "Host: evil.test"]],
    ["a host that only begins like ours", () => ["Host: 127.0.0.1.evil.test"]],
    ["an empty host", () => ["Host:"]],
    ["the bare parent of our sites", () => ["Host: site.test"]],
    ["a host with credentials before it", () => [`Host: evil.test@${own()}`]],
    ["a foreign origin", () => [`Host: ${own()}`, "Origin: http://evil.test"]],
    ["a null origin", () => [`Host: ${own()}`, "Origin: null"]],
    ["our origin with another port", () => [`Host: ${own()}`, "Origin: http://127.0.0.1:1"]],
    ["our origin over TLS", () => [`Host: ${own()}`, `Origin: https://${own()}`]],
    ["a cross-site fetch", () => [`Host: ${own()}`, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"]],
  ])("%s is refused", async (_what, headers) => {
    const answer = await post("/open", headers(), "{}");
    expect(statusOf(answer)).toBeGreaterThanOrEqual(400);
    expect(statusOf(answer)).toBeLessThan(500);
    expect(seen).toEqual([]);
  });

  test("no host at all is refused", async () => {
    expect(statusOf(await post("/open", []))).toBe(400);
    expect(statusOf(await raw("POST /open HTTP/1.0\r\nContent-Length: 0\r\n\r\n"))).toBe(403);
    expect(seen).toEqual([]);
  });

  test.each([
    ["no token", (): string[] => []],
    ["an empty token", () => ["Authorization: Bearer "]],
    ["a wrong token", () => ["Authorization: Bearer the-tokem"]],
    ["a longer token", () => [`Authorization: Bearer ${TOKEN}x`]],
    ["another scheme", () => [`Authorization: Basic ${TOKEN}`]],
  ])("a change with %s is refused", async (_what, headers) => {
    expect(statusOf(await post("/change", [`Host: ${own()}`, ...headers()]))).toBe(403);
    expect(seen).toEqual([]);
  });

  test("a change with the token from our own origin is taken", async () => {
    expect(statusOf(await post("/change", [...authorised(), `Origin: http://${own()}`], "x"))).toBe(200);
    expect(seen).toEqual(["change"]);
  });
});

describe("paths", () => {
  test.each([
    "/read/..%2fchange",
    "/read/%2e%2e",
    "/read/..",
    "/read/%00",
    "/read/%c0%ae%c0%ae",
    "/read/a%5cb",
    "/read/a\\b",
    "/read/%",
    "/d/../change",
    "/d/%2e%2e/open",
    "/d/x/%2E./%2e%2e/open",
    "//evil.test/read/x",
    "http://evil.test/read/x",
  ])("%s reaches no handler", async (path) => {
    for (const method of ["GET", "POST"]) {
      const head = [`${method} ${path} HTTP/1.1`, ...authorised(), "Content-Length: 0", "Connection: close"];
      const status = statusOf(await raw([...head, "", ""].join("\r\n")));
      expect([400, 403, 404]).toContain(status);
    }
    expect(seen).toEqual([]);
  });

  test("double encoding is decoded once", async () => {
    const answer = await raw(`GET /read/%252e%252e HTTP/1.1\r\nHost: ${own()}\r\nConnection: close\r\n\r\n`);
    expect(answer).toContain('{"name":"%2e%2e"}');
  });

  test("below the content prefix any origin is heard, because pages there have one of their own", async () => {
    expect(statusOf(await post("/d/label/x", [`Host: ${own()}`, "Origin: http://label.site.test"]))).toBe(200);
  });
});

describe("bodies", () => {
  test("JSON is taken as JSON only: a form of another page cannot send it", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]) {
      const answer = await post("/json", [`Host: ${own()}`, `Content-Type: ${type}`], "{}");
      expect(statusOf(answer)).toBe(400);
    }
    expect(statusOf(await post("/json", [`Host: ${own()}`], "{}"))).toBe(400);
    expect(seen).toEqual([]);
    expect(statusOf(await post("/json", [`Host: ${own()}`, "Content-Type: application/json"], "{}"))).toBe(200);
  });

  test("longer than the route allows are refused, announced or not", async () => {
    expect(statusOf(await post("/change", authorised(), "x".repeat(1001)))).toBe(413);
    const chunked = [
      "POST /change HTTP/1.1",
      ...authorised(),
      "Transfer-Encoding: chunked",
      "Connection: close",
      "",
      "3e9",
      "x".repeat(1001),
      "0",
      "",
      "",
    ];
    expect(statusOf(await raw(chunked.join("\r\n"), { isEnding: false }))).toBe(413);
    expect(seen).toEqual([]);
  });

  test.each([
    ["a length and chunks", ["Content-Length: 3", "Transfer-Encoding: chunked"], "0\r\n\r\n"],
    ["two lengths", ["Content-Length: 3", "Content-Length: 4"], "abc"],
    ["a negative length", ["Content-Length: -1"], ""],
    ["a chunk size that overflows", ["Transfer-Encoding: chunked"], "fffffffffffffffff\r\nabc\r\n0\r\n\r\n"],
    ["an unknown coding", ["Transfer-Encoding: gzip, chunked, identity"], "0\r\n\r\n"],
  ])("with %s reach no handler", async (_what, headers, body) => {
    const answer = await raw(["POST /change HTTP/1.1", ...authorised(), ...headers, "", body].join("\r\n"));
    expect(statusOf(answer)).toBe(400);
    expect(seen).toEqual([]);
  });

  test("that end early are no bodies", async () => {
    await raw(["POST /change HTTP/1.1", ...authorised(), "Content-Length: 10", "", "abc"].join("\r\n"));
    expect(seen).toEqual([]);
  });

  test("headers larger than 32 KiB are refused", async () => {
    const answer = await post("/open", [`Host: ${own()}`, `X-Large: ${"x".repeat(40_000)}`]);
    expect(statusOf(answer)).toBe(431);
    expect(seen).toEqual([]);
  });
});

describe("answers", () => {
  test("to a fault of ours hold no stack and no message of the fault", async () => {
    const answer = await raw(`GET /bug HTTP/1.1\r\nHost: ${own()}\r\nConnection: close\r\n\r\n`);
    expect(statusOf(answer)).toBe(500);
    expect(answer).toContain("application/problem+json");
    expect(answer).not.toContain("secret");
    expect(answer).not.toContain(".ts:");
  });

  test("to a fault are worded for whoever asks, with both languages and the page that explains it", async () => {
    const ask = async (field: string) => {
      const answer = await raw(`GET /busy HTTP/1.1\r\nHost: ${own()}\r\n${field}Connection: close\r\n\r\n`);
      return JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1));
    };
    const both = {
      code: "DSDN_TEST_BUSY",
      message_en: "Busy for 7 s.",
      message_id: "Sibuk 7 dtk.",
      suggestion_en: "Wait.",
      suggestion_id: "Tunggu.",
      exitCode: 33,
      facts: { retryAfterSeconds: 7 },
      causes: [],
    };
    expect(await ask("")).toMatchObject({ ...both, message: "Busy for 7 s.", docs_link: docsOfError(busy.code, "en") });
    expect(await ask("Accept-Language: id-ID, en;q=0.5\r\n")).toMatchObject({
      ...both,
      message: "Sibuk 7 dtk.",
      hint: "Tunggu.",
      docs_link: docsOfError(busy.code, "id"),
    });
  });

  test("tell browsers not to guess the content type", async () => {
    const answer = await raw(`GET /read/x HTTP/1.1\r\nHost: ${own()}\r\nConnection: close\r\n\r\n`);
    expect(answer.toLowerCase()).toContain("x-content-type-options: nosniff");
  });

  test("to an unasked WebSocket refuse it", async () => {
    const head = ["GET /read/x HTTP/1.1", `Host: ${own()}`, "Connection: Upgrade", "Upgrade: websocket"];
    expect(statusOf(await raw([...head, "", ""].join("\r\n")))).toBe(403);
  });
});

test("two servers on one port: the second says which port is taken", async () => {
  const second = createHttpServer({ name: "second", host: "127.0.0.1", port: server.port }, { routes: [] });
  await expect(second.start()).rejects.toMatchObject({ code: "DSDN_BASE_PORT_TAKEN", facts: { port: server.port } });
});

test("an error of a server that is busy says when to try again", async () => {
  const response = await fetch(`http://${own()}/busy`);
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "7"]);
});
