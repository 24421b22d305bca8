import { DsdnError, fail, fromUtf8 } from "../base/index.ts";
import { profileErrors } from "./errors.ts";

/** A network as its user added it. Its token is not here, only where it lies. */
export interface KnownNetwork {
  /** Origins, the first asked first. */
  readonly ingresses: readonly string[];
  /** 64 hex digits; null until the network was asked for the first time. */
  readonly networkId: string | null;
  /** Absolute. */
  readonly tokenFile: string | null;
  /** File of the session that acts there in place of the account, absolute. */
  readonly sessionFile: string | null;
  /** PEM file of the only authorities that count; absolute. */
  readonly caFile: string | null;
  /** The user said that http to another machine is meant. */
  readonly isInsecure: boolean;
}

/** Values the user keeps for what no flag, variable or project says. */
export interface KeptSettings {
  readonly network?: string;
  readonly lang?: string;
  readonly verbosity?: string;
  readonly store?: string;
}

/** What is kept for one user of this machine. */
export interface UserConfig {
  readonly settings: KeptSettings;
  readonly networks: ReadonlyMap<string, KnownNetwork>;
}

/** Bounds of the file and of what stands in it. */
export const configLimits = { bytes: 64 * 1024, networks: 64, ingresses: 8, urlBytes: 2048, pathBytes: 4096 } as const;

/** The network of this machine; nobody can take its name. */
export const DEVNET = "devnet";

/** The words a kept setting may be; a name of a network is checked by `isNetworkName`. */
export const settingChoices = {
  lang: ["en", "id"],
  verbosity: ["quiet", "0", "1", "2", "3"],
  store: ["keychain", "file", "device"],
} as const;

export const keptKeys = ["network", "lang", "verbosity", "store"] as const;
export type KeptKey = (typeof keptKeys)[number];

/** True for a setting that can be kept. */
export function isKeptKey(key: string): key is KeptKey {
  return (keptKeys as readonly string[]).includes(key);
}

/** True for a value the setting may have. */
export function isKeptValue(key: KeptKey, value: string): boolean {
  if (key === "network") return isNetworkName(value);
  return (settingChoices[key] as readonly string[]).includes(value);
}

/** The values a setting may have, as they are shown. */
export function describeChoices(key: KeptKey): string {
  return key === "network" ? NAME_RULE : settingChoices[key].join(" | ");
}

/** What a name must be, as it is shown. */
export const NAME_RULE = "a-z 0-9 -: 1 .. 32";

const FILE = "config.json";

/** 1..32 lower-case letters, digits and inner hyphens. */
export function isNetworkName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name);
}

export function isNetworkId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** The origin of an http or https address that has nothing but one; undefined for any other text. */
export function findOrigin(text: string): string | undefined {
  if (Buffer.byteLength(text) > configLimits.urlBytes) return undefined;
  const url = URL.parse(text);
  const isPlain =
    url?.username === "" && url.password === "" && url.pathname === "/" && `${url.search}${url.hash}` === "";
  return isPlain && ["http:", "https:"].includes(url.protocol) ? url.origin : undefined;
}

/** True when bytes to this address leave the machine unencrypted. */
export function isExposedWay(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  const isHere = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return protocol === "http:" && !isHere;
}

/** @throws DSDN_PROFILE_CONFIG_INVALID naming the field */
export function parseConfig(bytes: Uint8Array, path: string): UserConfig {
  const refuse: Refuse = (field, expected) => {
    throw fail(profileErrors.configInvalid, { path, field: field.slice(0, 80), expected });
  };
  if (bytes.length > configLimits.bytes) refuse(FILE, `0 .. ${configLimits.bytes} byte`);
  const top = readFields(parseJson(bytes, refuse), FILE, { known: ["version", "settings", "networks"], refuse });
  if (top["version"] !== 1) refuse("version", "1");
  return { settings: readSettings(top["settings"], refuse), networks: readNetworks(top["networks"], refuse) };
}

