import fc from "fast-check";
import { expect, test } from "vitest";
import type { FileTree, TreeEntry } from "../../../src/base/index.ts";
import { toUtf8 } from "../../../src/base/index.ts";
import { packProject } from "../../../src/packager/index.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const site = fc
  .uniqueArray(fc.tuple(path, fc.string({ maxLength: 40 })), { maxLength: 12, selector: ([key]) => key })
  // A name cannot be a file and a folder at once.
  .map((files) => files.filter(([key]) => !files.some(([other]) => other.startsWith(`${key}/`))));

/** The files as a disk that lists them in an order and with times drawn from `seed`. */
function shuffledTree(files: ReadonlyMap<string, string>, seed: number): FileTree {
  const entryOf = (full: string): TreeEntry | undefined => {
    const content = files.get(full);
    const entry = { name: full.slice(full.lastIndexOf("/") + 1), mtimeMs: seed * 7919, mode: seed % 0o777 };
    if (content !== undefined) return { ...entry, kind: "file", sizeBytes: toUtf8(content).length };
    const isFolder = [...files.keys()].some((key) => key.startsWith(`${full}/`));
    return isFolder ? { ...entry, kind: "folder", sizeBytes: 0 } : undefined;
  };
  return {
    find: async (full) => entryOf(full.replace(/\/$/, "")),
    findAll: (paths) => paths.map(entryOf),
    async list(folder) {
      const base = `${folder.replace(/\/$/, "")}/`;
      const names = [...files.keys()]
        .filter((key) => key.startsWith(base))
        .map((key) => key.slice(base.length).split("/")[0] ?? "");
      const entries = [...new Set(names)].map((one) => entryOf(base + one)).filter((one) => one !== undefined);
      return seed % 2 === 0 ? entries : entries.reverse();
    },
    readLink: async () => "",
    read: async function* (full) {
      yield toUtf8(files.get(full) ?? "");
    },
  };
}

test("the same files give the same package, whatever the order, the times and the modes", async () => {
  await fc.assert(
    fc.asyncProperty(site, fc.nat(1000), fc.nat(1000), async (files, first, second) => {
      const all = new Map([
        ["/p/index.html", ""],
        ...files.map(([key, content]): [string, string] => [`/p/${key}`, content]),
      ]);
      const reversed = new Map([...all].reverse());
      const left = await packProject({ path: "/p" }, { tree: shuffledTree(all, first) });
      const right = await packProject({ path: "/p" }, { tree: shuffledTree(reversed, second) });
      expect(Buffer.from(left.manifestBytes).equals(Buffer.from(right.manifestBytes))).toBe(true);
      expect(left.manifest.sbomDigest).toEqual(right.manifest.sbomDigest);
    }),
    { numRuns: 60 },
  );
});

test("one changed byte in any file changes the package", async () => {
  await fc.assert(
    fc.asyncProperty(site, async (files) => {
      const all = new Map([
        ["/p/index.html", "a"],
        ...files.map(([key, content]): [string, string] => [`/p/${key}`, content]),
      ]);
      const changed = new Map(
        [...all].map(([key, content]): [string, string] => [key, key === "/p/index.html" ? "b" : content]),
      );
      const left = await packProject({ path: "/p" }, { tree: shuffledTree(all, 0) });
      const right = await packProject({ path: "/p" }, { tree: shuffledTree(changed, 0) });
      expect(left.manifestBytes).not.toEqual(right.manifestBytes);
    }),
    { numRuns: 20 },
  );
});
