import {
  type Clock,
  type Disk,
  fail,
  type HttpServer,
  type HttpServerFactory,
  type Lifecycle,
  type Logger,
  type Random,
  type Route,
  type Step,
  startAll,
  stopAll,
  toHex,
} from "../../base/index.ts";
import { type BlockProducer, chainErrors, createBlockProducer, createChainRpc } from "../../chain/index.ts";
import type { Ed25519Signer } from "../../crypto/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import type { Outbox } from "../../net/index.ts";
import type { EventSink, Genesis } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { answer, createRoleOutbox, type Metric, roleRoutes } from "../surface/index.ts";
import { createLateChain, type LateChain } from "./late-chain.ts";
import { type OpenedChain, openChain } from "./open-chain.ts";
import { type BatchPoster, createBatchPoster } from "./poster.ts";

export { sequencerErrors } from "./errors.ts";

export interface SequencerOptions {
  readonly key: Ed25519Signer;
  readonly host: string;
  /** Port of JSON-RPC over HTTP and WebSocket, and of the role's own routes. 0 = any free one. */
  readonly port: number;
  readonly dataFolder: string;
  /** How long blocks gather before a batch goes to the log; a second unless said. */
  readonly batchMs?: number;
  /** Web origins that may call the JSON-RPC, a wallet page's for example. */
  readonly allowedOrigins?: readonly string[];
}

export interface SequencerDeps {
  /** `createHttpServer` of base unless said. */
  readonly createHttpServer?: HttpServerFactory;
  readonly genesis: Genesis;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly replica: Replica;
  readonly da: Pick<DataAvailability, "head" | "health" | "subscribe">;
  readonly sink: EventSink;
}

/**
 * Orders the chain's transactions into blocks and posts them to the log, where anyone replays them. Without it the
 * chain stands still; storage and deployments go on, and nothing it acknowledged is lost.
 */
export interface Sequencer extends Lifecycle {
  readonly url: string;
  readonly port: number;
}

const DEFAULT_BATCH_MS = 1_000;
/** Long enough to gather what comes at once, short enough not to be felt. */
const BLOCK_WINDOW_MS = 10;

/** Ready when the chain stands at its last durable block; the port is bound at once and requests wait for that. */
export function createSequencer(options: SequencerOptions, deps: SequencerDeps): Sequencer {
  return new RunningSequencer(options, deps);
}

interface RunningChain extends OpenedChain {
  readonly producer: BlockProducer;
  readonly poster: BatchPoster;
}

class RunningSequencer implements Sequencer {
  readonly #options: SequencerOptions;
  readonly #deps: SequencerDeps;
  readonly #outbox: Outbox;
  readonly #server: HttpServer;
  readonly #late: LateChain;
  #chain: RunningChain | undefined;
  #steps: Step[] | undefined;

