import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NameServer, startNameServer } from "../name-server.ts";
import { useNetwork, visit } from "./network.ts";

let names: NameServer;
beforeAll(async () => {
  names = await startNameServer();
});
afterAll(() => names.close());

const network = useNetwork(() => ["--resolver", names.address]);
const { run, summary, failure, write } = network;

interface TxtRecord {
  readonly name: string;
  readonly value: string;
}

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

/** The page that visitors of the host name get, at the port of the ingress. */
async function visitName(domain: string): Promise<string> {
  const { ingressUrl } = await summary(["dev", "status"]);
  return (await visit(`http://${domain}:${new URL(String(ingressUrl)).port}/`)).text;
}

test("a host name is found by its record among others, answers from then on, and stays when the record goes", async () => {
  const { record } = (await summary(["domains", "add", "shop", "shop.example"])) as { record: TxtRecord };
  names.txt.set(record.name, [["v=spf1 -all"], [record.value]]);
  expect(await summary(["domains", "verify", "shop", "shop.example"])).toMatchObject({
    isVerified: true,
    answer: { status: 200, refusal: null },
  });
  expect(await visitName("shop.example")).toBe("the shop");
  names.txt.delete(record.name);
  expect((await summary(["domains", "verify", "shop", "shop.example"])).isVerified).toBe(true);
  expect(await visitName("shop.example")).toBe("the shop");
  const { stdout } = await run(["domains", "list", "shop"]);
  expect(stdout).toContain("verified");
});

test("a record that is another, or is cut in two records, gives nothing; the message says which one to set", async () => {
  const { record } = (await summary(["domains", "add", "shop", "wrong.example"])) as { record: TxtRecord };
  for (const records of [[[`${record.value}x`]], [[record.value.slice(0, 20)], [record.value.slice(20)]], []]) {
    names.txt.set(record.name, records);
    const timesAsked = () => names.asked.filter(({ name }) => name === record.name).length;
    const before = timesAsked();
    const verify = ["domains", "verify", "shop", "wrong.example", "--within"];
    expect(await failure([...verify, "2s"])).toMatchObject({ code: "DSDN_COMMANDS_DOMAIN_NOT_VERIFIED" });
    await expect.poll(timesAsked).toBeGreaterThan(before);
    expect(await failure([...verify, "0s"])).toMatchObject({ code: "DSDN_COMMANDS_DOMAIN_NOT_VERIFIED" });
  }
  const { stderr } = await run(["domains", "verify", "shop", "wrong.example", "--within", "0s"]);
  expect(stderr).toContain(`Set ${record.name} to ${record.value}`);
  expect(await visitName("wrong.example")).not.toBe("the shop");
});

test("another owner's wish takes nothing; their record does, and the first owner is told that the name is gone", async () => {
  const { ingressUrl } = await summary(["dev", "status"]);
  const other = {
    DSDN_HOME: join(network.folder, "other"),
    DSDN_INGRESS_ENDPOINT: String(ingressUrl),
    DSDN_TOKEN_FILE: join(network.folder, "token"),
  };
  await write({ "theirs/index.html": "their pages", token: await readToken() });
  const asOther = async (args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await run([...args, "--json"], { env: other });
    expect(exitCode, `${stdout}${stderr}`).toBe(0);
    return JSON.parse(stdout).summary;
  };
  await asOther(["keys", "generate", "--store", "device"]);
  await asOther(["deploy", "theirs"]);
  const { record } = await asOther(["domains", "add", "theirs", "shop.example"]);
  expect(await visitName("shop.example")).toBe("the shop");
  names.txt.set(record.name, [[record.value]]);
  await asOther(["domains", "verify", "theirs", "shop.example"]);
  expect(await visitName("shop.example")).toBe("their pages");
  expect(await failure(["domains", "verify", "shop", "shop.example"])).toMatchObject({
    code: "DSDN_CLIENT_DOMAIN_UNKNOWN",
  });
});

test("an address that is no resolver's is refused before a network starts", async () => {
  const started = await run([
    "dev",
    "start",
    "--data",
    join(network.folder, "none"),
    "--resolver",
    "dns.example",
    "--json",
  ]);
  expect(JSON.parse(started.stdout).error).toMatchObject({ code: "DSDN_NET_RESOLVER_INVALID", exitCode: 14 });
});

async function readToken(): Promise<string> {
  const running = JSON.parse(await readFile(join(network.home, "devnet/running.json"), "utf8"));
  return running.token;
}
