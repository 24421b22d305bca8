import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { beginSignIn } from "../../../src/client/index.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A provider on this machine that answers what the test says, and everything that was asked of it. */
async function makeProvider(change: { readonly document?: object; readonly device?: object } = {}) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.setHeader("content-type", "application/json");
    const addresses = { token_endpoint: `${issuer}/token`, device_authorization_endpoint: `${issuer}/device` };
    const device = { device_code: "d", user_code: "ABCD", verification_uri: `${issuer}/page`, expires_in: 60 };
    const document = { issuer, jwks_uri: `${issuer}/keys`, ...addresses, ...change.document };
    response.end(JSON.stringify(request.url === "/device" ? { ...device, ...change.device } : document));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { issuer, seen };
}

const HERE = "http://127.0.0.1:8088";
const begin = (issuer: string, ingress = HERE) => beginSignIn({ ingress, issuer, clientId: "dsdn-cli" });
const UNSAFE = { code: "DSDN_CLIENT_SIGN_IN_UNSAFE" };

describe("signing in", () => {
  test("shows the page and the code of the provider", async () => {
    const { issuer } = await makeProvider();
    const attempt = await begin(issuer);
    expect(attempt).toMatchObject({ userCode: "ABCD", verificationUrl: `${issuer}/page`, lifetimeMs: 60_000 });
  });

  test("lets no ingress elsewhere lead it to this machine, and nobody to an unencrypted provider", async () => {
    const { issuer, seen } = await makeProvider();
    await expect(begin(issuer, "https://ingress.example.org")).rejects.toMatchObject(UNSAFE);
    for (const bad of [
      "http://example.org",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "https://a:b@example.org",
      "",
    ]) {
      await expect(begin(bad), bad).rejects.toMatchObject(UNSAFE);
    }
    expect(seen).toEqual([]);
  });

  test("does not go where a provider's own description leads off the safe way", async () => {
    for (const name of ["token_endpoint", "device_authorization_endpoint", "revocation_endpoint", "jwks_uri"]) {
      const { issuer, seen } = await makeProvider({ document: { [name]: "http://example.org/" } });
      await expect(begin(issuer), name).rejects.toMatchObject(UNSAFE);
      expect(seen).toEqual(["GET /.well-known/openid-configuration"]);
    }
  });

  test("shows nobody a page or a code that is none", async () => {
    for (const device of [
      { verification_uri: "javascript:alert(1)" },
      { verification_uri: "http://example.org/page" },
      { user_code: "\u001b[2J" },
      { user_code: "x".repeat(100) },
    ]) {
      const { issuer } = await makeProvider({ device });
      await expect(begin(issuer), JSON.stringify(device)).rejects.toMatchObject(UNSAFE);
    }
  });

  test("takes no more of a provider's answer than one has, and follows no redirect of it", async () => {
    let sentBytes = 0;
    const server = createServer((request, response) => {
      if (request.url?.startsWith("/moved") === true) return void response.writeHead(302, { location: "/x" }).end();
      response.setHeader("content-type", "application/json");
      const flood = () => {
        if (response.destroyed) return;
        sentBytes += 65_536;
        if (response.write(" ".repeat(65_536))) setImmediate(flood);
        else response.once("drain", flood);
      };
      flood();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(begin(issuer)).rejects.toMatchObject({ code: "DSDN_CLIENT_SIGN_IN_FAILED" });
    expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
    await expect(begin(`${issuer}/moved`)).rejects.toMatchObject({ code: "DSDN_CLIENT_SIGN_IN_FAILED" });
  });

  test("says that the provider is away, or does not allow it", async () => {
    await expect(begin("http://127.0.0.1:9")).rejects.toMatchObject({ code: "DSDN_CLIENT_SIGN_IN_UNREACHABLE" });
    const { issuer } = await makeProvider({ document: { device_authorization_endpoint: undefined } });
    await expect(begin(issuer)).rejects.toMatchObject({ code: "DSDN_CLIENT_SIGN_IN_FAILED" });
  });
});
