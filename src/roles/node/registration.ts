import type { Clock, Lifecycle, Logger } from "../../base/index.ts";
import type { Wallet } from "../../crypto/index.ts";
import type { Outbox } from "../../net/index.ts";
import { addressOfWallet, type KeyId, type NodeClass, nodeBindingDigest } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";

export interface RegistrationOptions {
  readonly self: KeyId;
  readonly operator: Wallet;
  readonly zone: string;
  readonly class: NodeClass;
  readonly capacityBytes: number;
  /** How others reach the node; asked once its servers are bound. */
  readonly addresses: () => { readonly httpUrl: string; readonly grpcUrl: string };
}

export interface RegistrationDeps {
  readonly replica: Replica;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Logger;
}

const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 60_000;

/** Brings the node on the log, or back after a quorum missed it, or moves its addresses. Tries until it is there. */
export class Registration implements Lifecycle {
  readonly #options: RegistrationOptions;
  readonly #deps: RegistrationDeps;
  #stop = new AbortController();

  constructor(options: RegistrationOptions, deps: RegistrationDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Ready at once: a network without a working log must not keep a node from serving what it has. */
  async start(): Promise<void> {
    this.#stop = new AbortController();
    void this.#keepRegistered(this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
  }

  async #keepRegistered(signal: AbortSignal): Promise<void> {
    const { replica, clock, log } = this.#deps;
    const { self } = this.#options;
    let waitMs = FIRST_WAIT_MS;
    while (!signal.aborted) {
      try {
        await this.#register();
        waitMs = FIRST_WAIT_MS;
        await replica.waitFor((state) => state.findNode(self)?.status === "suspended", signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn("not registered yet", { reason: error instanceof Error ? error.message : "unknown" });
        // A refused registration leaves no trace on the log and is paid for each time.
        await clock.sleep(waitMs, signal).catch(() => {});
        waitMs = Math.min(waitMs * 2, MOST_WAIT_MS);
      }
    }
  }

  async #register(): Promise<void> {
    const { replica, outbox } = this.#deps;
    const { self, operator, zone, class: nodeClass, capacityBytes } = this.#options;
    const addresses = this.#options.addresses();
    const known = replica.state.findNode(self);
    if (known === undefined || known.status === "left") {
      const address = addressOfWallet(operator);
      const operatorNonce = replica.state.findOwner(address)?.nextOperatorNonce ?? 0;
      const binding = { node: self, operator: address, nonce: operatorNonce };
      const operatorSignature = operator.signDigest(nodeBindingDigest(replica.state.network, binding));
      await outbox.publish("NodeRegistered", {
        operator: address,
        operatorNonce,
        operatorSignature,
        class: nodeClass,
        zone,
        capacityBytes,
        ...addresses,
      });
    } else if (
      known.status === "suspended" ||
      known.httpUrl !== addresses.httpUrl ||
      known.grpcUrl !== addresses.grpcUrl
    ) {
      await outbox.publish("NodeReturned", addresses);
    }
  }
}
