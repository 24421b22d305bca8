import { join, resolve } from "node:path";
import { fail, silentLogger, systemClock, systemDisk, systemRandom } from "../base/index.ts";
import { connect as connectNetwork, type DomainClient, type LinkClient } from "../client/index.ts";
import {
  type Account,
  createAccountKeeper,
  createKeyStores,
  openAccount,
  openLentAccount,
  parseSessionCredential,
} from "../keys/index.ts";
import type { ApiDetails } from "../protocol/index.ts";
import { type Compute, createCompute } from "./compute.ts";
import { homeFolder } from "./environment.ts";
import { libraryErrors } from "./errors.ts";
import { createStorage, type Storage } from "./storage.ts";

/** Which network is meant and who speaks to it. */
export interface ConnectOptions {
  /** The name of a network: `devnet` for that of this machine, or one that was added with `dsdn network add`. */
  readonly name?: string | undefined;
  /** An ingress, or several of the same network: the next is asked when one fails. The devnet of this machine unless said. */
  readonly url?: string | readonly string[] | undefined;
  /** Bearer token of an ingress that asks for one. */
  readonly token?: string | undefined;
  /** PEM certificates of the only authorities that count; those of the system unless given. */
  readonly ca?: string | undefined;
  /** Id of the only network to speak to, 64 hex digits: an ingress of any other is refused. */
  readonly network?: string | undefined;
  /**
   * Key of the account whose files and deployments these are: 32 random bytes, secret, with which everything of the
   * account is lost or found. The account `dsdn keys` keeps for this user unless given.
   */
  readonly accountKey?: Uint8Array | undefined;
  /**
   * The text `dsdn session grant` wrote, in place of an account: it names its network and ingresses, and may do what its
   * scopes say until it ends.
   */
  readonly session?: string | undefined;
  /** The passphrase of the user's account, asked for when its key rests in a file under one. */
  readonly askPassphrase?: (() => Promise<string>) | undefined;
  /** Where sessions, caches and the user's account lie; DSDN_HOME, or `.dsdn` in the user's home, unless said. */
  readonly home?: string | undefined;
}

/** A network as a user's program sees it. It holds no connection and needs no closing. */
export interface Client {
  readonly storage: Storage;
  readonly compute: Compute;
  readonly links: LinkClient;
  readonly domains: DomainClient;
  /** Which network it is, and how far its log is. */
  network(signal?: AbortSignal): Promise<ApiDetails<"network">>;
  status(signal?: AbortSignal): Promise<ApiDetails<"status">>;
  nodes(signal?: AbortSignal): Promise<ApiDetails<"nodes">["nodes"]>;
  /** The newest state root, or that at a height. */
  stateRoot(height?: number, signal?: AbortSignal): Promise<ApiDetails<"stateRoot">>;
  /** Bytes the account keeps and may keep. @throws DSDN_CLIENT_ACCOUNT_NEEDED */
  quota(signal?: AbortSignal): Promise<ApiDetails<"owner">>;
  /** Sends again what an interrupted run left behind. @throws DSDN_CLIENT_ACCOUNT_NEEDED */
  resend(signal?: AbortSignal): Promise<void>;
}

/** The name of the devnet of this machine. */
const DEVNET = "devnet";

/** The client of a network. Errors as `connect` of the door. */
export async function openClient(network: string | ConnectOptions): Promise<Client> {
  const asked = typeof network === "string" ? { name: network } : network;
  const home = resolve(asked.home ?? homeFolder());
  const options = { ...(await findNamed(home, asked.name)), ...asked };
  const [clock, disk, random] = [systemClock(), systemDisk(), systemRandom()];
  const { ca, accountKey } = options;
  const lent = options.session === undefined ? undefined : parseSessionCredential(options.session, "session");
  const account = accountKey === undefined ? lent && openLentAccount(lent) : openAccount(accountKey);
  const urls = typeof options.url === "string" ? [options.url] : (options.url ?? lent?.ingresses);
  const devnet = await findDevnet(home, urls?.[0]);
  const [ingressUrl = ""] = urls ?? [devnet?.ingressUrl ?? ""];
  const client = connectNetwork(
    {
      ingressUrl: urls ?? ingressUrl,
      token: options.token ?? devnet?.token,
      ca,
      network: options.network ?? lent?.network,
      profileFolder: home,
      findAccount: async () => account ?? findOwnAccount(home, options, devnet !== undefined),
    },
    { disk, clock, random },
  );
  const { links, domains, network: facts, status, nodes, stateRoot, quota, resend } = client;
  return {
    storage: createStorage(client),
    compute: createCompute({ client, ingressUrl, clock, disk, random }),
    ...{ links, domains, network: facts, status, nodes, stateRoot, quota, resend },
  };
}

/** What is known of a network by its name; an address is taken for what it is. @throws DSDN_LIBRARY_NETWORK_UNKNOWN */
async function findNamed(home: string, name: string = DEVNET): Promise<ConnectOptions> {
  if (name === DEVNET) return {};
  if (/^https?:/.test(name) && URL.canParse(name)) return { url: name };
  const { findKnownNetwork } = await import("../commands/index.ts");
  const { names, way } = await findKnownNetwork(home, name);
  if (way === undefined) {
    throw fail(libraryErrors.networkUnknown, { network: name.slice(0, 80), known: [DEVNET, ...names].join(", ") });
  }
  const { urls, networkId, token, ca, session } = way;
  return { url: urls, network: networkId, token, ca, session };
}

/** The devnet of this user when it is meant: its token lies in its folder. @throws DSDN_DEVNET_NOT_RUNNING */
async function findDevnet(home: string, url: string | undefined) {
  // A devnet listens on this machine only: what knows about it need not be loaded for any other address.
  if (url !== undefined && !/^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::|\/|$)/.test(url)) return undefined;
  const { connectDevnet } = await import("../devnet/index.ts");
  const running = connectDevnet(join(home, "devnet"), systemDisk());
  if (url === undefined) return running;
  const devnet = await running.catch(() => undefined);
  return devnet !== undefined && new URL(devnet.ingressUrl).origin === new URL(url).origin ? devnet : undefined;
}

/** The account `dsdn keys` keeps. On a devnet one is made when there is none; elsewhere the user makes it. */
async function findOwnAccount(
  home: string,
  { askPassphrase }: ConnectOptions,
  isDevnet: boolean,
): Promise<Account | undefined> {
  const folder = join(home, "keys");
  const random = systemRandom();
  const deps = { disk: systemDisk(), random, askPassphrase: askPassphrase ?? refusePassphrase };
  const { stores, files } = createKeyStores({ folder }, deps);
  const keeper = createAccountKeeper({ folder }, { stores, files, clock: systemClock(), random, log: silentLogger() });
  if ((await keeper.findStatus()) !== undefined) return (await keeper.open()).account;
  return isDevnet ? (await keeper.openOrCreate("device")).account : undefined;
}

async function refusePassphrase(): Promise<string> {
  throw fail(libraryErrors.passphraseNeeded, {});
}
