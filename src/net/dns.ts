import { Resolver } from "node:dns/promises";

/** Looks up TXT records. Tests put another one in its place; there is no switch. */
export interface TxtLookup {
  /** The records of a name, each in its pieces; none when there are none or nobody could be asked. */
  find(name: string): Promise<readonly (readonly string[])[]>;
}

const TIMEOUT_MS = 3_000;
const TRIES = 2;
/** More records at one name are not looked at. */
const RECORDS_MAX = 100;

/** DNS never has these: nobody is asked for them. @source RFC 6761 sections 6.2 to 6.4 */
const NEVER_IN_DNS = /\.(?:test|localhost|invalid)$/;

/** The resolver this machine is set to. It believes what that resolver says: DNSSEC is the resolver's matter. */
export function createTxtLookup(): TxtLookup {
  return {
    find: async (name) => {
      if (NEVER_IN_DNS.test(name)) return [];
      const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
      try {
        return (await resolver.resolveTxt(name)).slice(0, RECORDS_MAX);
      } catch {
        return [];
      }
    },
  };
}
