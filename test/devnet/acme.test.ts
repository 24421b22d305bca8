import { execFileSync, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { silentLogger, systemClock, systemDisk } from "../../src/base/index.ts";
import { ACME_CHALLENGE_PREFIX, createAcmeIssuer, createCertificates, netErrors } from "../../src/net/index.ts";

/** Let's Encrypt's own test authority; `.ci/run` builds it where Go is installed. */
const pebble = findPebble();
const folder = mkdtempSync(join(tmpdir(), "dsdn-acme-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(pebble === undefined)("a certificate from a real ACME authority (skipped without pebble)", () => {
  let authority: Authority;
  beforeAll(async () => {
    authority = await startAuthority(pebble ?? "");
  });
  afterAll(() => authority.stop());

  test("is issued after the authority saw our answer, kept privately and used for its name only", async () => {
    const disk = systemDisk();
    const home = join(folder, "issued");
    const { directoryUrl, authorityRoot } = authority;
    const issuer = createAcmeIssuer({ directoryUrl, authorityRoot, folder: home }, { disk });
    authority.answerWith(issuer.findAnswer);
    const certificates = createCertificates(
      { folder: home },
      { disk, clock: systemClock(), log: silentLogger(), issuing: { issuer, wantedNames: () => ["shop.example"] } },
    );
    onTestFinished(() => certificates.stop());
    await certificates.start();
    await expect.poll(() => certificates.findContext("shop.example") !== undefined, { timeout: 30_000 }).toBe(true);
    expect(certificates.findContext("other.example")).toBeUndefined();
    expect(new X509Certificate(readFileSync(join(home, "shop.example.crt"))).checkHost("shop.example")).toBeDefined();
    for (const file of ["shop.example.key", "acme-account.key"]) {
      expect(statSync(join(home, file)).mode & 0o777, file).toBe(0o600);
    }
  });

  test("is refused when the name does not lead to us, and nothing is kept", async () => {
    const home = join(folder, "refused");
    const { directoryUrl, authorityRoot } = authority;
    const issuer = createAcmeIssuer({ directoryUrl, authorityRoot, folder: home }, { disk: systemDisk() });
    authority.answerWith(() => "somebody else's answer");
    await expect(issuer.issue("stolen.example")).rejects.toMatchObject({ code: netErrors.certificateRefused.code });
    expect(existsSync(join(home, "stolen.example.crt"))).toBe(false);
  });
});

function findPebble(): string | undefined {
  const folders = [join(import.meta.dirname, "../../.cache/pebble"), ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.map((path) => join(path, "pebble")).find((path) => existsSync(path));
}

interface Authority {
  readonly directoryUrl: string;
  readonly authorityRoot: string;
  answerWith(find: (token: string) => string | undefined): void;
  stop(): Promise<void>;
}

/** Pebble with every name resolved to this machine, and the web server it asks. */
async function startAuthority(program: string): Promise<Authority> {
  let find: (token: string) => string | undefined = () => undefined;
  const web = createHttpServer((request, response) => {
    const token = (request.url ?? "").slice(ACME_CHALLENGE_PREFIX.length);
    response.end(request.url?.startsWith(ACME_CHALLENGE_PREFIX) ? find(token) : "");
  });
  const webPort = await listen(web);
  const names = await startNames();
  const [port, managementPort] = [await freePort(), await freePort()];
  const { certificate, key } = selfSigned();
  const config = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate,
    privateKey: key,
    httpPort: webPort,
    tlsPort: webPort,
    externalAccountBindingRequired: false,
    keyAlgorithm: "ecdsa",
    profiles: { default: { description: "test", validityPeriod: 7_776_000 } },
  };
  const path = join(folder, "pebble.json");
  writeFileSync(path, JSON.stringify({ pebble: config }));
  const child = spawn(program, ["-config", path, "-dnsserver", `127.0.0.1:${names.port}`], {
    env: { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    const hear = (part: Buffer) => {
      said += part.toString();
      if (said.includes("ACME directory available at")) resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    void ended.then(() => reject(new Error(said)));
  });
  return {
    directoryUrl: `https://localhost:${port}/dir`,
    authorityRoot: readFileSync(certificate, "utf8"),
    answerWith: (next) => {
      find = next;
    },
    stop: async () => {
      child.kill();
      await ended;
      web.close();
      names.close();
    },
  };
}

/** A name server whose answer to every question for an A record is 127.0.0.1. @source RFC 1035 section 4 */
async function startNames() {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    // Over TCP a length goes before each message; the authority asks one short question a connection.
    socket.on("data", (bytes) => {
      const reply = answerName(bytes.subarray(2));
      socket.write(Buffer.concat([Buffer.from([reply.length >> 8, reply.length & 255]), reply]));
    });
  });
  return { port: await listen(server), close: () => server.close() };
}

function answerName(question: Buffer): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const isAddress = question.readUInt16BE(end - 4) === 1;
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(isAddress ? 1 : 0, 6);
  header.writeUInt32BE(0, 8);
  const record = Buffer.from("c00c000100010000000100047f000001", "hex");
  return Buffer.concat([header, question.subarray(12, end), ...(isAddress ? [record] : [])]);
}

function selfSigned() {
  const [certificate, key] = [join(folder, "pebble.crt"), join(folder, "pebble.key")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const files = ["-keyout", key, "-out", certificate];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...subject, ...files], { stdio: "ignore" });
  return { certificate, key };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(server: Server | ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}
