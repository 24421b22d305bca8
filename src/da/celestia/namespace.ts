import { equalBytes, fail, findHex, fromUtf8, toHex, toUtf8 } from "../../base/index.ts";
import { daErrors } from "../errors.ts";

/** Namespace = version(1) || id(28). @source celestia-app specs/src/namespace.md */
export const NAMESPACE_BYTES = 29;
const VERSION_0_PREFIX_BYTES = 18;
/** Bytes of a version-0 namespace that its owner chooses. */
const NAMESPACE_USER_BYTES = 10;

/** The namespace of every share made by the erasure code: all bits set. */
export const PARITY_NAMESPACE: Uint8Array = new Uint8Array(NAMESPACE_BYTES).fill(0xff);
/** The namespace of the shares that fill a square up. */
export const TAIL_PADDING_NAMESPACE: Uint8Array = (() => {
  const bytes = new Uint8Array(NAMESPACE_BYTES).fill(0xff);
  bytes[NAMESPACE_BYTES - 1] = 0xfe;
  return bytes;
})();

/** The namespace that a devnet and a new mainnet deployment use unless told otherwise: version 0, id `dsdn-log-1`. */
export const DEFAULT_NAMESPACE: Uint8Array = createNamespace(toUtf8("dsdn-log-1"));

/** The example in the project's first road map. Its first byte says version 1, which does not exist. */
const SEED_EXAMPLE_HEX = "0102030405060708091011121314151617181920212223242526272829";

/** A version-0 namespace: version 0 || 18 zero bytes || up to 10 bytes, left-padded with zeros. */
export function createNamespace(userBytes: Uint8Array): Uint8Array {
  if (userBytes.length === 0 || userBytes.length > NAMESPACE_USER_BYTES) {
    throw fail(daErrors.namespaceInvalid, { reason: "its own part must have 1 to 10 bytes" });
  }
  const bytes = new Uint8Array(NAMESPACE_BYTES);
  bytes.set(userBytes, NAMESPACE_BYTES - userBytes.length);
  const reason = findNamespaceFault(bytes);
  if (reason !== undefined) throw fail(daErrors.namespaceInvalid, { reason });
  return bytes;
}

/**
 * The namespace a setting of 58 hex characters stands for.
 *
 * @throws DSDN_DA_NAMESPACE_EXAMPLE for the invalid example of the road map, DSDN_DA_NAMESPACE_INVALID otherwise.
 */
export function parseNamespace(hex: string): Uint8Array {
  if (hex.toLowerCase() === SEED_EXAMPLE_HEX) {
    throw fail(daErrors.namespaceExample, { suggestion: toHex(DEFAULT_NAMESPACE) });
  }
  const bytes = findHex(hex);
  if (bytes === undefined) throw fail(daErrors.namespaceInvalid, { reason: "it is not hexadecimal" });
  const reason = findNamespaceFault(bytes);
  if (reason !== undefined) throw fail(daErrors.namespaceInvalid, { reason });
  return bytes;
}

/**
 * Why blobs may not use this namespace, in the words of a Celestia node, or undefined when they may.
 * @source celestia-app specs/src/namespace.md: versions, reserved ranges
 */
export function findNamespaceFault(bytes: Uint8Array): string | undefined {
  if (bytes.length !== NAMESPACE_BYTES) return `invalid namespace length: ${bytes.length}. Must be 29 bytes`;
  const version = bytes[0];
  if (version === 0xff) return `invalid data namespace(${toHex(bytes)}): reserved data is forbidden`;
  if (version !== 0) return `unsupported namespace version ${version}`;
  if (bytes.subarray(1, 1 + VERSION_0_PREFIX_BYTES).some((byte) => byte !== 0)) {
    return "unsupported namespace id with version 0. ID must start with 18 leading zeros";
  }
  if (bytes.subarray(1, NAMESPACE_BYTES - 1).every((byte) => byte === 0)) {
    return `invalid data namespace(${toHex(bytes)}): reserved data is forbidden`;
  }
  return undefined;
}

/** The chosen part of a version-0 namespace as text when it is printable, as hex otherwise; for output only. */
export function describeNamespace(bytes: Uint8Array): string {
  const own = bytes.subarray(1 + VERSION_0_PREFIX_BYTES);
  const from = own.findIndex((byte) => byte !== 0);
  const text = fromUtf8(own.subarray(Math.max(0, from)));
  const isPrintable = /^[\x20-\x7e]+$/.test(text) && equalBytes(toUtf8(text), own.subarray(Math.max(0, from)));
  return isPrintable ? `${text} (${toHex(bytes)})` : toHex(bytes);
}
