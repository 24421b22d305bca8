import { resolve } from "node:path";
import { compareBytes, type FileTree, fail, toUtf8 } from "../base/index.ts";
import { compileIntent } from "../intent/index.ts";
import {
  encodePackageManifest,
  encodeSignedPackage,
  type Intent,
  type KeyId,
  PACKAGE_MANIFEST_PATH,
  PACKAGE_SBOM_PATH,
  type PackageManifest,
  packagePreimage,
  type WorkloadSpec,
} from "../protocol/index.ts";
import { type Bundle, bundleProgram } from "./bundle.ts";
import { collectFiles, type SkippedEntry } from "./collect.ts";
import { type Detection, detectProject } from "./detect.ts";
import { packagerErrors } from "./errors.ts";
import { memoryFile, type PackageFile } from "./package-file.ts";
import { makeSbom } from "./sbom.ts";

export interface PackOptions {
  /** A project folder or a script file. */
  readonly path: string;
  readonly priority?: Intent["priority"];
  readonly visibility?: Intent["visibility"];
}

export interface PackagerDeps {
  readonly tree: FileTree;
}

/** A package ready to be signed and uploaded. The same project gives the same `manifestBytes` on every machine. */
export interface BuiltPackage {
  readonly detection: Detection;
  readonly spec: WorkloadSpec;
  readonly manifest: PackageManifest;
  readonly manifestBytes: Uint8Array;
  /** Everything but `package.dsdn`, sorted by the bytes of the path. */
  readonly files: readonly PackageFile[];
  readonly skipped: readonly SkippedEntry[];
}

const SITE_FOLDER = "site";
const PROGRAM_PATH = "program.js";

/**
 * Packs a project: detects what it is, bundles its program, collects its files, lists what is in it.
 *
 * @throws DSDN_PACKAGER_*, DSDN_BASE_FILE_FAILED, DSDN_BASE_FILE_CHANGED
 */
export async function packProject(options: PackOptions, deps: PackagerDeps): Promise<BuiltPackage> {
  const detection = await detectProject(resolve(options.path), deps.tree);
  const spec = compileIntent({
    type: detection.type,
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.visibility === undefined ? {} : { visibility: options.visibility }),
  });
  const bundle = await bundleOf(detection, deps.tree);
  const program = bundle === undefined ? undefined : memoryFile(PROGRAM_PATH, bundle.code);
  const site = await collectSite(detection, deps.tree);
  const sbomInput = { root: detection.root, inputs: bundle?.inputs ?? [], program };
  const sbom = memoryFile(PACKAGE_SBOM_PATH, await makeSbom(sbomInput, deps.tree));
  const listed = sortByPath([...site.files, ...(program === undefined ? [] : [program])]);
  const manifest: PackageManifest = {
    version: 1,
    kind: spec.kind,
    mode: spec.mode,
    entry: program?.path ?? null,
    siteFolder: detection.site === undefined ? null : SITE_FOLDER,
    files: listed.map(({ path, size, hash }) => ({ path, size, hash })),
    limits: spec.limits,
    sbomDigest: sbom.hash,
  };
  return {
    detection,
    spec,
    manifest,
    manifestBytes: encodePackageManifest(manifest),
    files: sortByPath([...listed, sbom]),
    skipped: [...site.skipped].sort((left, right) => (left.path < right.path ? -1 : 1)),
  };
}

/** Signs with the deployer's session key; `sign` gets the bytes of `packagePreimage`. */
export interface PackageSigner {
  readonly deployer: KeyId;
  sign(preimage: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** The signed manifest as the file `package.dsdn`, to be uploaded with the others. */
export async function signPackage(built: BuiltPackage, signer: PackageSigner): Promise<PackageFile> {
  const signature = await signer.sign(packagePreimage(built.manifestBytes));
  const bytes = encodeSignedPackage({ manifest: built.manifestBytes, deployer: signer.deployer, signature });
  return memoryFile(PACKAGE_MANIFEST_PATH, bytes);
}

async function bundleOf({ root, entry, type }: Detection, tree: FileTree): Promise<Bundle | undefined> {
  if (entry === undefined) return undefined;
  const bundle = await bundleProgram(root, entry, tree);
  if (type === "web_app" && !bundle.exports.includes("default")) {
    throw fail(packagerErrors.buildFailed, {
      reason: "it has no default export to answer requests with",
      place: entry,
    });
  }
  return bundle;
}

async function collectSite({ root, site, entry }: Detection, tree: FileTree) {
  if (site === undefined) return { files: [], skipped: [] };
  const sources = site === "" && entry !== undefined ? [entry.slice(0, Math.max(0, entry.indexOf("/"))) || entry] : [];
  return collectFiles({ folder: resolve(root, site), prefix: SITE_FOLDER, sources }, tree);
}

function sortByPath(files: readonly PackageFile[]): PackageFile[] {
  return [...files].sort((left, right) => compareBytes(toUtf8(left.path), toUtf8(right.path)));
}
