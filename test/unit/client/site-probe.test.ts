import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { probeSite } from "../../../src/client/index.ts";

async function listen(answers: boolean): Promise<string> {
  const server = createServer((message, response) => {
    if (answers) response.writeHead(200, { "dsdn-test": String(message.headers.host) }).end("here");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a deployment is asked by its own host name at the ingress", async () => {
  const answer = await probeSite(await listen(true), { url: "http://label.example:8088/" });
  expect(answer).toMatchObject({ status: 200, headers: { "dsdn-test": "label.example:8088" }, refusal: undefined });
});

test("whoever does not answer in the time given has not answered", async () => {
  const answer = await probeSite(await listen(false), { url: "http://label.example/" }, { timeoutMs: 50 });
  expect(answer).toMatchObject({ status: 0, workload: undefined, refusal: "DSDN_BASE_UNREACHABLE", isAbsent: false });
});
