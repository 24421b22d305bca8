// Writes the room table into biome.json, so that an editor underlines a forbidden import while it is typed.
// Run after a change of rooms.json; test/architecture/rooms.test.ts fails when it was forgotten.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lintOverrides, readRooms, root } from "./rooms.ts";

const file = join(root, "biome.json");
const config = JSON.parse(readFileSync(file, "utf8")) as { overrides: { linter: { rules: { style?: object } } }[] };
const own = config.overrides.filter((entry) => !("noRestrictedImports" in (entry.linter.rules.style ?? {})));
config.overrides = [...own, ...(lintOverrides(readRooms()) as typeof own)];
writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
execFileSync(join(root, "node_modules/.bin/biome"), ["format", "--write", file], { stdio: "inherit" });
