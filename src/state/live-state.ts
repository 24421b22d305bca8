import { type Placement, type PlacementNode, place } from "../placement/index.ts";
import {
  type Address,
  type ChunkId,
  type DeploymentId,
  type Genesis,
  type KeyId,
  limits,
  type NetworkId,
  type ObjectId,
  type PointerId,
  type RoleKind,
  type WorkloadId,
} from "../protocol/index.ts";
import type { ChunkRecord, HoldingRecord, NodeRecord, WorkloadRecord } from "./entities.ts";
import type { NetworkState, ObjectView, StateCounts } from "./network-state.ts";
import { isHeld } from "./rules/object-rules.ts";
import { toPlacementNode } from "./rules/workload-placing.ts";
import { EMPTY_TREE, proveLeaf, rootOf, type SparseTree, updateTree } from "./smt.ts";
import { createTables, findKindOfPath, listTables, PENDING, type Tables } from "./tables.ts";

/** The state as the reducer changes it. Others read it as a `NetworkState`. */
export class LiveState implements NetworkState {
  readonly genesis: Genesis;
  readonly network: NetworkId;
  /** For the reducer and the checkpoints of this room only. */
  readonly tables: Tables = createTables();
  #height: number;
  #timeMs = 0;
  #tree: SparseTree = EMPTY_TREE;
  /** Placements by the nodes there are; forgotten when a node changes. */
  #placements = new Map<ChunkId, Placement>();
  #placementNodes: readonly PlacementNode[] | undefined;

  constructor(genesis: Genesis, network: NetworkId, height: number) {
    this.genesis = genesis;
    this.network = network;
    this.#height = height;
  }

  get height(): number {
    return this.#height;
  }

  get timeMs(): number {
    return this.#timeMs;
  }