/** The file's bytes; the same for the same content. */
export function writeConfig({ settings, networks }: UserConfig): string {
  const sorted = [...networks].sort(([left], [right]) => (left < right ? -1 : 1));
  return `${JSON.stringify({ version: 1, settings, networks: Object.fromEntries(sorted) }, undefined, 2)}\n`;
}

type Refuse = (field: string, expected: string) => never;
type Fields = { readonly [name: string]: unknown };

function parseJson(bytes: Uint8Array, refuse: Refuse): unknown {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DsdnError) refuse(FILE, "JSON");
    throw error;
  }
}

function readFields(value: unknown, field: string, rule: { known?: readonly string[]; refuse: Refuse }): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return rule.refuse(field, "{...}");
  const stranger = Object.keys(value).find((name) => rule.known !== undefined && !rule.known.includes(name));
  if (stranger !== undefined) rule.refuse(`'${stranger}' (${field})`, rule.known?.join(" | ") ?? "");
  return value as Fields;
}

function readSettings(value: unknown, refuse: Refuse): KeptSettings {
  const fields = readFields(value ?? {}, "settings", { known: keptKeys, refuse });
  for (const [key, kept] of Object.entries(fields)) {
    if (typeof kept === "string" && isKeptKey(key) && isKeptValue(key, kept)) continue;
    refuse(`settings.${key}`, isKeptKey(key) ? describeChoices(key) : keptKeys.join(" | "));
  }
  return fields as KeptSettings;
}

function readNetworks(value: unknown, refuse: Refuse): ReadonlyMap<string, KnownNetwork> {
  const entries = Object.entries(readFields(value ?? {}, "networks", { refuse }));
  if (entries.length > configLimits.networks) refuse("networks", `0 .. ${configLimits.networks} x {...}`);
  return new Map(entries.map(([name, entry]) => [name, readNetwork(name, entry, refuse)]));
}

const NETWORK_FIELDS = ["ingresses", "networkId", "tokenFile", "sessionFile", "caFile", "isInsecure"];

function readNetwork(name: string, value: unknown, refuse: Refuse): KnownNetwork {
  const at = `networks.${name}`;
  if (!isNetworkName(name) || name === DEVNET) refuse(at, NAME_RULE);
  const { ingresses, networkId, tokenFile, sessionFile, caFile, isInsecure } = readFields(value, at, {
    known: NETWORK_FIELDS,
    refuse,
  });
  if (!Array.isArray(ingresses) || ingresses.length < 1 || ingresses.length > configLimits.ingresses) {
    return refuse(`${at}.ingresses`, `[1 .. ${configLimits.ingresses} x https://...]`);
  }
  if (typeof isInsecure !== "boolean") return refuse(`${at}.isInsecure`, "true | false");
  for (const url of ingresses) {
    if (typeof url !== "string" || findOrigin(url) !== url) refuse(`${at}.ingresses`, "https://...");
    if (isExposedWay(url) && !isInsecure) refuse(`${at}.ingresses`, "https://...");
  }
  if (networkId !== null && (typeof networkId !== "string" || !isNetworkId(networkId))) {
    return refuse(`${at}.networkId`, "0-9 a-f: 64 | null");
  }
  const [token, ca] = [readPath(tokenFile, `${at}.tokenFile`, refuse), readPath(caFile, `${at}.caFile`, refuse)];
  // Files written before there were sessions do not name one.
  const session = readPath(sessionFile ?? null, `${at}.sessionFile`, refuse);
  return { ingresses, networkId, tokenFile: token, sessionFile: session, caFile: ca, isInsecure };
}

function readPath(value: unknown, field: string, refuse: Refuse): string | null {
  if (value === null) return null;
  const isPath = typeof value === "string" && isAbsolutePath(value) && !value.includes("\u0000");
  if (!isPath || Buffer.byteLength(value) > configLimits.pathBytes) return refuse(field, "/... | null");
  return value;
}

function isAbsolutePath(path: string): boolean {
  return path.startsWith("/") || /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path);
}
