import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { baseErrors, createHttpServer, fail, type HttpResponse, systemClock } from "../../../src/base/index.ts";
import { netErrors, type SiteProxy } from "../../../src/net/index.ts";
import { GATEWAY_HEADER } from "../../../src/protocol/index.ts";
import { createGateway } from "../../../src/roles/ingress/gateway.ts";
import type { SiteTarget } from "../../../src/roles/ingress/site-server.ts";

const targets: Record<string, SiteTarget | string> = {
  site: { workload: "w1", nodeUrl: "http://127.0.0.1:1" },
  moving: { workload: "w2", nodeUrl: "http://127.0.0.1:1", hasAnswered: true },
  early: "assigned",
  broken: "failed",
};
const served = async (): Promise<HttpResponse> => ({ status: 200, body: "served" });
const nodeGone = async (): Promise<HttpResponse> => {
  throw fail(baseErrors.unreachable, { service: "The node that runs this deployment", reason: "ECONNREFUSED" });
};
const nodeNotReached = async (): Promise<HttpResponse> => {
  throw fail(netErrors.nodeNotReached, { reason: "ECONNREFUSED" });
};

interface Asked {
  readonly path?: string;
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | AsyncIterable<string>;
  readonly forward?: SiteProxy["forward"];
}

/** What a browser gets from an ingress whose workloads answer by `forward`. */
async function ask({ path = "/", host, method = "GET", headers = {}, body, forward = served }: Asked) {
  const { request } = await import("undici");
  const gateway = createGateway({
    siteDomain: "site.test",
    proxy: { forward, close: async () => {} },
    findTarget: (label) => targets[label],
    findLabel: () => undefined,
    onRefusal: () => {},
    newRequestId: () => "r",
    clock: systemClock(),
  });
  const server = createHttpServer(
    { name: "test", host: "127.0.0.1", port: 0, contentHosts: ["*.site.test"], contentPrefix: "/d/" },
    { routes: [gateway.fallback], intercept: gateway.intercept },
  );
  await server.start();
  try {
    const fields = { connection: "close", ...(host === undefined ? {} : { host }), ...headers };
    const answer = await request(`${server.url}${path}`, {
      method: method as "GET",
      headers: fields,
      body: body === undefined || typeof body === "string" ? (body ?? null) : Readable.from(body),
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  } finally {
    await server.stop();
  }
}

test.each([
  ["an unknown label", "nobody.site.test", 404, "DSDN_INGRESS_DEPLOYMENT_MISSING", false],
  ["a deployment that is being placed", "early.site.test", 503, "DSDN_INGRESS_NOT_READY", true],
  ["a deployment that failed", "broken.site.test", 502, "DSDN_INGRESS_DEPLOYMENT_FAILED", false],
])("%s is a page in both languages for a person and problem details for a program", async (_what, host, ...rest) => {
  const [status, code, isReloading] = rest;
  const page = await ask({ host, headers: { accept: "text/html,*/*" } });
  expect(page).toMatchObject({ status, headers: { [GATEWAY_HEADER]: code, "cache-control": "no-store" } });
  expect(page.headers["content-type"]).toContain("text/html");
  expect(page.text).toContain("<section lang=id>");
  expect(page.text.includes("http-equiv=refresh")).toBe(isReloading);
  expect(page.headers["retry-after"] !== undefined).toBe(isReloading);
  const problem = await ask({ host, headers: { accept: "*/*" } });
  expect(problem).toMatchObject({ status, headers: { "content-type": "application/problem+json" } });
  expect(JSON.parse(problem.text)).toMatchObject({ code });
});

test("a label that carries markup is shown as text", async () => {
  const { text, status } = await ask({ path: "/d/%3Cscript%3E/", headers: { accept: "text/html" } });
  expect(status).toBe(404);
  expect(text).not.toContain("<script>");
});

test("who asks a node that just went away is asked to come back", async () => {
  const read = await ask({ host: "site.site.test", forward: nodeGone });
  expect(read).toMatchObject({ status: 503, headers: { [GATEWAY_HEADER]: "DSDN_INGRESS_MOVING" } });
  const written = await ask({ host: "site.site.test", method: "POST", forward: nodeGone });
  expect(written).toMatchObject({
    status: 503,
    headers: { "retry-after": "2", [GATEWAY_HEADER]: "DSDN_INGRESS_MOVING" },
  });
});

test("below the shared address a preflight is answered, and its answer is sandboxed and readable", async () => {
  const origin = { origin: "null", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" };
  const preflight = await ask({
    path: "/d/site/api",
    method: "OPTIONS",
    headers: { ...origin, "access-control-request-method": "PUT", "access-control-request-headers": "content-type" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers).toMatchObject({
    "access-control-allow-origin": "*",
    "access-control-allow-methods": expect.stringContaining("PUT"),
    "access-control-allow-headers": "content-type",
  });
  expect(preflight.headers["access-control-allow-credentials"]).toBeUndefined();
  for (const path of ["/d/site/api", "/d/nobody/"]) {
    const { headers } = await ask({ path, headers: origin });
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(headers["content-security-policy"]).toMatch(/^sandbox (?!.*allow-same-origin)/);
  }
});

/** The first two attempts fail so, the third is served; gives the answer and what was sent each time. */
async function askWhileMoving(failing: typeof nodeGone, asked: Asked) {
  const bodies: unknown[] = [];
  const forward: SiteProxy["forward"] = async (_request, { body }) => {
    bodies.push(body instanceof Uint8Array ? Buffer.from(body).toString() : body);
    return bodies.length < 3 ? failing() : served();
  };
  return { ...(await ask({ host: "moving.site.test", ...asked, forward })), bodies };
}

test.each([
  ["GET", undefined],
  ["HEAD", undefined],
  ["OPTIONS", undefined],
  ["DELETE", undefined],
  ["DELETE", "which"],
  ["PUT", "what"],
])(
  "%s waits while what answered before moves, even when the node broke off, and is sent again whole: %s",
  async (...asked) => {
    const [method, body] = asked;
    const sent = body === undefined ? {} : { body };
    expect(await askWhileMoving(nodeGone, { method, ...sent })).toMatchObject({
      status: 200,
      bodies: Array(3).fill(body ?? null),
    });
  },
);

test.each(["POST", "PATCH"])("%s is sent again only when the program was never given it", async (method) => {
  const body = "x".repeat(65_536);
  const waited = await askWhileMoving(nodeNotReached, { method, body });
  expect(waited).toMatchObject({ status: 200, bodies: [body, body, body] });
  const notRunning = async (): Promise<HttpResponse> => ({ status: 404 });
  expect(await askWhileMoving(notRunning, { method, body })).toMatchObject({ status: 200, bodies: [body, body, body] });
  const given = await askWhileMoving(nodeGone, { method, body });
  expect(given).toMatchObject({ status: 503, headers: { "retry-after": "2" }, bodies: [body] });
});

test("a body that is too large to be kept, or of unknown size, is sent once", async () => {
  async function* parts() {
    yield "of unknown size";
  }
  for (const body of ["x".repeat(65_537), parts()]) {
    const { status, bodies } = await askWhileMoving(nodeNotReached, { method: "PUT", body });
    expect([status, bodies]).toEqual([503, [undefined]]);
  }
});

test("a cookie stays with the host that set it, whatever domain it names", async () => {
  const cookies = ["a=1; Domain=site.test; Path=/", "b=2;domain=.SITE.test", "c=domain=3; Secure"];
  const { headers } = await ask({
    host: "site.site.test",
    forward: async () => ({ headers: { "set-cookie": cookies } }),
  });
  expect(headers["set-cookie"]).toEqual(["a=1; Path=/", "b=2", "c=domain=3; Secure"]);
});

test("below the shared address nothing a deployment says holds for the whole origin", async () => {
  const headers = {
    "set-cookie": "a=1",
    "clear-site-data": '"*"',
    "service-worker-allowed": "/",
    "content-security-policy": "default-src *",
  };
  const answer = await ask({ path: "/d/site/", forward: async () => ({ headers, body: "x" }) });
  expect(answer.headers).not.toHaveProperty("set-cookie");
  expect(answer.headers).not.toHaveProperty("clear-site-data");
  expect(answer.headers).not.toHaveProperty("service-worker-allowed");
  expect(answer.headers["content-security-policy"]).toMatch(/^sandbox /);
});

test("at its own host name a deployment answers other sites: who may ask is its own matter", async () => {
  const foreign = { origin: "https://other.test", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" };
  expect(await ask({ host: "site.site.test", headers: foreign })).toMatchObject({ status: 200, text: "served" });
  expect((await ask({ host: "127.0.0.1", path: "/", headers: foreign })).status).toBe(403);
});
