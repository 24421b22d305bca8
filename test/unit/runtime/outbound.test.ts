import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromUtf8, systemClock } from "../../../src/base/index.ts";
import { createQuickjsRuntime } from "../../../src/runtime/index.ts";
import { fetchOutside, type OutboundRequest } from "../../../src/runtime/outbound/fetch-outside.ts";
import type { OutboundNetwork } from "../../../src/runtime/outbound/network.ts";
import { isPublicAddress } from "../../../src/runtime/outbound/public-address.ts";
import { get, packageOf } from "./packages.ts";

const PUBLIC = "93.184.216.34";
const seen: { host: string; method: string; url: string; headers: IncomingMessage["headers"]; body: string }[] = [];
const connected: string[] = [];
let names: Record<string, readonly string[]> = {};
let resolved = 0;

function respond(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "";
  const [, status, location] = /^\/to\/(\d+)\/(.*)$/.exec(path) ?? [];
  if (status !== undefined) response.writeHead(Number(status), { location: decodeURIComponent(location ?? "") }).end();
  else if (path === "/gzip") response.setHeader("content-encoding", "gzip").end(gzipSync("packed"));
  else if (path === "/bomb") response.setHeader("content-encoding", "gzip").end(gzipSync(new Uint8Array(4 << 20)));
  else if (path === "/large") response.end(new Uint8Array(300 * 1024));
  else if (path === "/cut") response.writeHead(200, { "content-length": "9" }).write("x", () => response.destroy());
  else if (path !== "/never") response.setHeader("x-seen", "yes").end(`at ${path}`);
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const { host = "" } = request.headers;
    const body = Buffer.concat(parts).toString();
    seen.push({ host, method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
    respond(request, response);
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Every name is where `names` says, and every public address is our server. */
const network: OutboundNetwork = {
  async resolve(host) {
    resolved++;
    return names[host] ?? Promise.reject(new Error("not found"));
  },
  connect(address, port) {
    connected.push(`${address}:${port}`);
    return connect((server.address() as AddressInfo).port, "127.0.0.1");
  },
};

function ask(url: string, init: Partial<OutboundRequest> & { timeoutMs?: number; signal?: AbortSignal } = {}) {
  names = {
    "api.test": [PUBLIC],
    "other.test": [PUBLIC],
    "inward.test": ["127.0.0.1"],
    "mixed.test": [PUBLIC, "10.0.0.1"],
    ...names,
  };
  const { timeoutMs = 5000, signal = new AbortController().signal, ...rest } = init;
  const request: OutboundRequest = {
    method: "GET",
    url,
    headers: [],
    body: new Uint8Array(0),
    redirect: "follow",
    ...rest,
  };
  const hosts = [
    "api.test",
    "other.test",
    "inward.test",
    "mixed.test",
    "flip.test",
    "127.0.0.1",
    "[::1]",
    "169.254.169.254",
    "gone.test",
  ];
  return fetchOutside(
    request,
    { hosts, responseBytes: 256 * 1024, timeoutMs },
    { network, clock: systemClock() },
    signal,
  );
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "answered",
    (error: { code: string; facts: { reason: string } }) => `${error.code} ${error.facts.reason}`,
  );

test.each([
  ["93.184.216.34", true],
  ["2606:4700::1111", true],
  ["127.0.0.1", false],
  ["127.1", false],
  ["2130706433", false],
  ["0x7f000001", false],
  ["0177.0.0.1", false],
  ["010.0.0.1", false],
  ["0.0.0.0", false],
  ["10.1.2.3", false],
  ["172.16.0.1", false],
  ["192.168.1.1", false],
  ["100.64.0.1", false],
  ["169.254.169.254", false],
  ["192.0.2.1", false],
  ["198.18.0.1", false],
  ["224.0.0.1", false],
  ["240.0.0.1", false],
  ["255.255.255.255", false],
  ["::", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
  ["::ffff:93.184.216.34", false],
  ["::127.0.0.1", false],
  ["64:ff9b::7f00:1", false],
  ["2002:7f00:1::", false],
  ["2001::1", false],
  ["2001:db8::1", false],
  ["fe80::1", false],
  ["fe80::1%eth0", false],
  ["fc00::1", false],
  ["fd12:3456::1", false],
  ["fec0::1", false],
  ["ff02::1", false],
  ["", false],
  ["localhost", false],
])("I11: the address %s is public: %s", async (address, isPublic) => {
  expect(await isPublicAddress(address)).toBe(isPublic);
});

test("a granted host is asked at the address its name had, with the program's header fields and ours", async () => {
  const headers: [string, string][] = [
    ["X-A", "1"],
    ["Connection", "keep-alive"],
    ["Host", "evil.test"],
    ["Transfer-Encoding", "chunked"],
    ["Content-Length", "999"],
    ["Accept-Encoding", "zstd"],
  ];
  const answer = await ask("http://api.test/x?y=1#z", {
    method: "post",
    headers,
    body: new TextEncoder().encode("hello"),
  });
  expect([answer.status, fromUtf8(answer.body), answer.url, answer.isRedirected]).toEqual([
    200,
    "at /x?y=1",
    "http://api.test/x?y=1#z",
    false,
  ]);
  const last = seen.at(-1);
  expect([last?.method, last?.host, last?.body, last?.headers["x-a"], last?.headers["transfer-encoding"]]).toEqual([
    "POST",
    "api.test",
    "hello",
    "1",
    undefined,
  ]);
  expect(last?.headers["accept-encoding"]).toBe("gzip, br");
  expect(connected.at(-1)).toBe(`${PUBLIC}:80`);
});

test.each([
  ["a host without a grant", "http://evil.test/"],
  ["a host below a granted one", "http://sub.api.test/"],
  ["a granted host with a dot", "http://api.test./"],
  ["another port", "http://api.test:8080/"],
  ["a name and password", "http://user:pass@api.test/"],
  ["another scheme", "ftp://api.test/"],
  ["a file", "file:///etc/passwd"],
  ["no address at all", "nonsense"],
  ["loopback though granted", "http://127.0.0.1/"],
  ["loopback as a decimal number", "http://2130706433/"],
  ["loopback in octal", "http://0177.0.0.1/"],
  ["loopback in IPv6 though granted", "http://[::1]/"],
  ["mapped loopback", "http://[::ffff:127.0.0.1]/"],
  ["a cloud's metadata though granted", "http://169.254.169.254/latest/meta-data"],
  ["a name that points inward", "http://inward.test/"],
  ["a name with one inward address among others", "http://mixed.test/"],
])("I11: a request to %s is refused before anything is connected", async (_name, url) => {
  const before = connected.length;
  names = { "127.0.0.1": ["127.0.0.1"], "::1": ["::1"], "169.254.169.254": ["169.254.169.254"] };
  await expect(ask(url)).rejects.toMatchObject({ code: "DSDN_RUNTIME_FETCH_REFUSED" });
  expect(connected.length).toBe(before);
});

test("I11: a name that flips after it was checked gains nothing: it is resolved once and that address is connected to", async () => {
  let times = 0;
  const flipping: OutboundNetwork = { ...network, resolve: async () => [times++ === 0 ? PUBLIC : "127.0.0.1"] };
  const request: OutboundRequest = {
    method: "GET",
    url: "http://flip.test/",
    headers: [],
    body: new Uint8Array(0),
    redirect: "follow",
  };
  const rules = { hosts: ["flip.test"], responseBytes: 1024, timeoutMs: 5000 };
  const send = () =>
    fetchOutside(request, rules, { network: flipping, clock: systemClock() }, new AbortController().signal);
  expect((await send()).status).toBe(200);
  expect([times, connected.at(-1)]).toEqual([1, `${PUBLIC}:80`]);
  await expect(send()).rejects.toMatchObject({ code: "DSDN_RUNTIME_FETCH_REFUSED" });
});

test.each([
  ["inward", "http://inward.test/"],
  ["to a host without a grant", "http://evil.test/"],
  ["to another port", "http://api.test:22/"],
  ["to a file", "file:///etc/passwd"],
  ["to loopback", "//127.0.0.1/"],
])("I11: a redirect %s is refused", async (_name, target) => {
  const url = `http://api.test/to/302/${encodeURIComponent(target)}`;
  await expect(ask(url)).rejects.toMatchObject({ code: "DSDN_RUNTIME_FETCH_REFUSED" });
});

test("redirects are followed as fetch does: five at most, credentials stay at home, a 303 becomes a GET", async () => {
  const far = `http://api.test/to/303/${encodeURIComponent("http://other.test/end")}`;
  const headers: [string, string][] = [
    ["authorization", "secret"],
    ["cookie", "a=b"],
    ["x-a", "1"],
    ["content-type", "a/b"],
  ];
  const answer = await ask(far, { method: "POST", headers, body: new TextEncoder().encode("x") });
  const last = seen.at(-1);
  expect([answer.url, answer.isRedirected, last?.method, last?.body]).toEqual([
    "http://other.test/end",
    true,
    "GET",
    "",
  ]);
  expect([
    last?.headers.authorization,
    last?.headers.cookie,
    last?.headers["x-a"],
    last?.headers["content-type"],
  ]).toEqual([undefined, undefined, "1", undefined]);
  const kept = await ask(`http://api.test/to/307/${encodeURIComponent("/end")}`, {
    method: "POST",
    headers,
    body: new TextEncoder().encode("y"),
  });
  expect([kept.status, seen.at(-1)?.method, seen.at(-1)?.body, seen.at(-1)?.headers.authorization]).toEqual([
    200,
    "POST",
    "y",
    "secret",
  ]);
  let chain = "/end";
  for (let hop = 0; hop < 6; hop++) chain = `/to/302/${encodeURIComponent(chain)}`;
  expect(await code(ask(`http://api.test${chain}`))).toMatch(
    /^DSDN_RUNTIME_FETCH_REFUSED it redirects more than 5 times$/,
  );
  expect((await ask(`http://api.test/to/302/%2Fend`, { redirect: "manual" })).status).toBe(302);
  expect(await code(ask(`http://api.test/to/302/%2Fend`, { redirect: "error" }))).toContain("FETCH_REFUSED");
});

test("answers are bounded: large ones, packed ones that grow, slow ones and cut ones fail", async () => {
  expect(fromUtf8((await ask("http://api.test/gzip")).body)).toBe("packed");
  expect(await code(ask("http://api.test/large"))).toContain("FETCH_FAILED its answer is larger");
  expect(await code(ask("http://api.test/bomb"))).toContain("FETCH_FAILED its answer is too large once it is unpacked");
  expect(await code(ask("http://api.test/never", { timeoutMs: 100 }))).toContain("FETCH_FAILED it took too long");
  expect(await code(ask("http://api.test/cut"))).toContain("FETCH_FAILED");
  expect(await code(ask("http://gone.test/"))).toContain("FETCH_FAILED its name has no address");
});

test("https is spoken to the checked address: a server without TLS fails and its answer is not read", async () => {
  expect(await code(ask("https://api.test/"))).toContain("FETCH_FAILED");
  expect(connected.at(-1)).toBe(`${PUBLIC}:443`);
});

test("methods that reach into connections and header fields that break lines are refused", async () => {
  for (const method of ["CONNECT", "TRACE", "track", "A B", ""]) {
    expect(await code(ask("http://api.test/", { method }))).toContain("FETCH_REFUSED");
  }
  expect(await code(ask("http://api.test/", { headers: [["a", "b\r\nc: d"]] }))).toContain("FETCH_REFUSED");
});

test("a program fetches a granted host through the runtime and gets a TypeError with a code for any other", async () => {
  const runtime = createQuickjsRuntime({}, { clock: systemClock(), network });
  names = { "api.test": [PUBLIC] };
  const program = packageOf(`export default { async fetch(request) {
    const answer = await fetch("http://api.test/in?n=1", { method: "POST", body: "from the program", headers: { "x-b": "2" } });
    const errors = [];
    for (const url of ["http://other.test/", "http://127.0.0.1/", "/relative"]) {
      try { await fetch(url); errors.push("answered") } catch (error) { errors.push([error.constructor.name, error.code ?? null]) }
    }
    const aborted = await fetch("http://api.test/never", { signal: AbortSignal.timeout(20) }).catch((error) => error.name);
    return Response.json([answer.status, answer.ok, answer.url, answer.headers.get("x-seen"), await answer.text(), errors, aborted]);
  } }`);
  const spec = { ...program.spec, grants: { hosts: ["api.test"], objects: [] } };
  const handle = await runtime.load({ ...program, spec });
  const { body } = await runtime.call(handle, get());
  await runtime.close();
  expect(JSON.parse(fromUtf8(body))).toEqual([
    200,
    true,
    "http://api.test/in?n=1",
    "yes",
    "at /in?n=1",
    [
      ["TypeError", "DSDN_RUNTIME_FETCH_REFUSED"],
      ["TypeError", "DSDN_RUNTIME_FETCH_REFUSED"],
      ["TypeError", null],
    ],
    "TimeoutError",
  ]);
  expect(seen.some(({ headers, body: sent }) => headers["x-b"] === "2" && sent === "from the program")).toBe(true);
});

test("without a grant nothing is resolved", async () => {
  const runtime = createQuickjsRuntime({}, { clock: systemClock(), network });
  const handle = await runtime.load(
    packageOf(`export default async () => Response.json(await fetch("http://api.test/").catch((error) => error.code))`),
  );
  const before = resolved;
  const { body } = await runtime.call(handle, get());
  await runtime.close();
  expect([fromUtf8(body), resolved]).toEqual(['"DSDN_RUNTIME_FETCH_REFUSED"', before]);
});
