import { randomBytes } from "node:crypto";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRecordLog, systemClock, systemDisk, systemRandom } from "../../../src/base/index.ts";
import { type ContentJournal, openContentJournal } from "../../../src/client/files/content-journal.ts";
import { openAccount } from "../../../src/keys/index.ts";
import { type ChunkRef, chunkIdOf } from "../../../src/protocol/index.ts";

const account = openAccount(randomBytes(32));
const deps = { disk: systemDisk(), clock: systemClock(), random: systemRandom(), account };
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dsdn-journal-"));
  path = join(folder, "content");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("what was added is known again when the journal is opened anew, by its account only", async () => {
  const journal = await openContentJournal(path, deps);
  const { ref, acks } = await addFile(journal, "one");
  const again = await openContentJournal(path, deps);
  expect(again.chunks.get(ref.id)).toEqual({ ref, acks });
  expect(again.find("one")).toMatchObject({ sizeBytes: 9, extents: [{ chunk: ref, offset: 0, length: 9 }] });
  const stranger = { ...deps, account: openAccount(randomBytes(32)) };
  expect((await openContentJournal(path, stranger)).chunks.size).toBe(0);
});

test("many small records become few when the journal is opened, and nothing of them is forgotten", async () => {
  const journal = await openContentJournal(path, deps);
  const added = [];
  for (let index = 0; index < 100; index++) added.push(await addFile(journal, `file ${index}`));
  const before = (await stat(path)).size;
  await openContentJournal(path, deps);
  expect(await countRecords()).toBe(2);
  expect((await stat(path)).size).toBeLessThan(before);
  const again = await openContentJournal(path, deps);
  expect([...again.chunks.values()]).toEqual(added);
  for (const [index, { ref }] of added.entries()) expect(again.find(`file ${index}`)?.extents[0]?.chunk).toEqual(ref);
});

test("a few records stay as they are", async () => {
  const journal = await openContentJournal(path, deps);
  for (let index = 0; index < 10; index++) await addFile(journal, `file ${index}`);
  await openContentJournal(path, deps);
  expect(await countRecords()).toBe(10);
});

test("what is written after many records became few is kept beside them", async () => {
  const journal = await openContentJournal(path, deps);
  for (let index = 0; index < 100; index++) await addFile(journal, `file ${index}`);
  const { ref } = await addFile(await openContentJournal(path, deps), "later");
  const again = await openContentJournal(path, deps);
  expect(again.chunks.size).toBe(101);
  expect(again.find("later")?.extents[0]?.chunk).toEqual(ref);
});

test("programs of one account that open it at once all find everything, whichever of them makes few of many", async () => {
  const journal = await openContentJournal(path, deps);
  for (let round = 1; round <= 5; round++) {
    for (let index = 0; index < 40; index++) await addFile(journal, `file ${round}/${index}`);
    const opened = await Promise.all(Array.from({ length: 6 }, () => openContentJournal(path, deps)));
    expect(opened.map(({ chunks }) => chunks.size)).toEqual(Array(6).fill(40 * round));
  }
});

async function addFile(journal: ContentJournal, contentKey: string) {
  const ref: ChunkRef = { id: chunkIdOf(randomBytes(9)), size: 9, merkleRoot: Uint8Array.from(randomBytes(32)) };
  const acks = [Uint8Array.from(randomBytes(200)), Uint8Array.from(randomBytes(200))];
  const hash = Uint8Array.from(randomBytes(32));
  const extents = [{ chunk: ref, offset: 0, length: 9 }];
  await journal.add({ ref, acks }, new Map([[contentKey, { sizeBytes: 9, hash, key: null, envelope: null, extents }]]));
  return { ref, acks };
}

async function countRecords(): Promise<number> {
  let count = 0;
  for await (const _ of (await openRecordLog(systemDisk(), path)).read()) count++;
  return count;
}
