import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { silentLogger, systemClock, systemDisk, systemRandom } from "../../../src/base/index.ts";
import {
  checkDaSetup,
  createCelestiaClient,
  createHttpTransport,
  createInProcessTransport,
  createLocalDaNode,
  createNodeToken,
  DEFAULT_NAMESPACE,
  daErrors,
  loadDaToken,
} from "../../../src/da/index.ts";
import { findFreePorts } from "../../free-ports.ts";
import { type DaUnderTest, describeDataAvailability } from "./data-availability.ts";

const CHAIN = "dsdn-test";
const clock = systemClock();
const deps = { disk: systemDisk(), clock, random: systemRandom(), log: silentLogger() };
const authSecret = new Uint8Array(32).fill(9);

async function createNode(port: number | undefined, dataFolder?: string) {
  const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), "dsdn-da-")));
  const listen = port === undefined ? {} : { listen: { host: "127.0.0.1", port } };
  const node = createLocalDaNode(
    { dataFolder: folder, chainId: CHAIN, intervalMs: 0, delayMs: 0, authSecret, ...listen },
    deps,
  );
  await node.start();
  return { node, folder };
}

async function inProcess(readsProofs: boolean): Promise<DaUnderTest> {
  const { node, folder } = await createNode(undefined);
  const transport = createInProcessTransport(node);
  const da = createCelestiaClient(
    { namespace: DEFAULT_NAMESPACE, chainId: CHAIN, readsProofs },
    { ...deps, transport },
  );
  return {
    da,
    interrupt: async () => {
      await node.stop();
      await node.start();
    },
    close: async () => {
      await da.stop();
      await node.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function overSockets(): Promise<DaUnderTest> {
  // Nobody is given it by chance while the node is away.
  const port = await findFreePorts(1);
  const first = await createNode(port);
  let { node } = first;
  const token = createNodeToken("write", { secret: authSecret, nonce: new Uint8Array(32) });
  const transport = createHttpTransport({ url: node.url, token }, { clock });
  const da = createCelestiaClient({ namespace: DEFAULT_NAMESPACE, chainId: CHAIN }, { ...deps, transport });
  return {
    da,
    interrupt: async () => {
      await node.stop();
      ({ node } = await createNode(port, first.folder));
    },
    close: async () => {
      await da.stop();
      await node.stop();
      await rm(first.folder, { recursive: true });
    },
  };
}

describeDataAvailability("the local node in process", () => inProcess(false));
describeDataAvailability("the local node in process, with proofs", () => inProcess(true));
describeDataAvailability("the local node over HTTP and WebSocket", overSockets);

const liveUrl = process.env["DSDN_TEST_CELESTIA_URL"];

describe("a Celestia light node", () => {
  it.skipIf(liveUrl !== undefined)("is tested only when DSDN_TEST_CELESTIA_URL names one", (context) => {
    context.skip("DSDN_TEST_CELESTIA_URL is not set: no light node to test against");
  });
});

if (liveUrl !== undefined) {
  describeDataAvailability("the Celestia node of DSDN_TEST_CELESTIA_URL", async () => {
    const source = { value: process.env["DA_AUTH_TOKEN"], file: process.env["DSDN_TEST_CELESTIA_TOKEN_FILE"] };
    const token = await loadDaToken(source, deps);
    const transport = createHttpTransport({ url: liveUrl, ...(token === undefined ? {} : { token }) }, { clock });
    const chainId = process.env["DSDN_TEST_CELESTIA_CHAIN"] ?? "mocha-4";
    await checkDaSetup({ namespace: DEFAULT_NAMESPACE, chainId, access: "write" }, { ...deps, transport });
    const da = createCelestiaClient({ namespace: DEFAULT_NAMESPACE, chainId }, { ...deps, transport });
    return { da, close: () => da.stop() };
  });
}

describe("the set-up check", () => {
  const settings = { namespace: DEFAULT_NAMESPACE, chainId: CHAIN, access: "write" } as const;

  it("passes a node that is right and names the account", async () => {
    const { node, folder } = await createNode(undefined);
    const report = await checkDaSetup(settings, { ...deps, transport: createInProcessTransport(node) });
    expect(report).toMatchObject({ chainId: CHAIN, headHeight: 1 });
    expect(report.account?.address).toMatch(/^celestia1[0-9a-z]{38}$/);
    await node.stop();
    await rm(folder, { recursive: true });
  });

  it("names a wrong chain, a weak token, a foreign token, a missing token and an invalid namespace", async () => {
    const { node, folder } = await createNode(0);
    const check = (change: object, token?: string) =>
      checkDaSetup(
        { ...settings, ...change },
        {
          ...deps,
          transport: createHttpTransport({ url: node.url, ...(token === undefined ? {} : { token }) }, { clock }),
        },
      ).then(
        () => "passed",
        (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
      );
    const tokenOf = (permission: "read" | "write", secret = authSecret) =>
      createNodeToken(permission, { secret, nonce: new Uint8Array(8) });
    expect(await check({}, tokenOf("write"))).toBe("passed");
    expect(await check({ access: "read" }, tokenOf("read"))).toBe("passed");
    expect(await check({ chainId: "celestia" }, tokenOf("write"))).toBe(daErrors.chainWrong.code);
    expect(await check({}, tokenOf("read"))).toBe(daErrors.unauthorised.code);
    expect(await check({}, tokenOf("write", new Uint8Array(32)))).toBe(daErrors.unauthorised.code);
    expect(await check({})).toBe(daErrors.unauthorised.code);
    const versionOne = new Uint8Array(29).fill(1);
    expect(await check({ namespace: versionOne }, tokenOf("write"))).toBe(daErrors.namespaceInvalid.code);
    await node.stop();
    expect(await check({}, tokenOf("write"))).toBe(daErrors.unreachable.code);
    await rm(folder, { recursive: true });
  });
});
