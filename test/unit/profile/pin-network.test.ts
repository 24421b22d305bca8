import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../../src/base/index.ts";
import { pinNetwork } from "../../../src/profile/access.ts";
import { updateConfig } from "../../../src/profile/config-store.ts";
import { loadConfig } from "../../../src/profile/load-config.ts";

const deps = { clock: systemClock() };
const ids = ["aa", "bb", "cc"].map((byte) => byte.repeat(32));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-pin-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("of programs that ask a network at the same moment one decides which it is, for all of them", async () => {
  const place = { env: { DSDN_HOME: folder }, folder };
  const unpinned = { ingresses: ["https://a.example.org"], networkId: null, tokenFile: null, sessionFile: null };
  const known = { ...unpinned, caFile: null, isInsecure: false };
  await updateConfig(place, deps, (config) => ({ ...config, networks: new Map([["mine", known]]) }));
  const held = await Promise.all(ids.map((network) => pinNetwork(place, { name: "mine", network }, deps)));
  const [first = ""] = held;
  expect(ids).toContain(first);
  expect(held).toEqual(ids.map(() => first));
  expect((await loadConfig(place)).get().networks.get("mine")?.networkId).toBe(first);
});

test("a network that was removed meanwhile is not added again", async () => {
  const place = { env: { DSDN_HOME: folder }, folder };
  expect(await pinNetwork(place, { name: "gone", network: ids[0] ?? "" }, deps)).toBe(ids[0]);
  expect((await loadConfig(place)).get().networks.size).toBe(0);
});
