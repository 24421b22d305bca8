import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createHttpServer,
  fail,
  type HttpServer,
  silentLogger,
  toUtf8,
  VirtualClock,
} from "../../../src/base/index.ts";
import { netErrors } from "../../../src/net/index.ts";
import { chunkIdOf, type KeyId, objectIdOfManifestChunk, type WorkloadId } from "../../../src/protocol/index.ts";
import { Examiner } from "../../../src/roles/validator/examiner.ts";
import { LivenessWatch } from "../../../src/roles/validator/liveness.ts";
import type { Replica } from "../../../src/state/index.ts";

const SELF = "ab".repeat(32) as KeyId;
const PACKAGE = objectIdOfManifestChunk(chunkIdOf(toUtf8("package")));
const workloadOf = (index: number) => index.toString(16).padStart(64, "0") as WorkloadId;

let clock: VirtualClock;
let published: string[];
const outbox = {
  publish: async (kind: string) => {
    published.push(kind);
    throw new Error("rejected");
  },
  pendingCount: 0,
  start: async () => {},
  stop: async () => {},
};

beforeEach(() => {
  clock = new VirtualClock();
  published = [];
});

describe("the liveness watch", () => {
  let servers: HttpServer[];
  let watch: LivenessWatch;

  beforeEach(async () => {
    servers = await Promise.all(
      [0, 1].map(async (index) => {
        const info = () => ({ json: { node_id: `${index}`.repeat(64) } });
        const routes = [{ method: "GET" as const, path: "/info", handle: info }];
        const server = createHttpServer({ name: "node", host: "127.0.0.1", port: 0 }, { routes });
        await server.start();
        return server;
      }),
    );
    const nodes = servers.map(({ url }, index) => ({ id: `${index}`.repeat(64), status: "active", httpUrl: url }));
    const replica = { state: { listNodes: () => nodes } } as unknown as Replica;
    watch = new LivenessWatch({ probeMs: 1_000, silentMs: 10_000 }, { replica, outbox, clock, log: silentLogger() });
    await watch.start();
  });

  afterEach(async () => {
    await watch.stop();
    await Promise.all(servers.map((server) => server.stop()));
  });

  /** Rounds of asking, each waited for: the answers come over real sockets. */
  async function rounds(count: number, everyMs = 1_000): Promise<void> {
    for (let round = 0; round < count; round++) {
      await clock.advance(everyMs);
      await fetch(`${answering()}/info`).catch(() => {});
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const answering = () => servers[1]?.url ?? "";

  test("reports a node that stays silent while another answers", async () => {
    await rounds(3);
    await servers[0]?.stop();
    await rounds(40);
    expect(published).toContain("NodeSuspected");
  });

  test("takes nobody for a silent node who answers at its address under another id", async () => {
    await rounds(3);
    const port = servers[0]?.port ?? 0;
    await servers[0]?.stop();
    const info = () => ({ json: { node_id: "f".repeat(64) } });
    const routes = [{ method: "GET" as const, path: "/info", handle: info }];
    const stranger = createHttpServer({ name: "stranger", host: "127.0.0.1", port }, { routes });
    await stranger.start();
    servers.push(stranger);
    await rounds(40);
    expect(published).toContain("NodeSuspected");
  });

  test("reports nobody when it was suspended itself and the first node it asks is slow to come back", async () => {
    await rounds(3);
    await servers[0]?.stop();
    await rounds(1, 3_600_000);
    expect(published).toEqual([]);
  });

  test("reports nobody while it reaches nobody", async () => {
    await rounds(3);
    await Promise.all(servers.map((server) => server.stop()));
    await rounds(30);
    expect(published).toEqual([]);
  });
});

describe("the examiner", () => {
  let isActive: boolean;
  let asked: number;
  let pending: number;
  let isReadable: boolean;
  let showHeight: () => void;

  function make(): Examiner {
    const list = () =>
      Array.from({ length: pending }, (_, index) => ({
        id: workloadOf(index),
        status: "pending",
        approvals: [],
        refusals: [],
        owner: "00".repeat(20),
        package: PACKAGE,
      }));
    const state = { findRole: () => ({ isActive }), pendingWorkloads: list, findSession: () => undefined };
    const onHeight = (listener: () => void) => {
      showHeight = listener;
      return () => {};
    };
    return new Examiner({
      self: SELF,
      replica: { state, onHeight } as unknown as Replica,
      source: {
        get: () => {
          asked++;
          if (!isReadable) throw fail(netErrors.chunkUnavailable, { chunk: "", tried: 0 });
          return new Promise(() => {});
        },
      },
      outbox,
      audit: { append: async () => {}, clear: async () => {}, replace: async () => {}, sizeBytes: 0, read: noRecords },
      blockedHashes: new Set(),
      clock,
      log: silentLogger(),
    });
  }
  async function* noRecords(): AsyncGenerator<Uint8Array> {}

  beforeEach(() => {
    [isActive, asked, pending, isReadable] = [true, 0, 0, true];
  });

  test("does not let strangers' submissions keep it from those on the log", async () => {
    const examiner = make();
    for (let index = 1_000; index < 2_000; index++) {
      examiner.examine({ workload: workloadOf(index), package: PACKAGE, submitter: SELF, owner: undefined });
    }
    expect(asked).toBeLessThan(100);
    const before = asked;
    pending = 3;
    await examiner.start();
    expect(asked).toBe(before + 3);
    await examiner.stop();
  });

  test("looks at nothing once its key is no validator's any more: its votes would be rejected for ever", async () => {
    [isActive, pending] = [false, 3];
    const examiner = make();
    await examiner.start();
    expect(asked).toBe(0);
    await examiner.stop();
  });

  test("lets a package that cannot be read give way for a while, and tries it again later", async () => {
    [pending, isReadable] = [1, false];
    const examiner = make();
    await examiner.start();
    await clock.advance(70_000);
    const before = asked;
    showHeight();
    await clock.advance(10_000);
    expect(asked).toBe(before);
    await clock.advance(60_000);
    showHeight();
    await clock.advance(10);
    expect(asked).toBeGreaterThan(before);
    await examiner.stop();
  });
});
