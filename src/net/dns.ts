import { Resolver } from "node:dns/promises";
import { fail } from "../base/index.ts";
import { netErrors } from "./errors.ts";

/** Looks up TXT records. Tests put another one in its place; there is no switch. */
export interface TxtLookup {
  /** The records of a name, each in its pieces; none when there are none or nobody could be asked. */
  find(name: string): Promise<readonly (readonly string[])[]>;
}

export interface TxtLookupOptions {
  /** Addresses of resolvers, `192.0.2.1`, `192.0.2.1:5353` or `[2001:db8::1]:53`; this machine's own unless said. */
  readonly servers?: readonly string[];
  /** How long one question waits for its answer; a second one waits twice as long. Default 3,000. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 3_000;
const TRIES = 2;
/** More records at one name are not looked at. */
const RECORDS_MAX = 100;

/** DNS never has these: nobody is asked for them. @source RFC 6761 sections 6.2 to 6.4 */
const NEVER_IN_DNS = /\.(?:test|localhost|invalid)$/;

/**
 * Asks resolvers. It believes what they say: DNSSEC is the resolver's matter. Nothing is kept: a record that was set is
 * seen as soon as the resolver has it.
 *
 * @throws DSDN_NET_RESOLVER_INVALID for an address that is none
 */
export function createTxtLookup({ servers = [], timeoutMs = TIMEOUT_MS }: TxtLookupOptions = {}): TxtLookup {
  const createResolver = () => {
    const resolver = new Resolver({ timeout: timeoutMs, tries: TRIES });
    if (servers.length > 0) resolver.setServers(servers);
    return resolver;
  };
  try {
    createResolver();
  } catch (error) {
    throw fail(netErrors.resolverInvalid, { servers: servers.join(", ") }, { cause: error });
  }
  return {
    find: async (name) => {
      if (NEVER_IN_DNS.test(name)) return [];
      try {
        return (await createResolver().resolveTxt(name)).slice(0, RECORDS_MAX);
      } catch {
        return [];
      }
    },
  };
}
