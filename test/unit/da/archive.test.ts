import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fail, silentLogger, systemClock, systemDisk, systemRandom, toUtf8 } from "../../../src/base/index.ts";
import { decodeArchiveEntry } from "../../../src/da/archive/archive-record.ts";
import { openArchiveStore } from "../../../src/da/archive/archive-store.ts";
import {
  createCelestiaClient,
  createDaArchive,
  createInProcessTransport,
  createLocalDaNode,
  type DaArchive,
  type DataAvailability,
  DEFAULT_NAMESPACE,
  daErrors,
  type LocalDaNode,
  parseNamespace,
  readArchive,
  withArchive,
} from "../../../src/da/index.ts";

const CHAIN = "dsdn-test";
const NAMESPACE = DEFAULT_NAMESPACE;
const deps = { disk: systemDisk(), clock: systemClock(), random: systemRandom(), log: silentLogger() };
const patience = () => AbortSignal.timeout(100_000);
const code = (spec: { code: string }) => expect.objectContaining({ code: spec.code });

let folder: string;
let node: LocalDaNode;
let da: DataAvailability;
const running: DaArchive[] = [];

async function archiveOf(source: DataAvailability, firstHeight?: number): Promise<DaArchive> {
  const archive = createDaArchive(
    {
      folder: join(folder, "archive"),
      namespace: NAMESPACE,
      chainId: CHAIN,
      ...(firstHeight === undefined ? {} : { firstHeight }),
    },
    { ...deps, da: source },
  );
  running.push(archive);
  await archive.start();
  return archive;
}

async function post(count: number): Promise<number> {
  let height = 0;
  for (let index = 0; index < count; index++)
    ({ height } = await da.submit([toUtf8(`blob ${index}`), new Uint8Array(600 + index)]));
  return height;
}

async function collect<T>(heights: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const height of heights) all.push(height);
  return all;
}

/** The same log, with heights below `tail` dropped by the node. */
function pruned(source: DataAvailability, tail: number): DataAvailability {
  const check = (height: number) => {
    if (height < tail) throw fail(daErrors.heightPruned, { height });
  };
  return {
    ...source,
    headerAt: async (height) => {
      check(height);
      return source.headerAt(height);
    },
    namespaceProof: async (height) => {
      check(height);
      return source.namespaceProof(height);
    },
    subscribe: async function* (subscription) {
      check(subscription.fromHeight);
      yield* source.subscribe(subscription);
    },
  };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-archive-"));
  node = createLocalDaNode({ dataFolder: join(folder, "da"), chainId: CHAIN, intervalMs: 0, delayMs: 0 }, deps);
  await node.start();
  da = createCelestiaClient(
    { namespace: NAMESPACE, chainId: CHAIN },
    { ...deps, transport: createInProcessTransport(node) },
  );
  await da.start();
});
afterEach(async () => {
  for (const archive of running.splice(0)) await archive.stop();
  await da.stop();
  await node.stop();
  await rm(folder, { recursive: true });
});

const options = () => ({ folder: join(folder, "archive"), namespace: NAMESPACE, chainId: CHAIN });

