import { DsdnError, fail, requestHost, toUtf8 } from "../../base/index.ts";
import { signInErrors } from "./sign-in-errors.ts";

/** Where somebody signs in, and for which ingress. */
export interface SignInPlace {
  /** Origin of the ingress; the token goes nowhere else. */
  readonly ingress: string;
  readonly issuer: string;
  readonly clientId: string;
}

/** Somebody who signed in, until `expiresMs`. The tokens are secrets. */
export interface SignIn extends SignInPlace {
  /** What the provider calls the person; remote text. */
  readonly user: string;
  /** What the ingress is shown. */
  readonly idToken: string;
  readonly accessToken: string | null;
  /** Brings a new token; null when the provider gave none. */
  readonly refreshToken: string | null;
  readonly expiresMs: number;
}

/** What a person is shown, and what then comes of it. */
export interface SignInAttempt {
  /** Page on which the code is entered. */
  readonly verificationUrl: string;
  readonly userCode: string;
  /** The same page with the code filled in, when the provider has one. */
  readonly completeUrl: string | null;
  readonly lifetimeMs: number;
  /**
   * Waits until the person is done.
   * @throws DSDN_CLIENT_SIGN_IN_DENIED, DSDN_CLIENT_SIGN_IN_TIMED_OUT, DSDN_CLIENT_SIGN_IN_FAILED, or the signal's reason
   */
  wait(signal: AbortSignal): Promise<SignIn>;
}

type OpenId = typeof import("openid-client");
type Config = import("openid-client").Configuration;
type Ask = import("openid-client").CustomFetch;
type Tokens = Awaited<ReturnType<OpenId["refreshTokenGrant"]>>;

const SCOPES = ["openid", "profile", "email", "offline_access"];
const LOCAL = ["127.0.0.1", "localhost", "[::1]"];
/** An ingress names any provider it likes: what that answers is bounded, and no redirect of it is followed. */
const ANSWER_BYTES_MAX = 256 * 1024;
const ASK_MS = 15_000;
const ENDPOINTS = ["token_endpoint", "device_authorization_endpoint", "revocation_endpoint", "jwks_uri"] as const;

/**
 * Asks the provider of an ingress for a code that a person enters in a browser.
 *
 * @throws DSDN_CLIENT_SIGN_IN_UNSAFE, DSDN_CLIENT_SIGN_IN_UNREACHABLE, DSDN_CLIENT_SIGN_IN_FAILED
 * @source RFC 8628
 */
export async function beginSignIn(place: SignInPlace): Promise<SignInAttempt> {
  const { issuer } = place;
  const { openid, config } = await discover(place);
  const offered = config.serverMetadata().scopes_supported;
  const scope = SCOPES.filter((name) => offered === undefined || offered.includes(name)).join(" ");
  const asked = await told(place, openid.initiateDeviceAuthorization(config, { scope }));
  const { verification_uri: page, verification_uri_complete: complete, user_code: userCode } = asked;
  const verificationUrl = findSafe(page, place);
  if (verificationUrl === undefined || !/^[\x20-\x7e]{1,64}$/.test(userCode)) {
    throw fail(signInErrors.signInUnsafe, { issuer });
  }
  return {
    verificationUrl,
    userCode,
    completeUrl: findSafe(complete, place) ?? null,
    lifetimeMs: asked.expires_in * 1000,
    async wait(signal) {
      const waiting = openid.pollDeviceAuthorizationGrant(config, asked, undefined, { signal });
      return toSignIn(place, await told(place, waiting, signal));
    },
  };
}

/**
 * The sign-in with a new token.
 *
 * @returns undefined when the provider gives none any more.
 * @throws DSDN_CLIENT_SIGN_IN_UNSAFE, DSDN_CLIENT_SIGN_IN_UNREACHABLE
 */
export async function renewSignIn(known: SignIn): Promise<SignIn | undefined> {
  const { refreshToken } = known;
  if (refreshToken === null) return undefined;
  const { openid, config } = await discover(known);
  try {
    return toSignIn(known, await openid.refreshTokenGrant(config, refreshToken), refreshToken);
  } catch (error) {
    if (error instanceof openid.ResponseBodyError) return undefined;
    throw fail(signInErrors.signInUnreachable, { issuer: known.issuer }, { cause: error });
  }
}

/**
 * Tells the provider that the tokens are not needed any more.
 *
 * @returns false when it takes none back. Errors as `renewSignIn`.
 * @source RFC 7009
 */
