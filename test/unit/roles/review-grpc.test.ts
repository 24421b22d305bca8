import { once } from "node:events";
import { connect } from "node:http2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGrpcServer, type GrpcServer } from "../../../src/roles/node/grpc/grpc-server.ts";

const PUT = "/dsdn.api.Storage/Put";
let server: GrpcServer;
let faults: unknown[];
const onFault = (reason: unknown) => void faults.push(reason);

beforeEach(async () => {
  faults = [];
  process.on("unhandledRejection", onFault);
  server = createGrpcServer({ host: "127.0.0.1", port: 0 }, { find: async () => undefined, put: async () => {} });
  await server.start();
});

afterEach(async () => {
  await server.stop();
  process.off("unhandledRejection", onFault);
});

/** The status of one request with these pseudo headers; 0 when the stream was closed without an answer. */
async function ask(headers: { readonly [name: string]: string }): Promise<number> {
  const session = connect(`http://127.0.0.1:${server.port}`);
  session.on("error", () => {});
  const stream = session.request({ ":method": "POST", "content-type": "application/grpc", ...headers });
  stream.on("error", () => {});
  let status = 0;
  stream.on("response", (answer) => (status = Number(answer[":status"])));
  stream.end(new Uint8Array(5));
  stream.resume();
  await once(stream, "close");
  session.destroy();
  return status;
}

describe("the gRPC port of a node", () => {
  test.each(["[", "127.0.0.1:99999", "%"])("survives the authority %j of a stranger", async (authority) => {
    await ask({ ":authority": authority, ":path": "/dsdn.api.Storage/Get" });
    expect(await ask({ ":path": "/dsdn.api.Storage/Get" })).toBe(200);
    expect(faults).toEqual([]);
  });

  test("refuses more than its share of requests at once, and serves again when they are gone", async () => {
    const session = connect(`http://127.0.0.1:${server.port}`);
    const open = Array.from({ length: 32 }, () => {
      const stream = session.request({ ":method": "POST", ":path": PUT, "content-type": "application/grpc" });
      stream.on("error", () => {});
      stream.write(new Uint8Array(5));
      return stream;
    });
    const refused = session.request({ ":method": "POST", ":path": PUT, "content-type": "application/grpc" });
    const [answer] = (await once(refused, "response")) as [{ readonly [name: string]: unknown }];
    expect(answer["grpc-status"]).toBe("14");
    const gone = open.map((stream) => once(stream, "close"));
    for (const stream of open) stream.close();
    await Promise.all(gone);
    session.destroy();
    expect(await ask({ ":path": PUT })).toBe(200);
  });
});
