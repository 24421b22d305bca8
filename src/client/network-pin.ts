import { type BearerToken, createHttpClient, DsdnError, fail, type HttpClient } from "../base/index.ts";
import type { NetworkId } from "../protocol/index.ts";
import { clientErrors } from "./errors.ts";

/** One token for all ingresses, or the token of the ingress at an origin. */
export type IngressToken = string | ((origin: string) => Promise<string | undefined>);

/** How the ingresses of a network are reached, and which network it is. */
export interface IngressOptions {
  /** At least one. */
  readonly urls: readonly string[];
  /** Bearer token of a local ingress, or how the one of an origin is found. */
  readonly token?: IngressToken | undefined;
  /** PEM certificates of the only authorities that count; those of the system unless given. */
  readonly ca?: string | undefined;
  /** The only network that is spoken to; each ingress is asked which one it serves before it gets anything else. */
  readonly network?: NetworkId | undefined;
}

/** One ingress, which is a stranger until it said that it serves the network the user knows. */
export interface PinnedClient {
  readonly url: string;
  /** Without the token, which a stranger does not get; with it where no network is pinned. */
  readonly stranger: HttpClient;
  /** Takes note of which network it says it serves. @throws DSDN_CLIENT_NETWORK_DIFFERS */
  accept(answered: string): void;
  /** The client of everything else; the ingress is asked once, the first time. @throws DSDN_CLIENT_NETWORK_DIFFERS */
  trusted(signal: AbortSignal | undefined): Promise<HttpClient>;
}

/** @param ask - asks an ingress which network it serves. */
export function createPinnedClients(
  { urls, token, ca, network }: IngressOptions,
  ask: (client: HttpClient, signal: AbortSignal | undefined) => Promise<string>,
): readonly PinnedClient[] {
  const trust = { name: "Ingress", ...(ca === undefined ? {} : { ca }) };
  return urls.map((url) => {
    const client = createHttpClient({ ...trust, url, ...tokenFor(token, url) });
    const stranger = network === undefined ? client : createHttpClient({ ...trust, url });
    let isAccepted = network === undefined;
    let asked: Promise<void> | undefined;
    const accept = (answered: string) => {
      if (network !== undefined && answered !== network) {
        throw fail(clientErrors.networkDiffers, { expected: network, answered });
      }
      isAccepted = true;
    };
    const introduce = async (signal: AbortSignal | undefined): Promise<void> => {
      const isOwn = asked === undefined;
      asked ??= ask(stranger, signal).then(accept);
      const asking = asked;
      try {
        await asking;
      } catch (error) {
        // Somebody else asked, and was stopped: that is no answer to this one.
        if (isOwn || error instanceof DsdnError) throw error;
        signal?.throwIfAborted();
        if (asked === asking) asked = undefined;
        return introduce(signal);
      } finally {
        if (asked === asking) asked = undefined;
      }
    };
    return {
      url,
      stranger,
      accept,
      async trusted(signal) {
        if (!isAccepted) await introduce(signal);
        return client;
      },
    };
  });
}

function tokenFor(token: IngressToken | undefined, url: string): { readonly token?: BearerToken } {
  if (token === undefined) return {};
  return { token: typeof token === "string" ? token : () => token(new URL(url).origin) };
}
