import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createHttpServer, type Logger, silentLogger, systemDisk, VirtualClock } from "../../../src/base/index.ts";
import { type CertificateIssuer, createCertificates, netErrors } from "../../../src/net/index.ts";

const often = { interval: 2, timeout: 180_000 };
const root = mkdtempSync(join(tmpdir(), "dsdn-certificates-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A certificate for the name that signs itself. */
function pairFor(name: string) {
  const folder = mkdtempSync(join(root, "made-"));
  const [certificate, key] = [join(folder, "crt"), join(folder, "key")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const subject = ["-subj", "/CN=test", "-addext", `subjectAltName=DNS:${name}`];
  execFileSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", certificate], {
    stdio: "ignore",
  });
  return { key: readFileSync(key, "utf8"), certificate: readFileSync(certificate, "utf8") };
}

function put(folder: string, name: string, pair: { key: string; certificate: string }): void {
  writeFileSync(join(folder, `${name}.key`), pair.key);
  writeFileSync(join(folder, `${name}.crt`), pair.certificate);
}

function open(
  options: {
    issuing?: { issuer: CertificateIssuer; wantedNames: () => string[] };
    log?: Logger;
    checkMs?: number;
  } = {},
) {
  const folder = mkdtempSync(join(root, "pairs-"));
  const clock = new VirtualClock(Date.now());
  const { issuing, log = silentLogger(), checkMs = 1_000 } = options;
  const deps = { disk: systemDisk(), clock, log, ...(issuing === undefined ? {} : { issuing }) };
  const certificates = createCertificates({ folder, checkMs }, deps);
  onTestFinished(() => certificates.stop());
  return { folder, clock, certificates };
}

/** What a TLS client gets from a server with these certificates: the body, or the error's code. */
function ask(port: number, name: string, ca: string): Promise<string> {
  return new Promise((resolve) => {
    const sent = request(
      { host: "127.0.0.1", port, servername: name, headers: { host: name }, ca, agent: false },
      (answer) => {
        answer.setEncoding("utf8");
        answer.on("data", resolve);
      },
    );
    sent.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end();
  });
}

test("a TLS client that asks for a name gets its certificate, and none for a name without one", async () => {
  const { folder, certificates } = open();
  const pair = pairFor("shop.example");
  put(folder, "shop", pair);
  await certificates.start();
  const server = createHttpServer(
    { name: "tls", host: "127.0.0.1", port: 0, tls: certificates, contentHosts: ["shop.example", "other.example"] },
    { routes: [{ method: "GET", path: "/", handle: async () => ({ body: "welcome" }) }] },
  );
  onTestFinished(() => server.stop());
  await server.start();
  expect(server.url).toMatch(/^https:/);
  expect(await ask(server.port, "shop.example", pair.certificate)).toBe("welcome");
  expect(await ask(server.port, "other.example", pair.certificate)).not.toBe("welcome");
  expect(await ask(server.port, "shop.example", pairFor("shop.example").certificate)).toBe(
    "DEPTH_ZERO_SELF_SIGNED_CERT",
  );
});

test("a wildcard covers one level below its name", async () => {
  const { folder, certificates } = open();
  put(folder, "wild", pairFor("*.sites.example"));
  await certificates.start();
  expect(certificates.findContext("a.sites.example")).toBeDefined();
  expect(certificates.findContext("A.SITES.example")).toBeDefined();
  expect(certificates.findContext("b.a.sites.example")).toBeUndefined();
  expect(certificates.findContext("sites.example")).toBeUndefined();
});

test("a replaced certificate is used without a restart, and one that does not fit its key leaves the old one in use", async () => {
  const { folder, clock, certificates } = open();
  put(folder, "shop", pairFor("shop.example"));
  await certificates.start();
  const first = certificates.findContext("shop.example");
  put(folder, "shop", pairFor("shop.example"));
  await expect.poll(() => advance(clock) && certificates.findContext("shop.example") !== first).toBe(true);
  const second = certificates.findContext("shop.example");
  writeFileSync(join(folder, "shop.key"), pairFor("shop.example").key);
  put(folder, "more", pairFor("more.example"));
  await expect.poll(() => advance(clock) && certificates.findContext("more.example") !== undefined).toBe(true);
  expect(second).toBeDefined();
  expect(certificates.findContext("shop.example")).toBe(second);
});

test("a missing certificate is asked for once, and after a refusal again only an hour later", async () => {
  const asked: number[] = [];
  const pair = pairFor("shop.example");
  const refusal = { code: netErrors.certificateRefused.code };
  const issuer: CertificateIssuer = {
    findAnswer: () => undefined,
    issue: async () => {
      asked.push(clock.nowMs());
      if (asked.length === 1) throw Object.assign(new Error("no"), refusal);
      return pair;
    },
  };
  const { clock, certificates } = open({ issuing: { issuer, wantedNames: () => ["shop.example"] } });
  await certificates.start();
  await expect.poll(() => advance(clock, 600_000) && certificates.findContext("shop.example") !== undefined).toBe(true);
  expect(asked).toHaveLength(2);
  expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(3_600_000);
});

test("a certificate is renewed in the last third of its time, however short that is, and stays in use meanwhile", async () => {
  const issuedAtMs: number[] = [];
  const issuer: CertificateIssuer = {
    findAnswer: () => undefined,
    issue: async () => {
      issuedAtMs.push(clock.nowMs());
      // Of two days.
      return pairFor("shop.example");
    },
  };
  const { clock, certificates } = open({ issuing: { issuer, wantedNames: () => ["shop.example"] } });
  const beganMs = clock.nowMs();
  await certificates.start();
  await expect.poll(() => certificates.findContext("shop.example")).toBeDefined();
  const first = certificates.findContext("shop.example");
  await expect.poll(() => advance(clock, 600_000) && issuedAtMs.length > 1, often).toBe(true);
  expect(((issuedAtMs[1] ?? 0) - beganMs) / 3_600_000).toBeGreaterThan(31);
  await expect.poll(() => advance(clock) && certificates.findContext("shop.example") !== first).toBe(true);
});

test("a name that is wanted from now on has its certificate within seconds, though the folder is read each minute", async () => {
  const names: string[] = [];
  let askedAtMs: number | undefined;
  const issuer: CertificateIssuer = {
    findAnswer: () => undefined,
    issue: async (name) => {
      askedAtMs = clock.nowMs();
      return pairFor(name);
    },
  };
  const { clock, certificates } = open({ issuing: { issuer, wantedNames: () => names }, checkMs: 60_000 });
  await certificates.start();
  await clock.advance(10_000);
  const sinceMs = clock.nowMs();
  names.push("new.example");
  // Its time stands still from then on: what the disk takes to keep the certificate is not judged.
  const goOn = () => advance(clock, askedAtMs === undefined ? 100 : 0);
  await expect.poll(() => goOn() && certificates.findContext("new.example") !== undefined, often).toBe(true);
  expect((askedAtMs ?? 0) - sinceMs).toBeLessThan(10_000);
});

function advance(clock: VirtualClock, byMs = 1_000): true {
  clock.advance(byMs);
  return true;
}
