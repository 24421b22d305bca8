import { fromUtf8, toUtf8 } from "../base/index.ts";
import { z } from "../protocol/index.ts";
import { keyStoreKinds } from "./key-store.ts";

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

const splitRecord = z.strictObject({
  setId: hex(8),
  threshold: z.int().min(2).max(16),
  total: z.int().min(2).max(16),
  commitment: hex(64),
  createdMs: z.int().min(0),
  /** When the owner last proved that enough shares can be brought together. */
  rehearsedMs: z.int().min(0).nullable(),
});

const keysConfig = z.strictObject({
  version: z.literal(1),
  store: z.enum(keyStoreKinds),
  fingerprint: hex(16),
  splits: z.array(splitRecord).max(64),
});

/** One split of the account key; nothing in it is secret. */
export type SplitRecord = z.output<typeof splitRecord>;

/** What `keys.json` says: where the account key rests and how it was split. Nothing in it is secret. */
export type KeysConfig = z.output<typeof keysConfig>;

export function formatKeysConfig(config: KeysConfig): Uint8Array {
  return toUtf8(`${JSON.stringify(config, null, 2)}\n`);
}

/** The config, or undefined when the bytes are not one. */
export function findKeysConfig(bytes: Uint8Array): KeysConfig | undefined {
  try {
    return keysConfig.safeParse(JSON.parse(fromUtf8(bytes))).data;
  } catch {
    return undefined;
  }
}
