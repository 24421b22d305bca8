import { afterEach, expect, test } from "vitest";
import { createHttpServer, type HttpResponse, type HttpServer } from "../../../src/base/index.ts";

let server: HttpServer | undefined;

afterEach(() => server?.stop());

async function serve(answer: HttpResponse): Promise<string> {
  const route = { method: "GET", path: "/", handle: () => answer } as const;
  server = createHttpServer({ name: "test", host: "127.0.0.1", port: 0 }, { routes: [route] });
  await server.start();
  return server.url;
}

const fields = {
  "x-content-type-options": "nosniff",
  "content-type": "text/plain",
  "content-length": 5,
  "set-cookie": ["a=1", "b=2"],
} as const;

test.each([
  ["frozen", Object.freeze({ ...fields })],
  ["not frozen", { ...fields }],
])("fields that are %s are written as they are, however often they are sent", async (_what, headers) => {
  const url = await serve({ headers, body: new TextEncoder().encode("hello") });
  for (let time = 0; time < 3; time++) {
    const answer = await fetch(url);
    expect(await answer.text()).toBe("hello");
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(answer.headers.get("content-length")).toBe("5");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("frozen fields that are not complete are completed", async () => {
  const answer = await fetch(await serve({ headers: Object.freeze({ "x-own": "1" }), body: "hello" }));
  const { headers } = answer;
  expect([headers.get("x-own"), headers.get("content-length")]).toEqual(["1", "5"]);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test("bytes of every value come out as they went in, below and above the size that is joined with the head", async () => {
  for (const size of [256, 64 * 1024]) {
    const body = Uint8Array.from({ length: size }, (_, index) => index % 256);
    const answer = await fetch(await serve({ body }));
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(body);
    await server?.stop();
  }
});
