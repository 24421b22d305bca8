import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { toBase64, toHex } from "../../src/base/index.ts";
import { chunkIdOf, digestOf, parseChunkId } from "../../src/protocol/index.ts";
import { eventually, hashOf, makeBytes, readBack, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

let net: TestDevnet;

beforeAll(async () => {
  net = await startTestDevnet();
});

const ROLES = ["ingress", "coordinator", "node-1", "validator", "sequencer", "da", "control"] as const;
type Port = (typeof ROLES)[number];

function urlOf(port: Port): URL {
  const status = net.devnet.status();
  if (port === "da") return new URL(status.daUrl);
  if (port === "control") return new URL(status.controlUrl);
  return new URL(status.roles.find(({ name }) => name === port)?.url ?? "");
}

const openSocket = (port: Port): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const { hostname, port: number } = urlOf(port);
    const socket = connect(Number(number), hostname, () => resolve(socket));
    socket.once("error", reject);
  });

/** Sends the bytes and gives everything that comes back until the other side closes. */
async function raw(port: Port, text: string): Promise<string> {
  const socket = await openSocket(port);
  return new Promise((resolve) => {
    let answer = "";
    socket.setEncoding("latin1").on("data", (part: string) => {
      answer += part;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
    socket.write(text);
  });
}

interface Head {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

function ask(port: Port, head: Head = {}): Promise<string> {
  const { method = "GET", path = "/", headers = [], body = "" } = head;
  const host = head.host ?? `Host: ${urlOf(port).host}`;
  const length = method === "GET" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const lines = [`${method} ${path} HTTP/1.1`, ...(host === "" ? [] : [host]), ...headers, ...length];
  return raw(port, [...lines, "Connection: close", "", body].join("\r\n"));
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? Number.NaN);
const isRefusal = (answer: string) => statusOf(answer) >= 400 && statusOf(answer) < 500;

const READS: { readonly [P in Port]: string } = {
  ingress: "/v1/status",
  coordinator: "/v1/state/root",
  "node-1": "/storage/stats",
  validator: "/audit",
  sequencer: "/v1/chain",
  da: "/",
  control: "/status",
};

describe.each(ROLES)("the port of %s", (port) => {
  test("is bound to loopback", () => {
    expect(urlOf(port).hostname).toBe("127.0.0.1");
  });

  test("answers its own host and nobody else's", async () => {
    const path = READS[port];
    if (port !== "da") expect(statusOf(await ask(port, { path }))).toBe(200);
    const own = urlOf(port).host;
    const hosts = [
      "Host: evil.test",
      `Host: evil.test:${urlOf(port).port}`,
      "Host:",
      "",
      `Host: ${own}\r\nHost: evil.test`,
    ];
    for (const host of [
      ...hosts,
      `Host: ${own}.evil.test`,
      "Host: 127.0.0.1.nip.io",
      "Host: 0.0.0.0",
      "Host: [::ffff:127.0.0.1]",
    ]) {
      const answer = await ask(port, { path, host });
      expect({ host, isRefused: isRefusal(answer) }).toEqual({ host, isRefused: true });
      expect(answer).not.toContain("stateRoot");
    }
  });

  test("takes nothing that a page of another site can send", async () => {
    const json = "Content-Type: application/json";
    const foreign = [
      ["Origin: http://evil.test"],
      ["Origin: null"],
      ["Origin: http://127.0.0.1"],
      ["Sec-Fetch-Site: cross-site"],
    ];
    for (const headers of foreign) {
      for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS"]) {
        const answer = await ask(port, { method, path: READS[port], headers: [...headers, json], body: "{}" });
        expect({ headers, method, isRefused: isRefusal(answer) }).toEqual({ headers, method, isRefused: true });
        expect(answer.toLowerCase()).not.toContain("access-control-allow-origin");
      }
    }
  });

  test("opens no WebSocket for another site", async () => {
    const upgrade = ["Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="];
    for (const origin of ["Origin: http://evil.test", "Origin: null"]) {
      const lines = ["GET / HTTP/1.1", `Host: ${urlOf(port).host}`, "Connection: Upgrade", ...upgrade, origin, "", ""];
      expect(statusOf(await raw(port, lines.join("\r\n")))).toBe(403);
    }
  });

  test("leads nowhere by a strange path", async () => {
    const paths = [
      "/..%2f..%2fdevnet.json",
      "/storage/chunk/..%2f..%2f..%2fdevnet.json",
      "/object/%2e%2e%2f%2e%2e%2fdevnet.json",
      "/v1/chunks/%00",
      "/v1/chunks/%c0%ae%c0%ae/x",
      "/v1/chunks/..\\..\\devnet.json",
      "/v1/objects/%252e%252e%252fdevnet.json",
      "/../../../../etc/passwd",
      "/w/..%2f..%2f/x",
      "/d/../v1/status",
      "//evil.test/v1/status",
    ];
    for (const path of paths) {
      const answer = await ask(port, { path });
      expect({ path, isRefused: isRefusal(answer) }).toEqual({ path, isRefused: true });
      expect(answer).not.toContain(net.devnet.token);
      expect(answer).not.toMatch(/root:x|\.ts:\d/);
    }
  });

  test("takes no request whose end is said in two ways, and no oversized head", async () => {
    const head = [`POST ${READS[port]} HTTP/1.1`, `Host: ${urlOf(port).host}`, "Connection: close"];
    const smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n";
    const both = await raw(
      port,
      [...head, "Content-Length: 5", "Transfer-Encoding: chunked", "", smuggled].join("\r\n"),
    );
    expect(statusOf(both)).toBe(400);
    expect(both.match(/HTTP\/1\.1/g)).toHaveLength(1);
    const many = Array.from({ length: 10_000 }, (_, at) => `X-${at}: 1`);
    expect(isRefusal(await ask(port, { path: READS[port], headers: many }))).toBe(true);
  });
});

describe("without the token", () => {
  const CHANGES: readonly (readonly [Port, string, string])[] = [
    ["ingress", "POST", "/v1/events"],
    ["ingress", "PUT", "/v1/chunks"],
    ["ingress", "POST", "/v1/chunks/find"],
    ["ingress", "POST", "/v1/objects"],
    ["ingress", "POST", "/claim"],
    ["ingress", "POST", "/fraud-proof"],
    ["coordinator", "POST", "/v1/events"],
    ["coordinator", "POST", "/register"],
    ["coordinator", "POST", "/da/post"],
    ["control", "POST", "/stop"],
    ["control", "POST", "/faults"],
    ["control", "POST", "/heal"],
    ["control", "POST", "/clock"],
    ["control", "POST", "/dashboard/codes"],
    ["control", "POST", "/dashboard/faults"],
    ["control", "POST", "/dashboard/heal"],
    ["control", "POST", "/dashboard/roles"],
    ["control", "POST", "/dashboard/log-requests"],
  ];
  const tokens = () => {
    const right = net.devnet.token;
    return ["", `${right}x`, right.slice(1), right.toUpperCase(), "undefined"];
  };

  test.each(CHANGES)("%s refuses %s %s, whatever stands in the token's place", async (port, method, path) => {
    const before = net.devnet.status();
    const json = "Content-Type: application/json";
    const body = JSON.stringify({ events: [], kind: "kill", role: "node-1", advanceMs: 1_000_000 });
    for (const headers of [[json], ...tokens().map((token) => [json, `Authorization: Bearer ${token}`])]) {
      const answer = await ask(port, { method, path, headers, body });
      expect(statusOf(answer)).toBe(403);
    }
    expect(net.devnet.status().roles.map(({ status }) => status)).toEqual(before.roles.map(({ status }) => status));
  });

  test("the log's node takes no blob and no question", async () => {
    const call = (method: string) => JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: [] });
    for (const method of ["blob.Submit", "blob.GetAll", "header.NetworkHead"]) {
      const json = ["Content-Type: application/json"];
      const answer = await ask("da", { method: "POST", headers: json, body: call(method) });
      expect(answer).not.toContain('"result"');
      const forged = [...json, `Authorization: Bearer ${net.devnet.token}`];
      expect(await ask("da", { method: "POST", headers: forged, body: call(method) })).not.toContain('"result"');
    }
  });

  test("no answer of any port holds it", async () => {
    for (const port of ROLES) {
      for (const path of [READS[port], "/health", "/metrics", "/system/info", "/v1/network", "/info", "/logs"]) {
        expect(await ask(port, { path })).not.toContain(net.devnet.token);
      }
    }
  });
});

