import { fail, systemDisk, systemRandom } from "../../base/index.ts";
import type { Client } from "../../client/index.ts";
import type { Account } from "../../keys/index.ts";
import { openAccountAccess } from "./account.ts";
import type { CommandContext } from "./base-command.ts";
import { openDevnet } from "./devnet.ts";
import { commandErrors } from "./errors.ts";
import { homeFolder } from "./home.ts";
import { passphraseSource, readSecretFile } from "./secrets.ts";
import { readShares } from "./share-files.ts";

const texts = {
  device: {
    en: "A key for this devnet was made at {place}; it lies open there (0600). Use it for development only.",
    id: "Kunci untuk devnet ini dibuat di {place}; tersimpan terbuka di sana (0600). Pakai hanya untuk pengembangan.",
  },
} as const;

export interface NetworkOptions {
  readonly data?: string | undefined;
  readonly passphraseFile?: string | undefined;
  /** An exported account to use for this run only. */
  readonly keyFile?: string | undefined;
  /** Shares that bring the account back for this run only. */
  readonly shareFiles?: readonly string[] | undefined;
}

/** The network a command talks to. */
export interface OpenNetwork {
  readonly client: Client;
  readonly ingressUrl: string;
  /** True when it is the devnet of this machine. */
  readonly isDevnet: boolean;
}

/**
 * The network meant by `--ingress` or DSDN_INGRESS_ENDPOINT (with DSDN_TOKEN_FILE where it asks for a token), or else the devnet that runs on this machine.
 * @throws DSDN_COMMANDS_NETWORK_UNKNOWN, DSDN_DEVNET_NOT_RUNNING
 */
export async function openNetwork(context: CommandContext, options: NetworkOptions = {}): Promise<OpenNetwork> {
  const { terminal } = context.ui;
  const named = context.globals.ingress ?? terminal.env["DSDN_INGRESS_ENDPOINT"];
  const { network } = context.globals;
  if (network !== undefined && network !== "devnet") throw fail(commandErrors.networkUnknown, { network });
  const devnet = named === undefined ? await openDevnet(context, options.data) : await findDevnetAt(context, named);
  const ingressUrl = named ?? devnet?.ingressUrl ?? "";
  const { connect } = await import("../../client/index.ts");
  const client = connect(
    {
      ingressUrl,
      token: devnet?.token ?? (await readToken(context)),
      profileFolder: homeFolder(terminal),
      findAccount: () => findAccount(context, { ...options, isDevnet: devnet !== undefined }),
    },
    { disk: systemDisk(), clock: context.clock, random: systemRandom() },
  );
  return { client, ingressUrl, isDevnet: devnet !== undefined };
}

/** The token of an ingress that asks for one, from the file DSDN_TOKEN_FILE names. */
async function readToken(context: CommandContext): Promise<string | undefined> {
  const file = context.ui.terminal.env["DSDN_TOKEN_FILE"];
  return file === undefined || file === "" ? undefined : (await readSecretFile(context.ui, file)).trim();
}

/** The token of a devnet is known only to programs of this user: it lies in its folder. */
async function findDevnetAt(context: CommandContext, ingressUrl: string) {
  const devnet = await openDevnet(context, undefined).catch(() => undefined);
  return devnet !== undefined && new URL(devnet.ingressUrl).origin === new URL(ingressUrl).origin ? devnet : undefined;
}

/** The account of this user. On a devnet one is made and announced when there is none; elsewhere the user makes it. */
async function findAccount(
  context: CommandContext,
  options: NetworkOptions & { isDevnet: boolean },
): Promise<Account | undefined> {
  const { keyFile, shareFiles, passphraseFile } = options;
  if (shareFiles !== undefined && shareFiles.length > 0) {
    const { openAccountFromShares } = await import("../../keys/index.ts");
    return openAccountFromShares(await readShares(context.ui, shareFiles, "get"));
  }
  if (keyFile !== undefined) {
    const text = await readSecretFile(context.ui, keyFile);
    const { importAccount, openAccount } = await import("../../keys/index.ts");
    return openAccount(await importAccount(text, await passphraseSource(context.ui, passphraseFile)("open")));
  }
  const { keeper } = openAccountAccess(context, { passphraseFile });
  if ((await keeper.findStatus()) !== undefined) return (await keeper.open()).account;
  if (!options.isDevnet) return undefined;
  const opened = await keeper.openOrCreate("device");
  if (opened.isNew) context.ui.remark(context.ui.say(texts.device, { place: opened.place }));
  return opened.account;
}
