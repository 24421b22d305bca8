import { encodeWith, type z } from "../protocol/index.ts";
import { type Entity, type EntityKind, entitySchemas } from "./entities.ts";
import type { LeafChange } from "./smt.ts";

/** Finds entities by something they mention; derived, never part of a leaf. */
interface Index<K extends EntityKind> {
  readonly keysOf: (entity: Entity<K>) => readonly string[];
  /** Mentioned key -> ids of the entities that mention it. */
  readonly ids: Map<string, Set<string>>;
}

const NONE: ReadonlySet<string> = new Set();

/** All entities of one kind, with indexes and a note of what changed since the last `takeChanges`. */
class Table<K extends EntityKind, I extends string = never> {
  readonly #kind: K;
  readonly #rows = new Map<string, Entity<K>>();
  readonly #indexes = new Map<string, Index<K>>();
  readonly #dirty = new Set<string>();

  constructor(kind: K, indexes: { readonly [Name in I]: (entity: Entity<K>) => readonly string[] }) {
    this.#kind = kind;
    for (const [name, keysOf] of Object.entries<Index<K>["keysOf"]>(indexes)) {
      this.#indexes.set(name, { keysOf, ids: new Map() });
    }
  }

  get size(): number {
    return this.#rows.size;
  }

  find(id: string): Entity<K> | undefined {
    return this.#rows.get(id);
  }

  values(): IterableIterator<Entity<K>> {
    return this.#rows.values();
  }

  /** Ids of the entities whose index `name` mentions `key`, in no order. */
  idsBy(name: I, key: string): ReadonlySet<string> {
    return this.#indexes.get(name)?.ids.get(key) ?? NONE;
  }

  /** The entities whose index `name` mentions `key`, sorted by id. */
  listBy(name: I, key: string): Entity<K>[] {
    return [...this.idsBy(name, key)].sort().flatMap((id) => this.#rows.get(id) ?? []);
  }

  put(id: string, entity: Entity<K>): void {
    this.#reindex(id, this.#rows.get(id), entity);
    this.#rows.set(id, entity);
    this.#dirty.add(id);
  }

  remove(id: string): void {
    if (!this.#rows.has(id)) return;
    this.#reindex(id, this.#rows.get(id), undefined);
    this.#rows.delete(id);
    this.#dirty.add(id);
  }

  /** The leaf of one entity. */
  findLeaf(id: string): Uint8Array | undefined {
    const entity = this.#rows.get(id);
    return entity === undefined ? undefined : this.#encode(entity);
  }

  /** What changed since the last call, as leaves. */
  takeChanges(): LeafChange[] {
    const changes = [...this.#dirty].map((id) => ({ path: pathOf(this.#kind, id), value: this.findLeaf(id) }));
    this.#dirty.clear();
    return changes;
  }

  /** Every entity as a leaf, in no order. */
  *leaves(): IterableIterator<{ readonly path: string; readonly value: Uint8Array }> {
    for (const [id, entity] of this.#rows) yield { path: pathOf(this.#kind, id), value: this.#encode(entity) };
  }

  #encode(entity: Entity<K>): Uint8Array {
    // The schema is looked up by the entity's own kind; the compiler cannot follow that through the table.
    return encodeWith(entitySchemas[this.#kind] as z.ZodType, entity);
  }

  #reindex(id: string, before: Entity<K> | undefined, after: Entity<K> | undefined): void {
    for (const { keysOf, ids } of this.#indexes.values()) {
      const old = before === undefined ? [] : keysOf(before);
      const next = after === undefined ? [] : keysOf(after);
      if (isSameList(old, next)) continue;
      for (const key of old) {
        const set = ids.get(key);
        set?.delete(id);
        if (set?.size === 0) ids.delete(key);
      }
      for (const key of next) {
        const set = ids.get(key);
        if (set === undefined) ids.set(key, new Set([id]));
        else set.add(id);
      }
    }
  }
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value, at) => value === right[at]);
}

/** The path of an entity. Kinds of which there is only one have the empty id. */
export function pathOf(kind: EntityKind, id: string): string {
  return id === "" ? kind : `${kind}/${id}`;
}

/** Kind and id of a path, or undefined when no leaf can have it. */
export function findKindOfPath(path: string): { readonly kind: EntityKind; readonly id: string } | undefined {
  const slash = path.indexOf("/");
  const kind = slash === -1 ? path : path.slice(0, slash);
  const id = slash === -1 ? "" : path.slice(slash + 1);
  return isEntityKind(kind) && (slash === -1 || id !== "") ? { kind, id } : undefined;
}

function isEntityKind(kind: string): kind is EntityKind {
  return Object.hasOwn(entitySchemas, kind);
}

/** Workloads that hold a node's attention. */
const ON_NODE: ReadonlySet<string> = new Set(["assigned", "running"]);

/** The one key of the index of host names that nobody was given yet. */
export const PENDING = "pending";

/** The tables of a network, empty. */
export function createTables() {
  return {
    network: new Table("network", {}),
    chain: new Table("chain", {}),
    author: new Table("author", {}),
    role: new Table("role", {
      activeKind: (role) => (role.isActive ? [role.role] : []),
      activeKey: (role) => (role.isActive ? [role.key] : []),
    }),
    vote: new Table("vote", {}),
    node: new Table("node", {}),
    owner: new Table("owner", {}),
    session: new Table("session", { wallet: (session) => [session.wallet] }),
    object: new Table("object", {
      object: (holding) => [holding.object],
      owner: (holding) => [holding.owner],
      chunk: (holding) => [holding.manifest, ...holding.chunks],
    }),
    chunk: new Table("chunk", { replica: (chunk) => chunk.replicas }),
    pointer: new Table("pointer", {}),
    deployment: new Table("deployment", { owner: (deployment) => [deployment.owner] }),
    workload: new Table("workload", {
      deployment: (workload) => [workload.deployment],
      status: (workload) => [workload.status],
      node: (workload) => (workload.node !== null && ON_NODE.has(workload.status) ? [workload.node] : []),
    }),
    job: new Table("job", { owner: (job) => [job.owner] }),
    data: new Table("data", {
      deployment: (data) => [data.deployment],
      holding: (data) => [`${data.object}/${data.owner}`],
    }),
    domain: new Table("domain", {
      deployment: (domain) => [domain.deployment],
      verified: (domain) => (domain.verifiedMs === null ? [] : [domain.domain]),
      pending: (domain) => (domain.verifiedMs === null ? [PENDING] : []),
    }),
  };
}

export type Tables = ReturnType<typeof createTables>;

/** All tables, for walks over the whole state. */
export function listTables(tables: Tables): readonly AnyTable[] {
  return Object.values(tables);
}

/** What all tables have in common. */
export interface AnyTable {
  takeChanges(): LeafChange[];
  leaves(): IterableIterator<{ readonly path: string; readonly value: Uint8Array }>;
  findLeaf(id: string): Uint8Array | undefined;
}
