/** A small network for tests: actors with seeded keys, and a log one writes by hand. */
import { seededRandom, toHex, toUtf8 } from "../../../src/base/index.ts";
import {
  type Ed25519Signer,
  ed25519FromSeed,
  generateWalletKey,
  openWallet,
  sha256,
  type Wallet,
} from "../../../src/crypto/index.ts";
import {
  type Address,
  addressOfWallet,
  type ChunkRef,
  chunkIdOf,
  deploymentIdOf,
  type EventBody,
  type EventKind,
  encodeBlob,
  type Genesis,
  hexId,
  type KeyId,
  manifestChunkId,
  networkIdOf,
  nodeBindingDigest,
  objectIdOf,
  type PublishedObject,
  type SignedEvent,
  signEvent,
  signSessionGrant,
  type WorkloadSpec,
} from "../../../src/protocol/index.ts";
import {
  type AppliedHeight,
  applyHeight,
  createState,
  type LiveState,
  type Outcome,
} from "../../../src/state/index.ts";

export const START_MS = 1_800_000_000_000;
export const HOUR_MS = 3_600_000;

/** A key that signs events and counts its own sequence. */
export interface Actor {
  readonly key: Ed25519Signer;
  readonly id: KeyId;
  sequence: number;
}

export function actor(name: string): Actor {
  const key = ed25519FromSeed(sha256(toUtf8(`test/${name}`)));
  return { key, id: hexId<KeyId>(key.publicKey), sequence: 0 };
}

export function wallet(name: string): Wallet & { readonly id: Address } {
  const made = openWallet(generateWalletKey(seededRandom(`wallet/${name}`)));
  return { ...made, id: addressOfWallet(made) };
}

export interface WorldOptions {
  readonly validators?: number;
  readonly governed?: Partial<Genesis["governed"]>;
}

export function testGenesis({ validators = 3, governed = {} }: WorldOptions = {}): Genesis {
  const entry = (name: string) => ({ key: actor(name).id, operator: wallet("operator").id });
  return {
    version: 1,
    name: "test",
    stage: "devnet",
    createdMs: START_MS,
    roles: {
      coordinators: [entry("coordinator-0"), entry("coordinator-1")],
      sequencer: entry("sequencer"),
      validators: Array.from({ length: validators }, (_, at) => entry(`validator-${at}`)),
    },
    governed: {
      replicationFactor: 3,
      livenessMs: 60_000,
      deleteDelayRegularMs: 7 * 24 * HOUR_MS,
      deleteDelayDatacentreMs: 24 * HOUR_MS,
      eventsPerAuthorHour: 1000,
      bytesPerAuthorHour: 10_000_000,
      givenQuotaBytes: 1_000_000,
      approvalPermille: 667,
      workloadAttempts: 3,
      ...governed,
    },
    chain: { chainId: 1337, genesisDigest: sha256(toUtf8("chain")), allocation: [] },
    da: { chainId: "test", namespace: new Uint8Array(29).fill(1), startHeight: 1 },
  };
}

/** A network whose log is written height by height. */
export class World {
  readonly genesis: Genesis;
  readonly network: ReturnType<typeof networkIdOf>;
  readonly coordinator = actor("coordinator-0");
  readonly sequencer = actor("sequencer");
  readonly validators: readonly Actor[];
  readonly state: LiveState;
  /** Everything that was posted, to be replayed. */
  readonly log: { height: number; timeMs: number; blobs: Uint8Array[] }[] = [];
  nowMs = START_MS;

  constructor(options: WorldOptions = {}) {
    this.genesis = testGenesis(options);
    this.network = networkIdOf(this.genesis);
    this.validators = Array.from({ length: options.validators ?? 3 }, (_, at) => actor(`validator-${at}`));
    this.state = createState(this.genesis);
  }

  /** Signs the actor's next event. */
  sign<K extends EventKind>(author: Actor, kind: K, body: EventBody<K>): SignedEvent {
    return signEvent(author.key, { network: this.network, sequence: author.sequence++, kind, body });
  }

  blob(events: readonly SignedEvent[], poster: Actor = this.coordinator): Uint8Array {
    return encodeBlob(poster.key, { network: this.network, previous: null, events });
  }

  /** Applies one height with these blobs. */
  apply(blobs: readonly Uint8Array[], stepMs = 1000): AppliedHeight {
    this.nowMs += stepMs;
    const step = { height: this.state.height + 1, timeMs: this.nowMs, blobs: [...blobs] };
    this.log.push(step);
    return applyHeight(this.state, step);
  }

  /** Posts events in one blob at one height and gives their outcomes. */
  post(...events: readonly SignedEvent[]): readonly Outcome[] {
    return this.apply([this.blob(events)]).outcomes;
  }

  /** Posts one event; gives "accepted", the reason, or "ignored". */
  say<K extends EventKind>(author: Actor, kind: K, body: EventBody<K>): string {
    const [outcome] = this.post(this.sign(author, kind, body));
    return verdictOf(outcome);
  }

