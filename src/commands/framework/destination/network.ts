import { systemDisk, systemRandom } from "../../../base/index.ts";
import type { Client, ConnectOptions } from "../../../client/index.ts";
import type { Account } from "../../../keys/index.ts";
import {
  findAccessToken,
  isExposedWay,
  type KnownNetwork,
  pinNetwork,
  readAuthorities,
} from "../../../profile/index.ts";
import type { CommandContext } from "../base-command.ts";
import { findTarget, type Target } from "../config/destination.ts";
import { openDevnet } from "../devnet.ts";
import { homeFolder } from "../home.ts";
import { passphraseSource, readSecretFile } from "../secrets/secrets.ts";
import { readShares } from "../secrets/share-files.ts";
import { openAccountAccess } from "./account.ts";
import { findLentAccount, findSessionTarget } from "./lent-account.ts";

const texts = {
  device: {
    en: "A key for this devnet was made at {place}; it lies open there (0600). Use it for development only.",
    id: "Kunci untuk devnet ini dibuat di {place}; tersimpan terbuka di sana (0600). Pakai hanya untuk pengembangan.",
  },
  pinned: {
    en: "{name} answered for the first time: from now on only the network {network} is accepted under that name.",
    id: "{name} menjawab untuk pertama kali: mulai sekarang hanya jaringan {network} yang diterima dengan nama itu.",
  },
} as const;

export interface NetworkOptions {
  /** Folder of the devnet that is meant. */
  readonly data?: string | undefined;
  /** The command is about the devnet: what a project or the user's settings name is left aside. */
  readonly isLocalMeant?: boolean;
  readonly passphraseFile?: string | undefined;
  /** An exported account to use for this run only. */
  readonly keyFile?: string | undefined;
  /** Shares that bring the account back for this run only. */
  readonly shareFiles?: readonly string[] | undefined;
}

/** The network a command talks to. */
export interface OpenNetwork {
  readonly client: Client;
  /** The user's name for it, or the host of an address that was given alone. */
  readonly name: string;
  readonly ingressUrl: string;
  /** Every ingress of it, that one first. */
  readonly ingressUrls: readonly string[];
  /** True when it is the devnet of this machine. */
  readonly isDevnet: boolean;
}

/**
 * The network this command is for: of a flag, of the environment, of the project, of the user's settings, or else the
 * devnet that runs on this machine; see `settings.ts`. A network the user added is held to the id it had.
 *
 * @throws DSDN_COMMANDS_NETWORK_UNKNOWN, DSDN_COMMANDS_PROJECT_*, DSDN_PROFILE_CONFIG_INVALID,
 *   DSDN_PROFILE_FILE_EXPOSED, DSDN_DEVNET_NOT_RUNNING, and at the first request DSDN_CLIENT_NETWORK_DIFFERS
 */
export async function openNetwork(context: CommandContext, options: NetworkOptions = {}): Promise<OpenNetwork> {
  const isLocalMeant = options.isLocalMeant === true || options.data !== undefined;
  const said = await findTarget(context, { isLocalMeant });
  const isOpen = !said.isSaid && !isLocalMeant;
  const target = (isOpen ? await findSessionTarget(context) : undefined) ?? said;
  const { urls, known } = target;
  const [named = ""] = urls ?? [];
  const devnet = urls === null ? await openDevnet(context, options.data) : await findDevnetAt(context, named);
  const ingressUrl = urls === null ? (devnet?.ingressUrl ?? "") : named;
  const { connect } = await import("../../../client/index.ts");
  const isDevnet = devnet !== undefined;
  const way: ConnectOptions = {
    ingressUrl: urls ?? ingressUrl,
    token: devnet?.token ?? (await findAccessToken(context.ui.terminal, known, context)),
    ca: await readAuthorities(known),
    profileFolder: homeFolder(context.ui.terminal),
    findAccount: () => findAccount(context, { ...options, isDevnet, known }),
  };
  const deps = { disk: systemDisk(), clock: context.clock, random: systemRandom(), observe: context.trace.observe };
  const network = await pinnedNetwork(context, target, () => connect({ ...way, token: undefined }, deps));
  const name = target.name ?? URL.parse(ingressUrl)?.host ?? ingressUrl;
  return { client: connect({ ...way, network }, deps), name, ingressUrl, ingressUrls: urls ?? [ingressUrl], isDevnet };
}

/** The id this network is held to. One that was added without asking it is asked now and held to its answer. */
async function pinnedNetwork(
  context: CommandContext,
  { name, known }: Target,
  open: () => Client,
): Promise<string | undefined> {
  if (known === undefined) return undefined;
  if (known.networkId !== null || name === null) return known.networkId ?? undefined;
  const { network: answered } = await open().network(context.signal);
  const network = await pinNetwork(context.ui.terminal, { name, network: answered }, context);
  context.ui.remark(context.ui.say(texts.pinned, { name, network }));
  return network;
}

/** The devnet of this machine when that is its address: its token lies in its folder, for programs of this user. */
export async function findDevnetAt(context: CommandContext, ingressUrl: string) {
  // A devnet listens on this machine only; the program that knows about it need not be read for any other address.
  if (isExposedWay(ingressUrl) || !ingressUrl.startsWith("http:")) return undefined;
  const devnet = await openDevnet(context, undefined).catch(() => undefined);
  return devnet !== undefined && new URL(devnet.ingressUrl).origin === new URL(ingressUrl).origin ? devnet : undefined;
}

/** The account of this user. On a devnet one is made and announced when there is none; elsewhere the user makes it. */
async function findAccount(
  context: CommandContext,
  options: NetworkOptions & { isDevnet: boolean; known: KnownNetwork | undefined },
): Promise<Account | undefined> {
  const { keyFile, shareFiles, passphraseFile } = options;
  if (shareFiles !== undefined && shareFiles.length > 0) {
    const { openAccountFromShares } = await import("../../../keys/index.ts");
    return openAccountFromShares(await readShares(context.ui, shareFiles, "get"));
  }
  if (keyFile !== undefined) {
    const text = await readSecretFile(context.ui, keyFile);
    const { importAccount, openAccount } = await import("../../../keys/index.ts");
    return openAccount(await importAccount(text, await passphraseSource(context.ui, passphraseFile)("open")));
  }
  const lent = await findLentAccount(context, options.known);
  if (lent !== undefined) return lent;
  const { keeper } = openAccountAccess(context, { passphraseFile });
  if ((await keeper.findStatus()) !== undefined) return (await keeper.open()).account;
  if (!options.isDevnet) return undefined;
  const opened = await keeper.openOrCreate("device");
  if (opened.isNew) context.ui.remark(context.ui.say(texts.device, { place: opened.place }));
  return opened.account;
}
