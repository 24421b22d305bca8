import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createHttpServer, type HttpServer, seededRandom, VirtualClock } from "../../../src/base/index.ts";
import { dashboardRoutes } from "../../../src/devnet/dashboard-door.ts";
import type { Devnet, DevnetStatus } from "../../../src/devnet/index.ts";
import { hexId, parseAddress, type WorkloadId } from "../../../src/protocol/index.ts";

const PAGE = "http://127.0.0.1:4321";
const TOKEN = "the devnet's own";
const OWNER = "ab".repeat(20);
const WORKLOAD = "cd".repeat(32);

const role = { kind: "node", zone: "zone-a", status: "running", url: "http://127.0.0.1:1", height: 7 } as const;
const status = { roles: [{ ...role, name: "node-1" }], daUrl: "http://127.0.0.1:2" } as unknown as DevnetStatus;

let clock: VirtualClock;
let played: string[];
let server: HttpServer;

beforeEach(async () => {
  clock = new VirtualClock();
  played = [];
  const devnet: Pick<Devnet, "status" | "fault" | "heal"> = {
    status: () => status,
    fault: async (kind, name) => void played.push(`${kind} ${name}`),
    heal: async () => void played.push("heal"),
  };
  const routes = dashboardRoutes({
    devnet: devnet as Devnet,
    clock,
    random: seededRandom("dashboard"),
    logTimeMs: () => 5_000,
    findLogReader: async (pass) =>
      pass === "sound" ? { owner: parseAddress(OWNER), request: (id, nowMs) => `${id} at ${nowMs}` } : undefined,
  });
  const place = { name: "control", host: "127.0.0.1", port: 0, token: TOKEN, allowedOrigins: [PAGE] };
  server = createHttpServer(place, { routes: [...routes, { method: "POST", path: "/stop", handle: () => ({}) }] });
  await server.start();
});
afterEach(() => server.stop());

async function post(path: string, json: unknown, token = "", origin: string | undefined = PAGE) {
  const response = await fetch(`${server.url}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...(origin === undefined ? {} : { origin }),
    },
    body: JSON.stringify(json),
  });
  const allowed = response.headers.get("access-control-allow-origin");
  return { status: response.status, allowed, body: JSON.parse((await response.text()) || "{}") };
}

const newCode = async (logPass: string | null = null) =>
  (await post("/dashboard/codes", { logPass }, TOKEN)).body.code as string;
const enter = async (logPass: string | null = null) =>
  (await post("/dashboard/session", { code: await newCode(logPass) })).body.token as string;

describe("the devnet's door for the dashboard", () => {
  test("gives codes to whoever has the devnet's token only", async () => {
    expect((await post("/dashboard/codes", { logPass: null }, "guessed")).status).toBe(403);
    expect((await post("/dashboard/codes", { logPass: null }, TOKEN)).body.code).toMatch(/^[0-9a-f]{32}$/);
  });

  test("takes a code once, and not after five minutes", async () => {
    const code = await newCode();
    expect((await post("/dashboard/session", { code })).status).toBe(200);
    expect((await post("/dashboard/session", { code })).body.code).toBe("DSDN_DEVNET_CODE_INVALID");
    const late = await newCode();
    await clock.advance(5 * 60_000 + 1);
    expect((await post("/dashboard/session", { code: late })).body.code).toBe("DSDN_DEVNET_CODE_INVALID");
    expect((await post("/dashboard/session", { code: "" })).body.code).toBe("DSDN_DEVNET_CODE_INVALID");
  });

  test("plays faults for the page's token, which opens nothing else", async () => {
    const token = await enter();
    const { body } = await post("/dashboard/faults", { kind: "kill", role: "node-1" }, token);
    expect(body.roles.map(({ name, faults }: { name: string; faults: string[] }) => [name, faults])).toEqual([
      ["node-1", ["kill", "restart", "partition", "slow", "corrupt"]],
      ["da", ["kill", "restart"]],
    ]);
    expect((await post("/dashboard/heal", {}, token)).status).toBe(200);
    expect(played).toEqual(["kill node-1", "heal"]);
    expect((await post("/stop", {}, token)).status).toBe(403);
    expect((await post("/dashboard/codes", { logPass: null }, token)).status).toBe(403);
    expect((await post("/dashboard/faults", { kind: "erase", role: "node-1" }, token)).status).toBe(400);
    expect(played).toHaveLength(2);
  });

  test.each(["", "guessed", TOKEN])("plays nothing for another token: %j", async (token) => {
    await enter();
    for (const path of ["faults", "heal", "roles", "log-requests"]) {
      expect((await post(`/dashboard/${path}`, { kind: "kill", role: "node-1" }, token)).status).toBe(403);
    }
    expect(played).toEqual([]);
  });

  test.each(["http://127.0.0.1:4322", "http://site.localhost:4321", "null", "https://evil.test"])(
    "turns away a page of %s before it looks at anything, and lets it read nothing",
    async (origin) => {
      const code = await newCode();
      expect(await post("/dashboard/session", { code }, "", origin)).toMatchObject({ status: 403, allowed: null });
      const preflight = await fetch(`${server.url}/dashboard/session`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
      expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([403, null]);
      expect((await post("/dashboard/session", { code })).status).toBe(200);
    },
  );

  test("lets the ingress's pages read its answers, refusals included, and sends no cookie for them", async () => {
    const headers = { origin: PAGE, "access-control-request-method": "POST" };
    const preflight = await fetch(`${server.url}/dashboard/faults`, { method: "OPTIONS", headers });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, PAGE]);
    expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
    expect(await post("/dashboard/heal", {}, "guessed")).toMatchObject({ status: 403, allowed: PAGE });
  });

  test("makes log requests for an owner who left a pass, at the later of clock and log time", async () => {
    const token = await enter("sound");
    const { body } = await post("/dashboard/log-requests", { workload: WORKLOAD, owner: OWNER }, token);
    expect(body.request).toBe(
      `${hexId<WorkloadId>(Buffer.from(WORKLOAD, "hex"))} at ${Math.max(5_000, clock.nowMs())}`,
    );
    const stranger = { workload: WORKLOAD, owner: "00".repeat(20) };
    expect((await post("/dashboard/log-requests", stranger, token)).body).toEqual({ request: null });
    expect((await post("/dashboard/log-requests", { workload: "x", owner: OWNER }, token)).status).toBe(400);
  });

  test("forgets the oldest codes and pages instead of growing", async () => {
    const first = await newCode();
    const token = await enter();
    for (let count = 0; count < 16; count++) await newCode();
    expect((await post("/dashboard/session", { code: first })).status).toBe(403);
    for (let count = 0; count < 32; count++) await enter();
    expect((await post("/dashboard/roles", {}, token)).status).toBe(403);
  });
});
