import { base32 } from "multiformats/bases/base32";
import { toUtf8 } from "../base/index.ts";
import { type DeploymentId, idBytes, type NetworkId } from "./ids.ts";
import { limits } from "./limits.ts";
import { domainHash } from "./preimages.ts";
import { text } from "./schema.ts";

/** Where the record is looked for: a name of its own, so that it stands beside any CNAME of the host itself. */
const RECORD_LABEL = "_dsdn.";
const RECORD_PREFIX = "dsdn=";

/**
 * A host name of a deployment's own: two or more labels, lower case, other alphabets as punycode; the last one is no
 * number, so that no address looks like a name. @source RFC 1123 section 2.1, RFC 5890 section 2.3.1
 */
export const hostName = text(limits.hostNameBytes, 1).regex(
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,126}[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
);

/** The TXT record with which whoever holds a host name gives it to a deployment of a network. */
export function hostNameRecord(
  network: NetworkId,
  deployment: DeploymentId,
  domain: string,
): { readonly name: string; readonly value: string } {
  const hash = domainHash("hostName", idBytes(network), idBytes(deployment), toUtf8(domain));
  return { name: `${RECORD_LABEL}${domain}`, value: `${RECORD_PREFIX}${base32.baseEncode(hash)}` };
}
