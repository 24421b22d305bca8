import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import {
  baseErrors,
  type Clock,
  type Disk,
  fail,
  seededRandom,
  silentLogger,
  systemClock,
  systemDisk,
  systemRandom,
  toHex,
} from "../../src/base/index.ts";
import { type Client, connect } from "../../src/client/index.ts";
import { createCelestiaClient, createInProcessTransport, createLocalDaNode } from "../../src/da/index.ts";
import { devnetGenesis } from "../../src/devnet/genesis.ts";
import {
  connectDevnet,
  type Devnet,
  type DevnetConnection,
  type DevnetDeps,
  type DevnetOptions,
  startLocalDevnet,
} from "../../src/devnet/index.ts";
import { findSettings } from "../../src/devnet/settings.ts";
import { openAccount } from "../../src/keys/index.ts";
import { logSourceOf } from "../../src/roles/compose.ts";
import { createReplica } from "../../src/state/index.ts";

/** A devnet in this process, in a folder of its own, with a user connected to it. Everything is gone after the file. */
export interface TestDevnet {
  /** The running one; another after `restart`. */
  readonly devnet: Devnet;
  readonly folder: string;
  /**
   * A user with an account and a profile folder. The address of the ingress stays the same over restarts; should somebody
   * take its port meanwhile, the same user asks at the new one.
   */
  readonly client: Client;
  /** Another user, or the same account on another machine. */
  connectAs(options: { account?: string; profile: string }): Client;
  /** A folder for the test's own files. */
  readonly scratch: string;
  stop(): Promise<void>;
  /** @param changed - options that are other than at the first start. */
  start(changed?: Partial<DevnetOptions>): Promise<void>;
}

export interface TestDevnetOptions extends Partial<Omit<DevnetOptions, "folder">> {
  readonly disk?: Disk;
  readonly clock?: Clock;
  /** What validators find in DNS. */
  readonly dns?: DevnetDeps["dns"];
  /** Nothing is started yet: the test does. */
  readonly isStopped?: boolean;
}

const cleanups: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

/** Runs the work after the test file, in reverse order. */
export function afterFile(work: () => Promise<unknown>): void {
  cleanups.push(work);
}

export async function makeScratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dsdn-devnet-"));
  afterFile(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function startTestDevnet(options: TestDevnetOptions = {}): Promise<TestDevnet> {
  const { disk = systemDisk(), clock = systemClock(), isStopped = false, dns, ...shape } = options;
  const scratch = await makeScratch();
  const folder = join(scratch, "devnet");
  let devnet: Devnet | undefined;
  const start = async (changed: Partial<DevnetOptions> = {}) => {
    devnet = await startLocalDevnet(
      { ...shape, ...changed, folder },
      { disk, clock, random: systemRandom(), ...(dns === undefined ? {} : { dns }) },
    );
  };
  const running = () => {
    if (devnet === undefined) throw new TypeError("the devnet of this test is not started");
    return devnet;
  };
  afterFile(async () => devnet?.stop());
  if (!isStopped) await start();
  const connectAs: TestDevnet["connectAs"] = ({ account = "alice", profile }) =>
    connectTo(running(), { account, profileFolder: join(scratch, `profile-${profile}`) }, clock);
  let first: { readonly ingressUrl: string; readonly client: Client } | undefined;
  return {
    get devnet() {
      return running();
    },
    folder,
    scratch,
    get client() {
      const { ingressUrl } = running().status();
      if (first?.ingressUrl !== ingressUrl) first = { ingressUrl, client: connectAs({ profile: "first" }) };
      return first.client;
    },
    connectAs,
    start,
    stop: () => running().stop(),
  };
}

/** A client whose account follows from a name. */
export function connectTo(
  network: { token: string; status(): { ingressUrl: string } },
  user: { account: string; profileFolder: string },
  clock: Clock = systemClock(),
): Client {
  const findAccount = async () => openAccount(seededRandom(`account/${user.account}`).bytes(32));
  return connect(
    { ingressUrl: network.status().ingressUrl, token: network.token, profileFolder: user.profileFolder, findAccount },
    { clock },
  );
}

/** Bytes that follow from a name and cannot be packed into fewer. */
export function makeBytes(sizeBytes: number, name = "bytes"): Uint8Array {
  const out = new Uint8Array(sizeBytes);
  let block = createHash("sha256").update(name).digest();
  for (let at = 0; at < sizeBytes; at += block.length) {
    out.set(block.subarray(0, sizeBytes - at), at);
    block = createHash("sha256").update(block).digest();
  }
  return out;
}

export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export async function readAll(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  for await (const part of parts) read.push(part);
  return new Uint8Array(Buffer.concat(read));
}

/** The whole of one file of an object, read through the network. */
export async function readBack(client: Client, reference: string): Promise<Uint8Array> {
  return readAll(client.storage.read(reference));
}

/** Resolves when `find` gives something; asked again after every pause. The limit is for what hangs, not for what is slow. */
export async function eventually<T>(
  find: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 180_000, what = "what the test waits for" } = {},
): Promise<T> {
  const clock = systemClock();
  const endMs = clock.monotonicMs() + withinMs;
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    if (clock.monotonicMs() > endMs) throw new Error(`${what} did not happen within ${withinMs} ms`);
    await clock.sleep(25);
  }
}

