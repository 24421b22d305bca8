import { type Disk, fail, fromUtf8, isError, toUtf8, writeDurable } from "../base/index.ts";
import { netErrors } from "./errors.ts";

/** A certificate chain and its private key, both PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Gets certificates from an authority. */
export interface CertificateIssuer {
  /**
   * A new certificate for one host name. The authority asks `http://<domain>/.well-known/acme-challenge/<token>` while
   * this runs: port 80 of the name must lead here. May be tried again; nothing is left behind by a failure.
   * @throws DSDN_NET_CERTIFICATE_REFUSED
   */
  issue(domain: string): Promise<IssuedCertificate>;
  /** What to answer the authority's question for the token, or undefined when it did not come from us. */
  findAnswer(token: string): string | undefined;
}

export interface AcmeOptions {
  /** The authority's directory, `https://...`. */
  readonly directoryUrl: string;
  /** Where the authority writes when something is wrong; none unless said. */
  readonly email?: string;
  /** Absolute; the account's key is kept here (0600). */
  readonly folder: string;
  /** PEM of the root that signs the authority's own connection, for a private authority. */
  readonly authorityRoot?: string;
}

/** Below it the authority's questions arrive. @source RFC 8555 section 8.3 */
export const ACME_CHALLENGE_PREFIX = "/.well-known/acme-challenge/";

const ACCOUNT_KEY = "acme-account.key";
/** The first question after an answer; later ones come ever more slowly. */
const POLL_MIN_MS = 500;
const POLL_MAX_MS = 15_000;
const POLL_ATTEMPTS = 12;

/**
 * An issuer that speaks ACME and proves a name by answering over HTTP. The account is made at the first certificate,
 * and with it the authority's terms of service are accepted. @source RFC 8555
 */
export function createAcmeIssuer(options: AcmeOptions, { disk }: { readonly disk: Disk }): CertificateIssuer {
  const answers = new Map<string, string>();
  let session: Promise<Session> | undefined;
  return {
    findAnswer: (token) => answers.get(token),
    async issue(domain) {
      try {
        session ??= openSession(options, disk);
        return await order(await session, domain, answers);
      } catch (error) {
        // Whatever failed may have been the account itself.
        session = undefined;
        if (isError(error, netErrors.certificateRefused)) throw error;
        throw fail(netErrors.certificateRefused, { domain, reason: reasonOf(error) }, { cause: error });
      }
    },
  };
}

interface Session {
  readonly client: import("acme-client").Client;
  readonly makeRequest: typeof import("acme-client").crypto.createCsr;
}

async function openSession(options: AcmeOptions, disk: Disk): Promise<Session> {
  const [acme, https] = await Promise.all([import("acme-client"), import("node:https")]);
  // The library's HTTP client is its own instance: what is set here reaches nothing else. It follows no redirects away
  // from the authority and never hangs.
  acme.axios.defaults.timeout = 30_000;
  acme.axios.defaults.maxRedirects = 3;
  if (options.authorityRoot !== undefined) {
    acme.axios.defaults.httpsAgent = new https.Agent({ ca: options.authorityRoot });
  }
  const account = await accountKey(options.folder, disk, async () => `${await acme.crypto.createPrivateEcdsaKey()}`);
  const client = new acme.Client({
    directoryUrl: options.directoryUrl,
    accountKey: account.key,
    backoffMin: POLL_MIN_MS,
    backoffMax: POLL_MAX_MS,
    backoffAttempts: POLL_ATTEMPTS,
  });
  const contact = options.email === undefined ? {} : { contact: [`mailto:${options.email}`] };
  const isKnown = !account.isNew && (await findAccount(client));
  if (!isKnown) await client.createAccount({ termsOfServiceAgreed: true, ...contact });
  else if (options.email !== undefined) await client.updateAccount(contact);
  return { client, makeRequest: acme.crypto.createCsr };
}

/** An account is asked for, not made once more: authorities refuse that. @source RFC 8555 section 7.3.1 */
async function findAccount(client: Session["client"]): Promise<boolean> {
  try {
    await client.createAccount({ onlyReturnExisting: true });
    return true;
  } catch {
    // The key was another authority's; whatever else is wrong is found when the account is made.
    return false;
  }
}

async function accountKey(folder: string, disk: Disk, make: () => Promise<string>) {
  const path = `${folder}/${ACCOUNT_KEY}`;
  const kept = await disk.find(path);
  if (kept !== undefined) return { key: fromUtf8(kept), isNew: false };
  const made = await make();
  await disk.makeFolder(folder);
  await writeDurable(disk, path, toUtf8(made));
  return { key: made, isNew: true };
}

async function order(
  { client, makeRequest }: Session,
  domain: string,
  answers: Map<string, string>,
): Promise<IssuedCertificate> {
  const placed = await client.createOrder({ identifiers: [{ type: "dns", value: domain }] });
  const tokens: string[] = [];
  try {
    for (const authorization of await client.getAuthorizations(placed)) {
      if (authorization.status === "valid") continue;
      const challenge = authorization.challenges.find(({ type }) => type === "http-01");
      if (challenge === undefined) {
        throw fail(netErrors.certificateRefused, { domain, reason: "the authority offers no http-01 challenge" });
      }
      tokens.push(challenge.token);
      answers.set(challenge.token, await client.getChallengeKeyAuthorization(challenge));
      await client.completeChallenge(challenge);
      await client.waitForValidStatus(challenge);
    }
    const [key, request] = await makeRequest({ commonName: domain, altNames: [domain] });
    const ready = await client.finalizeOrder(placed, request);
    return { certificate: await client.getCertificate(ready), key: key.toString() };
  } finally {
    for (const token of tokens) answers.delete(token);
  }
}

/** The authority's own words, one line, without the address of anything. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : "unknown reason";
  return (text.split("\n")[0] ?? "").replace(/https?:\/\/\S+/g, "...").slice(0, 200);
}
