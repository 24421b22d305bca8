import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DsdnError } from "../../../src/base/index.ts";
import { getFileEntry, openObject, readFile } from "../../../src/objects/index.ts";
import { makeSample } from "../../unit/objects/sample.ts";

const name = fc.stringMatching(/^[a-zA-Z0-9 _-]{1,8}$/);
const tree = fc.uniqueArray(
  fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
    bytes: fc.uint8Array({ maxLength: 3000 }),
  }),
  { selector: ({ path }) => path, maxLength: 12 },
);

/** Leaves out files that stand where another one needs a folder. */
function withoutClashes<T extends { path: string }>(files: T[]): T[] {
  return files.filter(({ path }) => !files.some((other) => other.path.startsWith(`${path}/`)));
}

describe("any folder", () => {
  test("comes back as it was, sealed and public", async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.boolean(), async (given, isPublic) => {
        const files = withoutClashes(given);
        const sample = await makeSample(files, { isPublic });
        const source = { get: sample.get };
        const object = await openObject(source, sample.object, { findKey: () => sample.key });
        expect(object.listing.entries.filter(({ type }) => type === "file")).toHaveLength(files.length);
        for (const { path, bytes } of files) {
          const parts: Uint8Array[] = [];
          for await (const part of readFile(source, object, getFileEntry(object, path))) parts.push(part);
          expect(Buffer.concat(parts).equals(bytes)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("with one changed stored byte never yields a wrong one and fails with an error of ours", async () => {
    const files = [
      { path: "a", bytes: new Uint8Array(500).fill(1) },
      { path: "b/c", bytes: new Uint8Array(3000).fill(2) },
    ];
    const sample = await makeSample(files);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(sample.chunks.size - 1),
        fc.nat(5000),
        fc.integer({ min: 1, max: 255 }),
        async (at, offset, mask) => {
          const chunks = new Map(sample.chunks);
          const [id, bytes] = [...chunks][at] ?? [];
          if (id === undefined || bytes === undefined) throw new Error("no chunk");
          const changed = bytes.slice();
          const place = offset % bytes.length;
          changed[place] = (changed[place] ?? 0) ^ mask;
          chunks.set(id, changed);
          const source = { get: async (chunk: typeof id) => chunks.get(chunk) ?? new Uint8Array(0) };
          try {
            const object = await openObject(source, sample.object, { findKey: () => sample.key });
            for (const file of files) {
              const parts: Uint8Array[] = [];
              for await (const part of readFile(source, object, getFileEntry(object, file.path))) parts.push(part);
              expect(Buffer.concat(parts).equals(file.bytes)).toBe(true);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(DsdnError);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
