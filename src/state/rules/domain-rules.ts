import { limits } from "../../protocol/index.ts";
import { isValidator, type Rule } from "../context.ts";
import { compareText } from "../votes.ts";
import { findOwned } from "./deployment-rules.ts";
import { approvalsNeeded } from "./workload-turns.ts";

/**
 * The owner asks for a host name. Several deployments may ask for the same one: asking gives nothing and takes nothing
 * from anybody. Asking again begins anew; for a name the deployment has it changes nothing.
 */
export const domainAdded: Rule<"DomainAdded"> = (context, { author, body }) => {
  const deployment = findOwned(context, author, body.deployment);
  if (typeof deployment === "string") return deployment;
  const { tables, nowMs } = context;
  const id = `${body.domain}/${body.deployment}`;
  const known = tables.domain.find(id);
  if (known === undefined && tables.domain.idsBy("deployment", deployment.id).size >= limits.deploymentDomains) {
    return "domain-limit";
  }
  if (known?.verifiedMs == null) tables.domain.put(id, { ...body, addedMs: nowMs, verifiedMs: null, votes: [] });
  return undefined;
};

/**
 * A validator found the deployment's record in DNS. Once enough of them did, the deployment has the name and whoever had
 * it before loses it: the record shows whom its holder gives it to now.
 */
export const domainVerified: Rule<"DomainVerified"> = (context, { author, body }) => {
  if (!isValidator(context, author)) return "not-validator";
  const { tables, nowMs } = context;
  const id = `${body.domain}/${body.deployment}`;
  const domain = tables.domain.find(id);
  if (domain === undefined) return "domain-unknown";
  // The votes that come after the decision are honest ones too.
  if (domain.verifiedMs !== null) return undefined;
  if (domain.addedMs + limits.hostNameClaimMs <= nowMs) return "domain-unknown";
  const standing = domain.votes.filter((validator) => validator !== author && isValidator(context, validator));
  const votes = [...standing, author].sort(compareText);
  if (votes.length < approvalsNeeded(context)) {
    tables.domain.put(id, { ...domain, votes });
    return undefined;
  }
  for (const earlier of tables.domain.listBy("verified", body.domain)) {
    tables.domain.remove(`${earlier.domain}/${earlier.deployment}`);
  }
  tables.domain.put(id, { ...domain, verifiedMs: nowMs, votes: [] });
  return undefined;
};

/** The owner gives a host name up, or no longer waits for it. */
export const domainRemoved: Rule<"DomainRemoved"> = (context, { author, body }) => {
  const deployment = findOwned(context, author, body.deployment);
  if (typeof deployment === "string") return deployment;
  const id = `${body.domain}/${body.deployment}`;
  if (context.tables.domain.find(id) === undefined) return "domain-unknown";
  context.tables.domain.remove(id);
  return undefined;
};
