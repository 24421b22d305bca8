import { describe, expect, test } from "vitest";
import { useNetwork } from "./network.ts";
import { dsdn } from "./script.ts";

const APP = "https://app.example";

describe("a devnet that names the origin of a site", () => {
  const network = useNetwork(() => ["--allow-origin", APP, "--allow-origin", "http://localhost:5173"]);
  let ingress = "";

  const ask = async (path: string, origin: string, init: RequestInit = {}) => {
    ingress ||= String((await network.summary(["dev", "status"])).ingressUrl);
    const { status, headers } = await fetch(`${ingress}${path}`, { ...init, headers: { ...init.headers, origin } });
    const field = (name: string) => headers.get(`access-control-${name}`);
    return {
      status,
      origin: field("allow-origin"),
      credentials: field("allow-credentials"),
      vary: headers.get("vary"),
    };
  };

  test("lets its pages read answers and errors, for that origin alone and without cookies", async () => {
    const granted = { origin: APP, credentials: null, vary: "origin" };
    expect(await ask("/v1/network", APP)).toEqual({ status: 200, ...granted });
    expect(await ask("/v1/nothing", APP)).toEqual({ status: 404, ...granted });
    expect(await ask("/v1/network", "http://localhost:5173")).toMatchObject({ origin: "http://localhost:5173" });
  });

  test("tells the browser beforehand what such a page may send, and still wants the token and the signatures", async () => {
    const preflight = { method: "OPTIONS", headers: { "access-control-request-method": "POST" } };
    expect(await ask("/v1/events", APP, preflight)).toMatchObject({ status: 204, origin: APP });
    const sent = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
    expect(await ask("/v1/events", APP, sent)).toMatchObject({ status: 403, origin: APP });
  });

  test.each([
    "https://other.example",
    "https://app.example.evil.example",
    "http://app.example",
    "https://app.example:8443",
    "null",
  ])("refuses %s as before", async (origin) => {
    const refused = { status: 403, origin: null };
    expect(await ask("/v1/network", origin)).toMatchObject(refused);
    const preflight = { method: "OPTIONS", headers: { "access-control-request-method": "POST" } };
    expect(await ask("/v1/events", origin, preflight)).toMatchObject(refused);
  });
});

test.each(["null", "https://app.example/", "https://app.example/path", "*", "file:///tmp", "app.example"])(
  "%s is no origin that can be named",
  async (origin) => {
    const { exitCode, stdout } = await dsdn(["dev", "start", "-d", "--allow-origin", origin, "--json"]);
    expect([exitCode, JSON.parse(stdout).error.exitCode]).toEqual([2, 2]);
  },
);