  get root(): Uint8Array {
    return rootOf(this.#tree);
  }

  /** Ends a height: what changed goes into the tree. Returns the root. */
  commit(timeMs: number, height: number = this.#height): Uint8Array {
    const changes = listTables(this.tables).flatMap((table) => table.takeChanges());
    if (changes.some(({ path }) => path.startsWith("node/"))) {
      this.#placements.clear();
      this.#placementNodes = undefined;
    }
    this.#tree = updateTree(this.#tree, changes);
    this.#timeMs = timeMs;
    this.#height = height;
    return this.root;
  }

  findNode(id: KeyId): NodeRecord | undefined {
    return this.tables.node.find(id);
  }

  listNodes(): NodeRecord[] {
    return [...this.tables.node.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  placementOf(chunk: ChunkId): Placement {
    const known = this.#placements.get(chunk);
    if (known !== undefined) return known;
    this.#placementNodes ??= this.listNodes().map(toPlacementNode);
    const { replicationFactor } = this.genesis.governed;
    const placement = place({ nodes: this.#placementNodes }, chunk, replicationFactor);
    this.#placements.set(chunk, placement);
    return placement;
  }

  findObject(object: ObjectId): ObjectView | undefined {
    const holdings = this.tables.object.listBy("object", object);
    if (holdings.length === 0) return undefined;
    const held = holdings.filter((holding) => isHeld(holding, this.#timeMs));
    return { object, holdings, held, isPublic: held.some(({ isPublic }) => isPublic) };
  }

  findHolding(object: ObjectId, owner: Address): HoldingRecord | undefined {
    return this.tables.object.find(`${object}/${owner}`);
  }

  listObjectsOf(owner: Address): HoldingRecord[] {
    return this.tables.object.listBy("owner", owner).filter((holding) => isHeld(holding, this.#timeMs));
  }

  *heldObjects(): IterableIterator<HoldingRecord> {
    for (const holding of this.tables.object.values()) if (isHeld(holding, this.#timeMs)) yield holding;
  }

  findChunk(chunk: ChunkId): ChunkRecord | undefined {
    return this.tables.chunk.find(chunk);
  }

  chunksOnNode(node: KeyId): ChunkRecord[] {
    return this.tables.chunk.listBy("replica", node);
  }

  isChunkUsed(chunk: ChunkId): boolean {
    return this.#unusedSinceMs(chunk, this.#timeMs) === undefined;
  }

  collectableChunks(node: KeyId, nowMs: number): ChunkRecord[] {
    const { deleteDelayDatacentreMs, deleteDelayRegularMs } = this.genesis.governed;
    const isDatacentre = this.findNode(node)?.class === "datacentre";
    const delayMs = isDatacentre ? deleteDelayDatacentreMs : deleteDelayRegularMs;
    return this.chunksOnNode(node).filter(({ id }) => {
      const sinceMs = this.#unusedSinceMs(id, nowMs);
      return sinceMs !== undefined && sinceMs + delayMs <= nowMs;
    });
  }

  *usedChunks(): IterableIterator<ChunkRecord> {
    for (const chunk of this.tables.chunk.values()) if (this.isChunkUsed(chunk.id)) yield chunk;
  }

  /** When the last object that needed the chunk ended; undefined while one needs it. */
  #unusedSinceMs(chunk: ChunkId, nowMs: number): number | undefined {
    let sinceMs = 0;
    for (const id of this.tables.object.idsBy("chunk", chunk)) {
      const holding = this.tables.object.find(id);
      if (holding === undefined) continue;
      if (isHeld(holding, nowMs)) return undefined;
      sinceMs = Math.max(sinceMs, holding.deletedMs ?? holding.expiresMs ?? 0);
    }
    return sinceMs;
  }

  findPointer(pointer: PointerId) {
    return this.tables.pointer.find(pointer);
  }

  findDeployment(deployment: DeploymentId) {
    return this.tables.deployment.find(deployment);
  }

  deploymentsOf(owner: Address) {
    return this.tables.deployment.listBy("owner", owner).filter(({ removedMs }) => removedMs === null);
  }

  listDeployments() {
    return [...this.tables.deployment.values()]
      .filter(({ removedMs }) => removedMs === null)
      .sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  findWorkload(workload: WorkloadId) {
    return this.tables.workload.find(workload);
  }

  findJob(deployment: DeploymentId) {
    return this.tables.job.find(deployment);
  }

  findData(deployment: DeploymentId, name: string) {
    return this.tables.data.find(`${deployment}/${name}`);
  }

  dataOf(deployment: DeploymentId) {
    return this.tables.data.listBy("deployment", deployment);
  }

  domainsOf(deployment: DeploymentId) {
    return this.tables.domain.listBy("deployment", deployment);
  }

  findDomain(domain: string) {
    return this.tables.domain.listBy("verified", domain)[0];
  }

  listDomains() {
    return [...this.tables.domain.values()]
      .filter(({ verifiedMs }) => verifiedMs !== null)
      .sort((left, right) => (left.domain < right.domain ? -1 : 1));
  }

  pendingDomains() {
    return this.tables.domain
      .listBy("pending", PENDING)
      .filter(({ addedMs }) => addedMs + limits.hostNameClaimMs > this.#timeMs);
  }

  versionsOf(deployment: DeploymentId) {
    return this.tables.workload.listBy("deployment", deployment).sort((left, right) => left.number - right.number);
  }

  workloadsOnNode(node: KeyId) {
    const isOver = ({ turn, preview }: WorkloadRecord) =>
      turn === 0 && (preview?.expiresMs ?? Number.POSITIVE_INFINITY) <= this.#timeMs;
    return this.tables.workload.listBy("node", node).filter((workload) => !isOver(workload));
  }

  pendingWorkloads() {
    return this.tables.workload.listBy("status", "pending");
  }

  findOwner(owner: Address) {
    return this.tables.owner.find(owner);
  }

  findSession(key: KeyId) {
    return this.tables.session.find(key);
  }

  sessionsOf(owner: Address) {
    return this.tables.session.listBy("wallet", owner);
  }

  findAuthor(key: KeyId) {
    return this.tables.author.find(key);
  }

  nextSequenceOf(key: KeyId): number {
    return this.findAuthor(key)?.nextSequence ?? 0;
  }

  findRole(role: RoleKind, key: KeyId) {
    return this.tables.role.find(`${role}/${key}`);
  }

  roleKeys(role: RoleKind): KeyId[] {
    return this.tables.role.listBy("activeKind", role).map(({ key }) => key);
  }

  get facts() {
    return this.tables.network.find("") ?? { upgrades: [], accepted: 0, rejected: 0 };
  }

  get chain() {
    return this.tables.chain.find("") ?? { next: 0, head: this.genesis.chain.genesisDigest, stateRoot: null };
  }

  counts(): StateCounts {
    const { tables } = this;
    const active = this.listNodes().filter(({ status }) => status === "active");
    return {
      nodes: tables.node.size,
      activeNodes: active.length,
      zones: new Set(active.map(({ zone }) => zone)).size,
      objects: tables.object.size,
      chunks: tables.chunk.size,
      deployments: tables.deployment.size,
      workloads: tables.workload.size,
      authors: tables.author.size,
      acceptedEvents: this.facts.accepted,
      rejectedEvents: this.facts.rejected,
    };
  }

  leaf(path: string): Uint8Array | undefined {
    const found = findKindOfPath(path);
    return found === undefined ? undefined : this.tables[found.kind].findLeaf(found.id);
  }

  prove(path: string) {
    return proveLeaf(this.#tree, path);
  }
}
