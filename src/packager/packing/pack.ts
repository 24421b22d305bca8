import { resolve } from "node:path";
import { compareBytes, type FileTree, fail, toUtf8 } from "../../base/index.ts";
import { type CompiledIntent, compileProject, type IntentSources } from "../../intent/index.ts";
import {
  encodePackageManifest,
  encodeSignedPackage,
  type KeyId,
  limits,
  PACKAGE_MANIFEST_PATH,
  PACKAGE_SBOM_PATH,
  type PackageManifest,
  packagePreimage,
  type WorkloadSpec,
} from "../../protocol/index.ts";
import { refuseUnbuilt } from "../building/prepare-project.ts";
import { detectProject } from "../detection/detect.ts";
import type { Detection, ProjectChoice } from "../detection/detection.ts";
import { packagerErrors } from "../errors.ts";
import { bundleProgram } from "./bundle.ts";
import { type Collected, collectFile, collectFiles, type SkippedEntry } from "./collect.ts";
import { memoryFile, type PackageFile } from "./package-file.ts";
import { makeSbom } from "./sbom.ts";
import { recordSite } from "./site-record.ts";

export interface PackOptions {
  /** A project folder or a program's file. */
  readonly path: string;
  /** What it is, when that was found out before; built output is then taken as it is. */
  readonly detection?: Detection | undefined;
  /** What the user said about it, for when it has yet to be detected. */
  readonly choice?: ProjectChoice | undefined;
  /** What the user said about how it runs, with flags and in the project's file. */
  readonly said?: Pick<IntentSources, "flags" | "file"> | undefined;
}

export interface PackagerDeps {
  readonly tree: FileTree;
}

/** A package ready to be signed and uploaded. The same project gives the same `manifestBytes` on every machine. */
export interface BuiltPackage {
  readonly detection: Detection;
  readonly spec: WorkloadSpec;
  /** What led to the spec. */
  readonly decisions: CompiledIntent["decisions"];
  readonly manifest: PackageManifest;
  readonly manifestBytes: Uint8Array;
  /** Everything but `package.dsdn`, sorted by the bytes of the path. */
  readonly files: readonly PackageFile[];
  readonly skipped: readonly SkippedEntry[];
}

const SITE_FOLDER = "site";
const PROGRAM_FOLDER = "program";
/** Beside a WASI program: it finds the folder under this name. */
const DATA_FOLDER = "data";

/**
 * Packs a project: detects what it is, bundles its program, collects its files, lists what is in it. Runs nothing of
 * the project; one that has to be built first is an error.
 *
 * @throws DSDN_PACKAGER_*, DSDN_INTENT_*, DSDN_BASE_FILE_FAILED, DSDN_BASE_FILE_CHANGED
 */
export async function packProject(options: PackOptions, deps: PackagerDeps): Promise<BuiltPackage> {
  const detection = options.detection ?? (await detectBuilt(resolve(options.path), options.choice, deps));
  const { spec, decisions } = compileProject({ ...options.said, detected: detection });
  const program = await packProgram(detection, deps.tree);
  const site = await collectSite(detection, deps.tree);
  const { entry } = program;
  const sbomInput = { root: detection.root, inputs: program.inputs, program: entry };
  const sbom = memoryFile(PACKAGE_SBOM_PATH, await makeSbom(sbomInput, deps.tree));
  const listed = sortByPath([...site.files, ...program.files]);
  const manifest: PackageManifest = {
    version: 1,
    kind: spec.kind,
    mode: spec.mode,
    entry: entry?.path ?? null,
    site: site.record,
    files: listed.map(({ path, size, hash }) => ({ path, size, hash })),
    limits: spec.limits,
    sbomDigest: sbom.hash,
  };
  const skipped = [...site.skipped, ...program.skipped];
  return {
    detection,
    spec,
    decisions,
    manifest,
    manifestBytes: encodePackageManifest(manifest),
    files: sortByPath([...listed, sbom]),
    skipped: skipped.sort((left, right) => (left.path < right.path ? -1 : 1)),
  };
}

