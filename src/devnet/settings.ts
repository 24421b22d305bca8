import { type Disk, fail, fromUtf8, type Random, toBase64, toHex, toUtf8, writeDurable } from "../base/index.ts";
import { type Ed25519Signer, ed25519FromSeed, openWallet, sha256, type Wallet } from "../crypto/index.ts";
import { z } from "../protocol/index.ts";
import { devnetErrors } from "./errors.ts";

/** Secrets of a devnet: seeds of role keys, hex. The file is 0600 and announced as unsafe for anything but a devnet. */
const keysSchema = z.strictObject({
  coordinators: z.array(z.string()).min(1),
  sequencer: z.string(),
  validators: z.array(z.string()).min(1),
  nodes: z.array(z.string()).min(1),
  /** One secp256k1 key that operates all roles and holds the development funds. */
  operator: z.string(),
  probe: z.string(),
  /** Bearer token of the local ports. */
  token: z.string(),
});

const portsSchema = z.strictObject({
  da: z.int(),
  coordinators: z.array(z.int()),
  validators: z.array(z.int()),
  nodes: z.array(z.strictObject({ http: z.int(), grpc: z.int() })),
  sequencer: z.int(),
  ingress: z.int(),
  control: z.int(),
});
export type DevnetPorts = z.infer<typeof portsSchema>;

const settingsSchema = z.strictObject({
  version: z.literal(1),
  createdMs: z.int(),
  seed: z.string().nullable(),
  nodes: z.int().min(1).max(64),
  zones: z.int().min(1).max(16),
  keys: keysSchema,
  /** Kept from the first start on, so that URLs survive restarts; 0 = not bound yet. */
  ports: portsSchema,
});
export type DevnetSettings = z.infer<typeof settingsSchema>;

export interface DevnetShape {
  readonly nodes: number;
  readonly zones: number;
  readonly seed: string | undefined;
}

const fileOf = (folder: string) => `${folder}/devnet.json`;

/** The settings kept in the folder, or undefined when there are none. @throws DSDN_DEVNET_SETTINGS_DAMAGED */
export async function findSettings(disk: Disk, folder: string): Promise<DevnetSettings | undefined> {
  const path = fileOf(folder);
  const bytes = await disk.find(path);
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(bytes));
  } catch (error) {
    throw fail(devnetErrors.settingsDamaged, { path, reason: "not JSON" }, { cause: error });
  }
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw fail(devnetErrors.settingsDamaged, { path, reason: parsed.error.issues[0]?.message ?? "unknown form" });
}

export async function saveSettings(disk: Disk, folder: string, settings: DevnetSettings): Promise<void> {
  await disk.makeFolder(folder);
  await writeDurable(disk, fileOf(folder), toUtf8(`${JSON.stringify(settings, null, 2)}\n`));
}

/** Settings of a new devnet. With a seeded `random` they are the same every time. */
export function makeSettings(shape: DevnetShape, deps: { random: Random; nowMs: number }): DevnetSettings {
  const { random } = deps;
  const seed = () => toHex(random.bytes(32));
  const { nodes, zones } = shape;
  return {
    version: 1,
    createdMs: deps.nowMs,
    seed: shape.seed ?? null,
    nodes,
    zones,
    keys: {
      coordinators: [seed()],
      sequencer: seed(),
      validators: [seed()],
      nodes: Array.from({ length: nodes }, seed),
      operator: toHex(walletKey(random)),
      probe: seed(),
      token: toBase64(random.bytes(24)).replace(/[+/=]/g, "x"),
    },
    ports: {
      da: 0,
      coordinators: [0],
      validators: [0],
      nodes: Array.from({ length: nodes }, () => ({ http: 0, grpc: 0 })),
      sequencer: 0,
      ingress: 0,
      control: 0,
    },
  };
}

/** A secp256k1 key is any 32 bytes below the group's order; the first byte 0x01 keeps it below. */
function walletKey(random: Random): Uint8Array {
  const bytes = random.bytes(32);
  bytes[0] = 1;
  return bytes;
}

export function signerOf(seedHex: string): Ed25519Signer {
  return ed25519FromSeed(new Uint8Array(Buffer.from(seedHex, "hex")));
}

export function walletOf(keyHex: string): Wallet {
  return openWallet(new Uint8Array(Buffer.from(keyHex, "hex")));
}

/** The zone of the node with this index: nodes are dealt out to zones in turn. */
export function zoneOf(index: number, zones: number): string {
  return `zone-${String.fromCharCode(97 + (index % zones))}`;
}

/** The wallet that operates the node with this seed: every node has an operator of its own. */
export function operatorOf(seedHex: string): Wallet {
  const key = sha256(toUtf8(`dsdn/devnet-operator/${seedHex}`)).slice();
  key[0] = 1;
  return openWallet(key);
}

/** The secret that signs tokens of the devnet's data-availability node. */
export function daSecretOf(token: string): Uint8Array {
  return sha256(toUtf8(`da/${token}`));
}
