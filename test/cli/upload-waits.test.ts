import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { useNetwork } from "./network.ts";
import { hasPty, onTerminal } from "./pty.ts";

const network = useNetwork();

beforeAll(async () => {
  await network.write({
    "notes/a.txt": "a",
    "notes/b.txt": "b",
    "en.txt": "en",
    "id.txt": "id",
    "site/index.html": "hello",
  });
  await network.summary(["upload", "notes/b.txt"]);
  await network.summary(["dev", "fault", "kill", "coordinator"]);
});

/** On a terminal that is left as soon as the words stand there. */
async function waitFor(words: string, args: readonly string[]) {
  const env = { DSDN_HOME: network.home, HOME: network.home };
  const startMs = performance.now();
  const person = { columns: 60, folder: network.folder, env };
  const { exitCode, lines } = await onTerminal(args, { ...person, interruptWhen: (raw) => raw.includes(words) });
  return { exitCode, text: lines.join(" ").replace(/\s+/g, " "), tookMs: performance.now() - startMs };
}

describe("an upload while no coordinator answers", () => {
  test.concurrent("ends after half a minute, says that nothing is lost and how to go on", async () => {
    const words = ["upload", "notes", "--json"];
    const startMs = performance.now();
    const { exitCode, stdout } = await network.run(words);
    const { error } = JSON.parse(stdout);
    expect(exitCode).toBe(39);
    expect(error).toMatchObject({
      code: "DSDN_COMMANDS_UPLOAD_NOT_PUBLISHED",
      facts: { name: "notes", state: "no coordinator answers", command: "dsdn upload notes --json" },
    });
    expect(error.facts.seconds).toBeGreaterThanOrEqual(30);
    expect(performance.now() - startMs).toBeLessThan(90_000);
  });

  test.concurrent("from standard input, which cannot be read again, names the command that looks after it", async () => {
    const { exitCode, stdout } = await network.run(["upload", "-", "--name", "piped", "--json"], { input: "piped" });
    const { facts } = JSON.parse(stdout).error;
    expect([exitCode, facts.command]).toEqual([39, expect.stringMatching(/^dsdn stat baf\w+$/)]);
    const cid = facts.command.split(" ").at(-1);
    expect((await network.summary(["stat", cid]))["status"]).toBe("durable");
    const receipt = await readFile(join(network.home, "receipts", `${cid}.json`), "utf8");
    expect(JSON.parse(receipt)).toMatchObject({ object: cid, published: null });
  });

  test.concurrent("is what a deploy begins with, which ends likewise", async () => {
    const { exitCode, stdout } = await network.run(["deploy", "site", "--json"]);
    const { error } = JSON.parse(stdout);
    expect([exitCode, error.code]).toEqual([39, "DSDN_COMMANDS_DEPLOY_NOT_ANSWERING"]);
    expect(error.facts).toMatchObject({ name: "site", state: "no coordinator answers" });
  });

  // A terminal of its own comes from util-linux.
  test.skipIf(!hasPty).concurrent("says within seconds what it waits for, in both languages", async () => {
    const english = await waitFor("no coordinator answers", ["upload", "en.txt", "--lang", "en"]);
    expect(english).toMatchObject({ exitCode: 130, text: expect.stringContaining("Waiting for the log: stopped") });
    expect(english.text).toContain("Uploading en.txt: done");
    const words = "koordinator tidak menjawab";
    const indonesian = await waitFor(words, ["upload", "id.txt", "--lang", "id"]);
    expect(indonesian).toMatchObject({ exitCode: 130, text: expect.stringContaining("Menunggu log: dihentikan") });
    for (const { tookMs } of [english, indonesian]) expect(tookMs).toBeLessThan(25_000);
  });
});

// The terminal's line is drawn only once its drawing is loaded.
test.skipIf(!hasPty)("an upload that fails before its step is drawn says so all the same", async () => {
  const { exitCode, text } = await waitFor("never", ["upload", "not-there", "--lang", "en"]);
  expect([exitCode, text]).toEqual([10, expect.stringContaining("Uploading not-there: failed after")]);
});

test("once a coordinator is back the command it named publishes it, and sends nothing twice", async () => {
  await network.summary(["dev", "heal"]);
  expect(await network.summary(["upload", "notes"])).toMatchObject({ stage: "published", sentBytes: 0, files: 2 });
  expect(await network.summary(["upload", "en.txt"])).toMatchObject({ stage: "published", sentBytes: 0 });
});
