import { createHash } from "node:crypto";
import { type Clock, createHttpClient, DsdnError, fail } from "../base/index.ts";
import { netErrors } from "./errors.ts";

/** Who may use an ingress that asks for signing in. */
export interface SignInRule {
  /** Issuer identifier of the OpenID provider; https, or http on this machine. */
  readonly issuer: string;
  /** The provider's name for this ingress's users' program: a public client that may use the device flow. */
  readonly clientId: string;
  /** What a token must say besides: a claim equals the value, or is a list with it. */
  readonly claims?: { readonly [name: string]: string };
}

/** Lets in whoever the provider signed in. */
export interface SignInGate {
  /**
   * Nothing when the bearer token is one of the provider's for this client and in time.
   * @param authorization - the header as it came.
   * @throws DSDN_NET_SIGN_IN_NEEDED, DSDN_NET_SIGN_IN_REFUSED, DSDN_NET_SIGN_IN_UNAVAILABLE
   */
  admit(authorization: string | undefined): Promise<void>;
}

type OpenId = typeof import("openid-client");
/** The provider's keys and how old they are, as the library keeps them. */
type KeyCache = ReturnType<OpenId["getJwksCache"]>;

const TOKEN_LENGTH_MAX = 16 * 1024;
const DOCUMENT_BYTES_MAX = 256 * 1024;
const ASK_MS = 10_000;
/** Tokens that were checked, so that the thousand chunks of an upload cost one signature. */
const KNOWN_MAX = 1_000;
/** A token is looked at again after so long, so that a key the provider took back stops counting. */
const KNOWN_MS = 300_000;
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/**
 * Checks tokens by the provider's own published keys: issuer, audience, times and signature. The provider is asked for
 * its description once, and for its keys when it changed them.
 *
 * @source OpenID Connect Core 1.0 section 3.1.3.7, OpenID Connect Discovery 1.0
 */
export function createSignInGate(rule: SignInRule, { clock }: { readonly clock: Clock }): SignInGate {
  const known = new Map<string, number>();
  let describing: ReturnType<typeof describeProvider> | undefined;
  const describe = () => {
    describing ??= describeProvider(rule).catch((error: unknown) => {
      describing = undefined;
      throw error;
    });
    return describing;
  };
  return {
    async admit(authorization) {
      const token = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/.exec(authorization ?? "")?.[1];
      if (token === undefined || token.length > TOKEN_LENGTH_MAX) {
        throw fail(netErrors.signInNeeded, { issuer: rule.issuer });
      }
      const digest = createHash("sha256").update(token).digest("hex");
      if ((known.get(digest) ?? 0) > clock.nowMs()) return;
      known.delete(digest);
      const endsMs = await checkToken(token, rule, await describe());
      const first = known.size >= KNOWN_MAX ? known.keys().next().value : undefined;
      if (first !== undefined) known.delete(first);
      known.set(digest, Math.min(endsMs, clock.nowMs() + KNOWN_MS));
    },
  };
}

async function describeProvider({ issuer, clientId }: SignInRule) {
  const openid: OpenId = await import("openid-client");
  const server = new URL(issuer);
  const execute = server.protocol === "http:" ? [openid.allowInsecureRequests] : [];
  try {
    const config = await openid.discovery(server, clientId, undefined, openid.None(), {
      execute,
      [openid.customFetch]: fetchDocument,
    });
    return { openid, metadata: config.serverMetadata(), execute, keys: undefined as KeyCache };
  } catch (cause) {
    throw fail(netErrors.signInUnavailable, { issuer }, { cause });
  }
}

/** The library's way to the provider, over the bounded client that follows no redirect. */
async function fetchDocument(url: string): Promise<Response> {
  const { origin, pathname, search } = new URL(url);
  const client = createHttpClient({ name: "The sign-in provider", url: origin });
  const { body, headers } = await client.send(`${pathname}${search}`, {
    maxBytes: DOCUMENT_BYTES_MAX,
    timeoutMs: ASK_MS,
  });
  return new Response(new Uint8Array(body), { headers: { "content-type": headers["content-type"] ?? "" } });
}

/**
 * The library checks an ID token as a part of a token answer, so it is handed one that holds the caller's token.
 * @returns when the token ends, milliseconds since 1970.
 */
async function checkToken(
  token: string,
  { issuer, clientId, claims = {} }: SignInRule,
  provider: Awaited<ReturnType<typeof describeProvider>>,
): Promise<number> {
  const { openid, metadata, execute } = provider;
  const config = new openid.Configuration(metadata, clientId, undefined, openid.None());
  for (const apply of execute) apply(config);
  openid.enableNonRepudiationChecks(config);
  if (provider.keys !== undefined) openid.setJwksCache(config, provider.keys);
  const answer = { access_token: "none", token_type: "bearer", id_token: token };
  config[openid.customFetch] = async (url) =>
    url === metadata.token_endpoint ? Response.json(answer) : fetchDocument(url);
  let said: { readonly [name: string]: unknown } | undefined;
  try {
    said = (await openid.genericGrantRequest(config, GRANT, {})).claims();
  } catch (cause) {
    const isAway = cause instanceof DsdnError || (cause instanceof Error && cause.cause instanceof DsdnError);
    throw fail(isAway ? netErrors.signInUnavailable : netErrors.signInRefused, { issuer }, { cause });
  } finally {
    provider.keys = openid.getJwksCache(config) ?? provider.keys;
  }
  const isWanted = Object.entries(claims).every(([name, value]) => {
    const claim = said?.[name];
    return claim === value || (Array.isArray(claim) && claim.includes(value));
  });
  if (!isWanted) throw fail(netErrors.signInNotAllowed, { issuer });
  return Number(said?.["exp"] ?? 0) * 1000;
}
