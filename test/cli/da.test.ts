import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemDisk } from "../../src/base/index.ts";
import { connectDevnet } from "../../src/devnet/index.ts";
import { useNetwork } from "./network.ts";

const network = useNetwork();
const { run, summary, failure } = network;

const NAMESPACE = /^0{38}[0-9a-f]{20}$/;

describe("dsdn da status", () => {
  test("reports the devnet's node: chain, valid namespace, newest block, funded account", async () => {
    const report = await summary(["da", "status"]);
    expect(report).toMatchObject({ chainId: "dsdn-local", namespace: expect.stringMatching(NAMESPACE) });
    expect(report["headHeight"]).toBeGreaterThan(0);
    expect(report["account"]).toMatchObject({ address: expect.stringMatching(/^celestia1/) });
    expect((await run(["da", "status", "--lang", "id"])).stdout).toContain("Saldo");
  });

  test("checks the node of DA_RPC_URL with a token from a file, and shows the token nowhere", async () => {
    const { daUrl, daToken } = await connectDevnet(join(network.home, "devnet"), systemDisk());
    const { namespace, chainId } = await summary(["da", "status"]);
    const file = join(network.folder, "token");
    await writeFile(file, `${daToken}\n`, { mode: 0o600 });
    const settings = { DA_RPC_URL: daUrl, DA_NAMESPACE: String(namespace), DA_NETWORK: String(chainId) };
    const elsewhere = { ...settings, DSDN_HOME: join(network.folder, "nobody"), DA_AUTH_TOKEN_FILE: file };
    const { exitCode, stdout, stderr } = await run(["da", "status", "-vvv"], { env: elsewhere });
    expect(exitCode, stderr).toBe(0);
    expect(stdout + stderr).not.toContain(daToken);
    const without = await run(["da", "status", "--json"], { env: settings });
    expect(JSON.parse(without.stdout).error).toMatchObject({
      code: "DSDN_DA_UNAUTHORISED",
      exitCode: without.exitCode,
    });
    const wrong = await run(["da", "status", "--json"], { env: { ...elsewhere, DA_NETWORK: "celestia" } });
    expect(JSON.parse(wrong.stdout).error.code).toBe("DSDN_DA_CHAIN_WRONG");
    const absent = await run(["da", "status", "--json"], { env: { ...elsewhere, DA_AUTH_TOKEN_FILE: `${file}x` } });
    expect(JSON.parse(absent.stdout).error.code).toBe("DSDN_DA_TOKEN_MISSING");
    const seed = "0102030405060708091011121314151617181920212223242526272829";
    const example = await run(["da", "status", "--json"], { env: { ...elsewhere, DA_NAMESPACE: seed } });
    expect(JSON.parse(example.stdout).error.code).toBe("DSDN_DA_NAMESPACE_EXAMPLE");
    expect((await readFile(file, "utf8")).trim()).toBe(daToken);
  });
});

describe("dsdn da cost", () => {
  test("prices a given traffic by Celestia's gas formula, without any network", async () => {
    const flags = ["--blob-bytes", "1000", "--per-hour", "600", "--tia-usd", "4.20", "--gas-price", "0.01"];
    const outcome = await run(["da", "cost", ...flags, "--json"], { env: { DSDN_HOME: join(network.folder, "x") } });
    const cost = JSON.parse(outcome.stdout).summary;
    // 3 shares of 512 bytes at 8 gas a byte, 700 for the blob, 75,000 fixed; 0.01 utia each, rounded up.
    const gas = 3 * 512 * 8 + 700 + 75_000;
    expect(cost.gas).toBe(gas);
    expect(cost.perTransaction.tia).toBeCloseTo(Math.ceil(gas * 0.01) / 1e6, 12);
    expect(cost.perMonth.usd).toBeCloseTo(cost.perTransaction.tia * 600 * 24 * 30 * 4.2, 9);
    expect(cost.measured).toBe(null);
  });

  test("measures the network's own traffic and holds it against the balance", async () => {
    const cost = await summary(["da", "cost"]);
    expect(cost["measured"]).toMatchObject({ fromHeight: 1 });
    expect((cost["measured"] as { blobs: number }).blobs).toBeGreaterThan(0);
    expect(cost["balanceTia"]).toBeGreaterThan(0);
    expect(cost).toMatchObject({ needsFunds: false });
    const alarmed = await run(["da", "cost", "--alert-below", "2000000000", "--lang", "en"]);
    expect(alarmed.stderr).toContain("needs funds");
  });

  test("prices that are no plain decimals are refused", async () => {
    for (const price of ["1e9", "-1", "0x10", "1,5", "free"]) {
      const error = await failure(["da", "cost", `--tia-usd=${price}`]);
      expect(error).toMatchObject({ code: "DSDN_COMMANDS_VALUE_INVALID", exitCode: 2 });
    }
  });
});