export async function endSignIn(known: SignIn): Promise<boolean> {
  const { openid, config } = await discover(known);
  if (config.serverMetadata().revocation_endpoint === undefined) return false;
  const { refreshToken, accessToken } = known;
  for (const [token, hint] of [
    [refreshToken, "refresh_token"],
    [accessToken, "access_token"],
  ] as const) {
    if (token !== null) await told(known, openid.tokenRevocation(config, token, { token_type_hint: hint }));
  }
  return true;
}

async function discover(place: SignInPlace): Promise<{ openid: OpenId; config: Config }> {
  const { issuer, clientId } = place;
  const server = findSafe(issuer, place);
  if (server === undefined) throw fail(signInErrors.signInUnsafe, { issuer });
  const openid: OpenId = await import("openid-client");
  const execute = [openid.enableNonRepudiationChecks];
  if (server.startsWith("http:")) execute.push(openid.allowInsecureRequests);
  const config = await told(
    place,
    openid.discovery(new URL(issuer), clientId, undefined, openid.None(), {
      execute,
      timeout: ASK_MS / 1000,
      [openid.customFetch]: ask,
    }),
  );
  const metadata = config.serverMetadata();
  const isSafe = ENDPOINTS.every((name) => metadata[name] === undefined || findSafe(metadata[name], place));
  if (!isSafe) throw fail(signInErrors.signInUnsafe, { issuer });
  return { openid, config };
}

/** The library's way to the provider. */
const ask: Ask = async (url, { method, headers, body, signal }) => {
  const { origin, host, pathname, search } = new URL(url);
  const answer = await requestHost({
    dialUrl: origin,
    host,
    method,
    path: `${pathname}${search}`,
    headers,
    body: body === undefined || body === null ? undefined : toUtf8(String(body)),
    timeoutMs: ASK_MS,
    maxBytes: ANSWER_BYTES_MAX,
    signal,
  });
  const type = answer.headers["content-type"];
  const content = answer.body.length === 0 ? null : new Uint8Array(answer.body);
  return new Response(content, { status: answer.status, headers: type === undefined ? {} : { "content-type": type } });
};

/** The address when it is https, or http while ingress and provider both are of this machine. */
function findSafe(address: string | undefined, { ingress }: SignInPlace): string | undefined {
  const url = URL.parse(address ?? "");
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  const isHere = LOCAL.includes(url.hostname);
  const isOfHere = LOCAL.includes(URL.parse(ingress)?.hostname ?? "");
  // An ingress elsewhere has no say about what runs on this machine, whatever the scheme.
  if (isHere !== isOfHere && isHere) return undefined;
  return url.protocol === "https:" || (url.protocol === "http:" && isHere) ? url.href : undefined;
}

/** The library's answer; its errors in the user's words. */
async function told<T>({ issuer }: SignInPlace, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = reasonOf(cause);
    if (reason === "access_denied") throw fail(signInErrors.signInDenied, { issuer }, { cause });
    if (reason === "expired_token") throw fail(signInErrors.signInTimedOut, { issuer }, { cause });
    if (reason === undefined) throw fail(signInErrors.signInUnreachable, { issuer }, { cause });
    throw fail(signInErrors.signInFailed, { issuer, reason }, { cause });
  }
}

/** A word of the protocol; undefined when the provider was not reached. What a provider writes freely is left out. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return "invalid_answer";
  // From our own way to the provider, as it is or as the library's cause.
  if (error instanceof DsdnError || error.cause instanceof DsdnError) return undefined;
  const word = "error" in error ? error.error : undefined;
  if (typeof word === "string" && /^[a-z_]{1,64}$/.test(word)) return word;
  const code = "code" in error ? error.code : undefined;
  if (code === "OAUTH_TIMEOUT" || error.name === "TypeError" || error.name === "TimeoutError") return undefined;
  return "invalid_answer";
}

/**
 * @param kept - the refresh token so far, which stays good unless a new one takes its place.
 * @throws DSDN_CLIENT_SIGN_IN_FAILED when the provider gave no token that says who signed in
 */
function toSignIn(place: SignInPlace, tokens: Tokens, kept: string | null = null): SignIn {
  const { id_token: idToken, access_token: accessToken, refresh_token: refreshToken } = tokens;
  const said = tokens.claims();
  if (idToken === undefined || said === undefined) {
    throw fail(signInErrors.signInFailed, { issuer: place.issuer, reason: "no_id_token" });
  }
  const names = [said["preferred_username"], said["email"], said["name"], said.sub];
  const user = names.find((name): name is string => typeof name === "string" && name !== "") ?? said.sub;
  const { ingress, issuer, clientId } = place;
  return {
    ingress,
    issuer,
    clientId,
    user: user.slice(0, 200),
    idToken,
    accessToken,
    refreshToken: refreshToken ?? kept,
    expiresMs: said.exp * 1000,
  };
}
