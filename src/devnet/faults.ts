import { baseErrors, type Clock, createHttpServer, fail, type HttpServerFactory } from "../base/index.ts";
import type { DataAvailability } from "../da/index.ts";
import type { EventSink } from "../protocol/index.ts";
import type { ChunkStore } from "../storage/index.ts";

/** Faults that can be played on one role while it runs. */
export interface FaultSwitch {
  /** True while nothing reaches the role and nothing leaves it. */
  isPartitioned: boolean;
  /** Added to every disk access of the role. */
  slowMs: number;
}

export function createFaultSwitch(): FaultSwitch {
  return { isPartitioned: false, slowMs: 0 };
}

const partitioned = () => fail(baseErrors.unreachable, { service: "The network", reason: "this role is partitioned" });
const HEAL_POLL_MS = 50;

/** A server whose connections are cut while the role is partitioned. */
export function gatedServer(fault: FaultSwitch): HttpServerFactory {
  return (options, deps) => {
    const intercept: NonNullable<typeof deps.intercept> = async (request) => {
      if (fault.isPartitioned) {
        request.raw.destroy();
        throw partitioned();
      }
      return deps.intercept?.(request);
    };
    return createHttpServer(options, { ...deps, intercept });
  };
}

/** A sink that fails while the role is partitioned. */
export function gatedSink(sink: EventSink, fault: FaultSwitch): EventSink {
  return {
    submit: async (events) => {
      if (fault.isPartitioned) throw partitioned();
      await sink.submit(events);
    },
  };
}

/** A data-availability layer that stands still while the role is partitioned and goes on without a gap afterwards. */
export function gatedDa(da: DataAvailability, fault: FaultSwitch, clock: Clock): DataAvailability {
  const check = () => {
    if (fault.isPartitioned) throw partitioned();
  };
  return {
    namespace: da.namespace,
    start: (signal) => da.start(signal),
    stop: () => da.stop(),
    submit: async (blobs, signal) => {
      check();
      return da.submit(blobs, signal);
    },
    get: async (height, commitment) => {
      check();
      return da.get(height, commitment);
    },
    getAll: async (height) => {
      check();
      return da.getAll(height);
    },
    headerAt: async (height) => {
      check();
      return da.headerAt(height);
    },
    head: async () => {
      check();
      return da.head();
    },
    namespaceProof: async (height) => {
      check();
      return da.namespaceProof(height);
    },
    health: () => ({ ...da.health(), ...(fault.isPartitioned ? { isConnected: false } : {}) }),
    subscribe: async function* (subscription) {
      for await (const height of da.subscribe(subscription)) {
        while (fault.isPartitioned && !subscription.signal.aborted) {
          await clock.sleep(HEAL_POLL_MS, subscription.signal).catch(() => {});
        }
        if (subscription.signal.aborted) return;
        yield height;
      }
    },
  };
}

/** A store whose every access takes longer. */
export function slowStore(store: ChunkStore, fault: FaultSwitch, clock: Clock): ChunkStore {
  const wait = async () => {
    if (fault.slowMs > 0) await clock.sleep(fault.slowMs);
  };
  return {
    put: async (chunk, bytes) => {
      await wait();
      await store.put(chunk, bytes);
    },
    find: async (chunk) => {
      await wait();
      return store.find(chunk);
    },
    findRange: async (chunk, offset, length) => {
      await wait();
      return store.findRange(chunk, offset, length);
    },
    has: async (chunk) => {
      await wait();
      return store.has(chunk);
    },
    remove: (chunk) => store.remove(chunk),
    list: () => store.list(),
    stats: () => store.stats(),
    putBeside: (chunk, name, bytes) => store.putBeside(chunk, name, bytes),
    findBeside: (chunk, name) => store.findBeside(chunk, name),
    listBeside: (name) => store.listBeside(name),
    freeBytes: () => store.freeBytes(),
  };
}

/** A log that is read with every time one millisecond off: whoever replays it derives another state, for good. */
export function misreadDa(da: Pick<DataAvailability, "subscribe">): Pick<DataAvailability, "subscribe"> {
  return {
    subscribe: async function* (subscription) {
      for await (const height of da.subscribe(subscription)) yield { ...height, timeMs: height.timeMs + 1 };
    },
  };
}
