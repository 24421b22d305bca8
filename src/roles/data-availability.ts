import { fail, toUtf8 } from "../base/index.ts";
import { sha256 } from "../crypto/index.ts";
import {
  checkDaSetup,
  createCelestiaClient,
  createHttpTransport,
  createLocalDaNode,
  type DataAvailability,
  DEFAULT_NAMESPACE,
  findNamespaceFault,
  loadDaToken,
  parseNamespace,
} from "../da/index.ts";
import type { Genesis } from "../protocol/index.ts";
import type { RoleConfig, RoleName } from "./config.ts";
import { rolesErrors } from "./errors.ts";
import { need, readText } from "./named-files.ts";
import type { RunDeps, RunningRole } from "./running-role.ts";

/** The local node of the data-availability layer, as a role of its own. @throws DSDN_ROLES_CONFIG_INVALID */
export async function composeDaNode(config: RoleConfig, deps: RunDeps): Promise<RunningRole> {
  const { disk, clock, random, log } = deps;
  const secret =
    config.da.secret_file === undefined ? undefined : toUtf8((await readText(config.da.secret_file, deps)).trim());
  const node = createLocalDaNode(
    {
      dataFolder: `${config.data}/da`,
      chainId: config.da.network ?? "dsdn-local",
      listen: { host: config.host, port: config.da.port, allowedHosts: config.allowed_hosts },
      intervalMs: config.da.interval_ms,
      delayMs: 0,
      ...(secret === undefined ? {} : { authSecret: sha256(secret) }),
    },
    { disk, clock, random, log },
  );
  return { url: () => node.url, start: (signal) => node.start(signal), stop: () => node.stop() };
}

/**
 * A client of the node that the settings name, once that node was found to be of the genesis' chain and to let this role
 * do what it must.
 * @throws DSDN_ROLES_CONFIG_MISSING, DSDN_ROLES_CONFIG_INVALID, DSDN_DA_UNREACHABLE, DSDN_DA_UNAUTHORISED,
 * DSDN_DA_CHAIN_WRONG, DSDN_DA_SYNCING
 */
export async function connectDa(
  role: RoleName,
  network: { config: RoleConfig; genesis: Genesis },
  deps: RunDeps,
): Promise<DataAvailability> {
  const { config, genesis } = network;
  const url = need(role, "da.rpc_url (DA_RPC_URL)", config.da.rpc_url);
  const namespace = config.da.namespace === undefined ? genesis.da.namespace : parseNamespace(config.da.namespace);
  const fault =
    findNamespaceFault(namespace) ??
    (Buffer.compare(namespace, genesis.da.namespace) === 0 ? undefined : "it is not the network's");
  if (fault !== undefined)
    throw fail(rolesErrors.configInvalid, { name: "da.namespace", path: "dsdn.toml", reason: fault });
  const value = deps.env["DA_AUTH_TOKEN"];
  const file = config.da.auth_token_file;
  const token = await loadDaToken(
    { ...(value === undefined ? {} : { value }), ...(file === undefined ? {} : { file }) },
    deps,
  );
  const transport = createHttpTransport({ url, ...(token === undefined ? {} : { token }) }, deps);
  const { timeout_ms: timeoutMs } = config.da;
  // The node may be somebody else's: every height is checked against its header, so that it cannot hide a blob.
  const options = {
    namespace,
    chainId: genesis.da.chainId,
    readsProofs: true,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  const needs = role === "coordinator" ? ("write" as const) : ("read" as const);
  await checkDaSetup({ ...options, access: needs }, { transport, ...deps });
  return createCelestiaClient(options, { transport, ...deps });
}

/**
 * The height a network that is born now begins at: the one after the newest of the node. A long-lived chain has pruned
 * its first heights, so a new network must not begin there.
 * @throws DSDN_DA_UNREACHABLE, DSDN_DA_UNAUTHORISED, DSDN_DA_CHAIN_WRONG, DSDN_DA_SYNCING
 */
export async function findStartHeight(node: { url: string; chainId: string }, deps: RunDeps): Promise<number> {
  const token = await loadDaToken({ value: deps.env["DA_AUTH_TOKEN"], file: deps.env["DA_AUTH_TOKEN_FILE"] }, deps);
  const transport = createHttpTransport({ url: node.url, ...(token === undefined ? {} : { token }) }, deps);
  const options = { namespace: DEFAULT_NAMESPACE, chainId: node.chainId, access: "read" as const };
  return (await checkDaSetup(options, { transport, ...deps })).headHeight + 1;
}
