import { chainGenesisDigest, createChainGenesis, DEVNET_CHAIN_ID, devnetAllocation } from "../chain/index.ts";
import { addressOfWallet, type Genesis, hexId, type KeyId } from "../protocol/index.ts";
import { type DevnetSettings, signerOf, walletOf } from "./settings.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Version 0, 18 zero bytes, and ten bytes of our own. */
const NAMESPACE = new Uint8Array([...new Uint8Array(19), ...new TextEncoder().encode("dsdn-local")]);
/** A node that stays silent this long is missed; far below the twelve hours of a public network. */
const LIVENESS_MS = 5_000;
/** What a wallet may keep while nobody pays. */
const GIVEN_QUOTA_BYTES = 1024 ** 4;

/** The genesis of a devnet: the same settings give the same network. */
export async function devnetGenesis(settings: DevnetSettings): Promise<Genesis> {
  const operator = addressOfWallet(walletOf(settings.keys.operator));
  const roleOf = (seed: string) => ({ key: hexId<KeyId>(signerOf(seed).publicKey), operator });
  const allocation = devnetAllocation([operator]);
  const chainId = DEVNET_CHAIN_ID;
  const chain = await createChainGenesis({ chainId, createdMs: settings.createdMs, allocation });
  return {
    version: 1,
    name: "devnet",
    stage: "devnet",
    createdMs: settings.createdMs,
    roles: {
      coordinators: settings.keys.coordinators.map(roleOf),
      sequencer: roleOf(settings.keys.sequencer),
      validators: settings.keys.validators.map(roleOf),
    },
    governed: {
      replicationFactor: 3,
      livenessMs: LIVENESS_MS,
      deleteDelayRegularMs: 7 * DAY_MS,
      deleteDelayDatacentreMs: 30 * DAY_MS,
      eventsPerAuthorHour: 1_000_000,
      bytesPerAuthorHour: 1024 ** 3,
      givenQuotaBytes: GIVEN_QUOTA_BYTES,
      approvalPermille: 667,
      workloadAttempts: 5,
    },
    chain: { chainId, genesisDigest: chainGenesisDigest(chain), allocation: [...allocation] },
    da: { chainId: "dsdn-local", namespace: NAMESPACE, startHeight: 1 },
  };
}
