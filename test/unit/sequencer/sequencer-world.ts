/** A sequencer on a log and a disk in memory; both can be cut off at any step and opened again. */
import { baseErrors, type Clock, fail, silentLogger, systemClock, systemRandom } from "../../../src/base/index.ts";
import {
  type ChainBatchBody,
  chainGenesisDigest,
  chainGenesisOf,
  createChainGenesis,
  DEVNET_CHAIN_ID,
  devnetAllocation,
  replayBatches,
} from "../../../src/chain/index.ts";
import {
  type EventSink,
  encodeBlob,
  type Genesis,
  type LogHeight,
  networkIdOf,
  parseAddress,
  type SignedEvent,
} from "../../../src/protocol/index.ts";
import { createSequencer, type SequencerOptions } from "../../../src/roles/sequencer/index.ts";
import { createReplica, replayAcceptedEvents } from "../../../src/state/index.ts";
import { alice } from "../chain/chain-fixture.ts";
import { TestDisk, TestLog } from "../state/test-log.ts";
import { actor, START_MS, testGenesis } from "../state/world.ts";

export const sequencerKey = actor("sequencer").key;
export const FOLDER = "/data/sequencer";
export const JOURNAL = `${FOLDER}/chain.log`;

export async function sequencerGenesis(
  options: Parameters<typeof testGenesis>[0] = {},
  createdMs = START_MS,
): Promise<Genesis> {
  const allocation = devnetAllocation([parseAddress(alice.address)]);
  const chain = await createChainGenesis({ chainId: DEVNET_CHAIN_ID, createdMs, allocation });
  const genesisDigest = chainGenesisDigest(chain);
  return { ...testGenesis(options), createdMs, chain: { chainId: DEVNET_CHAIN_ID, genesisDigest, allocation } };
}

/** The log: a coordinator that posts what it is handed as the next height, unless it is held. */
export class PostedLog implements EventSink {
  readonly log: TestLog;
  isReachable = true;
  /** Holds events back while true. */
  isHeld = false;
  /** Added to the time of the heights to come. */
  aheadMs = 0;
  /** Called after each height. */
  onAppend = (_step: LogHeight) => {};
  readonly #genesis: Genesis;

  constructor(genesis: Genesis, steps: readonly LogHeight[] = []) {
    this.#genesis = genesis;
    this.log = new TestLog(steps);
    if (steps.length === 0) this.append([]);
  }

  async submit(events: readonly SignedEvent[]): Promise<void> {
    if (this.isHeld) throw fail(baseErrors.unreachable, { service: "The coordinator", reason: "it is held" });
    this.append(events);
  }

  append(events: readonly SignedEvent[]): void {
    const height = this.log.steps.length + 1;
    const network = networkIdOf(this.#genesis);
    const blobs =
      events.length === 0 ? [] : [encodeBlob(actor("coordinator-0").key, { network, previous: null, events })];
    const step = { height, timeMs: START_MS + height * 1000 + this.aheadMs, blobs };
    this.log.append(step);
    this.onAppend(step);
  }

  /** The data-availability layer as the sequencer sees it. */
  get da() {
    const { log } = this;
    return {
      head: async () => {
        if (!this.isReachable) throw fail(baseErrors.unreachable, { service: "The log", reason: "it is out" });
        return {
          height: log.steps.length,
          timeMs: START_MS,
          hash: new Uint8Array(32),
          previousHash: new Uint8Array(32),
          dataRoot: new Uint8Array(32),
          chainId: "test",
        };
      },
      health: () => ({ isConnected: this.isReachable, lastHeight: log.steps.length, latencyMs: 0, lagMs: 0 }),
      subscribe: async function* (subscription: { fromHeight: number; signal: AbortSignal }) {
        for await (const { height, timeMs, blobs } of log.follow(subscription)) {
          const rest = { namespace: new Uint8Array(29), commitment: new Uint8Array(32), shareVersion: 0, index: 0 };
          yield { height, timeMs, blobs: blobs.map((data) => ({ data, signer: undefined, ...rest })) };
        }
      },
    };
  }
}

/** A disk with these files. */
export function diskWith(files: Iterable<readonly [string, Uint8Array]>): TestDisk {
  const disk = new TestDisk();
  for (const [path, bytes] of files) disk.files.set(path, bytes);
  return disk;
}

interface RunOptions extends Partial<SequencerOptions> {
  readonly genesis: Genesis;
  readonly posted: PostedLog;
  readonly disk: TestDisk;
  readonly clock?: Clock;
}

/** Starts a replica and a sequencer on it. */
export async function runSequencer({ genesis, posted, disk, clock = systemClock(), ...options }: RunOptions) {
  const replica = createReplica({ genesis }, { log: posted.log });
  await replica.start();
  const sequencer = createSequencer(
    { key: sequencerKey, host: "127.0.0.1", port: 0, dataFolder: FOLDER, batchMs: 1, ...options },
    {
      genesis,
      disk,
      clock,
      random: systemRandom(),
      log: silentLogger(),
      replica,
      da: posted.da,
      sink: posted,
    },
  );
  const stop = async () => {
    await sequencer.stop();
    await replica.stop();
  };
  try {
    await sequencer.start();
  } catch (error) {
    await stop();
    throw error;
  }
  const call = async (method: string, ...params: unknown[]) => {
    const response = await fetch(sequencer.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    return (await response.json()) as { result?: unknown; error?: { code: number; message: string } };
  };
  return {
    replica,
    sequencer,
    stop,
    call,
    get: (path: string) => fetch(`${sequencer.url}${path}`),
    describe: async () => {
      const response = await fetch(`${sequencer.url}/v1/chain`);
      return ((await response.json()) as { details: ChainFacts }).details;
    },
    send: async (raw: Uint8Array) => {
      const { result, error } = await call("eth_sendRawTransaction", `0x${Buffer.from(raw).toString("hex")}`);
      if (typeof result !== "string") throw new Error(error?.message);
      return result;
    },
    /** Polls the JSON-RPC until the transaction is in a block. */
    mined: async (hash: string) => {
      for (;;) {
        const { result } = await call("eth_getTransactionReceipt", hash);
        if (result !== null) return result as { blockNumber: string; blockHash: string; status: string };
      }
    },
    blockHash: async (number: number) => {
      const { result } = await call("eth_getBlockByNumber", `0x${number.toString(16)}`, false);
      return (result as { hash: string } | null)?.hash;
    },
    /** Resolves when the log holds every block made so far. */
    allPosted: async () => {
      for (;;) {
        const { unpostedBlocks } = await facts(sequencer.url);
        if (unpostedBlocks === 0) return;
      }
    },
  };
}

export interface ChainFacts {
  readonly nusaAddress: string;
  readonly block: number;
  readonly stateRoot: string;
  readonly pendingTransactions: number;
  readonly unpostedBlocks: number;
  readonly batches: number;
  readonly isForked: boolean;
}

async function facts(url: string): Promise<ChainFacts> {
  return ((await (await fetch(`${url}/v1/chain`)).json()) as { details: ChainFacts }).details;
}

/** What anyone who only has the log and the genesis finds: the chain at its last posted block. */
export async function replayFromLog(genesis: Genesis, posted: PostedLog) {
  const batches: ChainBatchBody[] = [];
  const toHeight = posted.log.steps.length;
  const { signal } = new AbortController();
  for await (const event of replayAcceptedEvents({ genesis, toHeight, signal }, { log: posted.log })) {
    if (event.kind === "ChainBatch") batches.push(event.body);
  }
  const follower = await replayBatches(await chainGenesisOf(genesis), batches);
  return { batches, position: await follower.position() };
}
