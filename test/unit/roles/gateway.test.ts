import { expect, test } from "vitest";
import { baseErrors, createHttpServer, fail, type HttpResponse } from "../../../src/base/index.ts";
import { GATEWAY_HEADER } from "../../../src/protocol/index.ts";
import { createGateway, type SiteTarget } from "../../../src/roles/ingress/gateway.ts";

const targets: Record<string, SiteTarget | string> = {
  site: { workload: "w1", nodeUrl: "http://127.0.0.1:1" },
  early: "assigned",
  broken: "failed",
};
const served = async (): Promise<HttpResponse> => ({ status: 200, body: "served" });
const nodeGone = async (): Promise<HttpResponse> => {
  throw fail(baseErrors.unreachable, { service: "The node that runs this deployment", reason: "ECONNREFUSED" });
};

interface Asked {
  readonly path?: string;
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly forward?: () => Promise<HttpResponse>;
}

/** What a browser gets from an ingress whose workloads answer by `forward`. */
async function ask({ path = "/", host, method = "GET", headers = {}, forward = served }: Asked) {
  const { request } = await import("undici");
  const gateway = createGateway({
    siteDomain: "site.test",
    proxy: { forward, close: async () => {} },
    findTarget: (label) => targets[label],
    onRefusal: () => {},
    newRequestId: () => "r",
  });
  const server = createHttpServer(
    { name: "test", host: "127.0.0.1", port: 0, contentHosts: ["*.site.test"], contentPrefix: "/d/" },
    { routes: [gateway.fallback], intercept: gateway.intercept },
  );
  await server.start();
  try {
    const fields = { connection: "close", ...(host === undefined ? {} : { host }), ...headers };
    const answer = await request(`${server.url}${path}`, { method: method as "GET", headers: fields });
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

test("a reader whose node just went away is asked to come back; a write stays an error", async () => {
  const read = await ask({ host: "site.site.test", forward: nodeGone });
  expect(read).toMatchObject({ status: 503, headers: { [GATEWAY_HEADER]: "DSDN_INGRESS_NOT_READY" } });
  const written = await ask({ host: "site.site.test", method: "POST", forward: nodeGone });
  expect(written).toMatchObject({ status: 502, headers: { [GATEWAY_HEADER]: "DSDN_BASE_UNREACHABLE" } });
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
