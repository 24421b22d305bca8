import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareBytes, toUtf8 } from "../../../src/base/index.ts";
import {
  commitBlob,
  type DaHeight,
  type DataAvailability,
  daErrors,
  verifyNamespaceProof,
} from "../../../src/da/index.ts";

/** One implementation under test. */
export interface DaUnderTest {
  readonly da: DataAvailability;
  /** Cuts the log off and brings it back, losing nothing; absent where a test cannot do that. */
  readonly interrupt?: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const code = (spec: { code: string }) => expect.objectContaining({ code: spec.code });
const textOf = (blob: { data: Uint8Array }) => Buffer.from(blob.data).toString();

/** Reads heights until one satisfies `isLast`. */
async function readUntil(
  da: DataAvailability,
  fromHeight: number,
  isLast: (height: DaHeight) => boolean,
): Promise<DaHeight[]> {
  const abort = new AbortController();
  const heights: DaHeight[] = [];
  for await (const height of da.subscribe({ fromHeight, signal: abort.signal })) {
    heights.push(height);
    if (isLast(height)) abort.abort();
  }
  return heights;
}

/** What every DataAvailability must do, whatever stands behind it. */
export function describeDataAvailability(name: string, create: () => Promise<DaUnderTest>): void {
  describe(`data availability through ${name}`, () => {
    let subject: DaUnderTest;
    let da: DataAvailability;
    /** Blobs of this run differ from those of any other run on a shared network. */
    const run = `${process.pid}-${process.hrtime.bigint()}`;
    const bytesOf = (text: string) => toUtf8(`${run}/${text}`);

    beforeAll(async () => {
      subject = await create();
      da = subject.da;
      await da.start();
      await da.start();
    });
    afterAll(() => subject.close());

    it("posts a blob and gives it back by height and commitment, within 30 seconds", async () => {
      const startMs = performance.now();
      const data = bytesOf("one");
      const { height, commitments } = await da.submit([data]);
      const expected = commitBlob({ namespace: da.namespace, data, shareVersion: 0, signer: undefined });
      expect(commitments).toEqual([expected]);
      const blob = await da.get(height, expected);
      expect(blob.data).toEqual(data);
      expect(blob.commitment).toEqual(expected);
      expect(blob.namespace).toEqual(da.namespace);
      expect(performance.now() - startMs).toBeLessThan(30_000);
    });

    it("keeps the blobs of one call at one height, in the order given", async () => {
      const texts = ["a", "b", "c"].map((text) => `${run}/many/${text.repeat(700)}`);
      const { height, commitments } = await da.submit(texts.map(toUtf8));
      const found = (await da.getAll(height)).filter((blob) => textOf(blob).startsWith(`${run}/many/`));
      expect(found.map(textOf)).toEqual(texts);
      expect(found.map((blob) => blob.commitment)).toEqual(commitments);
      expect(found.map((blob) => blob.index)).toEqual(found.map((blob) => blob.index).toSorted((a, b) => a - b));
    });

    it("delivers a blob that was posted twice twice", async () => {
      const data = bytesOf("twice");
      const first = await da.submit([data]);
      const second = await da.submit([data]);
      expect(second.height).toBeGreaterThan(first.height);
      expect(second.commitments).toEqual(first.commitments);
      const heights = await readUntil(da, first.height, ({ height }) => height >= second.height);
      const times = heights.flatMap(({ blobs }) => blobs).filter((blob) => compareBytes(blob.data, data) === 0);
      expect(times.length).toBe(2);
    });

    it("delivers every height in order, none twice, none left out, those without blobs too", async () => {
      const first = (await da.head()).height;
      const posted = await da.submit([bytesOf("followed")]);
      const heights = await readUntil(da, first, ({ height }) => height >= posted.height);
      expect(heights.map(({ height }) => height)).toEqual(heights.map((_, index) => first + index));
      for (const { height, timeMs } of heights) expect((await da.headerAt(height)).timeMs).toBe(timeMs);
      expect(heights.at(-1)?.blobs.map(textOf)).toContain(`${run}/followed`);
    });

    it("ends a subscription quietly when its signal aborts before the next height", async () => {
      const abort = new AbortController();
      const { height } = await da.head();
      const reading = (async () => {
        for await (const _ of da.subscribe({ fromHeight: height + 1000, signal: abort.signal })) return "delivered";
        return "ended";
      })();
      abort.abort();
      expect(await reading).toBe("ended");
    });

    it("links headers by their hashes and never lets time go back", async () => {
      const { height } = await da.submit([bytesOf("linked")]);
      const [before, after] = await Promise.all([da.headerAt(height - 1), da.headerAt(height)]);
      expect(after.previousHash).toEqual(before.hash);
      expect(after.timeMs).toBeGreaterThanOrEqual(before.timeMs);
      expect(after.chainId).toBe(before.chainId);
      expect((await da.head()).height).toBeGreaterThanOrEqual(height);
    });

    it("proves all blobs of a height and the absence of blobs at another", async () => {
      const { height, commitments } = await da.submit([bytesOf("proven"), bytesOf("proven too")]);
      const header = await da.headerAt(height);
      const blobs = verifyNamespaceProof(da.namespace, header.dataRoot, await da.namespaceProof(height));
      for (const commitment of commitments) expect(blobs.map((blob) => blob.commitment)).toContainEqual(commitment);
      const empty = await da.headerAt(1).catch(() => undefined);
      if (empty === undefined) return;
      expect(verifyNamespaceProof(da.namespace, empty.dataRoot, await da.namespaceProof(1))).toEqual([]);
      expect(await da.getAll(1)).toEqual([]);
    });

    it("refuses an empty list, an empty blob and more than a transaction carries", async () => {
      await expect(da.submit([])).rejects.toThrow(code(daErrors.blobEmpty));
      await expect(da.submit([new Uint8Array(0)])).rejects.toThrow(code(daErrors.blobEmpty));
      await expect(da.submit([new Uint8Array(9 * 1024 * 1024)])).rejects.toThrow(code(daErrors.blobTooLarge));
    });

    it("names a blob that is not there and a height that does not exist yet", async () => {
      const { height } = await da.submit([bytesOf("here")]);
      await expect(da.get(height, new Uint8Array(32))).rejects.toThrow(code(daErrors.blobMissing));
      await expect(da.headerAt(height + 1_000_000)).rejects.toThrow(code(daErrors.heightFuture));
      await expect(da.getAll(height + 1_000_000)).rejects.toThrow(code(daErrors.heightFuture));
    });

    it("reports its health", async () => {
      const { height } = await da.submit([bytesOf("health")]);
      const health = da.health();
      expect(health).toMatchObject({ isConnected: true });
      expect(health.lastHeight).toBeGreaterThanOrEqual(height);
      expect(health.latencyMs).toBeGreaterThanOrEqual(0);
      expect(health.lagMs).toBeLessThan(30_000);
    });

    it("goes on after an interruption without a gap or a repetition", async (context) => {
      const { interrupt } = subject;
      if (interrupt === undefined) return context.skip("the node of another operator cannot be interrupted by a test");
      const first = await da.submit([bytesOf("before the interruption")]);
      const after = bytesOf("after the interruption");
      const reading = readUntil(da, first.height, ({ blobs }) =>
        blobs.some((blob) => compareBytes(blob.data, after) === 0),
      );
      await interrupt();
      await da.submit([after]);
      const heights = (await reading).map(({ height }) => height);
      expect(heights).toEqual(heights.map((_, index) => first.height + index));
    });
  });
}
