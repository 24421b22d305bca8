import { fail, readBytes } from "../../base/index.ts";
import type { Outbox } from "../../net/index.ts";
import { type ChunkSource, type OpenObject, openObject, readFile } from "../../objects/index.ts";
import { dataName, type ObjectId, type PublishedObject, type SealedBody } from "../../protocol/index.ts";
import { type GuestStorage, runtimeErrors } from "../../runtime/index.ts";
import type { Replica, WorkloadRecord } from "../../state/index.ts";
import { keyOfOutput } from "./output-object.ts";

export interface DeploymentStorageDeps {
  readonly replica: Replica;
  readonly source: ChunkSource;
  readonly outbox: Outbox;
  /** What the owner sealed for this node: with what private objects open, and with what this one's are sealed. */
  readonly sealed: SealedBody | undefined;
  /** Keeps an object made of these bytes, sealed for the owner if so said. */
  readonly store: (bytes: Uint8Array, sealing: SealedBody["storage"]) => Promise<PublishedObject>;
  /** Tells the deployment's log. */
  readonly say: (text: string) => void;
}

/**
 * What `dsdn:storage` does for one workload on its node: reads the objects its spec grants, private ones by the keys the
 * owner sealed for them, and keeps bytes under names of its deployment. A write is an object stored in the network and
 * an event of this node. Anyone who follows the log can read it, unless the deployment is private or has secrets: then
 * it is sealed, and the log tells its name and size.
 *
 * @throws by its methods: DSDN_RUNTIME_STORAGE_REFUSED, DSDN_NET_EVENT_REJECTED, and what the objects throw
 */
export function createDeploymentStorage(workload: WorkloadRecord, deps: DeploymentStorageDeps): GuestStorage {
  const { replica, source, sealed } = deps;
  const { deployment, spec } = workload;
  const keyOfGranted = (object: ObjectId) => sealed?.objectKeys.find((each) => each.object === object)?.key;
  const findKey = (object: ObjectId) => (envelope: Uint8Array) =>
    keyOfGranted(object) ?? (sealed?.storage ? keyOfOutput(sealed.storage, envelope) : undefined);

  const readAll = async (opened: OpenObject, entry: OpenObject["listing"]["entries"][number]): Promise<Uint8Array> => {
    if (entry.size > spec.limits.outputBytes)
      throw refused(`${entry.size} bytes are more than a program takes at once`);
    return readBytes(readFile(source, opened, entry));
  };
  const openGranted = async (text: string): Promise<OpenObject> => {
    const granted = spec.grants.objects.find((each) => each === text);
    if (granted === undefined) throw refused("the deployment has no grant for this object");
    const isOpen = replica.state.findObject(granted)?.isPublic === true || keyOfGranted(granted) !== undefined;
    if (!isOpen) throw refused("the object is not public");
    return openObject(source, granted, { findKey: findKey(granted) });
  };
  const readFirst = async (opened: OpenObject, path: string | undefined): Promise<Uint8Array> => {
    const entry = opened.listing.entries.find(
      (each) => each.type === "file" && (path === undefined || each.path === path),
    );
    if (entry === undefined) throw refused("there is no such file");
    return readAll(opened, entry);
  };
  const write = async (name: string, content: PublishedObject | null): Promise<void> => {
    await deps.outbox.publish("DataWritten", { workload: workload.id, name: checkName(name), content });
  };

  return {
    async files(object) {
      const { listing } = await openGranted(object);
      return listing.entries.flatMap(({ type, path, size }) => (type === "file" ? [{ path, size }] : []));
    },
    async read(object, path) {
      return readFirst(await openGranted(object), path);
    },
    async get(name) {
      const data = replica.state.findData(deployment, checkName(name));
      if (data === undefined) return undefined;
      return readFirst(await openObject(source, data.object, { findKey: findKey(data.object) }), undefined);
    },
    async put(name, bytes) {
      checkName(name);
      const sealing = sealed?.storage ?? null;
      // What is private must not become readable for want of a key.
      const isOpen = spec.intent.visibility === "public" && (spec.sealed?.nodes.length ?? 0) === 0;
      if (sealing === null && !isOpen) throw refused("a private deployment keeps nothing in the open");
      const content = await deps.store(bytes, sealing);
      await write(name, content);
      deps.say(`kept ${bytes.length} bytes as ${name}: ${content.object}`);
    },
    remove: (name) => write(name, null),
    list: async () => replica.state.dataOf(deployment).map(({ name, sizeBytes }) => ({ name, size: sizeBytes })),
  };
}

function checkName(name: string): string {
  if (dataName.safeParse(name).success) return name;
  throw refused("a name is 1 to 255 letters, digits, dots, dashes and underscores, in parts between slashes");
}

function refused(reason: string) {
  return fail(runtimeErrors.storageRefused, { reason });
}