describe("a slow or silent client", () => {
  test("keeps nobody else waiting", async () => {
    const head = [
      "PUT /v1/chunks HTTP/1.1",
      `Host: ${urlOf("ingress").host}`,
      `Authorization: Bearer ${net.devnet.token}`,
    ];
    const slow = await Promise.all(Array.from({ length: 100 }, () => openSocket("ingress")));
    for (const [at, socket] of slow.entries()) {
      socket.on("error", () => {});
      socket.write(at % 2 === 0 ? "GET / HT" : [...head, "Content-Length: 1000", "", "x"].join("\r\n"));
    }
    const stored = await net.client.storage.upload({ files: [{ path: "a", bytes: makeBytes(1_000, "slow") }] });
    expect(await readBack(net.client, `${stored.object}/a`)).toEqual(makeBytes(1_000, "slow"));
    for (const socket of slow) socket.destroy();
  });
});

describe("content of users", () => {
  test("never runs on the interface's own origin: it is a download, whatever it is", async () => {
    const page = new TextEncoder().encode("<script>fetch('/v1/status')</script>");
    const chunk = chunkIdOf(page);
    const headers = [`Authorization: Bearer ${net.devnet.token}`];
    const put = await ask("node-1", {
      method: "PUT",
      path: "/storage/chunk",
      headers,
      body: Buffer.from(page).toString(),
    });
    expect(statusOf(put)).toBe(200);
    const answer = await ask("node-1", { path: `/storage/chunk/${chunk}` });
    expect(answer).toMatch(/content-type: application\/octet-stream/i);
    expect(answer).toMatch(/x-content-type-options: nosniff/i);
    const stored = await net.client.storage.upload(
      { files: [{ path: "x.html", bytes: page }] },
      { isPublic: true, name: null },
    );
    const { details } = await net.client.storage.stat(stored.object);
    for (const { id } of [details.manifest, ...details.chunks]) {
      const body = await ask("ingress", { path: `/v1/chunks/${id}` });
      expect(statusOf(body)).toBe(200);
      expect(body).toMatch(/content-type: application\/octet-stream/i);
      expect(body).toMatch(/content-disposition: attachment/i);
      expect(body).toMatch(/x-content-type-options: nosniff/i);
    }
  });

  test("under a label's host name nothing of the interface is reachable", async () => {
    const host = `Host: abcdefghij.localhost:${urlOf("ingress").port}`;
    for (const path of ["/v1/status", "/v1/network", "/metrics", "/openapi.json"]) {
      const answer = await ask("ingress", { path, host });
      expect(statusOf(answer)).toBe(404);
      expect(answer).toContain("DSDN_INGRESS_DEPLOYMENT_MISSING");
    }
  });
});

