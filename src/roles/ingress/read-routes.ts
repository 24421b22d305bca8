import {
  baseErrors,
  type Clock,
  fail,
  type HttpRequest,
  type HttpResponse,
  isError,
  type Route,
  toBase64,
  toHex,
} from "../../base/index.ts";
import { type DataAvailability, recordHeight } from "../../da/index.ts";
import { type ChunkFetcher, type ChunkHolder, netErrors, type SignInRule } from "../../net/index.ts";
import {
  type Address,
  type ApiAnswer,
  type ChunkId,
  type EventOf,
  type EventOutcome,
  encodeGenesis,
  encodeWith,
  encodeWorkloadSpec,
  type Genesis,
  ingressApi,
  ingressRawPaths,
  jobSchedule,
  type KeyId,
  type LogPosition,
  type ObjectId,
  parseAddress,
  parseChunkId,
  parseDeploymentId,
  parseKeyId,
  parseObjectId,
  parsePointerId,
  parseWorkloadId,
} from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { answer, createChunkGate, queryNumber, serveApi } from "../surface/index.ts";
import { ingressErrors } from "./errors.ts";
import type { RecentRequests } from "./recent.ts";
import { sessionRoutes } from "./session-routes.ts";
import {
  deploymentView,
  durableObjectView,
  nodeView,
  objectRowView,
  objectView,
  type SiteAddress,
  statusView,
  workloadView,
} from "./views.ts";

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

const MAX_WAIT_MS = 60_000;
const REFUSAL_HEIGHTS = 30;
const MAX_ROWS = 1000;

/** The routes that only read: every answer is a function of the log. */
export function readRoutes(surface: ReadSurface): Route[] {
  const { replica } = surface;
  const gate = createChunkGate();
  const sendNamed = (request: HttpRequest, name: string) => {
    gate.enter(request);
    return sendChunk(request, parseChunkId(request.params[name] ?? ""), surface);
  };
  const routes: Route[] = [
    ...networkRoutes(surface),
    ...eventRoutes(surface),
    ...objectRoutes(surface),
    ...deploymentRoutes(surface),
    ...sessionRoutes(surface),
    serveApi(ingressApi.nodes, () => {
      const nodes = replica.state.listNodes().map((node) => nodeView(replica.state, node));
      return answer(`${nodes.length} node(s)`, { nodes });
    }),
    { method: "GET", path: ingressRawPaths.chunk, handle: (request) => sendNamed(request, "chunk") },
    { method: "GET", path: "/object/{hash}", handle: (request) => sendNamed(request, "hash") },
  ];
  return routes.map((route) => ({ ...route, handle: (request) => tellHeight(route.handle(request), surface) }));
}

/** Says in each answer up to which height of the log it is true. */
async function tellHeight(answering: Promise<HttpResponse> | HttpResponse, { replica }: Pick<ReadSurface, "replica">) {
  const answered = await answering;
  if (answered.json === undefined) return answered;
  const json = answered.json as ApiAnswer<unknown>;
  return { ...answered, json: { ...json, audit: { height: replica.height, ...json.audit } } };
}

/** What neither the log nor any node it could lie on knows is missing, not late: asking again would not help. */
async function fetchChunk(chunk: ChunkId, surface: ReadSurface, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await surface.fetcher.fetch(chunk, surface.holdersOf(chunk), signal);
  } catch (error) {
    const isMissing = isError(error, netErrors.chunkUnavailable) && error.facts["isMissing"] === true;
    if (!isMissing || surface.replica.state.findChunk(chunk) !== undefined) throw error;
    throw fail(ingressErrors.chunkMissing, { chunk }, { cause: error });
  }
}

