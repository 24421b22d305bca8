import { equalBytes, fail, readBytes } from "../../base/index.ts";
import { sha256, verifyEd25519 } from "../../crypto/index.ts";
import {
  type ChunkSource,
  type FindObjectKey,
  getFileEntry,
  openObject,
  readFile,
  readFileRange,
} from "../../objects/index.ts";
import {
  decodePackageManifest,
  decodeSignedPackage,
  idBytes,
  type KeyId,
  type ListingEntry,
  limits,
  type ObjectId,
  PACKAGE_MANIFEST_PATH,
  PACKAGE_SBOM_PATH,
  type PackageManifest,
  packagePreimage,
} from "../../protocol/index.ts";
import { roleErrors } from "./errors.ts";

/** A package that was found to be exactly what its deployer signed. */
export interface OpenPackage {
  readonly manifest: PackageManifest;
  readonly deployer: KeyId;
  /** A whole file, checked against the manifest's hash; undefined when the package has none of that path. */
  readonly find: (path: string) => Promise<Uint8Array | undefined>;
  /** Part of a file of the manifest. */
  readonly readPart: (path: string, part: { offset: number; length: number }) => Promise<Uint8Array>;
}

/**
 * Opens a package from the network: manifest, signature, file list and SBOM digest are checked before anything is used.
 * @throws DSDN_ROLES_PACKAGE_INVALID, and what `openObject` throws
 */
export async function openPackage(
  source: ChunkSource,
  object: ObjectId,
  options: { readonly findKey?: FindObjectKey } = {},
): Promise<OpenPackage> {
  const opened = await openObject(source, object, options);
  const readWhole = async (path: string, limitBytes: number): Promise<Uint8Array> => {
    const entry = getFileEntry(opened, path);
    if (entry.size > limitBytes) throw invalid(`${path} is too large`);
    return readBytes(readFile(source, opened, entry));
  };
  const signed = decodeSignedPackage(await readWhole(PACKAGE_MANIFEST_PATH, limits.manifestBytes));
  if (!verifyEd25519(idBytes(signed.deployer), packagePreimage(signed.manifest), signed.signature)) {
    throw invalid("its signature is wrong");
  }
  const manifest = decodePackageManifest(signed.manifest);
  checkFiles(manifest, opened.listing.entries);
  const sbom = await readWhole(PACKAGE_SBOM_PATH, limits.manifestBytes);
  if (!equalBytes(sha256(sbom), manifest.sbomDigest)) throw invalid("its bill of materials is another one");
  const known = new Set(manifest.files.map((file) => file.path));
  return {
    manifest,
    deployer: signed.deployer,
    find: async (path) => (known.has(path) ? readWhole(path, limits.packageBytes) : undefined),
    readPart: async (path, part) =>
      readBytes(readFileRange(source, opened, { entry: getFileEntry(opened, path), range: part })),
  };
}

/** The object holds the manifest's files and nothing else. */
function checkFiles(manifest: PackageManifest, entries: readonly ListingEntry[]): void {
  const files = new Map(entries.filter((entry) => entry.type === "file").map((entry) => [entry.path, entry]));
  if (entries.some((entry) => entry.type === "link")) throw invalid("it holds a link");
  let count = 0;
  for (const file of manifest.files) {
    const entry = files.get(file.path);
    const isSame = entry?.size === file.size && entry.hash !== null && equalBytes(entry.hash, file.hash);
    if (!isSame) throw invalid(`${file.path} is not the signed one`);
    if (file.path !== PACKAGE_SBOM_PATH) count++;
  }
  const own = [PACKAGE_MANIFEST_PATH, PACKAGE_SBOM_PATH].filter((path) => files.has(path)).length;
  if (files.size !== count + own) throw invalid("it holds files that were not signed");
  if (manifest.entry !== null && !files.has(manifest.entry)) throw invalid("its entry is missing");
}

function invalid(reason: string) {
  return fail(roleErrors.packageInvalid, { reason }, { verdict: "reject" });
}
