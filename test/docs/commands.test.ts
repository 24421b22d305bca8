import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";
// Builds the program when a source is newer than it.
import "../cli/script.ts";

const { manifest } = (await import(pathToFileURL(join(root, "dist/manifest.js")).href)) as {
  manifest: { commands: { id: string; isHidden?: boolean }[] };
};

test.each(["en", "id"])(
  "every command is told of where its work is explained, not in the reference alone (%s)",
  (language) => {
    const text = globSync("{quickstart,guides/*,tutorials/*}.md", { cwd: join(root, "docs", language) })
      .map((page) => readFileSync(join(root, "docs", language, page), "utf8"))
      .join("\n")
      .replaceAll(/\s+/g, " ");
    const isTold = (id: string) => new RegExp(`\\bdsdn (--\\S+ )*${id}(?![\\w-])`).test(text);
    expect(manifest.commands.map(({ id }) => id).filter((id) => !isTold(id))).toEqual([]);
  },
);
