import { domainToASCII } from "node:url";
import { fail } from "../../base/index.ts";
import { hostName, hostNameRecord, limits, parseDeploymentId, parseNetworkId } from "../../protocol/index.ts";
import { clientErrors } from "../errors.ts";
import { similarDeployments } from "../files/similar-names.ts";
import type { ClientDeps } from "../network-session.ts";
import type { EventDraft } from "../publishing/outbox.ts";
import type { DeploymentClient } from "./deployments.ts";
import { sendEvent } from "./send-package.ts";

/** A host name a deployment has or waits for. */
export interface OwnDomain {
  readonly domain: string;
  /** Requests for it go to the deployment. */
  readonly isVerified: boolean;
  /** The TXT record by which the name's holder gives it to the deployment. */
  readonly record: { readonly name: string; readonly value: string };
}

/** What a user does with host names of a deployment's own. Names may be written in any alphabet. */
export interface DomainClient {
  /** By name. @throws DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
  list(name: string, signal?: AbortSignal): Promise<readonly OwnDomain[]>;
  /**
   * Asks for the host name, or once more while it is not verified: validators then look for its record at once.
   * @throws DSDN_CLIENT_DOMAIN_INVALID, DSDN_CLIENT_DOMAINS_FULL, DSDN_CLIENT_DEPLOYMENT_UNKNOWN
   */
  add(name: string, domain: string, signal?: AbortSignal): Promise<OwnDomain>;
  /** @throws DSDN_CLIENT_DOMAIN_INVALID, DSDN_CLIENT_DOMAIN_UNKNOWN, DSDN_CLIENT_DEPLOYMENT_UNKNOWN */
  find(name: string, domain: string, signal?: AbortSignal): Promise<OwnDomain>;
  /** @returns the name as the log writes it. Errors as `find`. */
  remove(name: string, domain: string, signal?: AbortSignal): Promise<string>;
}

export function createDomainClient(deps: ClientDeps, deployments: Pick<DeploymentClient, "get">): DomainClient {
  /** Which record proves a name is worked out here: an ingress is not asked for it. */
  async function look(name: string, signal: AbortSignal | undefined) {
    const [details, facts] = await Promise.all([
      deployments.get(name, signal),
      deps.ingress.call("network", { signal }),
    ]);
    if (details.isRemoved) {
      throw fail(clientErrors.deploymentUnknown, { name, candidates: await similarDeployments(deps, name, signal) });
    }
    const deployment = parseDeploymentId(details.deployment);
    const network = parseNetworkId(facts.details.network);
    const toOwn = (domain: string): OwnDomain => {
      const known = details.domains.find((one) => one.domain === domain);
      const isVerified = known !== undefined && known.verifiedMs !== null;
      return { domain, isVerified, record: hostNameRecord(network, deployment, domain) };
    };
    return { deployment, known: details.domains.map(({ domain }) => domain), toOwn };
  }

  async function find(name: string, input: string, signal: AbortSignal | undefined) {
    const domain = parseDomain(input);
    const looked = await look(name, signal);
    if (!looked.known.includes(domain)) throw fail(clientErrors.domainUnknown, { name, domain });
    return { ...looked, own: looked.toOwn(domain) };
  }

  return {
    async list(name, signal) {
      const { known, toOwn } = await look(name, signal);
      return known.map(toOwn);
    },
    async add(name, input, signal) {
      const domain = parseDomain(input);
      const { deployment, known, toOwn } = await look(name, signal);
      const own = toOwn(domain);
      if (own.isVerified) return own;
      if (!known.includes(domain) && known.length >= limits.deploymentDomains) {
        throw fail(clientErrors.domainsFull, { name, most: limits.deploymentDomains });
      }
      const event: EventDraft = { kind: "DomainAdded", body: { deployment, domain } };
      await sendEvent(deps, event, signal);
      return own;
    },
    find: async (name, input, signal) => (await find(name, input, signal)).own,
    async remove(name, input, signal) {
      const { deployment, own } = await find(name, input, signal);
      await sendEvent(deps, { kind: "DomainRemoved", body: { deployment, domain: own.domain } }, signal);
      return own.domain;
    },
  };
}

/** The name in lower case and ASCII. @throws DSDN_CLIENT_DOMAIN_INVALID */
function parseDomain(input: string): string {
  // Of what is a URL the platform would take the host: only a name alone is meant.
  const isName = input.length <= limits.hostNameBytes && /^[\p{L}\p{M}\p{N}.-]+$/u.test(input);
  const ascii = isName ? domainToASCII(input.replace(/\.$/, "")) : "";
  const domain = hostName.safeParse(ascii).data;
  if (domain === undefined) throw fail(clientErrors.domainInvalid, { domain: input.slice(0, limits.hostNameBytes) });
  return domain;
}
