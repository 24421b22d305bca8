import {
  baseErrors,
  type Clock,
  type Disk,
  type FileLock,
  fail,
  type HttpServer,
  isError,
  type Random,
  seededRandom,
  toUtf8,
  writeDurable,
} from "../base/index.ts";
import { createTxtLookup, type SignInRule, type TxtLookup } from "../net/index.ts";
import { networkIdOf } from "../protocol/index.ts";
import type { Replica } from "../state/index.ts";
import { composeDevnet, type DevnetParts } from "./compose.ts";
import { RUNNING_FILE } from "./connection.ts";
import { createControlServer } from "./control.ts";
import { takeFolder } from "./devnet-folder.ts";
import { devnetErrors } from "./errors.ts";
import { devnetGenesis } from "./genesis.ts";
import { type HeldDisk, holdDisk } from "./held-disk.ts";
import { DevnetJournal } from "./journal.ts";
import { endFaults, playFault } from "./play-fault.ts";
import type { Devnet, DevnetStatus, FaultKind, RebuildReport, RoleStatus } from "./port.ts";
import { assignPorts, withoutPort } from "./ports.ts";
import { probeRoundTrip } from "./probe.ts";
import { readyWithin } from "./readiness.ts";
import { rebuildRole } from "./rebuild.ts";
import { getRole, type HostedRole } from "./role-host.ts";
import { type DevnetSettings, findSettings, makeSettings, saveSettings, walletOf } from "./settings.ts";

export interface DevnetOptions {
  /** Everything the devnet keeps lies here. */
  readonly folder: string;
  /** Default 6 nodes in 3 zones; only for a new devnet. */
  readonly nodes?: number;
  readonly zones?: number;
  /** Makes keys and ids repeatable; only for a new devnet. */
  readonly seed?: string;
  readonly daDelayMs?: number;
  /** Loopback unless said. */
  readonly host?: string;
  readonly guestChild?: string | URL;
  /** Origins of other sites whose pages may ask the ingress, such as that of a site being developed; none unless said. */
  readonly allowedOrigins?: readonly string[];
  /** DNS resolvers the validator asks; this machine's own unless said. */
  readonly resolvers?: readonly string[];
  /** OpenID provider where whoever writes without the devnet's token must have signed in. */
  readonly signIn?: SignInRule;
}

export interface DevnetDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  /** How validators look up host names: with `resolvers` unless said. */
  readonly dns?: TxtLookup;
}

const DEFAULT_NODES = 6;
const DEFAULT_ZONES = 3;
const PORT_ATTEMPTS = 8;
/** 2026-01-01: a seeded network is born at the same time every time. */
const SEEDED_START_MS = 1_767_225_600_000;

/**
 * Starts a devnet with every role in this process; resolves when a signed write was read back through it.
 * @throws DSDN_DEVNET_ALREADY_RUNNING, DSDN_DEVNET_SETTINGS_DAMAGED, DSDN_DEVNET_NOT_READY, DSDN_BASE_PORT_TAKEN, DSDN_NET_RESOLVER_INVALID
 */
export async function startLocalDevnet(options: DevnetOptions, deps: DevnetDeps): Promise<Devnet> {
  const { folder } = options;
  await deps.disk.makeFolder(folder);
  const lock = await takeFolder(folder, deps);
  const devnet = new RunningDevnet(options, deps, lock);
  try {
    await devnet.start();
  } catch (error) {
    await devnet.stop().catch(() => {});
    throw error;
  }
  return devnet;
}

class RunningDevnet implements Devnet {
  readonly #options: DevnetOptions;
  readonly #deps: DevnetDeps;
  /** For whatever runs here; closed before the folder is anybody else's. */
  readonly #held: HeldDisk;
  readonly #lock: FileLock;
  readonly #journal: DevnetJournal;
  readonly #startedMs: number;
  readonly stopped: Promise<void>;
  #resolveStopped = () => {};
  #settings: DevnetSettings | undefined;
  #parts: DevnetParts | undefined;
  #control: HttpServer | undefined;
  #readyAfterMs = 0;
  #stopping: Promise<void> | undefined;
  #rebuilding: Promise<unknown> = Promise.resolve();

