import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { DsdnError, systemClock } from "../../../src/base/index.ts";
import { createSignInGate, type SignInRule } from "../../../src/net/index.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const NOW = Math.floor(systemClock().nowMs() / 1000);
const CLIENT = "dsdn-cli";

function makeKey(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "ES256" } };
}

/** A provider that publishes keys, and counts how often it is asked for them. */
async function makeProvider() {
  const key = makeKey("one");
  const state = { keys: [key.jwk], asked: 0, isRedirecting: false };
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    if (state.isRedirecting) {
      response.writeHead(302, { location: "http://127.0.0.1:9/" }).end();
    } else if (request.url === "/keys") {
      state.asked++;
      response.end(JSON.stringify({ keys: state.keys }));
    } else {
      // As some providers do, it also lists marks that anyone could make.
      const algorithms = { id_token_signing_alg_values_supported: ["ES256", "HS256", "none"] };
      const addresses = { issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` };
      response.end(JSON.stringify({ ...addresses, ...algorithms }));
    }
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const claims = { iss: issuer, aud: CLIENT, sub: "rani", iat: NOW, exp: NOW + 600 };
  return { issuer, state, key, claims };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

function makeToken(claims: object, { kid, privateKey }: { kid: string; privateKey: KeyObject }): string {
  const text = `${encode({ alg: "ES256", kid })}.${encode(claims)}`;
  const mark = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${mark.toString("base64url")}`;
}

async function admit(rule: SignInRule, token: string | undefined): Promise<string> {
  try {
    await createSignInGate(rule, { clock: systemClock() }).admit(token && `Bearer ${token}`);
    return "admitted";
  } catch (error) {
    return error instanceof DsdnError ? error.code : String(error);
  }
}

describe("the sign-in gate of an ingress", () => {
  test("lets in a token of the provider for this client that is in time, and no other", async () => {
    const { issuer, key, claims } = await makeProvider();
    const rule = { issuer, clientId: CLIENT };
    const stranger = makeKey("one");
    const good = makeToken(claims, key);
    expect(await admit(rule, good)).toBe("admitted");
    const [, body = ""] = good.split(".");
    const secret = key.publicKey.export({ format: "pem", type: "spki" });
    const hmacHead = `${encode({ alg: "HS256", kid: "one" })}.${body}`;
    const refused = {
      "for another client": makeToken({ ...claims, aud: "other" }, key),
      "of another issuer": makeToken({ ...claims, iss: "https://example.org" }, key),
      "that has ended": makeToken({ ...claims, exp: NOW - 120 }, key),
      "without an end": makeToken({ iss: issuer, aud: CLIENT, sub: "rani", iat: NOW }, key),
      "of another key": makeToken(claims, stranger),
      "whose words were changed": good.replace(body, encode({ ...claims, sub: "budi" })),
      "marked with the public key as a password": `${hmacHead}.${createHmac("sha256", secret).update(hmacHead).digest("base64url")}`,
      "that says it needs no mark": `${encode({ alg: "none" })}.${body}.AA`,
    };
    for (const [what, token] of Object.entries(refused)) {
      expect(await admit(rule, token), what).toBe("DSDN_NET_SIGN_IN_REFUSED");
    }
    for (const token of [undefined, "", "abc", "a.b", `${good} x`]) {
      expect(await admit(rule, token)).toBe("DSDN_NET_SIGN_IN_NEEDED");
    }
  });

  test("asks for the claims that were set: a value, or a list with it", async () => {
    const { issuer, key, claims } = await makeProvider();
    const rule = { issuer, clientId: CLIENT, claims: { groups: "dsdn" } };
    expect(await admit(rule, makeToken({ ...claims, groups: ["a", "dsdn"] }, key))).toBe("admitted");
    expect(await admit(rule, makeToken({ ...claims, groups: "dsdn" }, key))).toBe("admitted");
    expect(await admit(rule, makeToken({ ...claims, groups: ["dsdn2"] }, key))).toBe("DSDN_NET_SIGN_IN_NOT_ALLOWED");
    expect(await admit(rule, makeToken(claims, key))).toBe("DSDN_NET_SIGN_IN_NOT_ALLOWED");
  });

  test("asks the provider for its keys once, however many tokens come", async () => {
    const { issuer, key, claims, state } = await makeProvider();
    const gate = createSignInGate({ issuer, clientId: CLIENT }, { clock: systemClock() });
    for (let user = 0; user < 5; user++) await gate.admit(`Bearer ${makeToken({ ...claims, sub: `${user}` }, key)}`);
    for (let turn = 0; turn < 5; turn++) {
      const forged = makeToken(claims, makeKey(`made up ${turn}`));
      await expect(gate.admit(`Bearer ${forged}`)).rejects.toMatchObject({ code: "DSDN_NET_SIGN_IN_REFUSED" });
    }
    expect(state.asked).toBe(1);
  });

  test("says that the provider does not answer, follows no redirect of it, and goes on once it is back", async () => {
    const { issuer, key, claims, state } = await makeProvider();
    const gate = createSignInGate({ issuer, clientId: CLIENT }, { clock: systemClock() });
    const bearer = `Bearer ${makeToken(claims, key)}`;
    state.isRedirecting = true;
    await expect(gate.admit(bearer)).rejects.toMatchObject({ code: "DSDN_NET_SIGN_IN_UNAVAILABLE" });
    state.isRedirecting = false;
    await gate.admit(bearer);
  });
});
