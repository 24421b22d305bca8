import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { DsdnError, VirtualClock } from "../../../src/base/index.ts";
import { createIngress } from "../../../src/client/ingress.ts";
import { parseNetworkId } from "../../../src/protocol/index.ts";

const KNOWN = parseNetworkId("ab".repeat(32));
const OTHER = "cd".repeat(32);

interface Seen {
  readonly path: string;
  readonly token: string | undefined;
}

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** An ingress that says it serves `network` and knows one node list. */
async function serve(network: string, isOpen: () => Promise<void> = async () => {}) {
  const seen: Seen[] = [];
  const facts = { network, name: "n", stage: "s", genesis: "", height: 1, logTimeMs: 1, stateRoot: OTHER };
  const server = createServer(async (request, response) => {
    seen.push({ path: request.url ?? "", token: request.headers.authorization });
    const details =
      request.url === "/v1/network" ? { ...facts, chainRpcUrl: null, siteDomain: "localhost" } : { nodes: [] };
    await isOpen();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ summary: "ok", details, audit: {} }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const open = (url: string) =>
  createIngress({ urls: [url], token: "t0", network: KNOWN }, { clock: new VirtualClock(0) });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: unknown) => (error instanceof DsdnError ? error.code : "other"),
  );

test("an ingress is asked once which network it serves, and gets the token only after that", async () => {
  const { seen, url } = await serve(KNOWN);
  const ingress = open(url);
  await Promise.all([ingress.call("nodes"), ingress.call("nodes")]);
  await ingress.call("nodes");
  expect(seen.map(({ path, token }) => [path, token])).toEqual([
    ["/v1/network", undefined],
    ["/v1/nodes", "Bearer t0"],
    ["/v1/nodes", "Bearer t0"],
    ["/v1/nodes", "Bearer t0"],
  ]);
});

test("asking for the network itself is introduction enough", async () => {
  const { seen, url } = await serve(KNOWN);
  const ingress = open(url);
  await ingress.call("network");
  await ingress.call("nodes");
  expect(seen.map(({ path }) => path)).toEqual(["/v1/network", "/v1/nodes"]);
});

test("an ingress of another network gets neither a request nor the token", async () => {
  const { seen, url } = await serve(OTHER);
  const ingress = open(url);
  expect(await codeOf(ingress.call("nodes"))).toBe("DSDN_CLIENT_NETWORK_DIFFERS");
  expect(await codeOf(ingress.call("network"))).toBe("DSDN_CLIENT_NETWORK_DIFFERS");
  expect(await codeOf(ingress.chunk("bafkreifake" as never))).toBe("DSDN_CLIENT_NETWORK_DIFFERS");
  expect(new Set(seen.map(({ path, token }) => `${path} ${token}`))).toEqual(new Set(["/v1/network undefined"]));
});

test("who waits for the introduction that another began goes on when that one is stopped", async () => {
  const asked = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const { seen, url } = await serve(KNOWN, () => {
    asked.resolve();
    return opened.promise;
  });
  const ingress = open(url);
  const stop = new AbortController();
  const first = ingress.call("nodes", { signal: stop.signal });
  const others = [ingress.call("nodes"), ingress.call("nodes")];
  await asked.promise;
  stop.abort(new Error("enough"));
  await expect(first).rejects.toThrow("enough");
  opened.resolve();
  await Promise.all(others);
  expect(seen.map(({ path }) => path)).toEqual(["/v1/network", "/v1/network", "/v1/nodes", "/v1/nodes"]);
});