describe("an archive of the log", () => {
  it("gives every height back, proven, when the node is gone", async () => {
    const archive = await archiveOf(da);
    const last = await post(3);
    await node.advanceTime(86_400_000);
    await archive.reached(last + 1, patience());
    const live = await Promise.all(Array.from({ length: last + 1 }, (_, index) => da.getAll(index + 1)));
    const header = await da.headerAt(last);
    await archive.stop();
    await da.stop();
    await node.stop();
    const anchor = { height: last, hash: header.hash };
    const heights = await collect(readArchive({ ...options(), anchor }, deps));
    expect(heights.map(({ height }) => height)).toEqual(live.map((_, index) => index + 1));
    expect(heights.map(({ blobs }) => blobs)).toEqual(live);
    expect(heights[last - 1]?.timeMs).toBe(header.timeMs);
  });

  it("goes on where it stopped, and cuts off what a crash left half written", async () => {
    const first = await archiveOf(da);
    await first.reached(await post(4), patience());
    await first.stop();
    const [name] = await readdir(options().folder);
    const path = join(options().folder, name ?? "");
    await truncate(path, (await readFile(path)).length - 7);
    const again = await archiveOf(da);
    const last = await post(1);
    await again.reached(last, patience());
    expect(again.status()).toEqual({ lastHeight: last, gaps: [] });
    expect((await collect(again.read(1))).length).toBe(last);
  });

  it("names the gap that pruning made, refuses to read over it, and fills it from a node that still has it", async () => {
    const last = await post(6);
    const archive = await archiveOf(pruned(da, 5));
    await archive.reached(last, patience());
    expect(archive.status()).toEqual({ lastHeight: last, gaps: [{ first: 1, last: 4 }] });
    await expect(collect(archive.read(1))).rejects.toThrow(code(daErrors.archiveGap));
    expect((await collect(archive.read(5))).length).toBe(last - 4);
    expect(await archive.fillGaps(pruned(da, 3))).toBe(2);
    expect(archive.status().gaps).toEqual([{ first: 1, last: 2 }]);
    expect(await archive.fillGaps(da)).toBe(2);
    expect(await archive.fillGaps(da)).toBe(0);
    expect((await collect(archive.read(1))).map(({ height }) => height)).toEqual(
      Array.from({ length: last }, (_, at) => at + 1),
    );
  });

  it("keeps nothing that another chain, another height or another commitment is proven by", async () => {
    const last = await post(2);
    const header = await da.headerAt(last);
    const proof = await da.namespaceProof(last);
    const archive = createDaArchive({ ...options(), firstHeight: 2 }, { ...deps, da: pruned(da, last) });
    running.push(archive);
    await archive.start();
    await archive.reached(last, patience());
    const lies: Partial<DataAvailability>[] = [
      { headerAt: async (height) => ({ ...(await da.headerAt(height)), chainId: "celestia" }) },
      { headerAt: async () => header },
      { namespaceProof: async () => proof },
      { namespaceProof: async (height) => ({ ...proof, height }) },
      { headerAt: async (height) => ({ ...(await da.headerAt(height)), timeMs: 1 }) },
      { headerAt: async (height) => ({ ...(await da.headerAt(height)), dataRoot: header.dataRoot }) },
    ];
    for (const lie of lies) {
      const source = { headerAt: da.headerAt, namespaceProof: da.namespaceProof, ...lie };
      await expect(archive.fillGaps(source)).rejects.toThrow(code(daErrors.proofInvalid));
      expect(archive.status().gaps).toEqual([{ first: 2, last: last - 1 }]);
    }
  });

  it("stops growing and says so when the node goes back or follows another history", async () => {
    const archive = await archiveOf(da);
    const last = await post(3);
    await archive.reached(last, patience());
    await archive.stop();
    const freshNode = createLocalDaNode(
      { dataFolder: join(folder, "fresh"), chainId: CHAIN, intervalMs: 0, delayMs: 0 },
      deps,
    );
    await freshNode.start();
    const transport = createInProcessTransport(freshNode);
    const fresh = createCelestiaClient({ namespace: NAMESPACE, chainId: CHAIN }, { ...deps, transport });
    await fresh.start();
    for (let index = 0; index <= last; index++) await fresh.submit([new Uint8Array([index + 1])]);
    const log = silentLogger();
    const seen = new Promise<void>((resolve) => {
      log.error = () => resolve();
    });
    const confused = createDaArchive(options(), { ...deps, log, da: fresh });
    running.push(confused);
    await confused.start();
    await seen;
    expect(confused.status()).toMatchObject({ lastHeight: last, lastError: daErrors.heightBackwards.code });
    expect((await collect(confused.read(1))).length).toBe(last);
    await confused.stop();
    await fresh.stop();
    await freshNode.stop();
  });

  it("is refused when it is not the one that is trusted, of another chain or namespace, or when a share was changed", async () => {
    const archive = await archiveOf(da);
    const last = await post(2);
    await archive.reached(last, patience());
    await archive.stop();
    const wrong = { ...options(), anchor: { height: last, hash: new Uint8Array(32) } };
    await expect(collect(readArchive(wrong, deps))).rejects.toThrow(code(daErrors.heightBackwards));
    const otherChain = { ...options(), chainId: "celestia" };
    await expect(collect(readArchive(otherChain, deps))).rejects.toThrow(code(daErrors.proofInvalid));
    const otherSpace = { ...options(), namespace: parseNamespace(`${"0".repeat(38)}00000000000000000fff`) };
    await expect(collect(readArchive(otherSpace, deps))).rejects.toThrow(code(daErrors.proofInvalid));
    const sample = (await collect((await openArchiveStore(deps.disk, options().folder)).read(last)))[0];
    const row = sample?.proof.rows[0];
    if (sample === undefined || row === undefined) throw new Error("a row is expected");
    const shares = row.shares.map((share) => share.with(100, 1 ^ (share[100] ?? 0)));
    const forged = { ...sample, proof: { ...sample.proof, rows: [{ ...row, shares }, ...sample.proof.rows.slice(1)] } };
    const place = join(folder, "forged");
    await (await openArchiveStore(deps.disk, place)).append(forged);
    const reading = collect(readArchive({ ...options(), folder: place, fromHeight: last }, deps));
    await expect(reading).rejects.toThrow(code(daErrors.proofInvalid));
  });

  it("feeds a reader up to its end and the node after that, without a gap or a repetition", async () => {
    const archive = await archiveOf(da);
    const archived = await post(3);
    await archive.reached(archived, patience());
    await archive.stop();
    const last = await post(2);
    const abort = new AbortController();
    const heights: number[] = [];
    const both = withArchive(pruned(da, archived + 1), archive);
    for await (const { height } of both.subscribe({ fromHeight: 1, signal: abort.signal })) {
      heights.push(height);
      if (height === last) abort.abort();
    }
    expect(heights).toEqual(Array.from({ length: last }, (_, index) => index + 1));
  });
});