/**
 * Waits until the ingress has read on the log everything the account's programs have sent: an upload that is done may
 * still have its name on the way.
 */
export async function untilTaken({ devnet, client }: TestDevnet): Promise<void> {
  const { ingressUrl } = devnet.status();
  const isTaken = async (session: string) => {
    const answer = (await (await fetch(`${ingressUrl}/v1/authors/${session}`)).json()) as {
      details: { nextSequence: number; pendingSequence: number };
    };
    return answer.details.nextSequence === answer.details.pendingSequence;
  };
  const areTaken = async () => {
    const sessions = await client.sessions.list();
    return (await Promise.all(sessions.map(({ session }) => isTaken(session)))).every(Boolean);
  };
  await eventually(areTaken, { what: "the log's taking what was sent" });
}

/** True while something listens there. */
export function isListening(url: string): Promise<boolean> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connectSocket({ host, port: Number(port) });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** A devnet in a process of its own, which can be killed. */
export interface SpawnedDevnet {
  readonly connection: DevnetConnection;
  readonly child: ChildProcess;
  /** From the start of the process to its first answer. */
  readonly startedAfterMs: number;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Ctrl-C; resolves with the exit code. */
  interrupt(): Promise<number | null>;
}

const RUNNER = fileURLToPath(new URL("./devnet-process.ts", import.meta.url));

