/** A component that calls out by `wasi:http/outgoing-handler`: to hosts it was granted, by the rules every program has. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromUtf8, systemClock, toUtf8 } from "../../../src/base/index.ts";
import { createRuntimes, type WorkloadHandle } from "../../../src/runtime/index.ts";
import type { OutboundNetwork } from "../../../src/runtime/outbound/network.ts";
import { get } from "./packages.ts";
import { wasmPackage } from "./wasm-modules.ts";

const service = new Uint8Array(readFileSync(new URL("fixtures/http-component.wasm", import.meta.url)));
const seen: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  const { method = "", url = "", headers } = request;
  seen.push({ method, url, headers, body });
  if (url === "/never") return;
  if (url === "/away") response.writeHead(302, { location: "http://other.test/" }).end();
  else if (url === "/large") response.end("x".repeat(300 * 1024));
  else response.writeHead(203, { "x-kind": "answer" }).end(`at ${url}`);
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));

/** Public names lead to our server. */
const network: OutboundNetwork = {
  resolve: async (host) => (host === "inward.test" ? ["127.0.0.1"] : ["93.184.215.14"]),
  connect: () => connect((server.address() as AddressInfo).port, "127.0.0.1"),
};
const runtime = createRuntimes({}, { clock: systemClock(), network });
let handle: WorkloadHandle;

beforeAll(async () => {
  const program = wasmPackage(service, { kind: "component", mode: "service" });
  const grants = { hosts: ["api.test", "inward.test"], objects: [] };
  handle = await runtime.load({ ...program, spec: { ...program.spec, grants } });
});
afterAll(async () => {
  await runtime.close();
  server.closeAllConnections();
  server.close();
});

async function ask(path: string, body = ""): Promise<string> {
  const answer = await runtime.call(handle, get(path, { method: "POST", body: toUtf8(body) }));
  return fromUtf8(answer.body).trim();
}

test("sends what it wrote and reads the whole answer", async () => {
  const large = "é".repeat(50_000);
  expect(await ask("/fetch?POST,http,api.test,/things?n=1", large)).toBe("203 answer at /things?n=1");
  expect(seen.at(-1)).toMatchObject({ method: "POST", url: "/things?n=1", body: large });
  expect(seen.at(-1)?.headers).toMatchObject({ host: "api.test", "x-asked-by": "a component" });
});

test("can be asked by many at the same time", async () => {
  const paths = Array.from({ length: 12 }, (_, at) => `/${at}`);
  const answers = await Promise.all(paths.map((path) => ask(`/fetch?GET,http,api.test,${path}`)));
  expect(answers).toEqual(paths.map((path) => `203 answer at ${path}`));
});

test("follows no redirect by itself", async () => {
  expect(await ask("/fetch?GET,http,api.test,/away")).toBe("302");
});

test.each([
  ["a host it was not granted", "GET,http,other.test,/", "HttpRequestDenied"],
  ["a granted name that leads inwards", "GET,http,inward.test,/", "HttpRequestDenied"],
  ["another port", "GET,http,api.test:22,/", "HttpRequestDenied"],
  ["a method that opens tunnels", "CONNECT,http,api.test,/", "HttpRequestDenied"],
  ["another scheme", "GET,ftp,api.test,/", "HttpRequestUriInvalid"],
  ["credentials in the address", "GET,http,me:secret@other.test,/", "HttpRequestDenied"],
  ["a path that is another host", "GET,http,api.test@other.test,/", "HttpRequestDenied"],
  ["an answer over its bound", "GET,http,api.test,/large", "InternalError"],
])("%s is refused, and the component goes on", async (_what, target, code) => {
  expect(await ask(`/fetch?${target}`)).toContain(code);
});

test("a body that was not finished goes nowhere, and the 65th request of one request is refused", async () => {
  const before = seen.length;
  expect(await ask("/unfinished")).toContain("InternalError");
  expect(await ask("/many")).toBe("1 refused");
  expect(seen.length).toBe(before);
});

test("an answer that never comes costs the component its time and nobody else's", async () => {
  const program = wasmPackage(service, { kind: "component", mode: "service", limits: { timeMs: 3_000 } });
  const grants = { hosts: ["api.test"], objects: [] };
  const short = await runtime.load({ ...program, workload: "short", spec: { ...program.spec, grants } });
  const waiting = runtime.call(short, get("/fetch?GET,http,api.test,/never", { method: "POST" }));
  // The request to the outside has the same time as the one that makes it: either may end first.
  const outcome = await waiting.then(
    ({ body }) => fromUtf8(body),
    (error: { code: string }) => error.code,
  );
  expect(outcome).toMatch(/^(DSDN_RUNTIME_TIME_LIMIT$|failed .*InternalError)/);
  expect(await ask("/fetch?GET,http,api.test,/after")).toBe("203 answer at /after");
  const next = await runtime.call(short, get("/hello"));
  expect(next.status).toBe(200);
  await runtime.stop(short);
});
