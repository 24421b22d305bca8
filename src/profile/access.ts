import { resolve } from "node:path";
import { type Clock, fail } from "../base/index.ts";
import { updateConfig } from "./config-store.ts";
import { profileErrors } from "./errors.ts";
import type { Place } from "./home.ts";
import { isThereAlone } from "./read-config.ts";
import { readText } from "./read-text.ts";
import { findSignInTokens } from "./sign-ins.ts";
import type { KnownNetwork } from "./user-config.ts";

/**
 * The token of an ingress that asks for one: of the file DSDN_TOKEN_FILE names, or else of the network's own.
 *
 * @throws DSDN_PROFILE_FILE_EXPOSED, DSDN_PROFILE_CONFIG_INVALID, DSDN_BASE_FILE_*
 */
export async function readToken({ env, folder }: Place, known: KnownNetwork | undefined): Promise<string | undefined> {
  const file = env["DSDN_TOKEN_FILE"] || undefined;
  if (file !== undefined) return (await readText(resolve(folder, file))).trim();
  const kept = known?.tokenFile ?? undefined;
  if (kept === undefined) return undefined;
  await isThereAlone(kept);
  return (await readText(kept)).trim();
}

/** The certificates a network is trusted by, when it has its own. Errors as `readCaFile`. */
export async function readAuthorities(known: KnownNetwork | undefined): Promise<string | undefined> {
  if (known === undefined || known.caFile === null) return undefined;
  return readCaFile(known.caFile);
}

/** PEM certificates. @param path - absolute @throws DSDN_PROFILE_CONFIG_INVALID, DSDN_BASE_FILE_* */
export async function readCaFile(path: string): Promise<string> {
  const text = await readText(path);
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw fail(profileErrors.configInvalid, { path, field: "--ca-file", expected: "PEM" });
}

/** What an ingress of a network is shown: the token that was given to the user, or that of who signed in there. */
export async function findAccessToken(
  place: Place,
  known: KnownNetwork | undefined,
  deps: { readonly clock: Clock },
): Promise<string | ((origin: string) => Promise<string | undefined>) | undefined> {
  return (await readToken(place, known)) ?? (await findSignInTokens(place, deps));
}

/**
 * Holds a network that was added without asking it to what it answered at its first use. Of two programs that ask at the
 * same moment the first decides: a stranger who answers the other takes nobody's place.
 *
 * @returns the id it is held to.
 */
export async function pinNetwork(
  place: Place,
  { name, network }: { readonly name: string; readonly network: string },
  deps: { readonly clock: Clock },
): Promise<string> {
  const { networks } = await updateConfig(place, deps, (config) => {
    const now = config.networks.get(name);
    if (now === undefined || now.networkId !== null) return config;
    return { ...config, networks: new Map(config.networks).set(name, { ...now, networkId: network }) };
  });
  return networks.get(name)?.networkId ?? network;
}
