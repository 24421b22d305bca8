import { randomBytes } from "node:crypto";
import { readFile, rm, watch, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { widthOf } from "../../src/ui/index.ts";
import { openHeldWay } from "./held-way.ts";
import { useNetwork } from "./network.ts";
import { hasPty, onTerminal, type Screen } from "./pty.ts";

const network = useNetwork();
const MEBIBYTE = 1024 * 1024;
const FILES = 14;
const size = FILES * 8 * MEBIBYTE;
let ingressUrl = "";

beforeAll(async () => {
  const running = JSON.parse(await readFile(join(network.home, "devnet/running.json"), "utf8"));
  ingressUrl = running.ingressUrl;
  await writeFile(join(network.folder, "token"), running.token, { mode: 0o600 });
  await network.summary(["keys", "generate", "--store", "device"]);
  for (let index = 0; index < FILES; index += 1) {
    await network.write({ [`big/${index}.bin`]: "" });
    await writeFile(join(network.folder, `big/${index}.bin`), randomBytes(8 * MEBIBYTE));
  }
});

async function isMade(folder: string, name: string): Promise<void> {
  for await (const { filename } of watch(folder)) if (filename === name) return;
}

const person = () => ({ columns: 60, folder: network.folder, env: { DSDN_HOME: network.home, HOME: network.home } });
/** Over a way that lets no more than most of `big` through: whatever is to be stopped is not done before. */
async function overHeldWay() {
  const way = await openHeldWay(ingressUrl);
  onTestFinished(way.close);
  way.allow(0.8 * size);
  const env = { ...person().env, DSDN_INGRESS_ENDPOINT: way.url, DSDN_TOKEN_FILE: join(network.folder, "token") };
  return { ...person(), env };
}
const stop = async (words: readonly string[]) =>
  onTerminal(words, { ...(await overHeldWay()), interruptWhen: isUnderWay });
const flat = ({ lines }: Screen) => lines.join(" ").replace(/\s+/g, " ");
/** Four chunks of 16 MiB may be under way, and an interruption loses them: what the line shows above them is safe. */
const isUnderWay = (raw: string) => [...raw.matchAll(/ (\d+)%/g)].some(([, share]) => Number(share) >= 65);

describe.skipIf(!hasPty)("on a terminal (skipped where util-linux has no script)", () => {
  test("an upload that is stopped names the command that goes on, which sends only the rest", async () => {
    const stopped = await stop(["upload", "big", "--lang", "en"]);
    expect(stopped.exitCode).toBe(130);
    const text = flat(stopped);
    expect(text).toContain("Uploading big: stopped after");
    expect(text).toContain("DSDN_COMMANDS_INTERRUPTED_RESUMABLE");
    expect(text).toContain("dsdn upload big --lang en");
    const resumed = await network.summary(["upload", "big", "--lang", "en"]);
    expect(resumed).toMatchObject({ files: FILES, sizeBytes: size });
    expect(resumed["sentBytes"]).toBeLessThan(0.95 * size);
  });

  test("a get that is stopped goes on likewise, and what it had is whole", async () => {
    const words = ["get", "big", "--out", "back"];
    const stopped = await stop([...words, "--lang", "id"]);
    expect(stopped.exitCode).toBe(130);
    expect(flat(stopped)).toContain("Lanjutkan dari sini: dsdn get big --out back --lang id");
    const resumed = await network.summary(words);
    expect(resumed["keptFiles"]).toBeGreaterThan(0);
    for (let index = 0; index < FILES; index += 1) {
      const [had, has] = await Promise.all(
        ["big", "back"].map((at) => readFile(join(network.folder, at, `${index}.bin`))),
      );
      expect(has?.equals(had ?? Buffer.alloc(0))).toBe(true);
    }
  });

  test("a deploy that is stopped goes on likewise", async () => {
    await network.write({ "big/index.html": "<h1>big</h1>" });
    await rm(join(network.folder, "big/0.bin"));
    await writeFile(join(network.folder, "big/0.bin"), randomBytes(8 * MEBIBYTE));
    const stopped = await stop(["deploy", "big", "--lang", "en"]);
    expect(stopped.exitCode).toBe(130);
    expect(flat(stopped)).toContain("dsdn deploy big --lang en");
    const { exitCode, stdout } = await network.run(["deploy", "big", "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).details.sentBytes).toBeLessThan(0.95 * size);
  });

  test("no line of a running step is wider than the terminal, and the bar moves", async () => {
    await writeFile(join(network.folder, "fresh"), randomBytes(64 * MEBIBYTE));
    const { exitCode, lines } = await onTerminal(["upload", "fresh", "--lang", "en"], person());
    expect(exitCode).toBe(0);
    const live = lines.filter((line) => /Uploading fresh {2}/.test(line));
    expect(new Set(live.map((line) => /(\d+)%/.exec(line)?.[1])).size).toBeGreaterThan(1);
    expect(live.filter((line) => widthOf(line) > 60)).toEqual([]);
  });

  test("a devnet whose start is stopped does not run behind its user's back", async () => {
    const env = { ...person().env, DSDN_HOME: join(network.folder, "other-home") };
    const interruptWhen = (raw: string) => raw.includes("Starting the devnet");
    // Ready when a block has come, which is long after these words.
    const words = ["dev", "start", "-d", "--da-delay", "5s", "--lang", "en"];
    const stopped = await onTerminal(words, { ...person(), env, interruptWhen });
    expect([stopped.exitCode, flat(stopped)]).toEqual([130, expect.stringContaining("stopped after")]);
    const { stdout } = await network.run(["dev", "status", "--json"], { env });
    expect(JSON.parse(stdout).error.code).toBe("DSDN_DEVNET_NOT_RUNNING");
    // What was begun is no obstacle to the next start.
    expect((await network.run(["dev", "start", "-d", "--json"], { env })).exitCode).toBe(0);
    expect((await network.run(["dev", "stop", "--json"], { env })).exitCode).toBe(0);
  });

  test("a rebuild that is stopped leaves the devnet to end it, and can be asked for again", async () => {
    const interruptWhen = (raw: string) => raw.includes("Rebuilding node-1");
    // Without the log's own node no rebuild comes to its end.
    await network.summary(["dev", "fault", "kill", "da"]);
    const stopped = await onTerminal(["rebuild", "node-1", "--lang", "en"], { ...person(), interruptWhen });
    await network.summary(["dev", "fault", "restart", "da"]);
    expect(stopped.exitCode).toBe(130);
    expect(flat(stopped)).toContain("The devnet ends what it began by itself");
    const again = await network.run(["rebuild", "node-1", "--json"]);
    expect([again.exitCode, JSON.parse(again.stdout).summary]).toMatchObject([0, { role: "node-1", isEqual: true }]);
  });

  test("NO_COLOR and a terminal without signs are heeded while a step runs", async () => {
    const env = { ...person().env, NO_COLOR: "1", TERM: "linux" };
    const { raw } = await onTerminal(["upload", "big/1.bin", "--lang", "en"], { ...person(), env });
    // Colours end in m; moving the cursor does not.
    expect(raw.split("\u001b[").filter((part) => /^\d*m/.test(part))).toEqual([]);
    expect([...raw].filter((character) => character > "~")).toEqual([]);
    expect(raw).toContain("+ Uploading big/1.bin: done in");
  });
});

test("a program is told the command that goes on in the error's facts", async () => {
  await rm(join(network.folder, "back"), { recursive: true, force: true });
  const words = ["get", "big", "--out", "back", "--json"];
  const { env } = await overHeldWay();
  const { exitCode, stdout } = await network.run(words, { env, interruptAfter: isMade(network.folder, "back") });
  expect([exitCode, JSON.parse(stdout).error.facts]).toEqual([130, { command: `dsdn ${words.join(" ")}` }]);
});
