import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { toUtf8, VirtualClock } from "../../../src/base/index.ts";
import type { Receipt } from "../../../src/client/index.ts";
import { builtinCommands, type CommandEntry } from "../../../src/commands/framework/manifest.ts";
import { runCli } from "../../../src/commands/framework/run-cli.ts";
import { run } from "../../../src/commands/framework/run-command.ts";
import VerifyReceiptCommand from "../../../src/commands/verify/receipt.ts";
import { makeWorld, type World } from "../client/world.ts";
import { fakeTerminal } from "../ui/fake-terminal.ts";

const text = { en: "x", id: "x" };
const entry: CommandEntry = {
  id: "verify receipt",
  file: "receipt.js",
  summary: text,
  examples: [],
  args: [],
  flags: [],
};

let world: World;
let receipt: Receipt;

beforeEach(async () => {
  world = await makeWorld();
  ({ receipt } = await world.client.storage.upload({ files: [{ path: "a", bytes: toUtf8("a") }] }));
});

async function verify(value: object, ...more: string[]) {
  await writeFile(join(world.folder, "receipt.json"), JSON.stringify(value));
  const terminal = fakeTerminal({ folder: world.folder });
  const exitCode = await runCli(["verify", "receipt", "receipt.json", ...more], {
    terminal,
    clock: new VirtualClock(),
    manifest: { version: "1.2.3", commands: [...builtinCommands, entry], topics: { verify: text } },
    signal: new AbortController().signal,
    load: async () => ({ default: VerifyReceiptCommand, run }),
    listErrors: async () => [],
  });
  return { exitCode, stdout: terminal.output, stderr: terminal.errors };
}

describe("dsdn verify receipt", () => {
  test("says what is proven, and that the root is an ingress's word until the log is replayed", async () => {
    const { exitCode, stdout } = await verify(receipt);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`0x${receipt.inclusion?.owner}`);
    expect(stdout).toContain("proven");
    expect(stdout).toContain("dsdn verify state");
    expect(stdout).toContain("only as far as");
    expect(stdout).not.toContain(receipt.inclusion?.stateRoot);
  });

  test("shows the whole root under -vv, and holds it against a trusted one", async () => {
    const root = receipt.inclusion?.stateRoot ?? "";
    const { exitCode, stdout } = await verify(receipt, "--state-root", root, "-vv");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(root);
    expect(stdout).not.toContain("only as far as");
  });

  test.each([
    ["a changed proof", () => ({ ...receipt.inclusion, proof: "AAAA" }), 47, "DSDN_CLIENT_RECEIPT_PROOF_INVALID"],
    [
      "a proof for another owner",
      () => ({ ...receipt.inclusion, owner: "00".repeat(20) }),
      48,
      "DSDN_CLIENT_RECEIPT_OBJECT_DIFFERS",
    ],
  ])("refuses %s", async (_, inclusion, exit, code) => {
    const { exitCode, stderr } = await verify({ ...receipt, inclusion: inclusion() });
    expect({ exitCode, isNamed: stderr.includes(code) }).toEqual({ exitCode: exit, isNamed: true });
  });

  test("refuses another root, and says so of a receipt without a proof", async () => {
    const { exitCode, stderr } = await verify(receipt, "--state-root", "ab".repeat(32));
    expect(exitCode).toBe(49);
    expect(stderr).toContain("DSDN_CLIENT_RECEIPT_ROOT_DIFFERS");
    const { inclusion: _, ...bare } = receipt;
    expect((await verify(bare)).stdout).toContain("no proof");
    expect((await verify(bare, "--state-root", "ab".repeat(32))).exitCode).toBe(46);
  });
});
