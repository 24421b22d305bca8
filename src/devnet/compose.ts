import { type Clock, createLogger, type Disk, type LogEntry, type Logger, type Random } from "../base/index.ts";
import {
  createCelestiaClient,
  createInProcessTransport,
  createLocalDaNode,
  type DataAvailability,
} from "../da/index.ts";
import type { SignInRule, TxtLookup } from "../net/index.ts";
import type { Genesis } from "../protocol/index.ts";
import {
  buildCoordinator,
  buildIngress,
  buildNode,
  buildReplica,
  buildSequencer,
  buildValidator,
  type RoleGround,
} from "../roles/index.ts";
import { createSpareChildren } from "../runtime/index.ts";
import { createVerifiedEvents, type Replica } from "../state/index.ts";
import { type FaultSwitch, gatedDa, gatedServer, gatedSink, misreadDa, slowStore } from "./faults.ts";
import { type HostedRole, hostRole, type RoleRecipe } from "./role-host.ts";
import { type DevnetSettings, daSecretOf, operatorOf, signerOf, zoneOf } from "./settings.ts";

export interface ComposeOptions {
  readonly folder: string;
  readonly settings: DevnetSettings;
  readonly genesis: Genesis;
  readonly host: string;
  /** Time from a blob to its block; 0 on a fast devnet, 30,000 to feel a slow one. */
  readonly daDelayMs: number;
  readonly guestChild: string | URL | undefined;
  /** Origins of other sites whose pages may ask the ingress. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Whoever writes through the ingress without the devnet's token must have signed in there. */
  readonly signIn?: SignInRule | undefined;
}

export interface ComposeDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly sink: (role: string, entry: LogEntry) => void;
  /** How validators look up host names: this machine's resolver unless said. */
  readonly dns?: TxtLookup;
}

export type LocalDaNode = ReturnType<typeof createLocalDaNode>;

/** Every part of a devnet, built and not started. */
export interface DevnetParts {
  readonly daNode: LocalDaNode;
  readonly da: DataAvailability;
  readonly replica: Replica;
  /** In the order in which they start. */
  readonly roles: readonly HostedRole[];
  /** Another replica of the same log that shares the cache of verified events; it obeys the role's faults. */
  readonly createReplica: (fault: FaultSwitch, options?: { isCorrupt: boolean }) => Replica;
  readonly logOf: (role: string) => Logger;
}

/** A block without events every so often keeps log time moving. */
const IDLE_BLOCK_MS = 2_000;
const NODE_CAPACITY_BYTES = 64 * 1024 ** 3;
const PROBE_MS = 1_000;
/** The first two nodes stand in data centres. */
const DATACENTRE_NODES = 2;
const SITE_DOMAIN = "localhost";

export function composeDevnet(options: ComposeOptions, deps: ComposeDeps): DevnetParts {
  const { folder, genesis, settings, host } = options;
  const { disk, clock, random } = deps;
  const logOf = (role: string) =>
    createLogger({ level: "info" }, { clock, sink: (entry) => deps.sink(role, entry) }).child({ role });
  const daNode = createLocalDaNode(
    {
      dataFolder: `${folder}/da`,
      listen: { host, port: settings.ports.da },
      authSecret: daSecretOf(settings.keys.token),
      chainId: genesis.da.chainId,
      intervalMs: IDLE_BLOCK_MS,
      delayMs: options.daDelayMs,
      startTimeMs: settings.createdMs,
    },
    { disk, clock, random, log: logOf("da") },
  );
  const connect = (log: Logger): DataAvailability =>
    createCelestiaClient(
      { namespace: genesis.da.namespace, chainId: genesis.da.chainId },
      { transport: createInProcessTransport(daNode), clock, log },
    );
  const da = connect(logOf("da-client"));
  const cache = createVerifiedEvents();
  const createOwnReplica: DevnetParts["createReplica"] = (fault, options) => {
    const gated = gatedDa(da, fault, clock);
    const source = options?.isCorrupt === true ? misreadDa(gated) : gated;
    return buildReplica({ genesis }, { da: source, disk, log: logOf("replica"), cache });
  };
  const replica = buildReplica({ genesis, folder: `${folder}/state` }, { da, disk, log: logOf("replica"), cache });
  const coordinatorUrls = settings.ports.coordinators.map((port) => `http://${host}:${port}`);
  const ground: Omit<RoleGround, "replica" | "log" | "disk"> = {
    genesis,
    clock,
    random,
    da,
    coordinatorUrls,
    token: settings.keys.token,
    spares: createSpareChildren({ clock }),
    engineCache: `${folder}/engines`,
    ...(options.guestChild === undefined ? {} : { guestChild: options.guestChild }),
    ...(deps.dns === undefined ? {} : { dns: deps.dns }),
  };
  const recipes = roleRecipes(options, { ground, logOf, clock });
  return {
    daNode,
    da,
    replica,
    createReplica: createOwnReplica,
    roles: recipes.map((recipe) => hostRole(recipe, { replica, disk })),
    logOf,
  };
}