  /** Lets log time pass. */
  wait(byMs: number): void {
    this.apply([], byMs);
  }

  join(
    name: string,
    facts: { zone?: string; class?: "regular" | "datacentre"; nonce?: number; operator?: string } = {},
  ): Actor & { verdict: string } {
    const node = actor(name);
    return Object.assign(node, { verdict: this.register(node, facts) });
  }

  register(
    node: Actor,
    facts: { zone?: string; class?: "regular" | "datacentre"; nonce?: number; operator?: string; url?: string } = {},
  ): string {
    const operator = wallet(facts.operator ?? "operator");
    const nonce = facts.nonce ?? this.state.findOwner(operator.id)?.nextOperatorNonce ?? 0;
    return this.say(node, "NodeRegistered", {
      operator: operator.id,
      operatorNonce: nonce,
      operatorSignature: operator.signDigest(
        nodeBindingDigest(this.network, { node: node.id, operator: operator.id, nonce }),
      ),
      class: facts.class ?? "regular",
      zone: facts.zone ?? "zone-a",
      capacityBytes: 1_000_000_000,
      httpUrl: facts.url ?? "http://127.0.0.1:4000",
      grpcUrl: "",
    });
  }

  /** Six nodes in three zones, two of them data centres. */
  joinSix(): Actor[] {
    return Array.from({ length: 6 }, (_, at) =>
      this.join(`node-${at}`, { zone: `zone-${at % 3}`, class: at < 2 ? "datacentre" : "regular" }),
    );
  }

  grant(
    session: Actor,
    owner = "alice",
    facts: Partial<EventBody<"SessionGranted">> = {},
  ): EventBody<"SessionGranted"> {
    const holder = wallet(owner);
    return signSessionGrant(holder, this.network, {
      wallet: holder.id,
      sessionKey: session.id,
      scopes: ["upload", "deploy", "delete"],
      quotaBytes: 1_000_000,
      expiresMs: this.nowMs + 24 * HOUR_MS,
      nonce: this.state.findOwner(holder.id)?.nextGrantNonce ?? 0,
      ...facts,
    });
  }

  /** A session of the wallet, already on the log. */
  session(name = "session", owner = "alice", facts: Partial<EventBody<"SessionGranted">> = {}): Actor {
    const session = actor(name);
    const verdict = this.say(session, "SessionGranted", this.grant(session, owner, facts));
    if (verdict !== "accepted") throw new Error(`the session was not granted: ${verdict}`);
    return session;
  }

  publish(session: Actor, content: PublishedObject, expiresMs: number | null = null): string {
    return this.say(session, "ObjectPublished", { content, createdMs: this.nowMs, expiresMs });
  }

  submit(
    session: Actor,
    packageId: PublishedObject["object"],
    facts: {
      name?: string;
      owner?: string;
      spec?: Partial<WorkloadSpec>;
      preview?: EventBody<"WorkloadSubmitted">["preview"];
      start?: EventBody<"WorkloadSubmitted">["start"];
    } = {},
  ): string {
    const name = facts.name ?? "site";
    return this.say(session, "WorkloadSubmitted", {
      deployment: deploymentIdOf(wallet(facts.owner ?? "alice").id, name),
      name,
      package: packageId,
      spec: testSpec(facts.spec),
      preview: facts.preview ?? null,
      start: facts.start ?? "now",
    });
  }
}

export function verdictOf(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "ignored";
  return outcome.isAccepted ? "accepted" : (outcome.reason ?? "no reason");
}

export function testSpec(facts: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    version: 1,
    intent: { type: "web_app", priority: "normal", visibility: "private" },
    kind: "static",
    mode: "service",
    classPreference: "any",
    tier: "standard",
    limits: { memoryBytes: 64 * 1024 * 1024, timeMs: 1000, outputBytes: 1000, logBytes: 1000 },
    env: [],
    args: [],
    grants: { hosts: [], objects: [] },
    sealed: null,
    input: null,
    verification: "none",
    ...facts,
  };
}

export function chunkRef(name: string, size = 100): ChunkRef {
  const bytes = toUtf8(`chunk/${name}`);
  return { id: chunkIdOf(bytes), size, merkleRoot: sha256(bytes) };
}

/** An object of some chunks of 100 bytes and a manifest of 50. */
export function content(
  name: string,
  facts: { chunks?: readonly ChunkRef[]; isPublic?: boolean } = {},
): PublishedObject {
  const object = objectIdOf(toUtf8(name));
  const chunks = [...(facts.chunks ?? [chunkRef(`${name}/0`), chunkRef(`${name}/1`)])];
  return {
    object,
    manifest: { id: manifestChunkId(object), size: 50, merkleRoot: sha256(toUtf8(name)) },
    chunks,
    sizeBytes: 50 + chunks.reduce((sum, { size }) => sum + size, 0),
    coding: "replicated",
    isPublic: facts.isPublic ?? false,
  };
}

export function rootHex(state: { readonly root: Uint8Array }): string {
  return toHex(state.root);
}
