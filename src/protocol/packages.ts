import type * as zod from "zod";
import { limits } from "./limits.ts";
import { packagePath } from "./package-path.ts";
import { signaturePreimage } from "./preimages.ts";
import { byteString, decodeWith, encodeWith, keyId, objectId, text, uint, z } from "./schema.ts";
import { sealedPart } from "./sealed-part.ts";
import { siteRecord } from "./site-rules.ts";

/** What runs a package: nothing (its files are served), or the engine its program is for. */
export const workloadKinds = ["static", "js", "wasi", "component", "python", "model"] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** A service answers requests until it is replaced; a batch runs once and leaves its output as an object. */
export const workloadModes = ["service", "batch"] as const;
export type WorkloadMode = (typeof workloadModes)[number];

/** What the user asked for, kept in the spec so that `--explain` and audits can say why. */
export const intentSchema = z.strictObject({
  type: z.enum(["web_app", "batch", "static", "ai"]),
  priority: z.enum(["low", "normal", "high"]),
  visibility: z.enum(["private", "public"]),
});
export type Intent = zod.output<typeof intentSchema>;

/** What a workload may use. Compiled from the intent, never set by a user. */
const workloadLimits = z.strictObject({
  memoryBytes: uint(limits.workloadMemoryBytes).min(1024 * 1024),
  timeMs: uint(limits.workloadTimeMs).min(1),
  outputBytes: uint(limits.workloadOutputBytes),
  logBytes: uint(64 * 1024 * 1024),
});
export type WorkloadLimits = zod.output<typeof workloadLimits>;

/** The name of a value the program finds in its environment. */
export const envName = text(limits.envNameBytes, 1).regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

/** A name in the storage of a deployment: letters, digits, `.`, `_`, `-`, in parts between slashes. */
export const dataName = text(limits.nameBytes, 1).regex(
  /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/,
);

export const envVariables = z
  .array(z.strictObject({ name: envName, value: text(limits.envValueBytes) }))
  .max(limits.envVariables)
  .refine((list) => list.every(({ name }, index) => index === 0 || (list[index - 1]?.name ?? "") < name), {
    error: "must be sorted by name, each name once",
  });

/** What a program is started with, beside its own name. */
export const programArgs = z
  .array(text(limits.programArgsBytes))
  .max(limits.programArgs)
  .refine((list) => list.reduce((sum, arg) => sum + Buffer.byteLength(arg), 0) <= limits.programArgsBytes, {
    error: `must be ${limits.programArgsBytes} bytes together`,
  });

/** What a program may reach besides its own package. Nothing unless the owner granted it. */
export const workloadGrants = z.strictObject({
  /** Host names its `fetch` may call, lower case, without a port: 443 for https, 80 for http. */
  hosts: z.array(text(253, 1).regex(/^(?!-)[a-z0-9.-]+$/)).max(limits.grantedHosts),
  /** Public objects, or objects of the owner, that it may read through `dsdn:storage`. */
  objects: z.array(objectId).max(limits.grantedObjects),
});

export const workloadSpec = z.strictObject({
  version: z.literal(1),
  intent: intentSchema,
  kind: z.enum(workloadKinds),
  mode: z.enum(workloadModes),
  /** Nodes of this class come first while one can be used; it never keeps a workload waiting. */
  classPreference: z.enum(["any", "datacentre", "regular"]),
  /** `spot` takes the room others leave: the node with the least to do. */
  tier: z.enum(["standard", "spot"]),
  limits: workloadLimits,
  /** Values the program finds in its environment, sorted by name. Anyone who follows the log reads them. */
  env: envVariables,
  /** Anyone who follows the log reads them; those of a private package are sealed instead. */
  args: programArgs,
  grants: workloadGrants,
  /** Secrets, and the keys of a private package; null when there are neither, no plain values and no grants. */
  sealed: sealedPart.nullable(),
  /** For a batch: the object that is its standard input. */
  input: objectId.nullable(),
  verification: z.literal("none"),
});
export type WorkloadSpec = zod.output<typeof workloadSpec>;

/**
 * What becomes of what is submitted: `now` is what the deployment is from then on, and starts; `later`, of a batch only,
 * is what the deployment is, and starts nothing; `aside`, of a batch only, is one run that later ones know nothing of.
 */
export const workloadStarts = ["now", "later", "aside"] as const;
export type WorkloadStart = (typeof workloadStarts)[number];

/** A further host label of a deployment, `<alias>--<label>`: of one of its versions, or of a preview. */
export const aliasName = text(limits.aliasBytes, 1).regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);

/**
 * The manifest of a package; the package itself is a stored object whose listing holds the files. Deterministic: the
 * same files give the same bytes.
 */
export const packageManifest = z.strictObject({
  version: z.literal(1),
  kind: z.enum(workloadKinds),
  mode: z.enum(workloadModes),
  /** Where execution starts: the file of the program or model, null for `static`. */
  entry: packagePath.nullable(),
  /** What is served, and how; null when nothing is. */
  site: siteRecord.nullable(),
  files: z
    .array(z.strictObject({ path: packagePath, size: uint(limits.packageBytes), hash: byteString(32) }))
    .max(limits.packageFiles),
  limits: workloadLimits,
  /** SHA-256 of the CycloneDX document that lies in the package as `sbom.json`. */
  sbomDigest: byteString(32),
});
export type PackageManifest = zod.output<typeof packageManifest>;

/** The manifest and the deployer's signature over it, as they lie in the package as `package.dsdn`. */
const signedPackage = z.strictObject({
  manifest: byteString(1, limits.manifestBytes),
  deployer: keyId,
  signature: byteString(64),
});
export type SignedPackage = zod.output<typeof signedPackage>;

export const PACKAGE_MANIFEST_PATH = "package.dsdn";
export const PACKAGE_SBOM_PATH = "sbom.json";

export function encodePackageManifest(manifest: PackageManifest): Uint8Array {
  return encodeWith(packageManifest, manifest);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodePackageManifest(bytes: Uint8Array): PackageManifest {
  return decodeWith(packageManifest, bytes, { what: "package manifest", limitBytes: limits.manifestBytes });
}

export function encodeSignedPackage(signed: SignedPackage): Uint8Array {
  return encodeWith(signedPackage, signed);
}

/** @throws DSDN_PROTOCOL_TOO_LARGE, DSDN_PROTOCOL_NOT_CANONICAL */
export function decodeSignedPackage(bytes: Uint8Array): SignedPackage {
  return decodeWith(signedPackage, bytes, { what: "package", limitBytes: limits.manifestBytes });
}

/** What the deployer signs. */
export function packagePreimage(manifestBytes: Uint8Array): Uint8Array {
  return signaturePreimage("package", manifestBytes);
}
