import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { useNetwork } from "./network.ts";

const network = useNetwork();
const { run, summary, failure, write } = network;

type Verdicts = { name: string; verdict: string }[];

afterEach(async () => {
  await run(["dev", "heal"]);
});

describe("dsdn verify state", () => {
  test("replays the log itself and finds every role in agreement, with and without proofs", async () => {
    await write({ "a.txt": "something on the log" });
    await summary(["upload", "a.txt"]);
    for (const flags of [[], ["--proofs"]]) {
      const report = await summary(["verify", "state", ...flags]);
      const roles = report["roles"] as Verdicts;
      expect(roles).toHaveLength(10);
      expect(new Set(roles.map(({ verdict }) => verdict))).toEqual(new Set(["equal"]));
      expect(report["chain"]).toMatchObject({ isEqual: true });
      expect(report["height"]).toBeGreaterThan(1);
    }
  });

  test("names the one role whose private copy is corrupt, with exit 43, until that is rebuilt", async () => {
    expect((await run(["dev", "fault", "corrupt", "validator"])).exitCode).toBe(0);
    const error = await failure(["verify", "state", "--no-chain"]);
    expect(error).toMatchObject({ code: "DSDN_COMMANDS_STATE_DIFFERS", exitCode: 43 });
    expect(error.facts["roles"]).toMatch(/^validator \([0-9a-f]{16}\)$/);
    const rebuilt = await summary(["rebuild", "validator"]);
    expect(rebuilt).toMatchObject({ role: "validator", isEqual: true, stateRoot: rebuilt["expectedRoot"] });
    expect(rebuilt["previousRoot"]).not.toBe(rebuilt["stateRoot"]);
    const roles = (await summary(["verify", "state", "--no-chain"]))["roles"] as Verdicts;
    expect(roles).toContainEqual(expect.objectContaining({ name: "validator", verdict: "equal" }));
  });

  test("a role that is down is said to be silent and is not accused", async () => {
    await run(["dev", "fault", "kill", "node-3"]);
    const roles = (await summary(["verify", "state", "--no-chain"]))["roles"] as Verdicts;
    expect(roles).toContainEqual(expect.objectContaining({ name: "node-3", verdict: "silent" }));
    expect(roles.filter(({ verdict }) => verdict === "equal")).toHaveLength(9);
  });

  test("asks a role that no list names when it is told where, and refuses what is no address", async () => {
    const { stdout } = await run(["dev", "status", "--json"]);
    const { url } = JSON.parse(stdout).summary.roles.find(({ name }: { name: string }) => name === "coordinator");
    const roles = (await summary(["verify", "state", "--no-chain", "--role", `mine=${url}`]))["roles"] as Verdicts;
    expect(roles).toContainEqual(expect.objectContaining({ name: "mine", verdict: "equal" }));
    for (const bad of ["mine", "mine=ftp://x", "=http://127.0.0.1:1", "mine=http://user:pass@127.0.0.1:1"]) {
      expect(await failure(["verify", "state", "--role", bad])).toMatchObject({ code: "DSDN_COMMANDS_VALUE_INVALID" });
    }
  });

  test("another log than the network's is not taken for it", async () => {
    const { stdout } = await run(["verify", "state", "--json"], { env: { DA_RPC_URL: "http://127.0.0.1:9" } });
    expect(JSON.parse(stdout).error.code).toBe("DSDN_DA_UNREACHABLE");
  });
});

describe("dsdn rebuild", () => {
  test("makes node, ingress and coordinator anew from the log while pages and files stay", async () => {
    await write({ "site/index.html": "still here", "b.txt": "kept bytes" });
    await summary(["deploy", "site"]);
    await summary(["upload", "b.txt", "--name", "kept"]);
    for (const role of ["node-1", "ingress", "coordinator"]) {
      expect(await summary(["rebuild", role])).toMatchObject({ role, isEqual: true });
    }
    expect((await run(["cat", "kept"])).stdout).toBe("kept bytes");
    await summary(["deploy", "site"]);
    expect(await failure(["rebuild", "nobody"])).toMatchObject({ code: "DSDN_DEVNET_ROLE_UNKNOWN", exitCode: 2 });
  });
});

describe("dsdn verify receipt", () => {
  test("proves accepted and durable offline, from the CID or from the file, with the network out of reach", async () => {
    await write({ "paper.txt": "worth a receipt" });
    const { object } = await summary(["upload", "paper.txt"]);
    const kept = join(network.home, "receipts", `${object}.json`);
    await writeFile(join(network.folder, "receipt.json"), await readFile(kept));
    const hidden = join(network.folder, "hidden.json");
    await rename(join(network.home, "devnet", "running.json"), hidden);
    try {
      for (const named of [String(object), "receipt.json"]) {
        const report = await summary(["verify", "receipt", named]);
        expect(report).toMatchObject({ object, isDurable: true, published: { height: expect.any(Number) } });
        expect((report["zones"] as string[]).length).toBeGreaterThanOrEqual(2);
      }
    } finally {
      await rename(hidden, join(network.home, "devnet", "running.json"));
    }
  });

  test("a changed receipt, something else, and a missing one are each refused", async () => {
    await write({ "paper.txt": "worth a receipt", "other.txt": "another file" });
    const { object } = await summary(["upload", "paper.txt"]);
    const { object: other } = await summary(["upload", "other.txt"]);
    const text = await readFile(join(network.home, "receipts", `${object}.json`), "utf8");
    const receipt = JSON.parse(text);
    const ack = Buffer.from(receipt.acks[0], "base64");
    ack[ack.length - 1] = (ack.at(-1) ?? 0) ^ 1;
    const forgeries = {
      "other-object.json": text.replaceAll(String(object), String(other)),
      "forged-ack.json": JSON.stringify({ ...receipt, acks: [ack.toString("base64"), ...receipt.acks.slice(1)] }),
      "no-receipt.json": '{"format":"something"}',
      "no-json.json": "not even JSON",
    };
    await write(forgeries);
    for (const file of Object.keys(forgeries)) {
      expect((await failure(["verify", "receipt", file])).exitCode, file).toBeGreaterThanOrEqual(40);
    }
    expect(await failure(["verify", "receipt", "absent.json"])).toMatchObject({
      code: "DSDN_COMMANDS_RECEIPT_MISSING",
      exitCode: 34,
    });
  });
});
