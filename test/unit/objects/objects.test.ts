import { describe, expect, test } from "vitest";
import { seededRandom, toUtf8 } from "../../../src/base/index.ts";
import {
  checkListing,
  checkManifest,
  findPathFault,
  getFileEntry,
  isPart,
  leadsOutside,
  openObject,
  PART_SIZE_BYTES,
  planListing,
  readContentId,
  readFile,
  readFileRange,
  readPlan,
} from "../../../src/objects/index.ts";
import {
  chunkIdFromDigest,
  digestOf,
  type ListingEntry,
  type ObjectListing,
  type ObjectManifest,
} from "../../../src/protocol/index.ts";
import { fileEntry, linkEntry, makeSample, type Sample } from "./sample.ts";

const random = seededRandom("objects");
const files = [
  { path: "empty", bytes: new Uint8Array(0) },
  { path: "one", bytes: random.bytes(1) },
  { path: "site/index.html", bytes: random.bytes(200) },
  { path: "site/large.bin", bytes: random.bytes(5000) },
  { path: "site/z", bytes: random.bytes(900) },
];

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return new Uint8Array(Buffer.concat(all));
}

function opened(sample: Sample) {
  return openObject({ get: sample.get }, sample.object, { findKey: () => sample.key });
}

describe.each([{ isPublic: false }, { isPublic: true }])("an object (public: $isPublic)", (options) => {
  test("gives back every file, whole", async () => {
    const sample = await makeSample(files, options);
    const object = await opened(sample);
    for (const { path, bytes } of files) {
      expect(await collect(readFile({ get: sample.get }, object, getFileEntry(object, path)))).toEqual(bytes);
    }
    expect(object.listing.entries.map(({ path }) => path)).toEqual([
      "empty",
      "one",
      "site",
      "site/index.html",
      "site/large.bin",
      "site/z",
    ]);
  });

  test("gives back any range of a file", async () => {
    const sample = await makeSample(files, options);
    const object = await opened(sample);
    const entry = getFileEntry(object, "site/large.bin");
    for (const [offset, length] of [
      [0, 0],
      [0, 1],
      [0, 5000],
      [1023, 2],
      [4999, 1],
      [5000, 0],
      [700, 3500],
    ] as const) {
      const bytes = await collect(readFileRange({ get: sample.get }, object, { entry, range: { offset, length } }));
      expect(bytes).toEqual(files[3]?.bytes.subarray(offset, offset + length));
    }
    const range = { offset: 4999, length: 2 };
    await expect(collect(readFileRange({ get: sample.get }, object, { entry, range }))).rejects.toMatchObject({
      code: "DSDN_OBJECTS_RANGE_OUTSIDE",
      facts: { offset: 4999, end: 5001, sizeBytes: 5000 },
    });
  });

  test("packs small files together and never splits one", async () => {
    const small = Array.from({ length: 30 }, (_, i) => ({ path: `f${i}`, bytes: random.bytes(100 + i) }));
    const sample = await makeSample(small, options);
    expect(sample.listing.entries.every(({ extents }) => extents.length === 1)).toBe(true);
    expect(sample.manifest.chunks.length).toBeLessThan(10);
    expect(sample.manifest.chunks.slice(0, -1).every(({ size }) => size <= 1024)).toBe(true);
  });
});

