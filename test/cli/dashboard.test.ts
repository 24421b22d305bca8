import { describe, expect, test } from "vitest";
import { useNetwork } from "./network.ts";
import { dsdn } from "./script.ts";

describe("dsdn dashboard", () => {
  const network = useNetwork();

  test("gives the address of a devnet's page with a code that is another each time", async () => {
    const first = await network.summary(["dashboard"]);
    const second = await network.summary(["dashboard"]);
    const { ingressUrl } = await network.summary(["dev", "status"]);
    expect(first).toMatchObject({ isDevnet: true, isOpened: false });
    const [page, code] = String(first["url"]).split("#");
    expect([page, code]).toEqual([`${ingressUrl}/dashboard`, expect.stringMatching(/^control=\d+&code=[0-9a-f]{32}$/)]);
    expect(second["url"]).not.toBe(first["url"]);
    const { stdout } = await network.run(["dashboard", "--quiet"]);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/dashboard#control=\d+&code=[0-9a-f]{32}\n$/);
  });

  test("lends the page the logs of an account that is there, makes none, and asks for no passphrase", async () => {
    const bare = { env: { DSDN_HOME: `${network.home}-bare` } };
    const devnet = ["--data", `${network.home}/devnet`];
    const summaryOf = async (options = {}) =>
      JSON.parse((await network.run(["dashboard", "--json", ...devnet], options)).stdout).summary;
    expect(await summaryOf(bare)).toMatchObject({ isDevnet: true, showsLogs: false });
    const keys = await network.run(["keys", "status", "--json"], bare);
    expect(JSON.parse(keys.stdout).error.code).toBe("DSDN_KEYS_MISSING");
    await network.write({ "passphrase.txt": "correct horse battery staple\n" });
    await network.run(["keys", "generate", "--store", "file", "--passphrase-file", "passphrase.txt"], bare);
    expect(await summaryOf(bare)).toMatchObject({ showsLogs: false });
    const { stdout } = await network.run(
      ["dashboard", "--json", ...devnet, "--passphrase-file", "passphrase.txt"],
      bare,
    );
    expect(JSON.parse(stdout).summary).toMatchObject({ showsLogs: true });
    await network.summary(["keys", "generate", "--store", "device"]);
    expect(await summaryOf()).toMatchObject({ showsLogs: true });
  });

  test("of another network is the page of its ingress, without any code", async () => {
    const { exitCode, stdout } = await dsdn(["dashboard", "--ingress", "https://ingress.example.org/", "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).summary).toMatchObject({
      url: "https://ingress.example.org/dashboard",
      isDevnet: false,
      showsLogs: false,
      isOpened: false,
    });
  });

  test("says how to start a devnet where none runs", async () => {
    const { exitCode, stdout } = await dsdn(["dashboard", "--json", "--lang", "id"]);
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([14, "DSDN_DEVNET_NOT_RUNNING"]);
  });
});
