import { join } from "node:path";
import { fail, silentLogger, systemClock, systemDisk, systemRandom } from "../base/index.ts";
import { connect as connectNetwork, type DomainClient, type LinkClient } from "../client/index.ts";
import { type Account, createAccountKeeper, createKeyStores, openAccount } from "../keys/index.ts";
import { homeFolder } from "../profile/index.ts";
import type { ApiDetails } from "../protocol/index.ts";
import { type Compute, createCompute } from "./compute.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { programPlace } from "./environment.ts";
import { libraryErrors } from "./errors.ts";
import { findWay } from "./network-way.ts";
import { createStorage, type Storage } from "./storage.ts";

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

/** The client of a network. Errors as `connect` of the door. */
export async function openClient(network: string | ConnectOptions): Promise<Client> {
  const asked = typeof network === "string" ? { name: network } : network;
  const place = programPlace(asked.home);
  const home = homeFolder(place);
  const [clock, disk, random] = [systemClock(), systemDisk(), systemRandom()];
  const way = await findWay(place, asked, { clock });
  const { urls, token, ca, lent, isDevnet } = way;
  const account = asked.accountKey === undefined ? lent : openAccount(asked.accountKey);
  const client = connectNetwork(
    {
      ...{ ingressUrl: urls, token, ca, network: way.network },
      profileFolder: home,
      findAccount: async () => account ?? findOwnAccount(home, asked, isDevnet),
    },
    { disk, clock, random },
  );
  const { links, domains, network: facts, status, nodes, stateRoot, quota, resend } = client;
  return {
    storage: createStorage(client),
    compute: createCompute({ client, ingressUrl: urls[0], clock, disk, random }),
    ...{ links, domains, network: facts, status, nodes, stateRoot, quota, resend },
  };
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
