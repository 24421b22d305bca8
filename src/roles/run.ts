import {
  acquireFileLock,
  createHttpServer,
  type FileLock,
  fail,
  type HttpServerFactory,
  type Step,
  startAll,
  stopAll,
} from "../base/index.ts";
import { ed25519FromSeed, openWallet } from "../crypto/index.ts";
import { createDaArchive, type DataAvailability, withArchive } from "../da/index.ts";
import { hexId, type KeyId } from "../protocol/index.ts";
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
import { composeDaNode, connectDa } from "./data-availability.ts";
import { rolesErrors } from "./errors.ts";
import { need, readGenesis, readKey, readText } from "./named-files.ts";
import type { RunDeps, RunningRole } from "./running-role.ts";

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
