import type { Clock } from "../../base/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import type { ChunkFetcher, ChunkHolder, SignInRule } from "../../net/index.ts";
import type { ChunkId, EventOf, Genesis, KeyId, ObjectId } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import type { RecentRequests } from "./recent.ts";
import type { SiteAddress } from "./views.ts";

/** What the routes that only read are answered from. */
export interface ReadSurface {
  readonly genesis: Genesis;
  readonly replica: Replica;
  readonly da: Pick<DataAvailability, "health" | "getAll" | "headerAt" | "namespaceProof" | "namespace">;
  readonly fetcher: ChunkFetcher;
  readonly holdersOf: (chunk: ChunkId) => readonly ChunkHolder[];
  readonly recent: RecentRequests;
  /** The publish request as the nodes keep it beside the manifest; undefined when none has it. */
  readonly findRequest: (object: ObjectId) => Promise<EventOf<"ObjectPublished"> | undefined>;
  readonly site: () => SiteAddress;
  readonly chainRpcUrl: string | null;
  readonly signIn: SignInRule | undefined;
  readonly clock: Clock;
  /** The sequence after what a coordinator keeps for the author; the log's when none answers. */
  readonly pendingSequenceOf: (author: KeyId) => Promise<number>;
}
