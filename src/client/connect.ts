import { type Clock, type Disk, type Random, systemClock, systemDisk, systemRandom } from "../base/index.ts";
import type { Account } from "../keys/index.ts";
import type { PathPlatform } from "../objects/index.ts";
import { type ApiDetails, parseNetworkId } from "../protocol/index.ts";
import { createDeploymentClient, type DeploymentClient } from "./deployments/deployments.ts";
import { createDomainClient, type DomainClient } from "./deployments/domains.ts";
import { createSettingsClient, type SettingsClient } from "./deployments/settings-client.ts";
import { createStorageClient, type StorageClient } from "./files/storage.ts";
import { createIngress, type Exchange } from "./ingress.ts";
import { createLinkClient, type LinkClient } from "./links/links.ts";
import type { IngressToken } from "./network-pin.ts";
import { type ClientDeps, openNetworkSession } from "./network-session.ts";
import { thisPlatform } from "./platform.ts";
import { createSessionsClient, type SessionsClient } from "./sessions/sessions.ts";
import { makeLogPass } from "./verification/log-reader.ts";

export interface ConnectOptions {
  /** One or more ingresses of the same network; the next is asked when one fails. */
  readonly ingressUrl: string | readonly string[];
  /** Bearer token of a local ingress, or how the one of an ingress is found: asked before every request. */
  readonly token?: IngressToken | undefined;
  /** PEM certificates of the only authorities that count; those of the system unless given. */
  readonly ca?: string | undefined;
  /** Id of the only network to speak to, 64 hex digits. An ingress of any other is refused: DSDN_CLIENT_NETWORK_DIFFERS. */
  readonly network?: string | undefined;
  /** Where the client keeps its outbox, sessions and caches; absolute. */
  readonly profileFolder: string;
  /**
   * Opens the account; called when a key is first needed and once only. Undefined answers "there is none"; what is
   * public can be read all the same.
   */
  readonly findAccount?: () => Promise<Account | undefined>;
  /** Whose rules the names of downloaded files obey; this machine's unless said. */
  readonly platform?: PathPlatform;
}

export interface ConnectDeps {
  readonly disk?: Disk;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Told each question to an ingress as soon as it is answered or has failed. */
  readonly observe?: (exchange: Exchange) => void;
}

/** A network as a user's program sees it. It holds no connection and needs no closing. */
export interface Client {
  readonly storage: StorageClient;
  readonly deployments: DeploymentClient;
  readonly domains: DomainClient;
  readonly settings: SettingsClient;
  readonly links: LinkClient;
  readonly sessions: SessionsClient;
  network(signal?: AbortSignal): Promise<ApiDetails<"network">>;
  status(signal?: AbortSignal): Promise<ApiDetails<"status">>;
  nodes(signal?: AbortSignal): Promise<ApiDetails<"nodes">["nodes"]>;
  /** The newest state root, or that at a height. */
  stateRoot(height?: number, signal?: AbortSignal): Promise<ApiDetails<"stateRoot">>;
  /** Bytes the account keeps and may keep. @throws DSDN_CLIENT_ACCOUNT_NEEDED */
  quota(signal?: AbortSignal): Promise<ApiDetails<"owner">>;
  /**
   * A text with which another program of this user reads the logs of this account's deployments for a while. Secret.
   * @throws DSDN_CLIENT_ACCOUNT_NEEDED, DSDN_KEYS_WALLET_MISSING
   */
  logPass(lifeMs: number, signal?: AbortSignal): Promise<string>;
  /** Sends again what an interrupted run left in the outbox. @throws DSDN_CLIENT_ACCOUNT_NEEDED */
  resend(signal?: AbortSignal): Promise<void>;
}

/** A client for the network behind the ingress. Nothing is sent until a method is called. */
export function connect(options: ConnectOptions, deps: ConnectDeps = {}): Client {
  const { client, ways, way } = openWay(options, deps);
  const { ingress } = client;
  const { urls } = ways;
  const deployments = createDeploymentClient(client);
  // A link is kept by one ingress: another of the network does not know it.
  const [home = ""] = urls;
  const atHome = { ...client, ingress: createIngress({ ...ways, urls: [home] }, way) };
  return {
    storage: createStorageClient(client, { platform: options.platform ?? thisPlatform() }),
    deployments,
    domains: createDomainClient(client, deployments),
    settings: createSettingsClient(client),
    sessions: createSessionsClient(client),
    links: createLinkClient(atHome, { origin: URL.parse(home)?.origin ?? home }),
    network: async (signal) => (await ingress.call("network", { signal })).details,
    status: async (signal) => (await ingress.call("status", { signal })).details,
    nodes: async (signal) => (await ingress.call("nodes", { signal })).details.nodes,
    stateRoot: async (height, signal) => {
      const query = height === undefined ? {} : { height };
      return (await ingress.call("stateRoot", { query, signal })).details;
    },
    quota: (signal) => findQuota(client, signal),
    logPass: (lifeMs, signal) => makeLogPass(client, { lifeMs, signal }),
    resend: async (signal) => (await openNetworkSession(client, { signal })).publisher.resend(),
  };
}

/** What a page needs of a network, and nothing else: a bundle carries no more than it uses. */
export function connectStorage(
  options: ConnectOptions,
  deps: ConnectDeps = {},
): Pick<Client, "storage" | "network" | "quota"> {
  const client: ClientDeps = { ...openWay(options, deps).client, isPassing: true };
  return {
    storage: createStorageClient(client, { platform: options.platform ?? thisPlatform() }),
    network: async (signal) => (await client.ingress.call("network", { signal })).details,
    quota: (signal) => findQuota(client, signal),
  };
}

function openWay(options: ConnectOptions, deps: ConnectDeps) {
  const clock = deps.clock ?? systemClock();
  const urls = typeof options.ingressUrl === "string" ? [options.ingressUrl] : options.ingressUrl;
  const { token, ca } = options;
  const network = options.network === undefined ? undefined : parseNetworkId(options.network);
  const way = { clock, observe: deps.observe };
  const ways = { urls, token, ca, network };
  const client: ClientDeps = {
    ingress: createIngress(ways, way),
    clock,
    disk: deps.disk ?? systemDisk(),
    random: deps.random ?? systemRandom(),
    profileFolder: options.profileFolder,
    findAccount: once(options.findAccount ?? (async () => undefined)),
    recent: { untilMs: 0 },
  };
  return { client, ways, way };
}

async function findQuota(client: ClientDeps, signal: AbortSignal | undefined): Promise<ApiDetails<"owner">> {
  const { account } = await openNetworkSession(client, { signal });
  return (await client.ingress.call("owner", { params: { address: account.address() }, signal })).details;
}

/** Runs the work at the first call; a failure is not remembered. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work().catch((error: unknown) => {
      result = undefined;
      throw error;
    });
    return result;
  };
}