async function detectBuilt(path: string, choice: ProjectChoice | undefined, deps: PackagerDeps): Promise<Detection> {
  const detection = await detectProject(path, deps, choice);
  const { build } = detection;
  if (build !== null && build.output !== "current") throw refuseUnbuilt(path, detection);
  return detection;
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

interface PackedProgram extends Collected {
  /** The file execution starts with; undefined for a site without a program. */
  readonly entry: PackageFile | undefined;
  /** What was bundled, below the root. */
  readonly inputs: readonly string[];
}

async function packProgram(detection: Detection, tree: FileTree): Promise<PackedProgram> {
  const { root, entry, kind } = detection;
  if (entry === undefined) return { files: [], skipped: [], entry: undefined, inputs: [] };
  if (kind === "js") return packScript(detection, entry, tree);
  if (kind === "python" && detection.isFolder) {
    // A Python program imports what lies beside it, under the names it has there.
    const collected = await collectFiles({ folder: root, prefix: PROGRAM_FOLDER, sources: [] }, tree);
    const path = `${PROGRAM_FOLDER}/${entry}`;
    return { ...collected, entry: collected.files.find((file) => file.path === path), inputs: [] };
  }
  const extension = entry.slice(entry.lastIndexOf("."));
  const name = kind === "model" ? `model${extension}` : `program${extension}`;
  const file = await collectFile({ root, path: entry, as: name }, tree);
  const data = kind === "wasi" && detection.isFolder ? await collectData(root, tree) : { files: [], skipped: [] };
  return { files: [file, ...data.files], skipped: data.skipped, entry: file, inputs: [] };
}

/** What a WASI program is to read at run time; none of its sources. @throws DSDN_PACKAGER_*, as `collectFiles` */
async function collectData(root: string, tree: FileTree): Promise<Collected> {
  const folder = resolve(root, DATA_FOLDER);
  const found = await tree.find(folder);
  if (found === undefined || found.kind === "file") return { files: [], skipped: [] };
  if (found.kind !== "folder") {
    throw fail(packagerErrors.fileRefused, { path: DATA_FOLDER, reason: "it is a link, and links are not followed" });
  }
  const { files, skipped } = await collectFiles({ folder, prefix: DATA_FOLDER, sources: [] }, tree);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const { programFiles, programFilesBytes } = limits;
  if (files.length > programFiles) {
    throw fail(packagerErrors.tooLarge, { what: `files in ${DATA_FOLDER}`, limit: programFiles });
  }
  if (bytes > programFilesBytes) {
    throw fail(packagerErrors.tooLarge, { what: `bytes in ${DATA_FOLDER}`, limit: programFilesBytes });
  }
  return { files, skipped: skipped.map(({ path, reason }) => ({ path: `${DATA_FOLDER}/${path}`, reason })) };
}

async function packScript({ root, type }: Detection, entry: string, tree: FileTree): Promise<PackedProgram> {
  const bundle = await bundleProgram(root, entry, tree);
  if (type === "web_app" && !bundle.exports.includes("default")) {
    throw fail(packagerErrors.buildFailed, {
      reason: "it has no default export to answer requests with",
      place: entry,
    });
  }
  const file = memoryFile("program.js", bundle.code);
  return { files: [file], skipped: [], entry: file, inputs: bundle.inputs };
}

async function collectSite({ root, site, entry, fallback }: Detection, tree: FileTree) {
  if (site === undefined) return { files: [], skipped: [], record: null };
  const sources = site === "" && entry !== undefined ? [entry.slice(0, Math.max(0, entry.indexOf("/"))) || entry] : [];
  const collected = await collectFiles({ folder: resolve(root, site), prefix: SITE_FOLDER, sources }, tree);
  return recordSite(collected, { folder: SITE_FOLDER, fallback });
}

function sortByPath(files: readonly PackageFile[]): PackageFile[] {
  return [...files].sort((left, right) => compareBytes(toUtf8(left.path), toUtf8(right.path)));
}
