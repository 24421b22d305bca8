import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock, systemDisk, systemRandom } from "../../../src/base/index.ts";
import { createSignInStore, type SignIn } from "../../../src/client/index.ts";

const INGRESS = "http://127.0.0.1:8088";
const KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });
const deps = { disk: systemDisk(), clock: systemClock(), random: systemRandom() };
const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
let folder: string;
let server: Server;
let issuer: string;
/** Told when the provider is asked for a token; it answers when the gate opens. */
let asked: PromiseWithResolvers<void>;
let gate: PromiseWithResolvers<void>;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "dsdn-sign-ins-")), "sign-ins");
  [asked, gate] = [Promise.withResolvers(), Promise.withResolvers()];
  server = createServer(async (request, response) => {
    const addresses = { issuer, jwks_uri: `${issuer}/keys`, token_endpoint: `${issuer}/token` };
    const key = { ...KEYS.publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" };
    if (request.url === "/token") {
      asked.resolve();
      await gate.promise;
    }
    const answers: { readonly [path: string]: object } = {
      "/keys": { keys: [key] },
      "/token": { token_type: "bearer", access_token: "a2", refresh_token: "r2", id_token: makeToken("old") },
    };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[request.url ?? ""] ?? addresses));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(join(folder, ".."), { recursive: true, force: true });
});

function makeToken(sub: string): string {
  const now = Math.floor(Date.now() / 1000);
  const head = `${b64({ alg: "RS256", kid: "1" })}.${b64({ iss: issuer, aud: "dsdn-cli", sub, iat: now, exp: now + 3600 })}`;
  return `${head}.${sign("sha256", Buffer.from(head), KEYS.privateKey).toString("base64url")}`;
}

const signIn = (user: string, expiresMs: number): SignIn => ({
  ...{ ingress: INGRESS, issuer, clientId: "dsdn-cli", user, expiresMs },
  ...{ idToken: `${user}.token.text`, accessToken: "a1", refreshToken: "r1" },
});

test("signing out while another program renews the token is final, and gives what is to be taken back", async () => {
  const store = createSignInStore({ folder }, deps);
  await store.save(signIn("old", Date.now() - 1));
  const token = store.findToken(INGRESS);
  await asked.promise;
  const removed = createSignInStore({ folder }, deps).remove(INGRESS);
  gate.resolve();
  await token;
  expect(await removed).toMatchObject({ refreshToken: "r2", accessToken: "a2" });
  expect(await store.find(INGRESS)).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

test("signing in as somebody else while another program renews the token is not undone by it", async () => {
  const store = createSignInStore({ folder }, deps);
  await store.save(signIn("old", Date.now() - 1));
  const token = store.findToken(INGRESS);
  await asked.promise;
  const saved = createSignInStore({ folder }, deps).save(signIn("new", Date.now() + 3_600_000));
  gate.resolve();
  await Promise.all([token, saved]);
  expect(await store.find(INGRESS)).toMatchObject({ user: "new", refreshToken: "r1" });
});

test("forgetting what is not there waits for nobody and makes nothing", async () => {
  expect(await createSignInStore({ folder }, deps).remove(INGRESS)).toBeUndefined();
  await expect(readdir(folder)).rejects.toMatchObject({ code: "ENOENT" });
});
