import type { Clock, Disk, HttpServerFactory, Logger, Random } from "../base/index.ts";
import type { Ed25519Signer, Wallet } from "../crypto/index.ts";
import type { DataAvailability } from "../da/index.ts";
import {
  createAcmeIssuer,
  createCertificates,
  createHttpEventSink,
  createTxtLookup,
  type SignInRule,
  type TxtLookup,
} from "../net/index.ts";
import type { EventSink, Genesis, LogSource, NodeClass } from "../protocol/index.ts";
import { createRuntimes, createSpareChildren, type SpareChildren } from "../runtime/index.ts";
import { createReplica, type Replica, type VerifiedEvents } from "../state/index.ts";
import { type ChunkStore, openDiskChunkStore } from "../storage/index.ts";
import { certificateNames } from "./certificate-names.ts";
import { createCoordinator } from "./coordinator/index.ts";
import { createIngress } from "./ingress/index.ts";
import { createNode } from "./node/index.ts";
import { createSequencer } from "./sequencer/index.ts";
import { createValidator } from "./validator/index.ts";

/** What every role of a process stands on. */
export interface RoleGround {
  readonly genesis: Genesis;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly da: DataAvailability;
  readonly replica: Replica;
  /** Where signed events are handed over. */
  readonly coordinatorUrls: readonly string[];
  /** Carried on requests to coordinators; they ask for it when it was set for them. */
  readonly token?: string;
  /** The child program that runs a guest; found beside the sources or the bundle unless said. */
  readonly guestChild?: string | URL;
  /** Where nodes keep what makes the start of an engine short; each below its own data unless said. Absolute. */
  readonly engineCache?: string;
  /** Children for guests that are started ahead, for all nodes of the process; a node has its own unless said. */
  readonly spares?: SpareChildren;
  /** How validators look up host names: this machine's resolver unless said. */
  readonly dns?: TxtLookup;
  /** Wrappers of ports, chosen by whoever composes: how a devnet plays faults. */
  readonly wrapSink?: (sink: EventSink) => EventSink;
  readonly wrapStore?: (store: ChunkStore) => ChunkStore;
  readonly createHttpServer?: HttpServerFactory;
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
}

/** The log of a network as roles follow it. */
export function logSourceOf(da: Pick<DataAvailability, "subscribe">): LogSource {
  return {
    follow: async function* (subscription) {
      for await (const { height, timeMs, blobs } of da.subscribe(subscription)) {
        yield { height, timeMs, blobs: blobs.map((blob) => blob.data) };
      }
    },
  };
}

/** A replica that follows the log of `da` and keeps checkpoints in `folder`. */
export function buildReplica(
  options: { genesis: Genesis; folder?: string },
  deps: { da: Pick<DataAvailability, "subscribe">; disk: Disk; log: Logger; cache?: VerifiedEvents },
): Replica {
  const { folder } = options;
  return createReplica(
    { genesis: options.genesis },
    {
      log: logSourceOf(deps.da),
      logger: deps.log,
      ...(deps.cache === undefined ? {} : { cache: deps.cache }),
      ...(folder === undefined ? {} : { checkpoints: { disk: deps.disk, path: `${folder}/state.checkpoint` } }),
    },
  );
}

function sinkOf(ground: RoleGround): EventSink {
  const { coordinatorUrls, token } = ground;
  const sink = createHttpEventSink({ coordinatorUrls, ...(token === undefined ? {} : { token }) });
  return ground.wrapSink?.(sink) ?? sink;
}

export function buildCoordinator(options: Place & { key: Ed25519Signer; batchMs?: number }, ground: RoleGround) {
  const { token } = ground;
  return createCoordinator({ ...options, ...(token === undefined ? {} : { token }) }, ground);
}

