import { homedir } from "node:os";
import { join } from "node:path";
import { pickLanguage, withoutCredentials } from "../base/index.ts";
import { DEVNET, type KeptSettings, type KnownNetwork } from "./user-config.ts";

/** Who may say a setting, the strongest first. */
export const settingLevels = ["flag", "environment", "project", "user", "default"] as const;
export type SettingLevel = (typeof settingLevels)[number];

/** One thing somebody said. */
export interface SaidValue {
  readonly level: SettingLevel;
  readonly value: string;
  /** The flag, variable, or file and line. */
  readonly place: string;
}

/** A setting as it applies, and everything that was said about it, the strongest first. */
export interface Setting {
  readonly key: string;
  /** Null when nothing is said and nothing is the default. */
  readonly value: string | null;
  readonly level: SettingLevel;
  readonly place: string;
  readonly said: readonly SaidValue[];
}

type Environment = { readonly [name: string]: string | undefined };

export interface SettingSources {
  /** What the global flags say, by the setting's key. */
  readonly flags: { readonly [key: string]: string | undefined };
  readonly env: Environment;
  /** The name a project's own file gives. */
  readonly project: { readonly network: string; readonly place: string } | undefined;
  readonly user: { readonly settings: KeptSettings; readonly path: string };
}

/** Where one setting can be said. */
interface SettingRule {
  readonly key: string;
  readonly flag?: string;
  readonly variables?: readonly string[];
  readonly isKept?: boolean;
  readonly fallback?: (env: Environment) => { readonly value: string; readonly place: string } | undefined;
  /** How a value is shown that is no plain word. */
  readonly show?: (value: string) => string;
}

const plainly = (value: string) => () => ({ value, place: "-" });
const hidden = () => "***";

const rules: readonly SettingRule[] = [
  {
    key: "network",
    flag: "--network",
    variables: ["DSDN_NETWORK"],
    isKept: true,
    fallback: plainly(DEVNET),
  },
  { key: "ingress", flag: "--ingress", variables: ["DSDN_INGRESS_ENDPOINT"], show: withoutCredentials },
  { key: "token-file", variables: ["DSDN_TOKEN_FILE"] },
  { key: "session", variables: ["DSDN_SESSION"], show: hidden },
  { key: "session-file", variables: ["DSDN_SESSION_FILE"] },
  { key: "lang", flag: "--lang", variables: ["DSDN_LANG"], isKept: true, fallback: localeOf },
  { key: "verbosity", flag: "--quiet, --verbose", isKept: true, fallback: plainly("0") },
  { key: "json", flag: "--json", fallback: plainly("off") },
  { key: "colour", variables: ["FORCE_COLOR", "NO_COLOR"], fallback: plainly("auto") },
  { key: "store", flag: "--store", isKept: true, fallback: plainly("keychain") },
  { key: "home", variables: ["DSDN_HOME"], fallback: () => ({ value: join(homedir(), ".dsdn"), place: "-" }) },
  { key: "da-rpc-url", variables: ["DA_RPC_URL"], show: withoutCredentials },
  { key: "da-network", variables: ["DA_NETWORK"] },
  { key: "da-namespace", variables: ["DA_NAMESPACE"] },
  { key: "da-token", variables: ["DA_AUTH_TOKEN"], show: hidden },
  { key: "da-token-file", variables: ["DA_AUTH_TOKEN_FILE"] },
];

/** Every setting there is, each from the strongest who says it; an empty variable says nothing. */
export function resolveSettings(sources: SettingSources): readonly Setting[] {
  return rules.map((rule) => resolve(rule, sources));
}

function resolve(rule: SettingRule, sources: SettingSources): Setting {
  const { key } = rule;
  const said = listSaid(rule, sources);
  const { value = null, level = "default", place = "-" } = said[0] ?? {};
  return { key, value, level, place, said };
}

function listSaid(rule: SettingRule, { flags, env, project, user }: SettingSources): readonly SaidValue[] {
  const { key, flag, variables = [], isKept, fallback, show = (value: string) => value } = rule;
  const said: SaidValue[] = [];
  const add = (level: SettingLevel, value: string | undefined, place: string) => {
    if (value !== undefined && value !== "") said.push({ level, value: show(value), place });
  };
  if (flag !== undefined) add("flag", flags[key], flag);
  for (const variable of variables) add("environment", env[variable], variable);
  if (key === "network") add("project", project?.network, project?.place ?? "");
  if (isKept === true) add("user", user.settings[key as keyof KeptSettings], user.path);
  const standard = fallback?.(env);
  add("default", standard?.value, standard?.place ?? "-");
  return said;
}

function localeOf(env: Environment) {
  const variable = ["LC_ALL", "LC_MESSAGES", "LANG"].find((name) => env[name]) ?? "-";
  return { value: pickLanguage(undefined, { ...env, DSDN_LANG: undefined }), place: variable };
}

/** Where a command goes. */
export interface Destination {
  /** Undefined when an address alone was given. */
  readonly network: (Pick<SaidValue, "level" | "place"> & { readonly name: string }) | undefined;
  /** An address that stands instead of the network's own. */
  readonly ingress: (Pick<SaidValue, "level" | "place"> & { readonly url: string }) | undefined;
}

/**
 * Network and ingress are one choice: the stronger of the two decides. Said at the same level they go together, an
 * address for a network that is known otherwise.
 */
export function chooseDestination(sources: SettingSources): Destination {
  const { flags, env } = sources;
  const settings = resolveSettings(sources);
  const find = (key: string) => settings.find((setting) => setting.key === key)?.said[0];
  const network = find("network");
  const ingress = find("ingress");
  const rank = (said: SaidValue | undefined) => settingLevels.indexOf(said?.level ?? "default");
  const url = ingress?.level === "flag" ? flags["ingress"] : env["DSDN_INGRESS_ENDPOINT"];
  const isNamed = network !== undefined && rank(network) <= rank(ingress);
  const isGiven = ingress !== undefined && url !== undefined && rank(ingress) <= rank(network);
  return {
    network: isNamed ? { name: network.value, level: network.level, place: network.place } : undefined,
    ingress: isGiven ? { url, level: ingress.level, place: ingress.place } : undefined,
  };
}

/** The settings as they are shown: what a network stands for, and what the destination leaves without effect. */
export function describeSettings(
  sources: SettingSources,
  networks: ReadonlyMap<string, KnownNetwork>,
): readonly Setting[] {
  const { network, ingress } = chooseDestination(sources);
  const known = network === undefined ? undefined : networks.get(network.name);
  const place = network === undefined ? "-" : `network ${network.name}`;
  return resolveSettings(sources).map((setting) => {
    if (setting.key === "network" && network === undefined && ingress !== undefined) {
      return { ...setting, value: null, level: ingress.level, place: ingress.place };
    }
    if (setting.key === "ingress" && ingress === undefined) {
      const value = known?.ingresses.join(", ") ?? null;
      return { ...setting, value, level: network?.level ?? "default", place };
    }
    if (setting.key === "token-file" && setting.value === null && known?.tokenFile) {
      return { ...setting, value: known.tokenFile, level: network?.level ?? "user", place };
    }
    if (setting.key === "session-file" && setting.value === null && known?.sessionFile) {
      // A session of the environment stands above the network's own.
      if (sources.env["DSDN_SESSION"]) return setting;
      return { ...setting, value: known.sessionFile, level: network?.level ?? "user", place };
    }
    return setting;
  });
}
