import { expect, test } from "vitest";
import { useNetwork } from "./network.ts";

const network = useNetwork();
const { run, summary, failure, write } = network;

test("a host name is asked for, listed with its record, looked up and removed", async () => {
  await write({ "shop/index.html": "the shop" });
  const { url } = await summary(["deploy", "shop"]);
  const added = await summary(["domains", "add", "shop", "Toko-Ku.Test"]);
  expect(added).toMatchObject({ domain: "toko-ku.test", isVerified: false, target: new URL(String(url)).hostname });
  const { record } = added as { record: { name: string; value: string } };
  expect(record).toEqual({ name: "_dsdn.toko-ku.test", value: expect.stringMatching(/^dsdn=[a-z2-7]{52,}$/) });
  const shown = await run(["domains", "add", "shop", "toko-ku.test"]);
  expect(shown.stdout).toContain(`TXT    ${record.name}`);
  expect(shown.stdout).toContain(record.value);
  expect(shown.stdout).toContain("CNAME");
  expect(await summary(["domains", "list", "shop"])).toEqual({
    name: "shop",
    domains: [{ domain: "toko-ku.test", isVerified: false, record }],
  });
  expect((await run(["domains", "list", "shop", "--quiet"])).stdout.trim()).toBe("toko-ku.test");
  expect(await failure(["domains", "verify", "shop", "toko-ku.test", "--within", "1s"])).toMatchObject({
    code: "DSDN_COMMANDS_DOMAIN_NOT_VERIFIED",
    facts: { record: record.name, value: record.value },
  });
  expect(await summary(["domains", "rm", "shop", "toko-ku.test"])).toEqual({ name: "shop", domain: "toko-ku.test" });
  expect(await summary(["domains", "list", "shop"])).toEqual({ name: "shop", domains: [] });
});

test("what is no host name, no deployment or not asked for is refused by name", async () => {
  for (const domain of [
    "localhost",
    "http://a.example",
    "a.example/b",
    "127.0.0.1",
    "0x7f.1",
    "*.a.example",
    "a.example:80",
  ]) {
    expect(await failure(["domains", "add", "shop", domain])).toMatchObject({ code: "DSDN_CLIENT_DOMAIN_INVALID" });
  }
  for (const verb of ["verify", "rm"]) {
    expect(await failure(["domains", verb, "shop", "a.test"])).toMatchObject({ code: "DSDN_CLIENT_DOMAIN_UNKNOWN" });
  }
  expect(await failure(["domains", "add", "none", "a.test"])).toMatchObject({
    code: "DSDN_CLIENT_DEPLOYMENT_UNKNOWN",
  });
});
