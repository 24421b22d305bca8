import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { useNetwork, visit } from "../cli/network.ts";
import { hasChromium, useChromium } from "./chromium.ts";

/** A program with everything a neighbour could want: a secret, a value, kept bytes, a cookie, a log. */
const vault = `export default {
  async fetch(request, env) {
    console.log("canary-line", env.API_KEY);
    if (new URL(request.url).pathname === "/keep") await dsdn.storage.put("notes", "canary-kept");
    const headers = { "content-type": "text/html", "set-cookie": "session=canary-cookie; Path=/" };
    return new Response("<!doctype html><title>Vault</title><p>canary-page", { headers });
  },
};`;

/** The neighbour's program: a page for the browser, and at /try what the program itself gets at. */
const spy = `const attempt = async (work) => {
  try {
    return await work();
  } catch (error) {
    return error.code ?? error.name;
  }
};
export default {
  async fetch(request, env) {
    console.log("the spy was asked");
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/sw.js") return new Response("", { headers: { "content-type": "text/javascript" } });
    if (pathname !== "/try") {
      return new Response("<!doctype html><title>Spy</title><p>own page", { headers: { "content-type": "text/html" } });
    }
    return Response.json({
      env: { ...env, ...dsdn.env },
      stored: await attempt(async () => (await dsdn.storage.list()).length),
      notes: await attempt(async () => (await dsdn.storage.getText("notes")) ?? null),
      object: await attempt(() => dsdn.storage.read(searchParams.get("object"))),
      vault: await attempt(async () => (await fetch(searchParams.get("vault"))).text()),
    });
  },
};`;

interface Targets {
  /** The vault's own host. */
  readonly vault: string;
  /** The interface of the ingress, and of the node that runs the vault. */
  readonly interfaces: readonly string[];
  readonly logs: string;
  readonly token: string;
}

/** Every way a page has to another origin; each says what it got, or the name of the error. */
const spyOn = (page: Page, targets: Targets): Promise<Record<string, unknown>> =>
  page.evaluate(`(async ({ vault, interfaces, logs, token }) => {
    const attempt = async (work) => {
      try {
        return await work();
      } catch (error) {
        return error.name;
      }
    };
    const read = (url, init) => attempt(async () => (await fetch(url, init)).text());
    const all = (urls, init) => Promise.all(urls.map((url) => read(url, init)));
    const first = (target, names) => new Promise((resolve) => {
      for (const name of names) target["on" + name] = () => resolve(name);
    });
    const heard = [];
    addEventListener("message", ({ data }) => heard.push(data));
    const frame = document.createElement("iframe");
    frame.src = vault;
    document.body.append(frame);
    await first(frame, ["load"]);
    frame.contentWindow.postMessage("tell me", "*");
    const opened = window.open(vault);
    const logUrls = interfaces.map((each) => each + logs);
    return {
      page: await all([vault, vault + "keep"]),
      pageWithCookies: await read(vault, { credentials: "include" }),
      pageUnread: await read(vault, { mode: "no-cors", credentials: "include" }),
      logs: await all([...logUrls, vault + logs.slice(1)]),
      logsUnread: await all(logUrls, { mode: "no-cors" }),
      logsWithToken: await all(logUrls, { headers: { authorization: "Bearer " + token } }),
      logsWithRequest: await all(logUrls, { headers: { "dsdn-log-request": "AAAA" } }),
      logsAsEvents: await first(new EventSource(logUrls[0] + "?follow=1"), ["open", "message", "error"]),
      socket: await first(new WebSocket(vault.replace("http", "ws")), ["open", "message", "error"]),
      frame: await attempt(() => frame.contentWindow.document.body.textContent),
      frameStorage: await attempt(() => frame.contentWindow.localStorage.length),
      domain: await attempt(() => {
        document.domain = "localhost";
        return frame.contentWindow.document.body.textContent;
      }),
      opened: await attempt(() => opened === null ? "none" : opened.document.body.textContent),
      worker: await attempt(async () => (await navigator.serviceWorker.register("/sw.js", { scope: vault })).scope),
      cookie: await attempt(() => document.cookie),
      storage: await attempt(() => localStorage.length),
      databases: await attempt(async () => (await indexedDB.databases()).length),
      caches: await attempt(async () => (await caches.keys()).length),
      heard,
    };
  })(${JSON.stringify(targets)})`);

