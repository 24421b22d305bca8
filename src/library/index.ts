import { type DsdnError, fail, systemRandom } from "../base/index.ts";
import type { Client } from "./connect.ts";
import type { ConnectOptions } from "./connect-options.ts";
import type { Devnet, DevnetOptions } from "./devnet.ts";
import { libraryErrors } from "./errors.ts";

export { DsdnError, type ErrorKind, type RenderedError, renderError } from "../base/index.ts";
export { checkBytes } from "./bytes.ts";
export type { Compute, Deploy, WasmIntent } from "./compute.ts";
export type { Client } from "./connect.ts";
export type { ConnectOptions } from "./connect-options.ts";
export type { Deployed, DeployIntent, DeployStep } from "./deploy.ts";
export type { Devnet, DevnetOptions } from "./devnet.ts";
export { type Storage, Upload, type UploadStep } from "./storage.ts";
export type { ProgressRun, ProgressStage, Work } from "./work.ts";

/**
 * A client of a network, which is chosen as the command line chooses it: what is said here, then the environment
 * (DSDN_NETWORK, DSDN_INGRESS_ENDPOINT), then `dsdn network use`, then the session the program acts with, and the devnet of
 * this machine when nothing is said. Nothing is sent until one of its methods is called, unless the network was added
 * with `--no-check`: then it is asked who it is, once.
 *
 * @param network - the address of an ingress, a name (`devnet` for the devnet of this machine, or one that was added with
 *   `dsdn network add`), or options.
 * @throws DSDN_LIBRARY_NETWORK_UNKNOWN, DSDN_LIBRARY_URL_INVALID, DSDN_DEVNET_NOT_RUNNING, DSDN_PROFILE_CONFIG_INVALID,
 *   DSDN_PROFILE_FILE_EXPOSED, DSDN_PROFILE_SESSION_TWICE, DSDN_KEYS_SESSION_INVALID
 */
export async function connect(network: string | ConnectOptions = {}): Promise<Client> {
  const { openClient } = await import("./connect.ts");
  return openClient(network);
}

/**
 * Starts a whole network on this machine, every role of it, and resolves when it answers. Without options it lies in a
 * temporary folder, on ports that are free, and leaves nothing behind.
 *
 * @throws DSDN_DEVNET_ALREADY_RUNNING, DSDN_DEVNET_SETTINGS_DAMAGED, DSDN_DEVNET_NOT_READY, DSDN_BASE_PORT_TAKEN
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const { openDevnet } = await import("./devnet.ts");
  return openDevnet(options);
}

/** What `useDevnet` throws when it is used before its tests run. */
export function devnetNotStarted(): DsdnError {
  return fail(libraryErrors.devnetNotStarted, {});
}

/**
 * The key of an account, 32 bytes, of a text that `dsdn keys export` wrote.
 * @throws DSDN_KEYS_TEXT_INVALID, DSDN_KEYS_WRONG_PASSPHRASE, DSDN_CRYPTO_PASSPHRASE, DSDN_CRYPTO_PASSWORD_COST
 */
export async function importAccount(text: string, passphrase: string): Promise<Uint8Array> {
  const keys = await import("../keys/index.ts");
  return keys.importAccount(text, passphrase);
}

/**
 * A text under a passphrase of an account's key, which `dsdn keys import` and `importAccount` take.
 * @throws DSDN_CRYPTO_PASSPHRASE, DSDN_KEYS_KEY_INVALID
 */
export async function exportAccount(accountKey: Uint8Array, passphrase: string): Promise<string> {
  const keys = await import("../keys/index.ts");
  return keys.exportAccount(accountKey, { passphrase, random: systemRandom() });
}
