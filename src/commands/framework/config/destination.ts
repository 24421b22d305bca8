import { join } from "node:path";
import { fail } from "../../../base/index.ts";
import {
  chooseDestination,
  DEVNET,
  type Destination,
  type KnownNetwork,
  type SettingSources,
} from "../../../profile/index.ts";
import type { CommandContext } from "../base-command.ts";
import { networkErrors } from "../destination/network-errors.ts";
import { homeFolder } from "../home.ts";
import { parseUrl } from "../values.ts";
import {
  createProjectConsents,
  findProjectNetwork,
  type ProjectConsents,
  type ProjectNetwork,
} from "./project-network.ts";

const texts = {
  chosen: {
    en: "Network: {network} ({place} of this folder)",
    id: "Jaringan: {network} ({place} di folder ini)",
  },
  mayChoose: {
    en: "{place} in {folder} asks for the network {network} ({url}). Use it whenever you work in this folder?",
    id: "{place} di {folder} meminta jaringan {network} ({url}). Pakai setiap kali Anda bekerja di folder ini?",
  },
  local: { en: "on this machine", id: "di mesin ini" },
} as const;

/** A place a command goes to. */
export interface Target {
  /** The user's name for it; null for an address alone. */
  readonly name: string | null;
  /** Null for the devnet of this machine, which says itself where it is. */
  readonly urls: readonly string[] | null;
  /** What is kept about it; absent for the devnet and for an address alone. */
  readonly known: KnownNetwork | undefined;
  /** False when nobody named it and it is only the default. */
  readonly isSaid: boolean;
}

/** The sources of all settings as they are now. A user's file that cannot be used is an error here. */
export function settingSources(context: CommandContext, project: ProjectNetwork | undefined): SettingSources {
  const { globals, config, ui } = context;
  const { settings } = config.get();
  return { flags: globals.said, env: ui.terminal.env, project, user: { settings, path: config.path } };
}

/**
 * Where this command goes. A project may name a network the user knows, after the user agreed for that folder; it is
 * not even read when a flag or a variable decides.
 *
 * @param options.isLocalMeant - what a project and the user's own settings say is left aside, for commands about the
 *   devnet.
 * @throws DSDN_COMMANDS_NETWORK_UNKNOWN, DSDN_COMMANDS_PROJECT_*, DSDN_PROFILE_CONFIG_INVALID
 */
export async function findTarget(
  context: CommandContext,
  options: { readonly isLocalMeant: boolean },
): Promise<Target> {
  const { terminal } = context.ui;
  const own = options.isLocalMeant ? localSources(context) : settingSources(context, undefined);
  const first = chooseDestination(own);
  const isDecided = options.isLocalMeant || first.ingress !== undefined || isStrong(first);
  const project = isDecided ? undefined : await findProjectNetwork(terminal.folder);
  if (project === undefined) return toTarget(context, first);
  const target = toTarget(context, chooseDestination({ ...own, project }));
  if (first.network?.name !== target.name) await agree(context, { project, target });
  context.ui.remark(context.ui.say(texts.chosen, project));
  return target;
}

function localSources({ globals, config, ui }: CommandContext): SettingSources {
  const user = { settings: {}, path: config.path };
  return { flags: globals.said, env: ui.terminal.env, project: undefined, user };
}

/** True when a project has no say. */
function isStrong({ network }: Destination): boolean {
  return network?.level === "flag" || network?.level === "environment";
}

function toTarget(context: CommandContext, { network, ingress }: Destination): Target {
  const given = ingress === undefined ? null : [parseUrl(ingress.place, ingress.url)];
  if (network === undefined) return { name: null, urls: given, known: undefined, isSaid: true };
  const { name, place, level } = network;
  const isSaid = given !== null || level !== "default";
  if (name === DEVNET) return { name: given === null ? name : null, urls: given, known: undefined, isSaid };
  const { networks } = context.config.get();
  const known = networks.get(name);
  if (known === undefined) {
    const all = [DEVNET, ...networks.keys()].join(", ");
    throw fail(networkErrors.networkUnknown, { network: name.slice(0, 80), place, known: all });
  }
  return { name, urls: given ?? known.ingresses, known, isSaid };
}

interface Wish {
  readonly project: ProjectNetwork;
  readonly target: Target;
}

/** @throws DSDN_COMMANDS_PROJECT_UNCONFIRMED */
async function agree(context: CommandContext, { project, target }: Wish): Promise<void> {
  const { ui } = context;
  const { folder } = ui.terminal;
  const { network, place } = project;
  const consents = openProjectConsents(context);
  if (await consents.has(folder, network)) return;
  const url = target.urls?.join(", ") ?? ui.say(texts.local);
  const isAgreed =
    ui.prompts.canAsk && (await ui.prompts.confirm(ui.say(texts.mayChoose, { place, folder, network, url })));
  if (!isAgreed) throw fail(networkErrors.projectUnconfirmed, { place, folder, network });
  await consents.record(folder, network);
}

/** The consents of this user. */
export function openProjectConsents({ ui, clock }: Pick<CommandContext, "ui" | "clock">): ProjectConsents {
  return createProjectConsents({ folder: join(homeFolder(ui.terminal), "projects") }, { clock });
}

/** How this command's network is called on paper and in receipts, without asking or reading a project. */
export function labelOfNetwork(context: CommandContext): string {
  const { network, ingress } = chooseDestination(settingSources(context, undefined));
  if (ingress !== undefined && (network === undefined || network.name === DEVNET)) {
    return URL.parse(ingress.url)?.host ?? DEVNET;
  }
  return network?.name ?? DEVNET;
}

/** True when a flag, a variable or the user's settings name anything but the devnet of this machine. */
export function isElsewhereMeant(context: CommandContext, data: string | undefined): boolean {
  const { network, ingress } = chooseDestination(
    data === undefined ? settingSources(context, undefined) : localSources(context),
  );
  return ingress !== undefined || (network !== undefined && network.name !== DEVNET);
}
