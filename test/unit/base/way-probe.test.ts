import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer as createPlainServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { probeWay, systemClock } from "../../../src/base/index.ts";
import { findFreePorts } from "../../free-ports.ts";

const deps = { clock: systemClock() };
let folder: string;
let key: string;
let certificate: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dsdn-way-"));
  const [keyFile, certificateFile] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const subject = ["-subj", "/O=Our own authority", "-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", keyFile, "-out", certificateFile];
  execFileSync("openssl", ["req", "-x509", ...kind, ...subject, ...files], { stdio: "ignore" });
  [key, certificate] = [readFileSync(keyFile, "utf8"), readFileSync(certificateFile, "utf8")];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

test("a name that leads nowhere ends the way there", async () => {
  const way = await probeWay("https://no-such-host.invalid", { timeoutMs: 2000 }, deps);
  expect(way.name).toMatchObject({ addresses: [], fault: expect.stringMatching(/^E[A-Z_]+$/) });
  expect([way.connection, way.tls]).toEqual([undefined, undefined]);
});

test("a closed port ends it at the connection", async () => {
  const port = await findFreePorts(1);
  const way = await probeWay(`http://127.0.0.1:${port}`, {}, deps);
  expect(way.connection).toMatchObject({ address: `127.0.0.1:${port}`, fault: "ECONNREFUSED" });
});

test("http needs no more than a connection, and nothing is sent over it", async () => {
  let received = 0;
  const server = createPlainServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      received += bytes.length;
    });
  });
  const way = await probeWay(`http://127.0.0.1:${await listen(server)}`, {}, deps);
  expect([way.connection?.fault, way.tls, received]).toEqual([null, undefined, 0]);
});

test("a certificate counts by the authority that was given, and by no other", async () => {
  const server = createTlsServer({ key, cert: certificate });
  const url = `https://localhost:${await listen(server)}`;
  const trusted = await probeWay(url, { ca: certificate }, deps);
  expect(trusted.tls).toMatchObject({ fault: null, issuer: "Our own authority", protocol: "TLSv1.3" });
  expect(trusted.tls?.validToMs).toBeGreaterThan(Date.now());
  const unknown = await probeWay(url, {}, deps);
  expect(unknown.tls?.fault).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  const misnamed = await probeWay(url.replace("localhost", "127.0.0.1"), { ca: certificate }, deps);
  expect(misnamed.tls?.fault).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
});

test("a server that speaks no TLS, or says nothing, is told from one that does", async () => {
  const rude = createPlainServer((socket) =>
    socket
      .resume()
      .on("error", () => {})
      .end("HTTP/1.1 400 Bad Request\r\n\r\n"),
  );
  const spoken = await probeWay(`https://127.0.0.1:${await listen(rude)}`, {}, deps);
  expect(spoken.tls?.fault).toMatch(/^E[A-Z_]+/);
  const mute = createPlainServer((socket) => socket.resume().on("error", () => {}));
  const silent = await probeWay(`https://127.0.0.1:${await listen(mute)}`, { timeoutMs: 1_000 }, deps);
  expect(silent.tls?.fault).toBe("ETIMEDOUT");
});
