import {
  acquireFileLock,
  type Clock,
  createHttpServer,
  type Disk,
  type FileLock,
  fail,
  findHex,
  fromUtf8,
  type HttpServerFactory,
  type Lifecycle,
  type Logger,
  type Random,
  type Step,
  startAll,
  stopAll,
  toUtf8,
} from "../base/index.ts";
import { ed25519FromSeed, openWallet, sha256 } from "../crypto/index.ts";
import {
  checkDaSetup,
  createCelestiaClient,
  createDaArchive,
  createHttpTransport,
  createLocalDaNode,
  type DataAvailability,
  DEFAULT_NAMESPACE,
  findNamespaceFault,
  loadDaToken,
  parseNamespace,
  withArchive,
} from "../da/index.ts";
import { decodeGenesis, type Genesis, hexId, type KeyId } from "../protocol/index.ts";
import {
  buildCoordinator,
  buildIngress,
  buildNode,
  buildReplica,
  buildSequencer,
  buildValidator,
  type HttpsSettings,
  type RoleGround,
} from "./compose.ts";
import type { RoleConfig, RoleName } from "./config.ts";
import { rolesErrors } from "./errors.ts";

export interface RunDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly env: { readonly [name: string]: string | undefined };
}

/** A role that runs alone. */
export interface RunningRole extends Lifecycle {
  /** Where it answers; known after `start`. */
  readonly url: () => string;
}

/**
 * One role as a process of its own, built from its settings and not started. Everything it needs is checked first:
 * genesis, key, DA address, chain id, namespace and token.
 * @throws DSDN_ROLES_CONFIG_MISSING, DSDN_ROLES_CONFIG_INVALID, DSDN_ROLES_KEY_INVALID; `start` throws
 * DSDN_ROLES_KEY_UNREGISTERED, DSDN_ROLES_FOLDER_TAKEN
 */
export async function composeRole(role: RoleName, config: RoleConfig, deps: RunDeps): Promise<RunningRole> {
  if (role === "da") return withFolder(config, await composeDaNode(config, deps), deps);
  const genesis = await readGenesis(role, config, deps);
  const node = await connectDa(role, { config, genesis }, deps);
  const { chainId, namespace, startHeight: firstHeight } = genesis.da;
  const subject = { folder: `${config.data}/archive`, chainId, namespace, firstHeight };
  const archive = createDaArchive(subject, { ...deps, da: node });
  const da = withArchive(node, archive);
  const replica = buildReplica({ genesis, folder: `${config.data}/state` }, { da, disk: deps.disk, log: deps.log });
  const token = config.token_file === undefined ? undefined : (await readText(config.token_file, deps)).trim();
  // The authority asks an ingress by the names it wants certificates for: they are its own.
  const ownHosts = [...config.allowed_hosts, ...(role === "ingress" ? (config.ingress.acme?.names ?? []) : [])];
  const withHosts: HttpServerFactory = (options, serverDeps) =>
    createHttpServer({ ...options, allowedHosts: [...(options.allowedHosts ?? []), ...ownHosts] }, serverDeps);
  const ground: RoleGround = {
    ...deps,
    createHttpServer: withHosts,
    genesis,
    da,
    replica,
    coordinatorUrls: config.coordinator_urls,
    ...(token === undefined ? {} : { token }),
  };
  const built = await buildRole(role, config, ground, deps);
  const steps: Step[] = [
    { name: "data availability", part: da },
    { name: "archive", part: archive },
    { name: "state", part: { start: (signal) => catchUp(replica, da, signal), stop: () => replica.stop() } },
    { name: "key", part: { start: () => checkKey(role, config, { replica, ...deps }), stop: async () => {} } },
    { name: role, part: built },
  ];
  const running = {
    url: () => built.url,
    start: (signal?: AbortSignal) => startAll(steps, signal),
    stop: () => stopAll(steps),
  };
  return withFolder(config, running, deps);
}

/** Longer than a lock is respected whose holder died without a trace. */
const FOLDER_WAIT_MS = 12_000;

/**
 * The role, alone on its data folder: two processes on one would shorten each other's files and lose what they
 * acknowledged, long before their ports collide.
 */
function withFolder(config: RoleConfig, role: RunningRole, deps: RunDeps): RunningRole {
  const { data: folder } = config;
  let lock: FileLock | undefined;
  const take = async (signal?: AbortSignal) => {
    if (lock !== undefined) return;
    await deps.disk.makeFolder(folder);
    const timeout = AbortSignal.timeout(FOLDER_WAIT_MS);
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      lock = await acquireFileLock({ path: `${folder}/lock`, signal: either }, deps);
    } catch (cause) {
      if (!timeout.aborted) throw cause;
      throw fail(rolesErrors.folderTaken, { folder }, { cause });
    }
  };
  const give = async () => {
    await lock?.release();
    lock = undefined;
  };
  const steps: Step[] = [
    { name: "data folder", part: { start: take, stop: give } },
    { name: "role", part: role },
  ];
  return { url: role.url, start: (signal) => startAll(steps, signal), stop: () => stopAll(steps) };
}

/** A role serves only when it knows what the log held when it was started. */
async function catchUp(replica: RoleGround["replica"], da: DataAvailability, signal?: AbortSignal): Promise<void> {
  const { height } = await da.head();
  await replica.start(signal);
  await replica.waitFor((state) => state.height >= height, signal);
}

