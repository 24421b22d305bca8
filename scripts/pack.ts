// Makes the published tarball: the bundle, a manifest without install scripts whose dependencies are only what the
// bundle cannot hold, and the licences of everything that was bundled.
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Metafile } from "esbuild";
import { execa } from "execa";
import { buildInto, externalPackages } from "./build.ts";
import { writeDeclarations } from "./declarations.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

interface PackageJson {
  readonly dependencies: { readonly [name: string]: string };
  readonly optionalDependencies: { readonly [name: string]: string };
  readonly peerDependencies: { readonly [name: string]: string };
  readonly peerDependenciesMeta: { readonly [name: string]: object };
  readonly [field: string]: unknown;
}

/** Packs into `destination`. @returns the path of the tarball. */
export async function pack(destination: string): Promise<string> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const staging = mkdtempSync(join(root, ".cache", "pack-"));
  try {
    const metafile = await buildInto(join(staging, "dist"));
    for (const name of ["bin", "templates", "llms.txt", "README.md", "README.id.md", "CHANGELOG.md", "LICENSE"]) {
      if (existsSync(join(root, name))) cpSync(join(root, name), join(staging, name), { recursive: true });
    }
    const manifest = publishedManifest(readJson(join(root, "package.json")));
    writeFileSync(join(staging, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    writeFileSync(join(staging, "dist", "THIRD-PARTY-LICENSES.txt"), collectLicences(metafile));
    await writeDeclarations(join(staging, "dist"));
    const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", destination];
    const { stdout } = await execa("npm", args, { cwd: staging });
    return join(destination, stdout.trim().split("\n").at(-1) ?? "");
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** What a program brings that uses an entry of its own: a tool of ours here. */
export const ENTRY_PEERS: { readonly [name: string]: string } = { vitest: ">=3.0.0" };

/** The manifest as published: no scripts, no development tools, no bundled packages, no Node of its own. */
export function publishedManifest(own: PackageJson): object {
  const { scripts: _scripts, devDependencies: _tools, dependencies, optionalDependencies, ...rest } = own;
  const isBeside = ([name]: readonly [string, string]) => externalPackages.includes(name);
  return {
    ...rest,
    peerDependencies: { ...rest.peerDependencies, ...ENTRY_PEERS },
    peerDependenciesMeta: {
      ...rest.peerDependenciesMeta,
      ...Object.fromEntries(Object.keys(ENTRY_PEERS).map((name) => [name, { optional: true }])),
    },
    dependencies: Object.fromEntries(Object.entries(dependencies).filter(isBeside)),
    optionalDependencies: Object.fromEntries(Object.entries(optionalDependencies).filter(isBeside)),
  };
}

/** The names of the packages whose code is inside the bundle, sorted. */
export function bundledPackages(metafile: Metafile): string[] {
  const names = Object.keys(metafile.inputs).flatMap((path) => {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].sort();
}

function collectLicences(metafile: Metafile): string {
  const parts = bundledPackages(metafile).map((name) => {
    const folder = globSync(`node_modules/{,**/node_modules/}${name}`, { cwd: root })[0] ?? `node_modules/${name}`;
    const { version = "", license = "" } = readJson(join(root, folder, "package.json")) as {
      version?: string;
      license?: string;
    };
    const [file] = globSync("{LICENSE,LICENCE,license,License}*", { cwd: join(root, folder) });
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), "utf8").trim();
    return `${name} ${version}\n${"-".repeat(60)}\n${text}\n`;
  });
  return `This program contains code of the following packages.\n\n${parts.join("\n\n")}`;
}

function readJson(path: string): PackageJson {
  return JSON.parse(readFileSync(path, "utf8")) as PackageJson;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await pack(process.cwd())}\n`);
