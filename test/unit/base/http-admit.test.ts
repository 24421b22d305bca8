import { afterEach, describe, expect, test } from "vitest";
import { createHttpServer, defineError, fail, type HttpServer } from "../../../src/base/index.ts";

const needed = defineError({
  code: "DSDN_TEST_SIGN_IN",
  kind: "user",
  exit: 17,
  httpStatus: 401,
  text: { en: "Sign in.", enHint: "Do.", id: "Masuk.", idHint: "Lakukan." },
});

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** A server that lets in `Bearer friend`, and whom it asked about. */
async function serve(token?: string) {
  const asked: (string | undefined)[] = [];
  const admit = async (authorization: string | undefined) => {
    asked.push(authorization);
    if (authorization !== "Bearer friend") throw fail(needed, {});
  };
  const handle = () => ({ json: {} });
  const server = createHttpServer(
    { name: "test", host: "127.0.0.1", port: 0, admit, ...(token === undefined ? {} : { token }) },
    {
      routes: [
        { method: "GET", path: "/read", handle },
        { method: "POST", path: "/change", handle },
        { method: "POST", path: "/open", isOpen: true, handle },
      ],
    },
  );
  servers.push(server);
  await server.start();
  const send = (method: string, path: string, authorization?: string) =>
    fetch(`${server.url}${path}`, { method, headers: authorization === undefined ? {} : { authorization } });
  return { asked, send };
}

describe("a server that asks who comes", () => {
  test("lets in whom it asked about, and says to all others that it wants a bearer", async () => {
    const { send } = await serve();
    expect((await send("POST", "/change", "Bearer friend")).status).toBe(200);
    for (const authorization of [undefined, "Bearer stranger", "Basic friend"]) {
      const answer = await send("POST", "/change", authorization);
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    }
  });

  test("asks about nobody who only reads, or comes by an open route", async () => {
    const { send, asked } = await serve();
    expect((await send("GET", "/read")).status).toBe(200);
    expect((await send("POST", "/open")).status).toBe(200);
    expect(asked).toEqual([]);
  });

  test("asks about nobody who has its own token, which goes no further", async () => {
    const { send, asked } = await serve("own");
    expect((await send("POST", "/change", "Bearer own")).status).toBe(200);
    expect(asked).toEqual([]);
    expect((await send("POST", "/change", "Bearer friend")).status).toBe(200);
    expect((await send("POST", "/change", "Bearer owl")).status).toBe(401);
  });
});
