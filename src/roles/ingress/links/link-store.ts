import { dirname, join } from "node:path";
import {
  type Clock,
  type Disk,
  DsdnError,
  fail,
  type Lifecycle,
  type Logger,
  writeDurable,
} from "../../../base/index.ts";
import {
  type Address,
  address,
  byteString,
  decodeWith,
  encodeWith,
  findLinkId,
  LINK_HALF_BYTES,
  type LinkId,
  type LinkState,
  limits,
  linkStates,
  objectId,
  uint,
  z,
} from "../../../protocol/index.ts";
import { linkDoorErrors } from "./errors.ts";

const facts = {
  version: z.literal(1),
  owner: address,
  object: objectId,
  createdMs: uint(),
  expiresMs: uint(),
  note: byteString(0, limits.linkNoteBytes),
};

/** One file a link. Once it has ended, neither the half nor what was sealed under it is in the file. */
const linkFile = z.strictObject({
  ...facts,
  state: z.enum(linkStates),
  /** Null while it is open. */
  endedMs: uint().nullable(),
  secret: z
    .strictObject({ half: byteString(LINK_HALF_BYTES), sealed: byteString(1, limits.linkContentBytes) })
    .nullable(),
});
type LinkFile = z.output<typeof linkFile>;

/** A link without what opens it. */
export interface LinkFacts extends Omit<LinkFile, "secret" | "version"> {
  readonly link: LinkId;
  /** Bytes of `sealed` while it is open. */
  readonly sealedBytes: number;
}

/** What an owner hands over. */
export interface NewLink {
  readonly link: LinkId;
  readonly owner: Address;
  readonly object: LinkFile["object"];
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly note: Uint8Array;
  readonly half: Uint8Array;
  readonly sealed: Uint8Array;
}

/** The halves an ingress keeps. They are on its disk alone: not on the log, and not at any node. */
export interface LinkStore extends Lifecycle {
  /**
   * Durable when it resolves. Adding the same link again changes nothing, whatever became of it.
   * @throws DSDN_INGRESS_LINKS_FULL; DSDN_INGRESS_LINK_REFUSED when another link has the id
   */
  add(link: NewLink): Promise<LinkFacts>;
  find(link: LinkId): LinkFacts | undefined;
  /** The half and what is sealed under it; undefined when the link is not open at this moment. */
  openSecret(link: LinkId): Promise<NonNullable<LinkFile["secret"]> | undefined>;
  /** Throws the half away, durably. An ended link stays as it ended. */
  end(link: LinkId, why: Exclude<LinkState, "open">): Promise<void>;
  /** Open and ended ones, newest first. */
  listOf(owner: Address): readonly LinkFacts[];
}

/** So long it is remembered how a link ended; longer than any request about it is taken. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;
/** Longer than a request about a link is taken, from the first time it could be to the last. */
const REPLAYED_MS = 30 * 60_000;
const SWEEP_MS = 60_000;
const FILE_BYTES_MAX = limits.linkContentBytes + 2 * limits.linkNoteBytes;

export interface LinkStoreDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Logger;
  /** The moment links are judged by. */
  readonly nowMs: () => number;
}

/** The links in `folder`, one file each. Nothing is read before `start`. */
export function createLinkStore({ folder }: { readonly folder: string }, deps: LinkStoreDeps): LinkStore {
  return new DiskLinkStore(folder, deps);
}

class DiskLinkStore implements LinkStore {
  readonly #folder: string;
  readonly #deps: LinkStoreDeps;
  readonly #links = new Map<LinkId, LinkFacts>();
  /** Changes run one after the other, so that bounds hold and no file is written twice at once. */
  #turn: Promise<unknown> = Promise.resolve();
  #cancelSweep: (() => void) | undefined;
  #isStarted = false;

