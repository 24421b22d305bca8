import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

/** An OpenID provider on this machine that offers the device flow, and a person with a browser. */
export interface ProviderForTests {
  readonly issuer: string;
  readonly clientId: string;
  /** Tokens that were taken back so far. */
  readonly revoked: readonly string[];
  /** Enters the code on the provider's page, signs in there as `user` and allows or declines. */
  decide(page: string, userCode: string, decision: { readonly user: string } | "decline"): Promise<void>;
  /** Makes new tokens last so long, in seconds. */
  setLifetime(seconds: number): void;
  close(): Promise<void>;
}

/** Starts the provider on a free port of the loopback address. */
export async function startProvider(): Promise<ProviderForTests> {
  const clientId = "dsdn-cli";
  const revoked: string[] = [];
  let lifetime = 3600;
  let handle: (typeof Provider.prototype)["callback"] extends () => infer Handler ? Handler : never = () =>
    Promise.resolve();
  const server = createServer((request, response) => void handle(request, response));
  // Longer than those who ask keep a connection: none is closed just as a request goes out over it.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: "none",
        application_type: "native",
        grant_types: ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
        response_types: [],
        redirect_uris: [],
      },
    ],
    features: { deviceFlow: { enabled: true }, revocation: { enabled: true }, devInteractions: { enabled: true } },
    claims: { openid: ["sub"], profile: ["preferred_username"] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id }),
    }),
    ttl: { IdToken: () => lifetime, AccessToken: () => lifetime, DeviceCode: 600 },
    issueRefreshToken: () => true,
    cookies: { keys: ["only for tests"] },
  });
  provider.on("grant.revoked", (_context, grantId) => revoked.push(grantId));
  // Programs ask every five seconds unless the provider says otherwise.
  provider.use(async (context, next) => {
    await next();
    if (context.path === "/device/auth" && context.status === 200) context.body = { ...context.body, interval: 1 };
  });
  handle = provider.callback();
  return {
    issuer,
    clientId,
    revoked,
    decide: (page, userCode, decision) => decide(page, userCode, decision),
    setLifetime: (seconds) => {
      lifetime = seconds;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A browser that keeps cookies, follows redirects and fills in the provider's forms. */
async function decide(page: string, userCode: string, decision: { readonly user: string } | "decline"): Promise<void> {
  const cookies = new Map<string, string>();
  const visit = async (url: string, form?: URLSearchParams): Promise<{ url: string; html: string }> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, {
      redirect: "manual",
      headers: { cookie, accept: "text/html" },
      ...(form === undefined ? {} : { method: "POST", body: form }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const next = answer.headers.get("location");
    if (next !== null) return visit(new URL(next, url).href);
    return { url, html: await answer.text() };
  };
  const submit = ({ url, html }: { url: string; html: string }, values: { readonly [name: string]: string }) => {
    const action = /<form[^>]*action="([^"]*)"/.exec(html)?.[1] ?? url;
    const hidden = [...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
      /name="([^"]*)"/.exec(input)?.[1] ?? "",
      /value="([^"]*)"/.exec(input)?.[1] ?? "",
    ]);
    const target = new URL(action.replaceAll("&amp;", "&"), url).href;
    return visit(target, new URLSearchParams({ ...Object.fromEntries(hidden), ...values }));
  };
  const confirm = await submit(await visit(page), { user_code: userCode });
  if (decision === "decline") return void (await submit(confirm, { abort: "yes" }));
  const signIn = await submit(confirm, { confirm: "yes" });
  const consent = await submit(signIn, { login: decision.user, password: "any" });
  const last = await submit(consent, {});
  if (!/success/i.test(last.html)) throw new Error(`the provider did not end with success: ${last.html.slice(0, 500)}`);
}