describe("opening an object", () => {
  test("asks for a key when the object is sealed and none was given", async () => {
    const sample = await makeSample(files);
    await expect(openObject({ get: sample.get }, sample.object)).rejects.toMatchObject({
      code: "DSDN_OBJECTS_KEY_NEEDED",
      facts: { object: sample.object },
    });
  });

  test("names a wrong key", async () => {
    const sample = await makeSample(files);
    const findKey = () => new Uint8Array(32);
    await expect(openObject({ get: sample.get }, sample.object, { findKey })).rejects.toMatchObject({
      code: "DSDN_CRYPTO_WRONG_KEY",
    });
  });

  test("notices when a public file is not the one the listing promises", async () => {
    const sample = await makeSample(files, { isPublic: true });
    const object = await opened(sample);
    const entry = { ...getFileEntry(object, "site/z"), hash: new Uint8Array(32) };
    await expect(collect(readFile({ get: sample.get }, object, entry))).rejects.toMatchObject({
      code: "DSDN_OBJECTS_CONTENT_DAMAGED",
    });
  });

  test("says which file is not there", async () => {
    const sample = await makeSample(files, { others: [linkEntry("link", "one")] });
    const object = await opened(sample);
    for (const path of ["nothing", "site", "link"]) {
      expect(() => getFileEntry(object, path)).toThrow(expect.objectContaining({ code: "DSDN_OBJECTS_FILE_MISSING" }));
    }
  });
});

describe("a stranger's manifest is refused when", () => {
  const cases: [string, (manifest: ObjectManifest, sample: Sample) => ObjectManifest][] = [
    ["a chunk stands in it twice", (m) => ({ ...m, chunks: [...m.chunks, ...m.chunks.slice(0, 1)] })],
    [
      "it names itself",
      (m, { object }) => ({
        ...m,
        chunks: [...m.chunks, { id: chunkIdFromDigest(digestOf(object)), size: 1, merkleRoot: new Uint8Array(32) }],
      }),
    ],
    ["its listing lies in an unnamed chunk", (m) => ({ ...m, chunks: m.chunks.slice(0, -1) })],
    ["its listing reaches beyond a chunk", (m) => ({ ...m, listing: m.listing.map((e) => ({ ...e, offset: 1 })) })],
    ["its listing is empty", (m) => ({ ...m, listing: [] })],
    ["a listing part is empty", (m) => ({ ...m, listing: m.listing.map((e) => ({ ...e, length: 0 })) })],
    [
      "it gives one chunk two sizes",
      (m) => ({ ...m, listing: m.listing.map((e) => ({ ...e, chunk: { ...e.chunk, size: e.chunk.size + 1 } })) }),
    ],
    ["its envelope is of an unknown version", (m) => ({ ...m, envelope: new Uint8Array(67).fill(9) })],
    ["its envelope is cut", (m) => ({ ...m, envelope: m.envelope?.subarray(0, 20) ?? null })],
  ];
  test.each(cases)("%s", async (_, change) => {
    const sample = await makeSample(files);
    checkManifest(sample.object, sample.manifest);
    expect(() => checkManifest(sample.object, change(sample.manifest, sample))).toThrow(
      expect.objectContaining({ code: "DSDN_OBJECTS_MANIFEST_INVALID", verdict: "reject" }),
    );
  });
});

