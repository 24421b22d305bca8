import type { IncomingMessage } from "node:http";
import { hostName } from "./http-request.ts";

/** What the Host header of a request means to a server. */
export interface HostFacts {
  /** Without port, in lower case; empty when there is no single Host header. */
  readonly name: string;
  /** True when the server answers under that name. */
  readonly isAnswered: boolean;
  /** True when only user content is answered there. */
  readonly isContent: boolean;
}

export interface HostNames {
  /** All names that are answered; `*.x` matches below x. */
  readonly answered: readonly string[];
  /** Those of them where only user content is answered. */
  readonly content: readonly string[];
  /** Further names where only user content is answered, which come and go; a name from the lists is not asked for. */
  readonly isContent: (name: string) => boolean;
}

/** A client can make up names: what was found out is forgotten beyond this many. */
const KEPT = 1_000;
const NOBODY: HostFacts = { name: "", isAnswered: false, isContent: false };

/** Judges requests by their Host header. The same header is judged once. */
export function createHostJudge({ answered, content, isContent }: HostNames): (message: IncomingMessage) => HostFacts {
  const known = new Map<string, HostFacts>();
  let last = { header: "", facts: NOBODY };
  return (message) => {
    const header = message.headers.host;
    // Node keeps the first of several and drops the others; whoever stands before this server may have read the last.
    if (header === undefined || !hasOneHost(message.rawHeaders)) return NOBODY;
    // Most requests come one after the other on a few connections: comparing costs less than looking up a new text.
    let facts = header === last.header ? last.facts : known.get(header);
    if (facts === undefined) {
      const name = hostName(header);
      facts = { name, isAnswered: matches(name, answered), isContent: matches(name, content) };
      if (known.size >= KEPT) known.clear();
      known.set(header, facts);
    }
    if (facts !== last.facts) last = { header, facts };
    if (facts.isAnswered || !isContent(facts.name)) return facts;
    return { name: facts.name, isAnswered: true, isContent: true };
  };
}

function hasOneHost(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") count++;
  }
  return count === 1;
}

function matches(name: string, entries: readonly string[]): boolean {
  return entries.some((entry) => (entry.startsWith("*.") ? name.endsWith(entry.slice(1)) : name === entry));
}