/** Starts the devnet of the folder as a real process and waits until it answers. */
export async function spawnDevnet(folder: string, options: readonly string[] = []): Promise<SpawnedDevnet> {
  const clock = systemClock();
  const beganMs = clock.monotonicMs();
  const child = spawn(process.execPath, [RUNNER, folder, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  let said = "";
  child.stderr.on("data", (part) => {
    said += part;
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return child.exitCode;
  };
  afterFile(() => end("SIGKILL"));
  await Promise.race([once(child.stdout, "data"), exited]);
  if (child.exitCode !== null) {
    await finished(child.stderr);
    throw new Error(`the devnet ended with exit code ${child.exitCode}: ${said}`);
  }
  const startedAfterMs = clock.monotonicMs() - beganMs;
  const connection = await connectDevnet(folder, systemDisk());
  return {
    connection,
    child,
    startedAfterMs,
    kill: async () => void (await end("SIGKILL")),
    interrupt: () => end("SIGINT"),
  };
}

/** A user of a spawned devnet. */
export function connectToSpawned(
  { connection }: SpawnedDevnet,
  user: { account: string; profileFolder: string },
): Client {
  return connectTo({ token: connection.token, status: () => ({ ingressUrl: connection.ingressUrl }) }, user);
}

/** The machine's clock, which a test can make leap: what falls due meanwhile happens at once. */
export class LeapClock implements Clock {
  readonly #real = systemClock();
  readonly #timers = new Set<{ readonly dueMs: number; readonly fire: () => void; cancel: () => void }>();
  #leaptMs = 0;

  nowMs(): number {
    return this.#real.nowMs() + this.#leaptMs;
  }

  monotonicMs(): number {
    return this.#real.monotonicMs() + this.#leaptMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = this.after(delayMs, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  after(delayMs: number, task: () => void): () => void {
    const fire = () => {
      this.#timers.delete(timer);
      timer.cancel();
      task();
    };
    const timer = { dueMs: this.monotonicMs() + delayMs, fire, cancel: this.#real.after(delayMs, () => fire()) };
    this.#timers.add(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  leap(byMs: number): void {
    this.#leaptMs += byMs;
    const nowMs = this.monotonicMs();
    for (const timer of [...this.#timers].sort((left, right) => left.dueMs - right.dueMs)) {
      // One that fired before it may have cancelled it.
      if (!this.#timers.has(timer)) continue;
      timer.cancel();
      if (timer.dueMs <= nowMs) timer.fire();
      else timer.cancel = this.#real.after(timer.dueMs - nowMs, timer.fire);
    }
  }
}

/** State roots by height, replayed by nobody of the network from a copy of its log. */
export async function replayCopy(folder: string): Promise<{ height: number; rootAt(height: number): string }> {
  const { genesis } = await readGenesis(folder);
  const copy = join(await makeScratch(), "da");
  await cp(join(folder, "da"), copy, { recursive: true });
  const deps = { disk: systemDisk(), clock: systemClock(), random: systemRandom(), log: silentLogger() };
  const { chainId, namespace } = genesis.da;
  const node = createLocalDaNode({ dataFolder: copy, chainId, intervalMs: 0, delayMs: 0 }, deps);
  await node.start();
  const da = createCelestiaClient({ namespace, chainId }, { transport: createInProcessTransport(node), ...deps });
  await da.start();
  const { height } = node;
  const replica = createReplica({ genesis }, { log: logSourceOf(da) });
  try {
    await replica.start();
    await replica.waitFor((state) => state.height >= height, AbortSignal.timeout(180_000));
    return { height, rootAt: (at) => toHex(replica.rootAt(at) ?? new Uint8Array(0)) };
  } finally {
    await replica.stop();
    await da.stop();
    await node.stop();
  }
}

async function readGenesis(folder: string) {
  const settings = await findSettings(systemDisk(), folder);
  if (settings === undefined) throw new TypeError(`there is no devnet in ${folder}`);
  return { genesis: await devnetGenesis(settings) };
}

/** A disk that dies at a moment the test names, as in a crash: from then on nothing is written and nothing read. */
export interface CrashDisk {
  readonly disk: Disk;
  /** Dies before or after the operation for which `isMoment` is true first. */
  armed(isMoment: (operation: string, path: string) => boolean, when: "before" | "after"): void;
  readonly isDead: boolean;
  revive(): void;
}

/** What a test needs to stop and start a devnet in one process lives on. */
const DEATHLESS = /\/(?:lock[^/]*|running\.json(?:\.tmp)?|devnet\.log)$/;

export function makeCrashDisk(real: Disk = systemDisk()): CrashDisk {
  let isDead = false;
  let plan: { isMoment: (operation: string, path: string) => boolean; when: "before" | "after" } | undefined;
  const die = (operation: string, path: string) => {
    if (isDead && !DEATHLESS.test(path)) {
      throw fail(baseErrors.fileFailed, { action: operation, path, reason: "EIO" });
    }
  };
  const wrap =
    <A extends readonly unknown[], R>(operation: string, work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const path = String(operation === "rename" ? args[1] : args[0]);
      if (plan?.when === "before" && plan.isMoment(operation, path)) isDead = true;
      die(operation, path);
      const result = await work(...args);
      if (plan?.when === "after" && plan.isMoment(operation, path)) isDead = true;
      die(operation, path);
      return result;
    };
  const disk: Disk = {
    find: wrap("find", (path) => real.find(path)),
    findRange: wrap("findRange", (path, offset, length) => real.findRange(path, offset, length)),
    write: wrap("write", (path, bytes, options) => real.write(path, bytes, options)),
    append: wrap("append", (path, bytes, options) => real.append(path, bytes, options)),
    truncate: wrap("truncate", (path, sizeBytes) => real.truncate(path, sizeBytes)),
    rename: wrap("rename", (from, to) => real.rename(from, to)),
    syncFolder: wrap("syncFolder", (path) => real.syncFolder(path)),
    remove: wrap("remove", (path) => real.remove(path)),
    removeFolder: wrap("removeFolder", (path) => real.removeFolder(path)),
    makeFolder: wrap("makeFolder", (path) => real.makeFolder(path)),
    list: wrap("list", (path) => real.list(path)),
    findSize: wrap("findSize", (path) => real.findSize(path)),
    freeBytes: wrap("freeBytes", (path) => real.freeBytes(path)),
  };
  return {
    disk,
    armed: (isMoment, when) => {
      plan = { isMoment, when };
    },
    get isDead() {
      return isDead;
    },
    revive: () => {
      isDead = false;
      plan = undefined;
    },
  };
}

/** Leaves of a stopped devnet's folder what cannot be had again: its keys, the log and the nodes' chunks. */
export async function removeDerived(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name === "devnet.json" || name === "da") continue;
    if (!name.startsWith("node-")) await rm(join(folder, name), { recursive: true });
    else {
      for (const part of await readdir(join(folder, name))) {
        if (part !== "chunks") await rm(join(folder, name, part), { recursive: true });
      }
    }
  }
}
