import type { NetworkState } from "../state/index.ts";

/** Each of them costs the authority an order, and the folder holds a thousand certificates. */
const DOMAINS_MAX = 500;

/**
 * The names an ingress fetches certificates for: those it was told, then the host names of deployments, those that were
 * given first in front. What is below its own site domain is answered by its wildcard.
 */
export function certificateNames(
  state: Pick<NetworkState, "listDomains">,
  own: { readonly names: readonly string[]; readonly siteDomain: string },
): readonly string[] {
  const isOwn = (domain: string) =>
    own.names.includes(domain) || domain === own.siteDomain || domain.endsWith(`.${own.siteDomain}`);
  const given = state.listDomains().filter(({ domain }) => !isOwn(domain));
  given.sort((left, right) => (left.verifiedMs ?? 0) - (right.verifiedMs ?? 0));
  return [...own.names, ...given.slice(0, DOMAINS_MAX).map(({ domain }) => domain)];
}