export interface NodeSettings extends Place {
  readonly key: Ed25519Signer;
  readonly operator: Wallet;
  readonly zone: string;
  readonly class: NodeClass;
  readonly capacityBytes: number;
  readonly grpcPort: number;
  readonly storagePath: string;
  readonly publicHttpUrl?: string;
  readonly publicGrpcUrl?: string;
}

export function buildNode(settings: NodeSettings, ground: RoleGround) {
  const { port, ...options } = settings;
  const { clock, disk, random, guestChild, engineCache = `${settings.dataFolder}/engines` } = ground;
  const spares = ground.spares ?? createSpareChildren({ clock });
  return createNode(
    { ...options, httpPort: port },
    {
      ...ground,
      sink: sinkOf(ground),
      openStore: async (onDamaged) => {
        const { storagePath: folder, capacityBytes } = settings;
        const store = await openDiskChunkStore({ folder, capacityBytes }, { disk, random, onDamaged });
        return ground.wrapStore?.(store) ?? store;
      },
      createRuntime: (onLog) =>
        createRuntimes(
          { cacheFolder: engineCache, ...(guestChild === undefined ? {} : { childEntry: guestChild }) },
          { clock, onLog, spares },
        ),
    },
  );
}

export interface ValidatorSettings extends Place {
  readonly key: Ed25519Signer;
  readonly blockedHashes: ReadonlySet<string>;
  readonly probeMs: number;
  /** DNS resolvers to ask; this machine's own unless said. */
  readonly resolvers?: readonly string[];
}

/** @throws DSDN_NET_RESOLVER_INVALID */
export function buildValidator({ resolvers = [], ...settings }: ValidatorSettings, ground: RoleGround) {
  const { coordinatorUrls } = ground;
  const dns = ground.dns ?? createTxtLookup({ servers: resolvers });
  return createValidator({ ...settings, coordinatorUrls }, { ...ground, dns, sink: sinkOf(ground) });
}

export interface SequencerSettings extends Place {
  readonly key: Ed25519Signer;
  readonly batchMs?: number;
  readonly allowedOrigins?: readonly string[];
}

export function buildSequencer(settings: SequencerSettings, ground: RoleGround) {
  return createSequencer(settings, { ...ground, sink: sinkOf(ground) });
}

export interface IngressSettings extends Place {
  readonly siteDomain: string;
  readonly chainRpcUrl?: string;
  readonly allowedOrigins?: readonly string[];
  readonly signIn?: SignInRule;
}

export function buildIngress({ https, ...settings }: IngressSettings & { https?: HttpsSettings }, ground: RoleGround) {
  const { coordinatorUrls, token } = ground;
  const options = {
    ...settings,
    coordinatorUrls,
    ...(token === undefined ? {} : { token }),
    ...(https === undefined ? {} : { https: buildHttps(https, settings.siteDomain, ground) }),
  };
  return createIngress(options, { ...ground, sink: sinkOf(ground) });
}

/** HTTPS of an ingress: certificates from a folder, and where they are fetched when they are missing. */
export interface HttpsSettings {
  readonly port: number;
  readonly folder: string;
  readonly acme:
    | {
        readonly directoryUrl: string;
        readonly names: readonly string[];
        readonly email: string | undefined;
        readonly authorityRoot: string | undefined;
      }
    | undefined;
}

function buildHttps({ port, folder, acme }: HttpsSettings, siteDomain: string, ground: RoleGround) {
  if (acme === undefined) return { port, certificates: createCertificates({ folder }, ground) };
  const { names, directoryUrl, email, authorityRoot } = acme;
  const said = { ...(email === undefined ? {} : { email }), ...(authorityRoot === undefined ? {} : { authorityRoot }) };
  const issuer = createAcmeIssuer({ directoryUrl, folder, ...said }, ground);
  const wantedNames = () => certificateNames(ground.replica.state, { names, siteDomain });
  const certificates = createCertificates({ folder }, { ...ground, issuing: { issuer, wantedNames } });
  return { port, certificates, findChallenge: issuer.findAnswer };
}