describe("the files of an archive", () => {
  it("are sealed when full, and read in order across files", async () => {
    const archive = await archiveOf(da);
    await archive.reached(await post(2), patience());
    await archive.stop();
    const sample = (await collect((await openArchiveStore(deps.disk, options().folder)).read(2)))[0];
    if (sample === undefined) throw new Error("an entry is expected");
    const store = await openArchiveStore(deps.disk, join(folder, "files"));
    for (let height = 1; height <= 2050; height++) {
      const entry = { header: { ...sample.header, height }, proof: { ...sample.proof, height } };
      await store.append(entry);
      await store.append(entry);
    }
    expect(await readdir(join(folder, "files"))).toEqual(["0000000001-0000002048.log", "0000002049.open"]);
    const reopened = await openArchiveStore(deps.disk, join(folder, "files"));
    expect(reopened.ranges()).toEqual([{ first: 1, last: 2050 }]);
    expect((await collect(reopened.read(2040))).map(({ header }) => header.height)).toEqual(
      Array.from({ length: 11 }, (_, index) => 2040 + index),
    );
    const sealed = join(folder, "files", "0000000001-0000002048.log");
    const bytes = await readFile(sealed);
    await writeFile(sealed, bytes.with(bytes.length - 20, 1 ^ (bytes.at(-20) ?? 0)));
    await expect(collect(reopened.read(1))).rejects.toThrow(code(daErrors.archiveGap));
    expect((await readFile(sealed)).length).toBe(bytes.length);
  });

  it("are refused when a record is not one of ours", () => {
    expect(() => decodeArchiveEntry(new Uint8Array([1, 2, 3]))).toThrow(code(daErrors.proofInvalid));
    expect(() => decodeArchiveEntry(new Uint8Array([0xa0]))).toThrow(code(daErrors.proofInvalid));
  });

  it("ignores files of other names", async () => {
    const place = join(folder, "strange");
    await openArchiveStore(deps.disk, place);
    await writeFile(join(place, "notes.txt"), "x");
    expect((await openArchiveStore(deps.disk, place)).ranges()).toEqual([]);
  });
});
