import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { silentLogger, systemClock, systemDisk } from "../../src/base/index.ts";
import { ACME_CHALLENGE_PREFIX, createAcmeIssuer, createCertificates, netErrors } from "../../src/net/index.ts";
import { type Authority, findPebble, startAuthority } from "../acme-authority.ts";
import { type NameServer, startNameServer } from "../name-server.ts";
import { LeapClock } from "./devnet-fixture.ts";

const pebble = findPebble();
const folder = mkdtempSync(join(tmpdir(), "dsdn-acme-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(pebble === undefined)("a certificate from a real ACME authority (skipped without pebble)", () => {
  let authority: Authority;
  let names: NameServer;
  let findAnswer: (token: string) => string | undefined = () => undefined;
  const web = createServer(({ url = "" }, response) => {
    const token = url.startsWith(ACME_CHALLENGE_PREFIX) ? url.slice(ACME_CHALLENGE_PREFIX.length) : "";
    response.end(findAnswer(token));
  });
  beforeAll(async () => {
    names = await startNameServer();
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const { port: webPort } = web.address() as AddressInfo;
    authority = await startAuthority(pebble ?? "", { folder, webPort, namesPort: names.port });
  });
  afterAll(async () => {
    await authority.stop();
    web.close();
    await names.close();
  });

  const createIssuer = (home: string) => {
    const { directoryUrl, rootFile } = authority;
    const options = { directoryUrl, authorityRoot: readFileSync(rootFile, "utf8"), folder: home };
    return createAcmeIssuer(options, { disk: systemDisk() });
  };

  test("is issued after the authority saw our answer, kept privately and used for its name only", async () => {
    const disk = systemDisk();
    const home = join(folder, "issued");
    const issuer = createIssuer(home);
    findAnswer = issuer.findAnswer;
    const certificates = createCertificates(
      { folder: home },
      { disk, clock: systemClock(), log: silentLogger(), issuing: { issuer, wantedNames: () => ["shop.example"] } },
    );
    onTestFinished(() => certificates.stop());
    await certificates.start();
    await expect.poll(() => certificates.findContext("shop.example") !== undefined).toBe(true);
    expect(certificates.findContext("other.example")).toBeUndefined();
    expect(new X509Certificate(readFileSync(join(home, "shop.example.crt"))).checkHost("shop.example")).toBeDefined();
    for (const file of ["shop.example.key", "acme-account.key"]) {
      expect(statSync(join(home, file)).mode & 0o777, file).toBe(0o600);
    }
  });

  test("is renewed thirty days before its end by a new order of the same account, and not earlier", async () => {
    const home = join(folder, "renewed");
    const issuer = createIssuer(home);
    findAnswer = issuer.findAnswer;
    const clock = new LeapClock();
    const issuing = { issuer, wantedNames: () => ["renewed.example"] };
    const certificates = createCertificates(
      { folder: home },
      { disk: systemDisk(), clock, log: silentLogger(), issuing },
    );
    onTestFinished(() => certificates.stop());
    const serial = () => new X509Certificate(readFileSync(join(home, "renewed.example.crt"))).serialNumber;
    await certificates.start();
    await expect.poll(() => certificates.findContext("renewed.example")).toBeDefined();
    const [first, context] = [serial(), certificates.findContext("renewed.example")];
    const account = readFileSync(join(home, "acme-account.key"), "utf8");
    const dayMs = 24 * 3_600_000;
    for (let round = 0; round < 3; round++) {
      clock.leap(19 * dayMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(serial()).toBe(first);
    clock.leap(4 * dayMs);
    await expect.poll(() => certificates.findContext("renewed.example") !== context).toBe(true);
    expect(serial()).not.toBe(first);
    expect(readFileSync(join(home, "acme-account.key"), "utf8")).toBe(account);
  });

  test("is issued again after a refusal, and after a restart that finds the account's key", async () => {
    const home = join(folder, "again");
    const first = createIssuer(home);
    findAnswer = () => "somebody else's answer";
    await expect(first.issue("late.example")).rejects.toMatchObject({ code: netErrors.certificateRefused.code });
    for (const issuer of [first, createIssuer(home)]) {
      findAnswer = issuer.findAnswer;
      const { certificate } = await issuer.issue("late.example");
      expect(new X509Certificate(certificate).checkHost("late.example")).toBe("late.example");
    }
  });

  test("is refused when the name does not lead to us, and nothing is kept", async () => {
    const home = join(folder, "refused");
    const issuer = createIssuer(home);
    findAnswer = () => "somebody else's answer";
    await expect(issuer.issue("stolen.example")).rejects.toMatchObject({ code: netErrors.certificateRefused.code });
    expect(existsSync(join(home, "stolen.example.crt"))).toBe(false);
  });
});
