import type { Placement } from "../placement/index.ts";
import type {
  Address,
  ChunkId,
  DeploymentId,
  Genesis,
  KeyId,
  NetworkId,
  ObjectId,
  PointerId,
  RoleKind,
  WorkloadId,
} from "../protocol/index.ts";
import type {
  AuthorRecord,
  ChainRecord,
  ChunkRecord,
  DataRecord,
  DeploymentRecord,
  DomainRecord,
  HoldingRecord,
  JobRecord,
  NetworkFacts,
  NodeRecord,
  OwnerRecord,
  PointerRecord,
  RoleRecord,
  SessionRecord,
  WorkloadRecord,
} from "./entities.ts";
import type { StateProof } from "./smt.ts";

/** An object as all its owners together see it. */
export interface ObjectView {
  readonly object: ObjectId;
  /** One a owner, sorted by owner; ended holds too. */
  readonly holdings: readonly HoldingRecord[];
  /** The holds that last at log time. */
  readonly held: readonly HoldingRecord[];
  /** True when one who holds it made it public. */
  readonly isPublic: boolean;
}

/** Counts over the whole state. */
export interface StateCounts {
  readonly nodes: number;
  readonly activeNodes: number;
  readonly zones: number;
  readonly objects: number;
  readonly chunks: number;
  readonly deployments: number;
  readonly workloads: number;
  readonly authors: number;
  readonly acceptedEvents: number;
  readonly rejectedEvents: number;
}

/**
 * What the network knows after `height`. A view of the living state: it moves on with every height, so read what
 * belongs together without waiting in between. `find` gives undefined when there is none; lists are sorted by id.
 */
export interface NetworkState {
  readonly genesis: Genesis;
  readonly network: NetworkId;
  /** Last applied height. */
  readonly height: number;
  /** Log time of that height. */
  readonly timeMs: number;
  /** State root after that height, 32 bytes. */
  readonly root: Uint8Array;

  findNode(id: KeyId): NodeRecord | undefined;
  listNodes(): NodeRecord[];
  /** Where a chunk's replicas belong now. */
  placementOf(chunk: ChunkId): Placement;

  findObject(object: ObjectId): ObjectView | undefined;
  findHolding(object: ObjectId, owner: Address): HoldingRecord | undefined;
  /** The owner's objects that are held at log time. */
  listObjectsOf(owner: Address): HoldingRecord[];
  /** Every hold that lasts at log time, in no order: of all owners, one at a time. */
  heldObjects(): IterableIterator<HoldingRecord>;
  findChunk(chunk: ChunkId): ChunkRecord | undefined;
  /** Chunks the node said it holds. */
  chunksOnNode(node: KeyId): ChunkRecord[];
  /** True when an object that is held needs the chunk. */
  isChunkUsed(chunk: ChunkId): boolean;
  /** Chunks of the node that no object has needed for the delay of its class, by the given time. */
  collectableChunks(node: KeyId, nowMs: number): ChunkRecord[];
  /** Every chunk an object that is held needs. */
  usedChunks(): IterableIterator<ChunkRecord>;

  findPointer(pointer: PointerId): PointerRecord | undefined;
  findDeployment(deployment: DeploymentId): DeploymentRecord | undefined;
  /** The owner's deployments that were not removed. */
  deploymentsOf(owner: Address): DeploymentRecord[];
  listDeployments(): DeploymentRecord[];
  findWorkload(workload: WorkloadId): WorkloadRecord | undefined;
  /** The schedule by which a deployment's batch runs. */
  findJob(deployment: DeploymentId): JobRecord | undefined;
  /** What the deployment's program keeps under the name. */
  findData(deployment: DeploymentId, name: string): DataRecord | undefined;
  /** Everything it keeps, by name. */
  dataOf(deployment: DeploymentId): DataRecord[];
  /** Host names of its own a deployment has or waits for, by name. */
  domainsOf(deployment: DeploymentId): DomainRecord[];
  /** Whose requests for the host name are. */
  findDomain(domain: string): DomainRecord | undefined;
  /** Every host name that is a deployment's. */
  listDomains(): DomainRecord[];
  /** Host names the validators have to look up now. */
  pendingDomains(): DomainRecord[];
  /** All versions of a deployment, oldest first. */
  versionsOf(deployment: DeploymentId): WorkloadRecord[];
  /** What the node has to run now. */
  workloadsOnNode(node: KeyId): WorkloadRecord[];
  /** Public workloads the validators have to judge. */
  pendingWorkloads(): WorkloadRecord[];

  findOwner(owner: Address): OwnerRecord | undefined;
  findSession(key: KeyId): SessionRecord | undefined;
  /** Every session the wallet ever granted, ended ones too, by key. */
  sessionsOf(owner: Address): SessionRecord[];
  findAuthor(key: KeyId): AuthorRecord | undefined;
  /** The sequence the key's next event must carry. */
  nextSequenceOf(key: KeyId): number;
  findRole(role: RoleKind, key: KeyId): RoleRecord | undefined;
  /** Active keys of a role, sorted. */
  roleKeys(role: RoleKind): KeyId[];
  readonly facts: NetworkFacts;
  readonly chain: ChainRecord;
  counts(): StateCounts;

  /** The canonical bytes of a leaf, or undefined when the path holds nothing. */
  leaf(path: string): Uint8Array | undefined;
  /** The proof, against `root`, of what the path holds. */
  prove(path: string): StateProof;
}
