// npm drops an optional native package silently when its `engines` refuses the Node that runs npm.
// The checkout brings its own Node 24, so the engine's native packages must install under Node 20 too:
// run this after every change of dependencies. `test/architecture/lockfile.test.ts` asserts the result.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8")) as {
  packages: Record<string, { engines?: unknown; optional?: boolean }>;
};
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path.startsWith("node_modules/@nomicfoundation/edr-")) delete entry.engines;
}
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
