import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Client,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { beforeAll, describe, expect, test } from "vitest";
import { afterFile, hashOf, makeBytes, startTestDevnet, type TestDevnet } from "./devnet-fixture.ts";

/** The interface as other programs have it: two calls, nothing of ours. @source dsdn.api, api.proto of dsdn-Rcore */
const PROTO = fileURLToPath(new URL("./storage-of-others.proto", import.meta.url));

let net: TestDevnet;
let storage: Client;
let runtime: Client;

interface Answer {
  readonly hash?: string;
  readonly data?: Uint8Array;
  readonly status?: string;
}

beforeAll(async () => {
  net = await startTestDevnet({ nodes: 3, zones: 3 });
  const settings = JSON.parse(await readFile(join(net.folder, "devnet.json"), "utf8")) as {
    ports: { nodes: { grpc: number }[] };
  };
  const services = loadPackageDefinition(loadSync(PROTO, { keepCase: true, bytes: Uint8Array })) as unknown as {
    dsdn: { api: { Storage: ServiceClientConstructor; Runtime: ServiceClientConstructor } };
  };
  const address = `127.0.0.1:${settings.ports.nodes[0]?.grpc}`;
  const options = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
  storage = new services.dsdn.api.Storage(address, credentials.createInsecure(), options);
  runtime = new services.dsdn.api.Runtime(address, credentials.createInsecure());
  afterFile(async () => {
    storage.close();
    runtime.close();
  });
});

function call(client: Client, method: string, request: unknown, metadata = new Metadata()): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = (client as unknown as Record<string, (...args: unknown[]) => void>)[method];
    send?.call(client, request, metadata, (error: ServiceError | null, answer: Answer) =>
      error === null ? resolve(answer) : reject(error),
    );
  });
}

describe("a storage client of another make", () => {
  test.each([1, 65_536, 5_000_000, 16 * 1024 * 1024])("puts and gets %i bytes", async (sizeBytes) => {
    const data = makeBytes(sizeBytes, `grpc ${sizeBytes}`);
    const hash = hashOf(data);
    expect(await call(storage, "Put", { hash, data })).toEqual({ hash, status: "stored" });
    const back = await call(storage, "Get", { hash });
    expect(hashOf(back.data ?? new Uint8Array(0))).toBe(hash);
    const url = net.devnet.status().roles.find(({ name }) => name === "node-1")?.url;
    expect(await (await fetch(`${url}/storage/has/${hash}`)).json()).toEqual({ hash, exists: true });
  });

  test.each<[string, (data: Uint8Array) => { hash: string; data: Uint8Array }]>([
    ["another hash", (data) => ({ hash: "0".repeat(64), data })],
    ["an upper-case hash", (data) => ({ hash: hashOf(data).toUpperCase(), data })],
    ["a path for a hash", (data) => ({ hash: "../../devnet.json", data })],
    ["no hash", (data) => ({ hash: "", data })],
    ["no data", () => ({ hash: hashOf(new Uint8Array(0)), data: new Uint8Array(0) })],
  ])("is refused with %s, and nothing is stored", async (_what, request) => {
    const data = makeBytes(100, "refused");
    await expect(call(storage, "Put", request(data))).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(call(storage, "Get", { hash: hashOf(data) })).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  test("is refused with a lease that is none", async () => {
    const data = makeBytes(100, "lease");
    const metadata = new Metadata();
    metadata.set("dsdn-lease", "AAAA");
    await expect(call(storage, "Put", { hash: hashOf(data), data }, metadata)).rejects.toMatchObject({
      code: status.PERMISSION_DENIED,
    });
  });

  test("cannot give a node orders", async () => {
    const request = { module_hash: "0".repeat(64), input: new Uint8Array(1), timeout_ms: 1, max_mem_bytes: 1 };
    await expect(call(runtime, "RunWasm", request)).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
  });
});