interface RecipeDeps {
  readonly ground: Omit<RoleGround, "replica" | "log" | "disk">;
  readonly logOf: (role: string) => Logger;
  readonly clock: Clock;
}

function roleRecipes(options: ComposeOptions, deps: RecipeDeps): RoleRecipe[] {
  const { folder, settings, host } = options;
  const { keys, ports } = settings;
  const groundOf = (name: string, parts: Parameters<RoleRecipe["build"]>[0]): RoleGround => ({
    ...deps.ground,
    replica: parts.replica,
    disk: parts.disk,
    log: deps.logOf(name),
    da: gatedDa(deps.ground.da, parts.fault, deps.clock),
    createHttpServer: gatedServer(parts.fault),
    wrapSink: (sink) => gatedSink(sink, parts.fault),
    wrapStore: (store) => slowStore(store, parts.fault, deps.clock),
  });
  const placeOf = (name: string, port: number) => ({ host, port, dataFolder: `${folder}/${name}` });
  const coordinators = keys.coordinators.map((seed, index): RoleRecipe => {
    const name = keys.coordinators.length === 1 ? "coordinator" : `coordinator-${index + 1}`;
    const settingsOf = { ...placeOf(name, ports.coordinators[index] ?? 0), key: signerOf(seed) };
    return { name, kind: "coordinator", build: (parts) => buildCoordinator(settingsOf, groundOf(name, parts)) };
  });
  const nodes = keys.nodes.map((seed, index): RoleRecipe => {
    const name = `node-${index + 1}`;
    const zone = zoneOf(index, settings.zones);
    const port = ports.nodes[index] ?? { http: 0, grpc: 0 };
    const place = placeOf(name, port.http);
    const nodeSettings = {
      ...place,
      grpcPort: port.grpc,
      key: signerOf(seed),
      operator: operatorOf(seed),
      zone,
      class: index < DATACENTRE_NODES ? ("datacentre" as const) : ("regular" as const),
      capacityBytes: NODE_CAPACITY_BYTES,
      storagePath: `${place.dataFolder}/chunks`,
    };
    return { name, kind: "node", zone, build: (parts) => buildNode(nodeSettings, groundOf(name, parts)) };
  });
  const validators = keys.validators.map((seed, index): RoleRecipe => {
    const name = keys.validators.length === 1 ? "validator" : `validator-${index + 1}`;
    const place = placeOf(name, ports.validators[index] ?? 0);
    const validator = { ...place, key: signerOf(seed), blockedHashes: new Set<string>(), probeMs: PROBE_MS };
    return { name, kind: "validator", build: (parts) => buildValidator(validator, groundOf(name, parts)) };
  });
  const sequencer: RoleRecipe = {
    name: "sequencer",
    kind: "sequencer",
    build: (parts) =>
      buildSequencer(
        { ...placeOf("sequencer", ports.sequencer), key: signerOf(keys.sequencer) },
        groundOf("sequencer", parts),
      ),
  };
  const chainRpcUrl = `http://${host}:${ports.sequencer}`;
  const ingress: RoleRecipe = {
    name: "ingress",
    kind: "ingress",
    build: (parts) => {
      const { signIn, allowedOrigins = [] } = options;
      const place = placeOf("ingress", ports.ingress);
      const settingsOf = { ...place, siteDomain: SITE_DOMAIN, chainRpcUrl, allowedOrigins };
      return buildIngress(signIn === undefined ? settingsOf : { ...settingsOf, signIn }, groundOf("ingress", parts));
    },
  };
  return [...coordinators, ...nodes, ...validators, sequencer, ingress];
}