describe("somebody who knows only a hash", () => {
  test("reads sealed bytes at most and deletes nothing", async () => {
    const bytes = makeBytes(3_000, "mine");
    const { object } = await net.client.storage.upload({ files: [{ path: "a", bytes }] }, { name: "mine" });
    await eventually(async () => (await net.client.storage.stat(object)).details.replicas >= 3);
    const { details } = await net.client.storage.stat(object);
    const chunks = [details.manifest, ...details.chunks].map(({ id }) => toHex(digestOf(parseChunkId(id))));
    const authorised = [`Authorization: Bearer ${net.devnet.token}`, "Content-Type: application/json"];
    for (const hash of chunks) {
      for (const path of [`/storage/chunk/${hash}`, `/chunks/${hash}`, `/v1/chunks/${hash}`, `/object/${hash}`]) {
        for (const method of ["DELETE", "PATCH", "POST"]) {
          for (const port of ["node-1", "ingress", "coordinator"] as const) {
            expect(isRefusal(await ask(port, { method, path, headers: authorised, body: "{}" }))).toBe(true);
          }
        }
      }
      for (const path of ["/delete", "/replica/remove", "/schedule"]) {
        const answer = await ask("node-1", {
          method: "POST",
          path,
          headers: authorised,
          body: JSON.stringify({ hash }),
        });
        expect(statusOf(answer)).toBe(409);
      }
      const order = {
        method: "POST",
        path: "/replica/mark_missing",
        headers: authorised,
        body: JSON.stringify({ hash }),
      };
      expect(statusOf(await ask("coordinator", order))).toBe(409);
    }
    const mallory = net.connectAs({ account: "mallory", profile: "hash" });
    await mallory.storage.upload({ files: [{ path: "b", bytes: makeBytes(10, "own") }] }, { name: null });
    await expect(mallory.storage.remove(object)).rejects.toMatchObject({ code: "DSDN_CLIENT_EVENT_REJECTED" });
    expect(await readBack(net.client, `${object}/a`)).toEqual(bytes);
    expect((await net.client.storage.stat(object)).details.status).toBe("published");
  });
});

