import { type Clock, fail, systemDisk, withoutCredentials } from "../base/index.ts";
import { connect } from "../client/index.ts";
import { openLentAccount, parseSessionCredential, type SessionCredential } from "../keys/index.ts";
import {
  chooseDestination,
  DEVNET,
  findAccessToken,
  findSessionCredential,
  homeFolder,
  type KnownNetwork,
  loadConfig,
  type Place,
  pinNetwork,
  readAuthorities,
} from "../profile/index.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { libraryErrors } from "./errors.ts";

/** How a network is reached, and who speaks to it in place of the user's own account. */
export interface NetworkWay {
  readonly urls: readonly [string, ...string[]];
  readonly token: Awaited<ReturnType<typeof findAccessToken>>;
  readonly ca: string | undefined;
  readonly network: string | undefined;
  readonly lent: ReturnType<typeof openLentAccount> | undefined;
  readonly isDevnet: boolean;
}

/** What a program says of the network itself. */
export type NetworkWish = Omit<ConnectOptions, "askPassphrase" | "home">;

interface Meant {
  /** Undefined for the devnet of this machine, which says itself where it is. */
  readonly urls: readonly string[] | undefined;
  /** The user's name for it, and what is kept about it. */
  readonly kept?: { readonly name: string; readonly known: KnownNetwork } | undefined;
  readonly network?: string | undefined;
}

/**
 * The network a program means: of its own options, of the environment, of the user's settings, of the session it acts
 * with, or else the devnet of this machine; with what the user keeps for it. A project's file is not read: it is for
 * whoever types commands in that folder.
 *
 * @throws DSDN_LIBRARY_NETWORK_UNKNOWN, DSDN_LIBRARY_URL_INVALID, DSDN_DEVNET_NOT_RUNNING, DSDN_PROFILE_*
 */
export async function findWay(place: Place, asked: NetworkWish, deps: { readonly clock: Clock }): Promise<NetworkWay> {
  const isOwn = asked.accountKey !== undefined;
  const given = asked.session === undefined ? undefined : parseSessionCredential(asked.session, "session");
  const meant = await findMeant(place, asked, given);
  const known = meant.kept?.known;
  const session = given ?? (isOwn ? undefined : await findSessionCredential(place, known));
  const lent = session === undefined || isOwn ? undefined : openLentAccount(session);
  const devnet = await findDevnet(homeFolder(place), meant.urls?.[0]);
  const [first = devnet?.ingressUrl ?? "", ...others] = meant.urls ?? [];
  const ca = asked.ca ?? (await readAuthorities(known));
  const token = asked.token ?? devnet?.token ?? (await findAccessToken(place, known, deps));
  const network = asked.network ?? meant.network ?? known?.networkId ?? undefined;
  const way = { urls: [first, ...others], token, ca, lent, isDevnet: devnet !== undefined } as const;
  if (network !== undefined || meant.kept === undefined) return { ...way, network };
  // It was added without asking it: it hears no token before it is held to its answer.
  const stranger = connect({ ingressUrl: way.urls, ca, profileFolder: homeFolder(place) }, deps);
  const { network: answered } = await stranger.network();
  return { ...way, network: await pinNetwork(place, { name: meant.kept.name, network: answered }, deps) };
}

async function findMeant(place: Place, asked: NetworkWish, given: SessionCredential | undefined): Promise<Meant> {
  const { name, urls } = sortOut(asked);
  // Said as nothing is no choice of the default: a variable that was meant to hold it is unset.
  if (name === "") throw fail(libraryErrors.networkUnknown, { network: '""', known: DEVNET });
  urls?.forEach(checkUrl);
  if (name === undefined && urls === undefined && given !== undefined && given.ingresses.length > 0) {
    return { urls: given.ingresses, network: given.network };
  }
  const config = await loadConfig(place);
  const isDecided = name !== undefined || urls !== undefined;
  const { settings } = isDecided ? { settings: {} } : config.get();
  const { network, ingress } = chooseDestination({
    flags: { network: name, ingress: urls?.[0] },
    env: place.env,
    project: undefined,
    user: { settings, path: config.path },
  });
  const at = ingress === undefined ? undefined : ingress.level === "flag" ? urls : [ingress.url];
  at?.forEach(checkUrl);
  if (network === undefined) return { urls: at };
  const isOpen = at === undefined && network.level === "default" && given === undefined;
  const session = isOpen && asked.accountKey === undefined ? await findSessionCredential(place) : undefined;
  if (session !== undefined && session.ingresses.length > 0) {
    return { urls: session.ingresses, network: session.network };
  }
  if (network.name === DEVNET) return { urls: at };
  const { networks } = config.get();
  const known = networks.get(network.name);
  if (known !== undefined) return { urls: at ?? known.ingresses, kept: { name: network.name, known } };
  const all = [DEVNET, ...[...networks.keys()].sort()].join(", ");
  throw fail(libraryErrors.networkUnknown, { network: network.name.slice(0, 80), known: all });
}

/** A name that is an address is taken for what it is. */
function sortOut({ name, url }: NetworkWish) {
  const urls = typeof url === "string" ? [url] : url?.length === 0 ? undefined : url;
  if (name === undefined || !name.includes("://")) return { name, urls };
  return { name: undefined, urls: urls ?? [name] };
}

/** @throws DSDN_LIBRARY_URL_INVALID */
function checkUrl(text: string): void {
  const url = URL.parse(text);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!isPlain) throw fail(libraryErrors.urlInvalid, { url: withoutCredentials(text).slice(0, 200) });
}

/** The devnet of this user when it is meant: its token lies in its folder. @throws DSDN_DEVNET_NOT_RUNNING */
async function findDevnet(home: string, url: string | undefined) {
  // A devnet listens on this machine only: what knows about it need not be loaded for any other address.
  if (url !== undefined && !/^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::|\/|$)/.test(url)) return undefined;
  const { connectDevnet } = await import("../devnet/index.ts");
  const running = connectDevnet(`${home}/devnet`, systemDisk());
  if (url === undefined) return running;
  const devnet = await running.catch(() => undefined);
  return devnet !== undefined && new URL(devnet.ingressUrl).origin === new URL(url).origin ? devnet : undefined;
}