/** A role that signs for the network must be one the network knows. */
async function checkKey(
  role: RoleName,
  config: RoleConfig,
  deps: RunDeps & Pick<RoleGround, "replica">,
): Promise<void> {
  if (role !== "coordinator" && role !== "validator" && role !== "sequencer") return;
  const { publicKey } = ed25519FromSeed(await readKey(need(role, "key_file", config.key_file), deps));
  const known = deps.replica.state.findRole(role, hexId<KeyId>(publicKey));
  if (known?.isActive !== true) throw fail(rolesErrors.keyUnregistered, { role });
}

async function composeDaNode(config: RoleConfig, deps: RunDeps): Promise<RunningRole> {
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

async function connectDa(
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

async function buildRole(role: Exclude<RoleName, "da">, config: RoleConfig, ground: RoleGround, deps: RunDeps) {
  const { host, data: dataFolder } = config;
  const key = async () => ed25519FromSeed(await readKey(need(role, "key_file", config.key_file), deps));
  switch (role) {
    case "coordinator":
      return buildCoordinator({ host, port: config.coordinator.port, dataFolder, key: await key() }, ground);
    case "validator": {
      const { port, probe_ms: probeMs, blocked_hashes_file: file, resolvers } = config.validator;
      const lines = file === undefined ? "" : await readText(file, deps);
      const blockedHashes = new Set(lines.split(/\s+/).filter((line) => line !== ""));
      const settings = { blockedHashes, probeMs, resolvers };
      return buildValidator({ host, port, dataFolder, key: await key(), ...settings }, ground);
    }
    case "sequencer":
      return buildSequencer({ host, port: config.sequencer.port, dataFolder, key: await key() }, ground);
    case "ingress": {
      const {
        port,
        site_domain: siteDomain,
        chain_rpc_url: chainRpcUrl,
        allowed_origins: allowedOrigins,
      } = config.ingress;
      const https = await httpsSettings(config.ingress, deps);
      const chain = chainRpcUrl === undefined ? {} : { chainRpcUrl };
      const place = { host, port, dataFolder };
      const signIn = signInRule(config.ingress);
      return buildIngress(
        { ...place, siteDomain, allowedOrigins, ...chain, ...signIn, ...(https === undefined ? {} : { https }) },
        ground,
      );
    }
    case "node":
      return buildNode(await nodeSettings(config, deps), ground);
  }
}

function signInRule({ sign_in: rule }: RoleConfig["ingress"]) {
  if (rule === undefined) return {};
  const { issuer, client_id: clientId, claims } = rule;
  return { signIn: { issuer, clientId, ...(claims === undefined ? {} : { claims }) } };
}

async function httpsSettings(ingress: RoleConfig["ingress"], deps: RunDeps): Promise<HttpsSettings | undefined> {
  const { https_port: port, tls_folder: folder, acme } = ingress;
  if (port === undefined) return undefined;
  if (acme === undefined) return { port, folder, acme: undefined };
  const { directory_url: directoryUrl, names, email, root_file: file } = acme;
  const authorityRoot = file === undefined ? undefined : await readText(file, deps);
  return { port, folder, acme: { directoryUrl, names, email, authorityRoot } };
}

async function nodeSettings(config: RoleConfig, deps: RunDeps) {
  const { node, host, data: dataFolder } = config;
  const { public_http_url: publicHttpUrl, public_grpc_url: publicGrpcUrl } = node;
  const operatorFile = need("node", "node.operator_key_file", node.operator_key_file);
  return {
    host,
    port: node.http_port,
    grpcPort: node.grpc_port,
    dataFolder,
    key: ed25519FromSeed(await readKey(need("node", "key_file", config.key_file), deps)),
    operator: openWallet(await readKey(operatorFile, deps)),
    zone: need("node", "node.zone", node.zone),
    class: node.class,
    capacityBytes: Math.floor(node.storage_capacity_gb * 1e9),
    storagePath: node.storage_path ?? `${dataFolder}/chunks`,
    ...(publicHttpUrl === undefined ? {} : { publicHttpUrl }),
    ...(publicGrpcUrl === undefined ? {} : { publicGrpcUrl }),
  };
}

async function readGenesis(role: RoleName, config: RoleConfig, deps: RunDeps): Promise<Genesis> {
  const path = need(role, "genesis_file", config.genesis_file);
  const bytes = await deps.disk.find(path);
  if (bytes === undefined)
    throw fail(rolesErrors.configInvalid, { name: "genesis_file", path, reason: "there is no such file" });
  return decodeGenesis(bytes);
}

async function readKey(path: string, deps: RunDeps): Promise<Uint8Array> {
  const key = findHex((await readText(path, deps)).trim());
  if (key?.length !== 32) throw fail(rolesErrors.keyInvalid, { path });
  return key;
}

async function readText(path: string, deps: RunDeps): Promise<string> {
  const bytes = await deps.disk.find(path);
  if (bytes === undefined)
    throw fail(rolesErrors.configInvalid, { name: "a file", path, reason: "there is no such file" });
  return fromUtf8(bytes);
}

function need<T>(role: RoleName, name: string, value: T | undefined): T {
  if (value === undefined) throw fail(rolesErrors.configMissing, { role, name });
  return value;
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