describe("what programs of other makes know", () => {
  test("a chunk is stored and read back over the older HTTP routes", async () => {
    const bytes = makeBytes(2_000, "older");
    const hash = hashOf(bytes);
    const base = urlOf("node-1").origin;
    for (const path of ["/storage/chunk", "/chunks"]) {
      const put = await fetch(`${base}${path}`, { method: "PUT", body: bytes as Uint8Array<ArrayBuffer> });
      expect(await put.json()).toMatchObject({ hash, size: 2_000, status: "stored" });
    }
    for (const path of ["/storage/has", "/has"]) {
      expect(await (await fetch(`${base}${path}/${hash}`)).json()).toEqual({ hash, exists: true });
    }
    for (const path of ["/storage/chunk", "/chunks"]) {
      expect(new Uint8Array(await (await fetch(`${base}${path}/${hash}`)).arrayBuffer())).toEqual(bytes);
    }
    const missing = await fetch(`${base}/storage/chunk/${"0".repeat(64)}`);
    expect(missing.status).toBe(404);
    const wrong = await fetch(`${base}/storage/chunk?hash=${"0".repeat(64)}`, { method: "PUT", body: "x" });
    expect(wrong.status).toBe(400);
  });

  test.each<[Port, string]>([
    ["ingress", "/health"],
    ["ingress", "/ready"],
    ["ingress", "/fallback/status"],
    ["ingress", "/fraud-proofs"],
    ["ingress", "/rewards/validators"],
    ["ingress", "/rewards/treasury"],
    ["ingress", `/rewards/${"a".repeat(40)}`],
    ["ingress", `/receipt/${"a".repeat(64)}`],
    ["coordinator", "/nodes"],
    ["coordinator", `/placement/${"a".repeat(64)}?rf=2`],
    ["coordinator", `/object/${"a".repeat(64)}`],
    ["coordinator", "/da/metrics"],
    ["coordinator", "/da/routing"],
    ["coordinator", "/fallback/status"],
    ["coordinator", "/fallback/pending"],
    ["coordinator", "/fallback/consistency"],
    ["coordinator", "/health"],
    ["coordinator", "/ready"],
    ["coordinator", "/system/info"],
    ["node-1", "/health"],
    ["node-1", "/ready"],
    ["node-1", "/info"],
    ["node-1", "/status"],
    ["node-1", "/state"],
    ["node-1", "/state/fallback"],
    ["node-1", "/state/assignments"],
    ["node-1", "/da/status"],
    ["node-1", "/storage/stats"],
  ])("%s answers GET %s as JSON", async (port, path) => {
    const answer = await fetch(`${urlOf(port).origin}${path}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toBeTypeOf("object");
  });

  test("orders are refused with the reason, and receipts that nobody settles are not pretended", async () => {
    const post = async (port: Port, path: string, body: unknown) => {
      const headers = { authorization: `Bearer ${net.devnet.token}`, "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      const answer = await fetch(`${urlOf(port).origin}${path}`, init);
      return { status: answer.status, code: ((await answer.json()) as { code?: string }).code };
    };
    const orders = ["/schedule", "/register", "/object/register", "/replica/mark_healed", "/fallback/reconcile"];
    for (const path of orders) {
      expect(await post("coordinator", path, { id: "x" })).toEqual({
        status: 409,
        code: "DSDN_COORDINATOR_ORDERS_REFUSED",
      });
    }
    expect(await post("ingress", "/claim", {})).toMatchObject({ code: "DSDN_INGRESS_NOT_OFFERED" });
    expect(await post("ingress", "/receipts/status", { hashes: [] })).toMatchObject({ status: 400 });
    expect(await post("ingress", "/receipts/status", { hashes: ["a".repeat(64)] })).toMatchObject({ status: 200 });
    const many = await Promise.all(Array.from({ length: 15 }, () => post("ingress", "/claim", {})));
    expect(many.map(({ status }) => status)).toContain(429);
  });
});

describe("metrics", () => {
  const UNITS =
    /_(?:total|bytes|milliseconds|seconds|height|block|events|chunks|workloads|blocks|transactions|connected|halted|forked)$/;

  test.each(["ingress", "coordinator", "node-1", "validator", "sequencer"] as const)(
    "of %s are in Prometheus form, with the unit in every name",
    async (port) => {
      const answer = await fetch(`${urlOf(port).origin}/metrics`);
      expect(answer.headers.get("content-type")).toContain("text/plain");
      const lines = (await answer.text()).split("\n").filter((line) => line !== "");
      const typed = new Map<string, string>();
      for (const line of lines) {
        const type = /^# TYPE ([a-z_]+) (gauge|counter)$/.exec(line);
        if (type !== null) typed.set(type[1] ?? "", type[2] ?? "");
        else if (!line.startsWith("# HELP ")) {
          const sample = /^([a-z_]+)(?:\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? -?[0-9.e+]+$/.exec(line);
          expect({ line, isSample: sample !== null }).toEqual({ line, isSample: true });
          expect(typed.has(sample?.[1] ?? "")).toBe(true);
        }
      }
      for (const [name, kind] of typed) {
        expect(name).toMatch(UNITS);
        expect(name.endsWith("_total")).toBe(kind === "counter");
      }
      for (const name of ["dsdn_log_height", "dsdn_da_connected", "dsdn_da_lag_milliseconds"]) {
        expect([...typed.keys()]).toContain(name);
      }
    },
  );
});

test("the interface describes itself as OpenAPI 3.1, and every path it names is answered", async () => {
  const base = urlOf("ingress").origin;
  const document = (await (await fetch(`${base}/openapi.json`)).json()) as {
    openapi: string;
    info: { title: string; version: string };
    paths: {
      [path: string]: {
        [method: string]: { operationId: string; parameters: { name: string; in: string }[]; responses: object };
      };
    };
  };
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
  const ids = new Set<string>();
  for (const [path, methods] of Object.entries(document.paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    for (const [method, operation] of Object.entries(methods)) {
      expect(["get", "put", "post", "delete"]).toContain(method);
      expect(ids.has(operation.operationId)).toBe(false);
      ids.add(operation.operationId);
      const inPath = operation.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
      expect(inPath).toEqual(names);
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["200", "default"]));
      const answer = await fetch(base + path.replace(/\{\w+\}/g, "x"), { method: method.toUpperCase() });
      const code = ((await answer.json().catch(() => ({}))) as { code?: string }).code;
      expect({ path, method, code }).not.toEqual({ path, method, code: "DSDN_BASE_ROUTE_MISSING" });
    }
  }
  expect(ids.size).toBeGreaterThan(10);
});

test("keys and token lie in files that nobody else reads, and in no log", async () => {
  const settings = JSON.parse(await readFile(join(net.folder, "devnet.json"), "utf8")) as { keys: { nodes: string[] } };
  const log = await eventually(async () => {
    const response = await fetch(`${urlOf("control").origin}/logs`);
    return response.text();
  });
  for (const secret of [
    net.devnet.token,
    ...settings.keys.nodes,
    toBase64(Buffer.from(settings.keys.nodes[0] ?? "", "hex")),
  ]) {
    expect(log).not.toContain(secret);
  }
});
