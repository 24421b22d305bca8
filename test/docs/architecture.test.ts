import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";

const { rooms } = JSON.parse(readFileSync(join(root, "rooms.json"), "utf8")) as {
  rooms: { readonly [room: string]: readonly string[] };
};
/** Rooms that are planned stand in rooms.json before they stand in src. */
const isThere = (room: string) => room !== "." && existsSync(join(root, "src", room));

/** Room -> what the page says it may import; `undefined` for rows in words. */
function tableOf(language: string): Map<string, readonly string[] | undefined> {
  const page = readFileSync(join(root, "docs", language, "architecture.md"), "utf8");
  const rows = [...page.matchAll(/^\| ([a-z/, ]+) \| [^|]+ \| ([^|]+) \|$/gm)];
  const words = /^[a-z/]+(, [a-z/]+)*$/;
  return new Map(
    rows
      .filter(([, names]) => (names ?? "").split(", ").every(isThere))
      .flatMap(([, names = "", imports = ""]) =>
        names.split(", ").map((name) => [name, words.test(imports) ? imports.split(", ") : undefined] as const),
      ),
  );
}

test.each(["en", "id"])("the table of rooms (%s) is the one of rooms.json", (language) => {
  const table = tableOf(language);
  expect([...table.keys()].sort()).toEqual(Object.keys(rooms).filter(isThere).sort());
  for (const [room, imports] of table) {
    const allowed = (rooms[room] ?? []).filter(isThere).toSorted();
    // `base` imports nothing, and `devnet` all but two: said in words.
    if (imports === undefined) expect(["base", "devnet"]).toContain(room);
    else expect(imports, room).toEqual(allowed);
  }
});
