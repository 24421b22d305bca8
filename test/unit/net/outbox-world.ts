import { silentLogger, VirtualClock } from "../../../src/base/index.ts";
import { ed25519FromSeed, sha256 } from "../../../src/crypto/index.ts";
import { createOutbox, type EventVerdict, type LogView, type Outbox } from "../../../src/net/index.ts";
import { type EventHead, type NetworkId, openEvent, type SignedEvent } from "../../../src/protocol/index.ts";
import { SimulatedDisk } from "../../simulation/simulated-disk.ts";

export const NETWORK = "11".repeat(32) as NetworkId;
const KEY = ed25519FromSeed(sha256(new TextEncoder().encode("outbox")));

/** A log of one author: what the sink was given waits until `mine` puts it on the log. */
export class OutboxWorld {
  readonly clock = new VirtualClock();
  readonly heights = new Set<() => void>();
  readonly verdicts = new Map<number, EventVerdict>();
  /** Every call of the sink, the sequences it was given. */
  readonly handedOver: number[][] = [];
  readonly kinds = new Map<number, string>();
  height = 10;
  next = 0;
  rejected = 0;
  /** The log carries more at a height than is remembered of it. */
  isForgetful = false;
  /** The sink fails with this while it is set. */
  sinkFault: Error | undefined;
  disk: SimulatedDisk;
  outbox: Outbox;
  waiting = new Map<number, EventHead>();

  constructor(disk = new SimulatedDisk()) {
    this.disk = disk;
    this.outbox = this.#make();
  }

  #make(): Outbox {
    const view: LogView = {
      height: () => this.height,
      nextSequenceOf: () => this.next,
      rejectedOf: () => this.rejected,
      findVerdict: (_author, sequence) => this.verdicts.get(sequence),
      onHeight: (listener) => {
        this.heights.add(listener);
        return () => void this.heights.delete(listener);
      },
    };
    const sink = {
      submit: async (events: readonly SignedEvent[]) => {
        if (this.sinkFault !== undefined) throw this.sinkFault;
        const heads = events.map((event) => openEvent(event));
        this.handedOver.push(heads.map(({ sequence }) => sequence));
        for (const head of heads) this.waiting.set(head.sequence, head);
      },
    };
    return createOutbox(
      { key: KEY, network: NETWORK, path: "/data/outbox.log" },
      { disk: this.disk, sink, view, clock: this.clock, log: silentLogger() },
    );
  }

  /** A new process on what the disk kept; it runs its outbox. */
  async restartOn(disk: SimulatedDisk): Promise<void> {
    await this.outbox.stop();
    this.heights.clear();
    this.waiting.clear();
    this.disk = disk;
    this.outbox = this.#make();
    await this.outbox.start();
    await this.clock.advance(1);
  }

  /** One height of the log with everything that waits and is in order; `judge` says what becomes of each event. */
  async mine(judge: (head: EventHead) => "accept" | "reject" | "refuse" = () => "accept"): Promise<void> {
    this.height++;
    for (let event = 0; ; event++) {
      const head = this.waiting.get(this.next);
      if (head === undefined) break;
      const fate = judge(head);
      const position = { height: this.height, blob: 0, event };
      const isAccepted = fate === "accept";
      this.verdicts.set(head.sequence, { isAccepted, reason: isAccepted ? undefined : "because", position });
      this.waiting.delete(head.sequence);
      if (fate === "refuse") break;
      if (fate === "reject") this.rejected++;
      this.kinds.set(head.sequence, head.kind);
      this.next++;
    }
    if (this.isForgetful) this.verdicts.clear();
    for (const listener of this.heights) listener();
    await this.clock.advance(1);
  }

  say(url = "http://127.0.0.1:1") {
    return this.outbox.publish("NodeReturned", { httpUrl: url, grpcUrl: "" });
  }
}
