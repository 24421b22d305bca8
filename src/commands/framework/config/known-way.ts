import { baseErrors, fail, fromUtf8, systemDisk } from "../../../base/index.ts";
import { isThereAlone, readConfig } from "./read-config.ts";

/** What it takes to speak to a network that its user added by name. The texts are read from where they lie now. */
export interface KnownWay {
  readonly urls: readonly string[];
  /** Undefined until the command line has asked the network who it is. */
  readonly networkId: string | undefined;
  /** Secret. */
  readonly token: string | undefined;
  /** PEM. */
  readonly ca: string | undefined;
  /** What `dsdn session grant` wrote. Secret. */
  readonly session: string | undefined;
}

const FILE_BYTES_MAX = 256 * 1024;

/**
 * The networks of the user by name, and the way to one of them.
 *
 * @param home - folder of everything `dsdn` keeps for its user, absolute.
 * @throws DSDN_COMMANDS_CONFIG_INVALID, DSDN_COMMANDS_FILE_EXPOSED, DSDN_BASE_FILE_*
 */
export async function findKnownWay(
  home: string,
  name: string,
): Promise<{ readonly names: readonly string[]; readonly way: KnownWay | undefined }> {
  const networks = (await readConfig(`${home}/config.json`))?.networks ?? new Map<string, never>();
  const known = networks.get(name);
  const names = [...networks.keys()].sort();
  if (known === undefined) return { names, way: undefined };
  const [token, session] = [await readSecret(known.tokenFile), await readSecret(known.sessionFile)];
  const ca = known.caFile === null ? undefined : await readText(known.caFile);
  return { names, way: { urls: known.ingresses, networkId: known.networkId ?? undefined, token, ca, session } };
}

async function readSecret(path: string | null): Promise<string | undefined> {
  if (path === null) return undefined;
  await isThereAlone(path);
  return (await readText(path)).trim();
}

async function readText(path: string): Promise<string> {
  const bytes = await systemDisk().findRange(path, 0, FILE_BYTES_MAX);
  if (bytes === undefined) throw fail(baseErrors.fileMissing, { path });
  return fromUtf8(bytes);
}
