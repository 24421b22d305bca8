import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Disk, systemDisk } from "../../../src/base/index.ts";
import { connectDevnet, removeLeftover } from "../../../src/devnet/index.ts";
import { proofOf } from "../../../src/devnet/proof.ts";

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
  const answer = ({ headers }: IncomingMessage) => {
    seen.push(headers.authorization);
    return { folder, roles: [], proof: "0".repeat(64) };
  };
  await withServer(answer, async () => {
    await expect(connectDevnet(folder, systemDisk())).rejects.toMatchObject({ code: "DSDN_DEVNET_NOT_RUNNING" });
    expect(seen).toEqual([undefined]);
  });
});

test("stopping one takes until its folder is free for the next, not only until its announcement is gone", async () => {
  const lockPath = join(folder, "lock");
  writeFileSync(lockPath, "who holds it");
  const answer = ({ url = "" }: IncomingMessage) => {
    if (url === "/stop") rmSync(path);
    return proveTo(url);
  };
  const disk = systemDisk();
  let looks = 0;
  const find: Disk["find"] = async (at) => {
    const found = await disk.find(at);
    if (at === lockPath && !existsSync(path) && ++looks === 2) rmSync(lockPath);
    return found;
  };
  await withServer(answer, async () => {
    const devnet = await connectDevnet(folder, { ...disk, find });
    await devnet.stop();
    expect(existsSync(lockPath)).toBe(false);
  });
});

test("stopping one that somebody else is stopping just then is no error: it goes away all the same", async () => {
  const answer = ({ url = "" }: IncomingMessage) => {
    if (url !== "/stop") return proveTo(url);
    rmSync(path);
    return undefined;
  };
  await withServer(answer, async () => {
    const devnet = await connectDevnet(folder, systemDisk());
    await devnet.stop();
    expect(existsSync(path)).toBe(false);
  });
});

/** What the devnet of the folder answers. */
function proveTo(url: string): object {
  const nonce = new URL(url, "http://local").searchParams.get("nonce") ?? "";
  return { folder, proof: proofOf("killed", nonce) };
}

/** A server at the address that was announced; it answers with JSON, or cuts the connection for want of an answer. */
async function withServer(
  answer: (request: IncomingMessage) => object | undefined,
  work: () => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    const json = answer(request);
    if (json === undefined) return void request.socket.destroy();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(path, announce("killed").replaceAll("http://127.0.0.1:9", url));
  try {
    await work();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
