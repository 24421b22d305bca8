import { fromUtf8, toUtf8 } from "../base/index.ts";
import { type KeyStoreKind, keyStoreKinds } from "./key-store.ts";

/** One split of the account key; nothing in it is secret. */
export interface SplitRecord {
  /** 8 hex digits. */
  readonly setId: string;
  /** 2..16 */
  readonly threshold: number;
  /** 2..16 */
  readonly total: number;
  /** 64 hex digits. */
  readonly commitment: string;
  readonly createdMs: number;
  /** When the owner last proved that enough shares can be brought together. */
  readonly rehearsedMs: number | null;
}

/** What `keys.json` says: where the account key rests and how it was split. Nothing in it is secret. */
export interface KeysConfig {
  readonly version: 1;
  readonly store: KeyStoreKind;
  /** 16 hex digits. */
  readonly fingerprint: string;
  readonly splits: readonly SplitRecord[];
}

/** As many splits as `keys.json` holds. */
export const SPLITS_MAX = 64;

export function formatKeysConfig(config: KeysConfig): Uint8Array {
  return toUtf8(`${JSON.stringify(config, null, 2)}\n`);
}

/** The config, or undefined when the bytes are not one. */
export function findKeysConfig(bytes: Uint8Array): KeysConfig | undefined {
  try {
    return readConfig(JSON.parse(fromUtf8(bytes)));
  } catch {
    return undefined;
  }
}

// By hand: the schema library alone would take longer to load than everything else `dsdn keys status` does.
function readConfig(value: unknown): KeysConfig | undefined {
  const fields = fieldsOf(value, ["version", "store", "fingerprint", "splits"]);
  const store = keyStoreKinds.find((kind) => kind === fields?.store);
  const fingerprint = fields?.fingerprint;
  const splits = fields?.splits;
  if (fields?.version !== 1 || store === undefined || !isHex(fingerprint, 16)) return undefined;
  if (!Array.isArray(splits) || splits.length > SPLITS_MAX) return undefined;
  const records = splits.map(readSplit).filter((record) => record !== undefined);
  return records.length === splits.length ? { version: 1, store, fingerprint, splits: records } : undefined;
}

function readSplit(value: unknown): SplitRecord | undefined {
  const fields = fieldsOf(value, ["setId", "threshold", "total", "commitment", "createdMs", "rehearsedMs"]);
  if (fields === undefined) return undefined;
  const { setId, threshold, total, commitment, createdMs, rehearsedMs } = fields;
  if (!isHex(setId, 8) || !isHex(commitment, 64) || !isWhole(threshold, 2, 16) || !isWhole(total, 2, 16))
    return undefined;
  if (!isWhole(createdMs, 0) || (rehearsedMs !== null && !isWhole(rehearsedMs, 0))) return undefined;
  return { setId, threshold, total, commitment, createdMs, rehearsedMs };
}

/** The fields of an object that has exactly these. */
function fieldsOf<Name extends string>(value: unknown, names: readonly Name[]): { [N in Name]: unknown } | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const isExact = Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
  return isExact ? (value as { [N in Name]: unknown }) : undefined;
}

function isHex(value: unknown, digits: number): value is string {
  return typeof value === "string" && value.length === digits && /^[0-9a-f]+$/.test(value);
}

function isWhole(value: unknown, least: number, most: number = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
}
