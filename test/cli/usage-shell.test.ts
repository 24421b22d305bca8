import { expect, test } from "vitest";
import { useNetwork } from "./network.ts";

const network = useNetwork();
const { run, summary, failure, write } = network;

test("dsdn usage counts what is kept and what runs, and prices it", async () => {
  await write({ "photo.txt": "x".repeat(100_000), "site/index.html": "<h1>hi</h1>" });
  const before = await summary(["usage"]);
  expect(before).toMatchObject({ usedBytes: 0, objects: 0, deployments: { running: 0, total: 0 } });
  await summary(["upload", "photo.txt"]);
  await summary(["deploy", "site"]);
  // It answers as soon as its node runs it; the log, which is counted here, says so a moment later.
  await expect.poll(async () => (await summary(["usage"]))["deployments"]).toEqual({ running: 1, total: 1 });
  const after = await summary(["usage"]);
  expect(after).toMatchObject({ objects: 2, deployments: { running: 1, total: 1 }, versions: 1, mayVary: true });
  const { usedBytes, quotaBytes, storagePerMonth } = after as { [name: string]: number } & {
    storagePerMonth: { usd: number; nusa: number };
  };
  expect(usedBytes).toBeGreaterThan(100_000);
  expect(quotaBytes).toBeGreaterThan(usedBytes ?? 0);
  expect(storagePerMonth.usd).toBeCloseTo(((usedBytes ?? 0) / 1e9) * 0.1, 12);
  await summary(["remove", "site"]);
  expect(await summary(["usage"])).toMatchObject({ deployments: { running: 0, total: 0 } });
});

test("dsdn dev shell runs a script from a pipe with a connected client and prints what it returns", async () => {
  const script =
    "const nodes = await client.nodes();\nreturn { active: nodes.filter((node) => node.status === 'active').length };";
  const done = await run(["dev", "shell"], { input: script });
  expect({ exitCode: done.exitCode, value: JSON.parse(done.stdout) }).toEqual({ exitCode: 0, value: { active: 6 } });
  const asJson = await run(["dev", "shell", "--json"], { input: "return 1n + 2n" });
  expect(JSON.parse(asJson.stdout)).toEqual({ value: "3" });
});

test("a script that fails says why and exits with 2; an error of the network keeps its own code", async () => {
  const broken = await run(["dev", "shell", "--json"], { input: "return nothing.at.all" });
  expect(broken.exitCode).toBe(2);
  expect(JSON.parse(broken.stdout).error).toMatchObject({
    code: "DSDN_COMMANDS_SCRIPT_FAILED",
    message: expect.stringContaining("nothing is not defined"),
  });
  const unparsable = await run(["dev", "shell", "--json"], { input: "return (" });
  expect(JSON.parse(unparsable.stdout).error.code).toBe("DSDN_COMMANDS_SCRIPT_FAILED");
  const missing = await run(["dev", "shell", "--json"], { input: "await client.deployments.get('none')" });
  expect(JSON.parse(missing.stdout).error.code).toBe("DSDN_CLIENT_DEPLOYMENT_UNKNOWN");
  expect((await failure(["usage", "--ingress", "http://127.0.0.1:1"])).exitCode).toBeGreaterThanOrEqual(30);
});
