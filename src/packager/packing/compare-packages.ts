import { toHex } from "../../base/index.ts";
import { sha256 } from "../../crypto/index.ts";
import {
  decodePackageManifest,
  decodeSignedPackage,
  encodeSignedPackage,
  hexId,
  type KeyId,
} from "../../protocol/index.ts";
import type { BuiltPackage } from "./pack.ts";

/** How one package differs from another, by the hashes of the files; paths sorted. */
export interface PackageChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
}

/**
 * What a new package changes over one that is deployed.
 *
 * @param signed - the deployed package's `package.dsdn`.
 * @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL
 */
export function comparePackages(built: BuiltPackage, signed: Uint8Array): PackageChanges {
  const before = new Map(
    decodePackageManifest(decodeSignedPackage(signed).manifest).files.map(({ path, hash }) => [path, toHex(hash)]),
  );
  const now = built.manifest.files.map(({ path, hash }) => ({ path, hash: toHex(hash) }));
  const kept = now.filter(({ path }) => before.has(path));
  const changed = kept.filter(({ path, hash }) => before.get(path) !== hash);
  const paths = new Set(now.map(({ path }) => path));
  return {
    added: now.filter(({ path }) => !before.has(path)).map(({ path }) => path),
    changed: changed.map(({ path }) => path),
    removed: [...before.keys()].filter((path) => !paths.has(path)),
    unchanged: kept.length - changed.length,
  };
}

/** What uploading the package sends, the signed manifest included: a signature has one length whoever signs. */
export function packageSize(built: BuiltPackage): number {
  const deployer = hexId<KeyId>(new Uint8Array(32));
  const signed = encodeSignedPackage({ manifest: built.manifestBytes, deployer, signature: new Uint8Array(64) });
  return built.files.reduce((sum, { size }) => sum + size, signed.length);
}

/** The package's digest: SHA-256 of its manifest, in hex. The same project has the same one on every machine. */
export function packageDigest(built: BuiltPackage): string {
  return toHex(sha256(built.manifestBytes));
}
