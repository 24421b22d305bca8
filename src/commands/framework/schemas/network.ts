import * as z from "zod";
import { check } from "./guidance.ts";

/** Summaries of the commands about networks, roles, the log and its verification. */

const devnetStatus = z.strictObject({
  folder: z.string(),
  network: z.string(),
  ingressUrl: z.string(),
  controlUrl: z.string(),
  chainRpcUrl: z.string(),
  daUrl: z.string(),
  height: z.int(),
  stateRoot: z.string(),
  startedMs: z.int(),
  readyAfterMs: z.int(),
  roles: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      zone: z.string().nullable(),
      status: z.enum(["running", "stopped", "partitioned", "slow"]),
      url: z.string(),
      height: z.int(),
    }),
  ),
});

const folderOnly = z.strictObject({ folder: z.string() });
const daAmount = z.strictObject({ tia: z.number(), usd: z.number() });
const cost = z.strictObject({
  gas: z.number(),
  perTransaction: daAmount,
  perDay: daAmount,
  perMonth: daAmount,
  gasPriceUtia: z.number(),
  /** Null when nothing is posted: the balance lasts for ever. */
  daysLeft: z.number().nullable().optional(),
  needsFunds: z.boolean(),
});

const knownNetwork = z.strictObject({
  name: z.string(),
  ingresses: z.array(z.string()),
  /** Null until it was asked for the first time. */
  networkId: z.string().nullable(),
  tokenFile: z.string().nullable(),
  sessionFile: z.string().nullable(),
  caFile: z.string().nullable(),
  isInsecure: z.boolean(),
});

export const networkSchemas = {
  dashboard: z.strictObject({
    network: z.string(),
    /** On a devnet it opens the controls too, once and within five minutes. */
    url: z.string(),
    isDevnet: z.boolean(),
    /** The page may read the logs of this account's deployments. */
    showsLogs: z.boolean(),
    isOpened: z.boolean(),
  }),
  "network add": z.strictObject({ ...knownNetwork.shape, isChecked: z.boolean() }),
  "network list": z.strictObject({
    /** The name a command without --network uses here; null when an address alone is given. */
    current: z.string().nullable(),
    networks: z.array(knownNetwork),
  }),
  "network use": z.strictObject({ network: z.string(), place: z.string() }),
  "network remove": z.strictObject({ network: z.string(), wasCurrent: z.boolean() }),
  "network test": z.strictObject({
    network: z.string(),
    problems: z.int(),
    ingresses: z.array(z.strictObject({ url: z.string(), checks: z.array(check) })),
  }),
  "dev start": devnetStatus,
  "dev status": devnetStatus,
  "dev heal": devnetStatus,
  "dev fault": z.strictObject({ ...devnetStatus.shape, kind: z.string(), role: z.string() }),
  "dev stop": folderOnly,
  "dev reset": folderOnly,
  "dev clock advance": z.strictObject({ advancedMs: z.int(), height: z.int() }),
  "role init": z.strictObject({
    network: z.string(),
    folder: z.string(),
    roles: z.array(z.strictObject({ name: z.string(), role: z.string(), config: z.string(), url: z.string() })),
  }),
  rebuild: z.strictObject({
    role: z.string(),
    height: z.int(),
    stateRoot: z.string(),
    expectedRoot: z.string(),
    previousRoot: z.string(),
    isEqual: z.boolean(),
    deleted: z.array(z.string()),
  }),
  "da status": z.strictObject({
    node: z.string(),
    chainId: z.string(),
    namespace: z.string(),
    namespaceText: z.string(),
    headHeight: z.int(),
    headTimeMs: z.int(),
    latencyMs: z.number(),
    headAgeMs: z.number(),
    /** Who pays for posting; absent when the token may only read. */
    account: z.strictObject({ address: z.string(), balanceTia: z.number() }).optional(),
    /** Code of what keeps it from posting. */
    writeFault: z.string().optional(),
  }),
  "da cost": z.strictObject({
    ...cost.shape,
    blobBytes: z.number(),
    transactionsPerHour: z.number(),
    usdPerTia: z.number(),
    balanceTia: z.number().nullable(),
    measured: z
      .strictObject({
        fromHeight: z.int(),
        toHeight: z.int(),
        blobs: z.int(),
        bytes: z.int(),
        averageBlobBytes: z.number(),
        transactionsPerHour: z.number(),
      })
      .nullable(),
  }),
  "verify state": z.strictObject({
    network: z.string(),
    height: z.int(),
    stateRoot: z.string(),
    roles: z.array(
      z.strictObject({
        name: z.string(),
        verdict: z.enum(["equal", "differs", "behind", "silent"]),
        stateRoot: z.string().nullable(),
        height: z.int().nullable(),
        fault: z.string().nullable(),
      }),
    ),
    chain: z
      .strictObject({
        block: z.int(),
        stateRoot: z.string(),
        batches: z.int(),
        sequencerRoot: z.string().optional(),
        isEqual: z.boolean().optional(),
      })
      .optional(),
  }),
  "verify receipt": z.strictObject({
    path: z.string(),
    network: z.string(),
    object: z.string(),
    author: z.string(),
    sizeBytes: z.int(),
    createdMs: z.int(),
    chunks: z.int(),
    durableChunks: z.int(),
    isDurable: z.boolean(),
    nodes: z.array(z.string()),
    zones: z.array(z.string()),
    published: z
      .strictObject({
        height: z.int(),
        blob: z.int(),
        event: z.int(),
        logTimeMs: z.int().nullable(),
        blobCommitment: z.string().nullable(),
        stateRoot: z.string().nullable(),
      })
      .nullable(),
    inclusion: z
      .strictObject({
        height: z.int(),
        stateRoot: z.string(),
        owner: z.string(),
        publishedMs: z.int(),
        expiresMs: z.int().nullable(),
        isRootGiven: z.boolean(),
      })
      .nullable(),
    availability: z
      .strictObject({ height: z.int(), chainId: z.string(), namespace: z.string(), dataRoot: z.string() })
      .nullable(),
  }),
} as const;
