import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger, systemClock, systemDisk, systemRandom } from "../../../src/base/index.ts";
import { composeRole, readRoleConfig } from "../../../src/roles/index.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsdn-run-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const deps = { disk: systemDisk(), clock: systemClock(), random: systemRandom(), log: silentLogger(), env: {} };

async function makeDaNode() {
  const path = join(folder, "dsdn.toml");
  writeFileSync(path, 'data = "data"\n[da]\nport = 0\n');
  return composeRole("da", await readRoleConfig({ file: path, env: {}, flags: [] }, deps.disk), deps);
}

test("a second process on a role's data folder does not start, and leaves the first one's files alone", async () => {
  const first = await makeDaNode();
  await first.start();
  const second = await makeDaNode();
  await expect(second.start(AbortSignal.timeout(300))).rejects.toThrow();
  await first.stop();
  await second.start();
  await second.stop();
});

test("a role starts soon after a crash whose process number or machine name is another's now", async () => {
  const first = await makeDaNode();
  await first.start();
  await first.stop();
  const lock = join(folder, "data", "lock");
  writeFileSync(lock, JSON.stringify({ token: "crashed", pid: process.pid, host: hostname() }));
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(lock, longAgo, longAgo);
  // A holder that might still live is waited for ten seconds.
  await first.start(AbortSignal.timeout(9_000));
  await first.stop();
});