  constructor(options: SequencerOptions, deps: SequencerDeps) {
    this.#options = options;
    this.#deps = deps;
    const { log, createHttpServer } = deps;
    this.#outbox = createRoleOutbox(options, deps);
    this.#late = createLateChain(deps.genesis.chain.chainId);
    const { host, port, allowedOrigins } = options;
    this.#server = createChainRpc(
      { host, port, ...(allowedOrigins === undefined ? {} : { allowedOrigins }) },
      {
        node: this.#late,
        log,
        routes: this.#routes(),
        ...(createHttpServer === undefined ? {} : { createHttpServer }),
      },
    );
  }

  get url(): string {
    return this.#server.url;
  }

  get port(): number {
    return this.#server.port;
  }

  async start(signal?: AbortSignal): Promise<void> {
    if (this.#steps !== undefined) return;
    this.#steps = [
      { name: "http", part: this.#server },
      { name: "outbox", part: this.#outbox },
      { name: "chain", part: { start: (stop) => this.#open(stop), stop: () => this.#close() } },
    ];
    await startAll(this.#steps, signal);
  }

  async stop(): Promise<void> {
    const steps = this.#steps ?? [];
    this.#steps = undefined;
    await stopAll(steps);
  }

  async #open(signal = new AbortController().signal): Promise<void> {
    try {
      const opened = await openChain(`${this.#options.dataFolder}/chain.log`, this.#deps, signal);
      const { engine, journal } = opened;
      const { clock, random, log, replica } = this.#deps;
      const poster = createBatchPoster(
        { chainId: engine.genesis.chainId, batchMs: this.#options.batchMs ?? DEFAULT_BATCH_MS },
        { journal, outbox: this.#outbox, replica, clock, log },
      );
      const producer = await createBlockProducer(
        { windowMs: BLOCK_WINDOW_MS, waiting: journal.waiting },
        { engine, journal, clock, random, log, onBlock: () => poster.wake() },
      );
      await journal.keepWaiting(producer.waiting);
      this.#chain = { engine, journal, producer, poster };
      await poster.start();
      this.#late.open(producer);
    } catch (error) {
      this.#late.fail(error);
      throw error;
    }
  }

  async #close(): Promise<void> {
    const chain = this.#chain;
    this.#chain = undefined;
    this.#late.fail(fail(chainErrors.stopped, { reason: "the sequencer is stopping" }));
    await chain?.poster.stop();
    await chain?.producer.stop();
  }

  #routes(): Route[] {
    const { replica, da } = this.#deps;
    return [
      { method: "GET", path: "/v1/chain", handle: () => ({ json: this.#describe() }) },
      ...roleRoutes({
        role: "sequencer",
        replica,
        da,
        metrics: () => this.#metrics(),
        issues: () => this.#issues(),
      }),
    ];
  }

  #ready(): RunningChain {
    if (this.#chain === undefined) throw fail(chainErrors.stopped, { reason: "it is starting or stopping" });
    return this.#chain;
  }

  #describe() {
    const { engine, journal, producer, poster } = this.#ready();
    const { head, pendingCount } = producer;
    const { next, head: lastBatch } = this.#deps.replica.state.chain;
    return answer(`block ${head.number}`, {
      chainId: engine.genesis.chainId,
      nusaAddress: `0x${engine.nusaAddress}`,
      block: head.number,
      stateRoot: toHex(head.stateRoot),
      pendingTransactions: pendingCount,
      unpostedBlocks: journal.blocks.length,
      batches: next,
      lastBatch: toHex(lastBatch),
      isForked: poster.isForked,
      halted: producer.halted?.code ?? null,
    });
  }

  #issues(): string[] {
    const halted = this.#chain?.producer.halted;
    return [
      ...(this.#chain?.poster.isForked === true ? ["another sequencer posts with this key"] : []),
      ...(halted === undefined ? [] : [`no block can be made: ${halted.code}`]),
    ];
  }

  #metrics(): Metric[] {
    const chain = this.#chain;
    if (chain === undefined) return [];
    const { producer, journal, poster } = chain;
    const gauge = (name: string, help: string, value: number): Metric => ({ name, help, kind: "gauge", value });
    return [
      gauge("dsdn_sequencer_head_block", "Newest block of the chain.", producer.head.number),
      gauge("dsdn_sequencer_unposted_blocks", "Blocks the log does not show yet.", journal.blocks.length),
      gauge("dsdn_sequencer_pending_transactions", "Transactions accepted and not mined.", producer.pendingCount),
      gauge("dsdn_sequencer_forked", "1 when the log holds a batch of another sequencer.", poster.isForked ? 1 : 0),
      gauge("dsdn_sequencer_halted", "1 when the journal cannot be written.", producer.halted === undefined ? 0 : 1),
      {
        name: "dsdn_sequencer_batches_posted_total",
        help: "Batches brought to the log since the start.",
        kind: "counter",
        value: poster.postedCount,
      },
    ];
  }
}