/** The stored bytes, checked against their hash before the first one leaves; one range is honoured. */
async function sendChunk(request: HttpRequest, chunk: ChunkId, surface: ReadSurface) {
  const bytes = await fetchChunk(chunk, surface, request.signal);
  const headers = {
    "content-type": "application/octet-stream",
    "content-disposition": "attachment",
    "cache-control": "public, max-age=31536000, immutable",
    etag: `"${chunk}"`,
    "accept-ranges": "bytes",
  };
  const range = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(request.headers.range ?? "");
  const start = range === null ? 0 : Number(range[1]);
  const end = range === null || range[2] === "" ? bytes.length - 1 : Math.min(Number(range[2]), bytes.length - 1);
  if (range === null || start > end) return { body: bytes, headers };
  const contentRange = `bytes ${start}-${end}/${bytes.length}`;
  return { status: 206, body: bytes.subarray(start, end + 1), headers: { ...headers, "content-range": contentRange } };
}

function networkRoutes(surface: ReadSurface): Route[] {
  const { replica, genesis } = surface;
  const position = () => ({
    height: replica.height,
    logTimeMs: replica.logTimeMs,
    stateRoot: toHex(replica.state.root),
  });
  return [
    serveApi(ingressApi.network, () =>
      answer(`${genesis.name} at height ${replica.height}`, {
        network: replica.state.network,
        name: genesis.name,
        stage: genesis.stage,
        genesis: toBase64(encodeGenesis(genesis)),
        chainRpcUrl: surface.chainRpcUrl,
        signIn: signInView(surface.signIn),
        siteDomain: surface.site().domain,
        ...position(),
      }),
    ),
    serveApi(ingressApi.status, () => {
      const nodes = replica.state.listNodes();
      const active = nodes.filter((node) => node.status === "active");
      const { isConnected, lastHeight, latencyMs, lagMs } = surface.da.health();
      const counts = replica.state.counts();
      return answer(`${active.length} of ${nodes.length} nodes active, height ${replica.height}`, {
        ...position(),
        dataAvailability: { isConnected, lastHeight, latencyMs, lagMs },
        nodes: { active: active.length, total: nodes.length },
        zones: new Set(active.map((node) => node.zone)).size,
        objects: counts.objects,
        deployments: counts.deployments,
      });
    }),
  ];
}

/** Where a user signs in; what an allowed user must be is nobody's matter but the ingress's. */
function signInView(rule: SignInRule | undefined) {
  return rule === undefined ? null : { issuer: rule.issuer, clientId: rule.clientId };
}

function eventRoutes(surface: ReadSurface): Route[] {
  const { replica } = surface;
  return [
    serveApi(ingressApi.author, async (request) => {
      const author = parseKeyId(request.params["key"] ?? "");
      const known = replica.state.findAuthor(author);
      const nextSequence = known?.nextSequence ?? 0;
      const pendingSequence = Math.max(nextSequence, await surface.pendingSequenceOf(author));
      return answer(`next sequence ${pendingSequence}`, {
        author,
        nextSequence,
        pendingSequence,
        isKnown: known !== undefined,
      });
    }),
    serveApi(ingressApi.owner, (request) => {
      const owner = parseAddress(request.params["address"] ?? "");
      const known = replica.state.findOwner(owner);
      const quotaBytes = surface.genesis.governed.givenQuotaBytes;
      const facts = { owner, nextGrantNonce: known?.nextGrantNonce ?? 0, usedBytes: known?.usedBytes ?? 0, quotaBytes };
      return answer(`${facts.usedBytes} of ${quotaBytes} bytes used`, facts);
    }),
    serveApi(ingressApi.eventOutcome, async (request) => {
      const author = parseKeyId(request.params["author"] ?? "");
      const sequence = Number(request.params["sequence"]);
      const waitMs = queryNumber(request, "waitMs", 0, MAX_WAIT_MS);
      const outcome = await waitForOutcome(surface, { author, sequence, waitMs, signal: request.signal });
      return answer(`event ${sequence} of ${author.slice(0, 8)}: ${outcome.status}`, outcome);
    }),
    serveApi(ingressApi.heightProof, async (request) => {
      const text = request.params["height"] ?? "";
      const height = /^\d{1,15}$/.test(text) ? Number(text) : -1;
      // The log's own heights only: nobody makes the ingress ask for blocks that have nothing to do with it.
      if (height < surface.genesis.da.startHeight || height > replica.height) {
        throw fail(baseErrors.requestInvalid, { field: "height", reason: "is not on the log" });
      }
      const record = toBase64(await recordHeight(surface.da, height));
      return answer(`blobs of height ${height}`, { height, namespace: toHex(surface.da.namespace), record });
    }),
  ];
}