describe("a stranger's listing is refused when", () => {
  type Change = (entry: ListingEntry) => Partial<ListingEntry>;
  const onLarge: [string, Change][] = [
    ["a size is one off", (e) => ({ size: e.size + 1 })],
    ["a part is missing", (e) => ({ extents: e.extents.slice(1) })],
    ["a part is there twice", (e) => ({ extents: [...e.extents, ...e.extents.slice(0, 1)] })],
    ["a part lies in no chunk", (e) => ({ extents: e.extents.map((x) => ({ ...x, chunk: 999 })) })],
    ["a part reaches beyond its chunk", (e) => ({ extents: e.extents.map((x) => ({ ...x, offset: x.offset + 1 })) })],
    ["a part is empty", (e) => ({ extents: [{ chunk: 0, offset: 0, length: 0 }, ...e.extents] })],
    ["the key is missing", () => ({ key: null })],
    ["the envelope is missing", () => ({ envelope: null })],
    ["both are missing in a sealed object", () => ({ key: null, envelope: null })],
    ["a file has no hash", () => ({ hash: null })],
    ["a file has a target", () => ({ target: "x" })],
    ["a folder has content", () => ({ type: "dir" as const })],
    ["the path is absolute", () => ({ path: "/etc/passwd" })],
    ["the path climbs out", () => ({ path: "site/../../x" })],
    ["the path begins by climbing out", () => ({ path: "../x" })],
    ["the path has an empty part", () => ({ path: "site//x" })],
    ["the path has a dot part", () => ({ path: "site/./x" })],
    ["the folder above is not listed", () => ({ path: "site/none/x" })],
    ["the parent is a file", () => ({ path: "site/index.html/x" })],
    ["the path is there twice", () => ({ path: "site/index.html" })],
    ["the order is wrong", () => ({ path: "a" })],
  ];
  test.each(onLarge)("%s", async (_, change) => {
    const { manifest, listing } = await makeSample(files);
    checkListing(manifest, listing);
    const entries = listing.entries.map((e) => (e.path === "site/large.bin" ? { ...e, ...change(e) } : e));
    expect(() => checkListing(manifest, { ...listing, entries })).toThrow(
      expect.objectContaining({ verdict: "reject" }),
    );
  });

  test("the sizes do not add up to the object's", async () => {
    const { manifest, listing } = await makeSample(files);
    expect(() => checkListing({ ...manifest, size: manifest.size + 1 }, listing)).toThrow(
      expect.objectContaining({ code: "DSDN_OBJECTS_MANIFEST_INVALID" }),
    );
  });

  test("it calls a folder one file", async () => {
    const { manifest, listing } = await makeSample(files);
    expect(() => checkListing(manifest, { ...listing, root: "file" })).toThrow(
      expect.objectContaining({ code: "DSDN_OBJECTS_MANIFEST_INVALID" }),
    );
  });

  test("a link has no target, or something below a link", async () => {
    const { manifest, listing } = await makeSample([], { others: [linkEntry("link", "elsewhere")] });
    checkListing(manifest, listing);
    const [link] = listing.entries;
    if (link === undefined) throw new Error("no link");
    for (const entries of [
      [{ ...link, target: null }],
      [{ ...link, target: "" }],
      [link, { ...link, path: "link/below" }],
    ]) {
      expect(() => checkListing(manifest, { ...listing, entries })).toThrow(
        expect.objectContaining({ code: "DSDN_OBJECTS_LISTING_INVALID" }),
      );
    }
  });

  test("the machine cannot tell two of its paths apart", async () => {
    const twins = await makeSample([
      { path: "A", bytes: random.bytes(3) },
      { path: "a", bytes: random.bytes(3) },
    ]);
    checkListing(twins.manifest, twins.listing, "posix");
    for (const platform of ["darwin", "win32"] as const) {
      expect(() => checkListing(twins.manifest, twins.listing, platform)).toThrow(
        expect.objectContaining({ code: "DSDN_OBJECTS_LISTING_INVALID" }),
      );
    }
    const forms = await makeSample([
      { path: "e\u0301", bytes: random.bytes(3) },
      { path: "\u00e9", bytes: random.bytes(3) },
    ]);
    checkListing(forms.manifest, forms.listing, "posix");
    expect(() => checkListing(forms.manifest, forms.listing, "darwin")).toThrow(
      expect.objectContaining({ code: "DSDN_OBJECTS_LISTING_INVALID" }),
    );
  });
});

describe("paths", () => {
  test.each(["..", "a/..", "/a", "", "a//b", "a/", "./a", "a\0b", "x".repeat(256)])("refuses %j everywhere", (path) => {
    expect(findPathFault(path)).toBeTypeOf("string");
  });

  test.each(["a\\b", "C:x", "con", "CON.txt", "lpt1", "a.", "a ", "a:stream", "a\nb", "nul/x", "COM¹"])(
    "refuses %j on Windows and takes it elsewhere",
    (path) => {
      expect(findPathFault(path, "win32")).toBeTypeOf("string");
      expect(findPathFault(path, "posix")).toBeUndefined();
    },
  );

  test.each(["a", "a/b.c", "...a", "a..b", "-rf", "x".repeat(255), "\u202eevil", "console", "com10"])(
    "takes %j everywhere",
    (path) => {
      for (const platform of ["posix", "darwin", "win32"] as const) {
        expect(findPathFault(path, platform)).toBeUndefined();
      }
    },
  );

  test.each([
    ["a", "b", false],
    ["a", "../b", true],
    ["d/a", "../b", false],
    ["d/a", "../../b", true],
    ["d/a", "x/../../../b", true],
    ["a", "/etc/passwd", true],
    ["a", "C:\\x", true],
    ["d/a", "..\\..\\x", true],
    ["a", "./b/../c", false],
  ])("says whether a link at %s to %s leads outside", (path, target, isOutside) => {
    expect(leadsOutside(path, target)).toBe(isOutside);
  });
});