  constructor(folder: string, deps: LinkStoreDeps) {
    this.#folder = folder;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    if (this.#isStarted) return;
    const { disk, log } = this.#deps;
    await disk.makeFolder(this.#folder);
    // The folders above may be as new as this one.
    await disk.syncFolder(dirname(this.#folder));
    await disk.syncFolder(dirname(dirname(this.#folder)));
    for (const { name, kind } of await disk.list(this.#folder)) {
      const link = findLinkId(name);
      if (kind !== "file") continue;
      // What a crash left half written; it may hold a half.
      if (link === undefined) await disk.remove(join(this.#folder, name));
      else {
        const file = await this.#read(link);
        if (file === undefined) log.warn("a share link cannot be read", { link });
        else this.#links.set(link, toFacts(link, file));
      }
    }
    await disk.syncFolder(this.#folder);
    this.#isStarted = true;
    await this.#sweep();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#cancelSweep?.();
    await this.#turn;
    this.#links.clear();
  }

  find(link: LinkId): LinkFacts | undefined {
    return this.#links.get(link);
  }

  listOf(owner: Address): readonly LinkFacts[] {
    return [...this.#links.values()]
      .filter((link) => link.owner === owner)
      .sort((left, right) => right.createdMs - left.createdMs);
  }

  add(added: NewLink): Promise<LinkFacts> {
    return this.#inTurn(async () => {
      const known = this.#links.get(added.link);
      if (known !== undefined) {
        if (known.owner === added.owner && known.object === added.object) return known;
        throw fail(linkDoorErrors.refused, { reason: "another link has this id" });
      }
      await this.#checkRoom(added);
      const { link, half, sealed, ...rest } = added;
      const file: LinkFile = { version: 1, ...rest, state: "open", endedMs: null, secret: { half, sealed } };
      await this.#write(link, file);
      return toFacts(link, file);
    });
  }

  async openSecret(link: LinkId): Promise<NonNullable<LinkFile["secret"]> | undefined> {
    const known = this.#links.get(link);
    if (known?.state !== "open" || known.expiresMs <= this.#deps.nowMs()) return undefined;
    const secret = (await this.#read(link))?.secret;
    // It may have ended while the disk was read.
    return this.#links.get(link)?.state === "open" ? (secret ?? undefined) : undefined;
  }

  end(link: LinkId, why: Exclude<LinkState, "open">): Promise<void> {
    return this.#inTurn(async () => {
      const known = this.#links.get(link);
      if (known?.state !== "open") return;
      const { link: _id, sealedBytes: _size, ...rest } = known;
      // Nobody is given the half while the disk works; when it fails, the link stands as it did and the caller is told.
      this.#links.set(link, { ...known, state: why });
      try {
        await this.#write(link, { version: 1, ...rest, state: why, endedMs: this.#deps.nowMs(), secret: null });
      } catch (error) {
        this.#links.set(link, known);
        throw error;
      }
    });
  }

  async #checkRoom({ owner, sealed }: NewLink): Promise<void> {
    const open = this.listOf(owner).filter(({ state }) => state === "open");
    const bytes = open.reduce((sum, { sealedBytes }) => sum + sealedBytes, sealed.length);
    await this.#forgetOneOf(owner);
    if (open.length >= limits.linksPerOwner) throw full(`${limits.linksPerOwner} links`);
    if (bytes > limits.linkBytesPerOwner) throw full(`${limits.linkBytesPerOwner} bytes`);
    if (this.#links.size >= limits.linksPerIngress) throw full(`${limits.linksPerIngress} links of all users`);
    const allBytes = [...this.#links.values()].reduce((sum, { sealedBytes }) => sum + sealedBytes, sealed.length);
    if (allBytes > limits.linkBytesPerIngress) throw full(`${limits.linkBytesPerIngress} bytes of all users`);
  }

  /** Nobody fills the ingress by making links and ending them: of an owner's ended ones the oldest makes room. */
  async #forgetOneOf(owner: Address): Promise<void> {
    const ended = this.listOf(owner).flatMap(({ link, endedMs }) => (endedMs === null ? [] : [{ link, endedMs }]));
    if (ended.length < limits.linksPerOwner) return;
    const oldest = ended.reduce((first, other) => (other.endedMs < first.endedMs ? other : first));
    // A request that made a link could still be played again; the memory of its end is what refuses it.
    if (oldest.endedMs + REPLAYED_MS > this.#deps.nowMs()) throw full(`${limits.linksPerOwner} that ended just now`);
    await this.#forget(oldest.link);
  }

  /** Ends what is due and forgets what ended long ago; then again in a minute. Reading checks the moment by itself. */
  async #sweep(): Promise<void> {
    const nowMs = this.#deps.nowMs();
    try {
      for (const { link, state, expiresMs, endedMs } of this.#links.values()) {
        if (state === "open" && expiresMs <= nowMs) await this.end(link, "expired");
        if (endedMs !== null && endedMs + REMEMBERED_MS <= nowMs) await this.#inTurn(() => this.#forget(link));
      }
    } catch (error) {
      if (!(error instanceof DsdnError)) throw error;
      this.#deps.log.warn("share links could not be swept", { code: error.code });
    }
    if (this.#isStarted) this.#cancelSweep = this.#deps.clock.after(SWEEP_MS, () => void this.#sweep());
  }

  async #forget(link: LinkId): Promise<void> {
    await this.#deps.disk.remove(this.#pathOf(link));
    await this.#deps.disk.syncFolder(this.#folder);
    this.#links.delete(link);
  }

  async #write(link: LinkId, file: LinkFile): Promise<void> {
    await writeDurable(this.#deps.disk, this.#pathOf(link), encodeWith(linkFile, file));
    this.#links.set(link, toFacts(link, file));
  }

  async #read(link: LinkId): Promise<LinkFile | undefined> {
    const bytes = await this.#deps.disk.find(this.#pathOf(link));
    if (bytes === undefined) return undefined;
    try {
      return decodeWith(linkFile, bytes, { what: "share link", limitBytes: FILE_BYTES_MAX });
    } catch (error) {
      if (error instanceof DsdnError) return undefined;
      throw error;
    }
  }

  #pathOf(link: LinkId): string {
    return join(this.#folder, link);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(work);
    this.#turn = run.catch(() => {});
    return run;
  }
}

function toFacts(link: LinkId, { version: _version, secret, ...rest }: LinkFile): LinkFacts {
  return { link, ...rest, sealedBytes: secret?.sealed.length ?? 0 };
}

function full(what: string) {
  return fail(linkDoorErrors.full, { what });
}