interface OutcomeQuery {
  readonly author: KeyId;
  readonly sequence: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** Waits for the height of the log that makes it true, for `waitMs` at most. */
async function waitUntil(
  { replica, clock }: Pick<ReadSurface, "replica" | "clock">,
  isTrue: () => boolean,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<void> {
  if (waitMs === 0 || isTrue()) return;
  const done = new AbortController();
  const end = replica.onHeight(() => {
    if (isTrue()) done.abort();
  });
  await clock.sleep(waitMs, AbortSignal.any([done.signal, signal])).catch(() => {});
  end();
}

async function waitForOutcome(surface: ReadSurface, query: OutcomeQuery): Promise<EventOutcome> {
  const { replica } = surface;
  const isThere = () => {
    if (replica.state.nextSequenceOf(query.author) > query.sequence) return true;
    // A refused introduction consumes no number; one from long ago is about an earlier try.
    const refused = replica.outcomeOf(query.author, query.sequence);
    return refused !== undefined && refused.position.height > replica.height - REFUSAL_HEIGHTS;
  };
  await waitUntil(surface, isThere, query);
  const found = isThere() ? replica.outcomeOf(query.author, query.sequence) : undefined;
  return {
    author: query.author,
    sequence: query.sequence,
    // An outcome too old to be remembered was consumed all the same: the log has gone past it.
    status: found === undefined ? (isThere() ? "unknown" : "pending") : found.isAccepted ? "accepted" : "rejected",
    reason: found?.reason ?? null,
    event: found?.id ?? null,
    position: found?.position ?? null,
    logTimeMs: found === undefined ? null : replica.logTimeMs,
    blobCommitment: found === undefined ? null : await findCommitment(surface, found.position),
    stateRoot: found === undefined ? null : toHex(replica.rootAt(found.position.height) ?? replica.state.root),
  };
}

/** Base64 commitment of the blob at a position; null when the data-availability layer cannot be asked right now. */
async function findCommitment(surface: ReadSurface, position: LogPosition): Promise<string | null> {
  try {
    const blobs = await surface.da.getAll(position.height);
    const blob = blobs[position.blob];
    return blob === undefined ? null : toBase64(blob.commitment);
  } catch {
    return null;
  }
}

function objectRoutes(surface: ReadSurface): Route[] {
  const { replica } = surface;
  return [
    serveApi(ingressApi.object, async (request) => {
      const object = parseObjectId(request.params["object"] ?? "");
      const details = await findObject(surface, object);
      if (details === undefined) throw fail(ingressErrors.objectMissing, { object });
      return answer(`${object}: ${details.status}, ${details.replicas} replica(s)`, details);
    }),
    serveApi(ingressApi.ownerObjects, (request) => {
      const owner = parseAddress(request.params["address"] ?? "");
      const limit = Math.max(1, queryNumber(request, "limit", 100, MAX_ROWS));
      const after = request.query.get("after") ?? "";
      const rows = replica.state
        .listObjectsOf(owner)
        .filter((holding) => holding.object > after)
        .toSorted((left, right) => (left.object < right.object ? -1 : 1));
      const page = rows.slice(0, limit);
      const objects = page.map((holding) => objectRowView(replica.state, holding, replica.logTimeMs));
      const next = rows.length > limit ? (page.at(-1)?.object ?? null) : null;
      return answer(`${objects.length} object(s)`, { objects, next });
    }),
    serveApi(ingressApi.pointer, (request) => {
      const pointer = parsePointerId(request.params["pointer"] ?? "");
      const found = replica.state.findPointer(pointer);
      const facts = {
        pointer,
        sequence: found?.sequence ?? -1,
        root: found?.root ?? null,
        owner: found?.owner ?? null,
      };
      return answer(`pointer at sequence ${facts.sequence}`, facts);
    }),
  ];
}

/** A live holding first; while none is on the log, the publish request that is on its way. */
async function findObject(surface: ReadSurface, object: ObjectId) {
  const { replica, recent } = surface;
  const known = replica.state.findObject(object);
  const live = known?.held[0] ?? known?.holdings[0];
  if (live !== undefined) return objectView(replica.state, live, replica.logTimeMs);
  const request = recent.find(object) ?? (await surface.findRequest(object));
  if (request === undefined) return undefined;
  const owner = (replica.state.findSession(request.author)?.wallet ?? "0".repeat(40)) as Address;
  const { createdMs, expiresMs, content } = request.body;
  return durableObjectView(content, { owner, createdMs, expiresMs, zones: 2, replicas: 2 });
}

function deploymentRoutes(surface: ReadSurface): Route[] {
  const { replica } = surface;
  return [
    serveApi(ingressApi.deployment, (request) => {
      const deployment = parseDeploymentId(request.params["deployment"] ?? "");
      const found = replica.state.findDeployment(deployment);
      if (found === undefined) throw fail(ingressErrors.deploymentMissing, { deployment });
      return answer(found.name, deploymentView(replica.state, found, surface.site()));
    }),
    serveApi(ingressApi.ownerDeployments, (request) => {
      const owner = parseAddress(request.params["address"] ?? "");
      const deployments = replica.state
        .deploymentsOf(owner)
        .map((deployment) => deploymentView(replica.state, deployment, surface.site()));
      return answer(`${deployments.length} deployment(s)`, { deployments });
    }),
    serveApi(ingressApi.workload, async (request) => {
      const workload = parseWorkloadId(request.params["workload"] ?? "");
      const seen = request.query.get("seen") ?? "";
      const isNew = () => {
        const known = replica.state.findWorkload(workload);
        return (known === undefined ? "" : statusView(known)) !== seen;
      };
      await waitUntil(surface, isNew, {
        waitMs: queryNumber(request, "waitMs", 0, MAX_WAIT_MS),
        signal: request.signal,
      });
      const found = replica.state.findWorkload(workload);
      if (found === undefined) throw fail(ingressErrors.workloadMissing, { workload });
      return answer(`${workload.slice(0, 12)}: ${found.status}`, workloadView(replica.state, found));
    }),
    serveApi(ingressApi.jobSpec, (request) => {
      const deployment = parseDeploymentId(request.params["deployment"] ?? "");
      const job = replica.state.findJob(deployment);
      if (job === undefined) throw fail(ingressErrors.deploymentMissing, { deployment });
      const spec = toBase64(encodeWorkloadSpec(job.spec));
      const schedule = toBase64(encodeWith(jobSchedule, job.schedule));
      return answer(`schedule of ${deployment.slice(0, 12)}`, { deployment, package: job.package, spec, schedule });
    }),
    serveApi(ingressApi.workloadSpec, (request) => {
      const workload = parseWorkloadId(request.params["workload"] ?? "");
      const found = replica.state.findWorkload(workload);
      if (found === undefined) throw fail(ingressErrors.workloadMissing, { workload });
      const { deployment, package: object, spec } = found;
      const facts = { workload, deployment, package: object, spec: toBase64(encodeWorkloadSpec(spec)) };
      return answer(`spec of ${workload.slice(0, 12)}`, facts);
    }),
  ];
}