describe("planListing", () => {
  test("gives the same bytes in whatever order the entries come", async () => {
    const sample = await makeSample(files);
    const entries = sample.listing.entries.map((entry) => ({
      ...entry,
      extents: entry.extents.map(({ chunk: index, offset, length }) => {
        const chunk = sample.manifest.chunks[index];
        if (chunk === undefined) throw new Error("no chunk");
        return { chunk, offset, length };
      }),
    }));
    const forwards = planListing("folder", entries);
    expect(planListing("folder", entries.toReversed()).bytes).toEqual(forwards.bytes);
  });

  test("refuses a path that is given twice or that no listing may hold", () => {
    const one = fileEntry({ path: "a", bytes: toUtf8("") }, null, []);
    for (const entries of [[one, one], [{ ...one, path: "../a" }]]) {
      expect(() => planListing("folder", entries)).toThrow(
        expect.objectContaining({ code: "DSDN_OBJECTS_PATH_REFUSED" }),
      );
    }
  });

  test("says a listing is one file only when it is", () => {
    const one = fileEntry({ path: "a", bytes: toUtf8("") }, null, []);
    const listing: ObjectListing = planListing("file", [one]).listing;
    expect(listing.root).toBe("file");
  });
});

describe("readPlan", () => {
  const chunk = (n: number) => ({
    id: chunkIdFromDigest(new Uint8Array(32).fill(n)),
    size: 100,
    merkleRoot: new Uint8Array(32),
  });
  const extents = [
    { chunk: chunk(1), offset: 90, length: 10 },
    { chunk: chunk(2), offset: 0, length: 100 },
    { chunk: chunk(3), offset: 0, length: 5 },
    { chunk: chunk(3), offset: 5, length: 5 },
  ];

  test("joins neighbours and keeps the order", () => {
    expect(readPlan(extents).map(({ offset, length }) => [offset, length])).toEqual([
      [90, 10],
      [0, 100],
      [0, 10],
    ]);
  });

  test("cuts to the range", () => {
    expect(readPlan(extents, { offset: 9, length: 2 }).map(({ offset, length }) => [offset, length])).toEqual([
      [99, 1],
      [0, 1],
    ]);
    expect(readPlan(extents, { offset: 50, length: 0 })).toEqual([]);
  });
});

describe("the content id", () => {
  async function* parts(...sizes: number[]) {
    for (const size of sizes) yield new Uint8Array(size).fill(size % 251);
  }

  test("is the SHA-256 of a small file and differs for one that is longer by a part", async () => {
    const small = await readContentId(parts(10));
    expect(small.parts).toHaveLength(1);
    expect(small.id).toEqual(small.parts[0]);
    const large = await readContentId(parts(PART_SIZE_BYTES, 10));
    expect(large.sizeBytes).toBe(PART_SIZE_BYTES + 10);
    expect(large.id).not.toEqual(large.parts[0]);
  });

  test("knows its parts", async () => {
    const content = await readContentId(parts(5, 6));
    expect(isPart(content, 0, new Uint8Array(5).fill(5))).toBe(true);
    expect(isPart(content, 1, new Uint8Array(5).fill(5))).toBe(false);
    expect(isPart(content, 2, new Uint8Array(5).fill(5))).toBe(false);
    expect((await readContentId(parts())).parts).toHaveLength(1);
  });
});