describe.skipIf(!hasChromium)("two deployments of two owners, in Chromium", () => {
  const network = useNetwork();
  const visitor = useChromium();
  const urls: Record<string, string> = {};
  const shared: Record<string, string> = {};
  const workloads: Record<string, string> = {};
  let asNeighbour = async (_args: readonly string[]) => ({ exitCode: 0, stdout: "" });
  let targets: Targets;
  let object = "";

  beforeAll(async () => {
    const { ingressUrl, roles } = await network.summary(["dev", "status"]);
    const running = JSON.parse(await readFile(join(network.home, "devnet/running.json"), "utf8"));
    await network.write({ "vault/index.js": vault, "spy/index.js": spy, token: String(running.token) });
    const env = {
      DSDN_HOME: join(network.folder, "neighbour"),
      DSDN_INGRESS_ENDPOINT: String(ingressUrl),
      DSDN_TOKEN_FILE: join(network.folder, "token"),
    };
    asNeighbour = (args) => network.run([...args, "--json"], { env });
    expect((await asNeighbour(["keys", "generate", "--store", "device"])).exitCode).toBe(0);
    await network.summary(["deploy", "vault", "--name", "vault"]);
    await network.summary(["secrets", "put", "vault", "API_KEY", "--file", "-"], "canary-secret");
    const deployed = await asNeighbour(["deploy", "spy", "--name", "spy"]);
    const { deployment } = await network.summary(["status", "vault"]);
    const found = deployment as Record<"current" | "url" | "fallbackUrl", string> & {
      readonly workloads: readonly { readonly package: string }[];
    };
    const { summary } = JSON.parse(deployed.stdout) as { summary: Record<string, string> };
    Object.assign(urls, { vault: found.url, spy: summary["url"] });
    Object.assign(shared, { vault: found.fallbackUrl, spy: summary["fallbackUrl"] });
    Object.assign(workloads, { vault: found.current, spy: summary["workload"] });
    object = found.workloads[0]?.package ?? "";
    expect(object).toMatch(/^[a-z0-9]{50,}$/);
    const nodes = (roles as { name: string; url: string }[]).filter(({ name }) => name.startsWith("node-"));
    targets = {
      vault: found.url,
      interfaces: [new URL(found.fallbackUrl).origin, ...nodes.map(({ url }) => url)],
      logs: `/v1/workloads/${found.current}/logs`,
      token: String(running.token),
    };
    expect(await visit(found.url, "keep")).toMatchObject({ status: 200, text: expect.stringContaining("canary-page") });
  });

  test("the owner of each reads its log, and nobody else does, by name, by address or with the devnet's token", async () => {
    const own = await network.run(["logs", "vault"]);
    expect(own.stdout).toContain("canary-line canary-secret");
    await network.summary(["dev", "clock", "advance", "3h"]);
    expect((await network.run(["logs", "vault"])).stdout).toContain("canary-line");
    const named = await asNeighbour(["logs", "vault"]);
    expect(JSON.parse(named.stdout).error.code).toBe("DSDN_CLIENT_DEPLOYMENT_UNKNOWN");
    expect((await network.failure(["logs", "spy"])).code).toBe("DSDN_CLIENT_DEPLOYMENT_UNKNOWN");
    // A public program without secrets is no exception.
    for (const workload of [workloads["vault"], workloads["spy"]]) {
      const codes = new Set<string>();
      for (const origin of targets.interfaces) {
        for (const headers of [{}, { authorization: `Bearer ${targets.token}` }, { "dsdn-log-request": "AAAA" }]) {
          const answer = await fetch(`${origin}/v1/workloads/${workload}/logs`, { headers });
          const { code } = (await answer.json()) as { code: string };
          codes.add(`${answer.status} ${code}`);
        }
      }
      expect([...codes]).toEqual(["403 DSDN_NODE_LOG_PRIVATE"]);
    }
  });

  test("the program of one finds nothing of the other: no value, no secret, no kept bytes, no object, no answer", async () => {
    const { page, context } = await visitor();
    const answer = await page.goto(`${urls["spy"]}try?${new URLSearchParams({ vault: urls["vault"] ?? "", object })}`);
    expect(await answer?.json()).toEqual({
      env: {},
      stored: 0,
      notes: null,
      object: "DSDN_RUNTIME_STORAGE_REFUSED",
      vault: "DSDN_RUNTIME_FETCH_REFUSED",
    });
    await context.close();
  });

  const REFUSED = {
    page: ["TypeError", "TypeError"],
    pageWithCookies: "TypeError",
    pageUnread: "",
    logsAsEvents: "error",
    socket: "error",
    frame: "SecurityError",
    frameStorage: "SecurityError",
    domain: "SecurityError",
    worker: "SecurityError",
    heard: [],
  };

  test.each([
    ["its own host", urls, { cookie: "", storage: 0, databases: 0, caches: 0, opened: "SecurityError" }],
    [
      "its path of the shared address",
      shared,
      { cookie: "SecurityError", storage: "SecurityError", databases: "SecurityError", caches: "SecurityError" },
    ],
  ])("a page of one at %s gets nothing of the other", async (_where, places, own) => {
    const { page, context } = await visitor();
    await page.goto(urls["vault"] ?? "");
    await page.evaluate(`localStorage.setItem("secret", "canary-storage")`);
    expect(await page.evaluate("document.cookie")).toBe("session=canary-cookie");
    await page.goto(places["spy"] ?? "");
    const found = await spyOn(page, targets);
    expect(JSON.stringify(found)).not.toContain("canary");
    const { interfaces } = targets;
    expect(found).toMatchObject({
      ...REFUSED,
      ...own,
      logs: [...interfaces, "the vault itself"].map(() => "TypeError"),
      logsUnread: interfaces.map(() => ""),
      logsWithToken: interfaces.map(() => "TypeError"),
      logsWithRequest: interfaces.map(() => "TypeError"),
    });
    await context.close();
  });
});
