import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Disk, systemDisk } from "../../../src/base/index.ts";
import { connectDevnet, removeLeftover } from "../../../src/devnet/index.ts";

const GONE_PID = 2 ** 31 - 2;
const announce = (token: string) => {
  const url = "http://127.0.0.1:9";
  return JSON.stringify({ controlUrl: url, ingressUrl: url, chainRpcUrl: url, daUrl: url, token, pid: GONE_PID });
};
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsdn-leftover-"));
  path = join(folder, "running.json");
  writeFileSync(path, announce("killed"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the announcement of a devnet that was killed is removed", async () => {
  await removeLeftover(folder, systemDisk());
  expect(existsSync(path)).toBe(false);
});

test("that of a devnet which starts while the other is judged stays", async () => {
  const disk = systemDisk();
  let looks = 0;
  const find: Disk["find"] = async (at) => {
    const found = await disk.find(at);
    // The last look before the verdict is over; the new devnet is ready at this moment.
    if (++looks === 3) writeFileSync(path, announce("new"));
    return found;
  };
  await removeLeftover(folder, { ...disk, find });
  expect(looks).toBeGreaterThan(2);
  expect(JSON.parse(readFileSync(path, "utf8")).token).toBe("new");
});

test("whoever took the port of a devnet that was killed is told no token, whatever he answers", async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ folder, roles: [], proof: "0".repeat(64) }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(path, announce("killed").replaceAll("http://127.0.0.1:9", url));
  try {
    await expect(connectDevnet(folder, systemDisk())).rejects.toMatchObject({ code: "DSDN_DEVNET_NOT_RUNNING" });
    expect(seen).toEqual([undefined]);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
