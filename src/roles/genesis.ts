import { chainGenesisDigest, createChainGenesis, devnetAllocation } from "../chain/index.ts";
import type { Address, Genesis, Governed, KeyId } from "../protocol/index.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const COMMON: Omit<Governed, "livenessMs" | "eventsPerAuthorHour" | "bytesPerAuthorHour" | "givenQuotaBytes"> = {
  replicationFactor: 3,
  deleteDelayRegularMs: 7 * DAY_MS,
  deleteDelayDatacentreMs: 30 * DAY_MS,
  approvalPermille: 667,
  workloadAttempts: 5,
};

/** Governed numbers a network of each stage is born with. */
const PROFILES: { readonly [S in Genesis["stage"]]: Governed } = {
  // A node is missed within seconds and nobody runs into a budget while trying things out.
  devnet: {
    ...COMMON,
    livenessMs: 5_000,
    eventsPerAuthorHour: 1_000_000,
    bytesPerAuthorHour: 1024 ** 3,
    givenQuotaBytes: 1024 ** 4,
  },
  pilot: {
    ...COMMON,
    livenessMs: 10 * MINUTE_MS,
    eventsPerAuthorHour: 20_000,
    bytesPerAuthorHour: 64 * 1024 ** 2,
    givenQuotaBytes: 100 * 1024 ** 3,
  },
  testnet: {
    ...COMMON,
    livenessMs: HOUR_MS,
    eventsPerAuthorHour: 5_000,
    bytesPerAuthorHour: 16 * 1024 ** 2,
    givenQuotaBytes: 10 * 1024 ** 3,
  },
  mainnet: {
    ...COMMON,
    livenessMs: 12 * HOUR_MS,
    eventsPerAuthorHour: 5_000,
    bytesPerAuthorHour: 16 * 1024 ** 2,
    givenQuotaBytes: 10 * 1024 ** 3,
  },
};

export interface RoleKey {
  readonly key: KeyId;
  readonly operator: Address;
}

export interface GenesisPlan {
  readonly name: string;
  readonly stage: Genesis["stage"];
  readonly createdMs: number;
  readonly roles: {
    readonly coordinators: readonly RoleKey[];
    readonly sequencer: RoleKey;
    readonly validators: readonly RoleKey[];
  };
  readonly chainId: number;
  /** Wallets that begin with funds to play with; the rest of the supply is the reserve's. */
  readonly funded: readonly Address[];
  readonly da: Genesis["da"];
}

/** The genesis of a new network: the same plan gives the same network. */
export async function makeGenesis(plan: GenesisPlan): Promise<Genesis> {
  const allocation = devnetAllocation(plan.funded);
  const chain = await createChainGenesis({ chainId: plan.chainId, createdMs: plan.createdMs, allocation });
  const { coordinators, sequencer, validators } = plan.roles;
  return {
    version: 1,
    name: plan.name,
    stage: plan.stage,
    createdMs: plan.createdMs,
    roles: { coordinators: [...coordinators], sequencer, validators: [...validators] },
    governed: PROFILES[plan.stage],
    chain: { chainId: plan.chainId, genesisDigest: chainGenesisDigest(chain), allocation: [...allocation] },
    da: plan.da,
  };
}