  constructor(options: DevnetOptions, deps: DevnetDeps, lock: FileLock) {
    this.#options = options;
    this.#deps = deps;
    this.#held = holdDisk(deps.disk);
    this.#lock = lock;
    this.#startedMs = deps.clock.nowMs();
    this.#journal = new DevnetJournal(`${options.folder}/devnet.log`, { ...deps, disk: this.#held.disk });
    this.stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve;
    });
  }

  get token(): string {
    return this.#ready().settings.keys.token;
  }

  async start(): Promise<void> {
    const { clock, disk } = this.#deps;
    const begunMs = clock.monotonicMs();
    // Left by one that was killed: nobody may take a devnet that is only starting for one that is ready.
    await disk.remove(`${this.#options.folder}/${RUNNING_FILE}`).catch(() => {});
    const { parts, settings } = await this.#startParts(await this.#openSettings());
    await this.#waitUntilReady(parts, settings);
    this.#readyAfterMs = Math.round(clock.monotonicMs() - begunMs);
    await this.#announce();
  }

  /** Starts every part. A port that somebody took since the last start, or a moment ago, is exchanged for a free one. */
  async #startParts(settings: DevnetSettings): Promise<{ parts: DevnetParts; settings: DevnetSettings }> {
    const {
      folder,
      host = "127.0.0.1",
      daDelayMs = 0,
      guestChild,
      resolvers = [],
      signIn,
      allowedOrigins,
    } = this.#options;
    const dns = this.#deps.dns ?? createTxtLookup({ servers: resolvers });
    const genesis = await devnetGenesis(settings);
    for (let current = settings, attempt = 1; ; attempt++) {
      const parts = composeDevnet(
        { folder, settings: current, genesis, host, daDelayMs, guestChild, signIn, allowedOrigins },
        { ...this.#deps, disk: this.#held.disk, dns, sink: (role, entry) => this.#journal.add(role, entry) },
      );
      this.#settings = current;
      this.#parts = parts;
      this.#control = this.#createControl(parts.replica, current);
      try {
        await startEach(parts);
        await this.#control.start();
        return { parts, settings: current };
      } catch (error) {
        if (!isError(error, baseErrors.portTaken) || attempt >= PORT_ATTEMPTS) throw error;
        await stopEach(parts);
        const free = withoutPort(current.ports, Number(error.facts["port"]));
        const ports = await assignPorts(free, { host, random: this.#deps.random });
        current = { ...current, ports };
        await saveSettings(this.#deps.disk, folder, current);
      }
    }
  }

  #createControl(replica: Replica, settings: DevnetSettings): HttpServer {
    const { host = "127.0.0.1" } = this.#options;
    const place = { host, port: settings.ports.control, token: settings.keys.token };
    const origins = [host, "localhost"].map((name) => `http://${name}:${settings.ports.ingress}`);
    return createControlServer(
      { ...place, dashboardOrigins: origins },
      {
        ...this.#deps,
        devnet: this,
        journal: this.#journal,
        onStop: () => void this.stop().catch(() => {}),
        logTimeMs: () => replica.logTimeMs,
        findLogReader: async (pass) => {
          const { findLogReader } = await import("../client/index.ts");
          return findLogReader(pass, replica.state.network);
        },
      },
    );
  }

  status(): DevnetStatus {
    const { parts, settings } = this.#ready();
    const { host = "127.0.0.1", folder } = this.#options;
    return {
      folder,
      network: networkIdOf(parts.replica.state.genesis),
      ingressUrl: `http://${host}:${settings.ports.ingress}`,
      controlUrl: this.#control?.url ?? "",
      chainRpcUrl: `http://${host}:${settings.ports.sequencer}`,
      daUrl: parts.daNode.url,
      height: parts.replica.height,
      stateRoot: Buffer.from(parts.replica.state.root).toString("hex"),
      startedMs: this.#startedMs,
      readyAfterMs: this.#readyAfterMs,
      roles: parts.roles.map(statusOf),
    };
  }

  async fault(kind: FaultKind, name: string): Promise<void> {
    await playFault(this.#ready().parts, kind, name);
  }

  async heal(): Promise<void> {
    await endFaults(this.#ready().parts);
  }

  /** One after the other: who stopped waiting for a rebuild may ask for it again while it still goes on. */
  rebuild(name: string): Promise<RebuildReport> {
    const rebuilt = this.#rebuilding.then(() => {
      const { parts } = this.#ready();
      const { disk } = this.#deps;
      return rebuildRole(getRole(parts.roles, name), { parts, disk, folder: this.#options.folder });
    });
    this.#rebuilding = rebuilt.catch(() => {});
    return rebuilt;
  }

  async advanceClock(byMs: number): Promise<void> {
    const { daNode, replica } = this.#ready().parts;
    const height = await daNode.advanceTime(byMs);
    // Who asks a role next is to hear of the new time.
    await replica.waitFor((state) => state.height >= height);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopNow();
    return this.#stopping;
  }

  async #openSettings(): Promise<DevnetSettings> {
    const { folder, nodes = DEFAULT_NODES, zones = DEFAULT_ZONES, seed, host = "127.0.0.1" } = this.#options;
    const { disk, clock } = this.#deps;
    const known = await findSettings(disk, folder);
    if (known !== undefined) return known;
    const random = seed === undefined ? this.#deps.random : seededRandom(`devnet/${seed}`);
    const nowMs = seed === undefined ? clock.nowMs() : SEEDED_START_MS;
    const made = makeSettings({ nodes, zones, seed }, { random, nowMs });
    const settings = { ...made, ports: await assignPorts(made.ports, { host, random: this.#deps.random }) };
    await saveSettings(disk, folder, settings);
    return settings;
  }

  async #waitUntilReady(parts: DevnetParts, settings: DevnetSettings): Promise<void> {
    const { host = "127.0.0.1" } = this.#options;
    const readyMs = readyWithin(this.#options.daDelayMs);
    const signal = AbortSignal.timeout(readyMs);
    try {
      await parts.replica.waitFor((state) => state.counts().activeNodes >= settings.nodes, signal);
    } catch (error) {
      const { activeNodes } = parts.replica.state.counts();
      const reason = `${activeNodes} of ${settings.nodes} nodes joined in ${readyMs / 1000} s`;
      throw fail(devnetErrors.notReady, { reason }, { cause: error });
    }
    const ingressUrl = `http://${host}:${settings.ports.ingress}`;
    const wallet = walletOf(settings.keys.operator);
    const network = parts.replica.state.network;
    const target = { ingressUrl, token: settings.keys.token, network, seed: settings.keys.probe, wallet };
    await probeRoundTrip(target, this.#deps.clock);
  }

  /** What other programs need to find this devnet. 0600: the token is in it. */
  async #announce(): Promise<void> {
    const { folder } = this.#options;
    const facts = { ...this.status(), token: this.token, pid: process.pid };
    await writeDurable(this.#deps.disk, `${folder}/${RUNNING_FILE}`, toUtf8(JSON.stringify(facts)));
  }

  async #stopNow(): Promise<void> {
    const { folder } = this.#options;
    const parts = this.#parts;
    try {
      await this.#control?.stop();
      if (parts !== undefined) await stopEach(parts);
      await this.#journal.close();
    } finally {
      await this.#held.close();
      // Whatever failed: the folder is free again, and nobody waits for ever.
      await this.#deps.disk.remove(`${folder}/${RUNNING_FILE}`).catch(() => {});
      await this.#lock.release();
      this.#resolveStopped();
    }
  }

  #ready(): { parts: DevnetParts; settings: DevnetSettings } {
    if (this.#parts === undefined || this.#settings === undefined) {
      throw fail(devnetErrors.notReady, { reason: "it is starting" });
    }
    return { parts: this.#parts, settings: this.#settings };
  }
}

async function startEach({ daNode, da, replica, roles }: DevnetParts): Promise<void> {
  await daNode.start();
  await da.start();
  await replica.start();
  await catchUp({ daNode, replica });
  const started = await Promise.allSettled(roles.map((role) => role.start()));
  for (const result of started) if (result.status === "rejected") throw result.reason;
}

/** Roles serve, and sign, only when they know what the log held when the devnet was started. */
async function catchUp({ daNode, replica }: Pick<DevnetParts, "daNode" | "replica">): Promise<void> {
  const { height } = daNode;
  try {
    await replica.waitFor((state) => state.height >= height);
  } catch (error) {
    const reason = `of ${height} heights of the log ${replica.height} could be read`;
    throw fail(devnetErrors.notReady, { reason }, { cause: error });
  }
}

async function stopEach({ daNode, da, replica, roles }: DevnetParts): Promise<void> {
  for (const role of roles.toReversed()) {
    await role.stop().catch(() => {});
    if (role.replica() !== replica) await role.replica().stop();
  }
  await replica.stop();
  await da.stop();
  await daNode.stop();
}

function statusOf(role: HostedRole): RoleStatus {
  const { fault } = role;
  const played = fault.isPartitioned ? "partitioned" : fault.slowMs > 0 ? "slow" : role.status();
  const status = role.status() === "stopped" ? "stopped" : played;
  return {
    name: role.name,
    kind: role.kind,
    zone: role.zone ?? null,
    status,
    url: role.url(),
    height: role.replica().height,
  };
}
