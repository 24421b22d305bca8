import { Readable } from "node:stream";
import { baseErrors, type Clock, fail, type HttpRequest, type HttpResponse, isError } from "../../base/index.ts";
import { netErrors, type SiteProxy } from "../../net/index.ts";
import { WORKLOAD_HEADER } from "../../protocol/index.ts";
import { ingressErrors } from "./errors.ts";
import { withHostOnlyCookies } from "./host-only-cookies.ts";

/** Where a deployment answers right now. */
export interface SiteTarget {
  readonly workload: string;
  readonly nodeUrl: string;
  /** It answered before: a request may wait for it to answer again. */
  readonly hasAnswered?: boolean;
}

export interface SiteServerDeps {
  readonly proxy: SiteProxy;
  /** Undefined when no deployment has the label; its status when it exists but nothing answers. */
  readonly findTarget: (label: string) => SiteTarget | string | undefined;
  /** Told when the node does not answer for the workload after all. */
  readonly onRefusal: (target: SiteTarget) => void;
  readonly newRequestId: () => string;
  readonly clock: Clock;
}

/** So long a request that may be sent twice waits while what it asks for moves to another node. */
const MOVING_MOST_MS = 15_000;
const MOVING_PAUSE_MS = 100;
/** Requests that wait so at once; more are asked to come back. */
const WAITING_MAX = 1_000;
/** Asking twice for these changes no more than asking once. @source RFC 9110 section 9.2.2 */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);
const WITHOUT_BODY: ReadonlySet<string> = new Set(["GET", "HEAD"]);
/** A body announced up to this size is read before it is sent on, so that it can be sent again. */
const REPLAYED_BYTES = 64 * 1024;

/** Statuses of a workload that nothing but a new version changes. */
const FAILED_STATES: ReadonlySet<string> = new Set(["failed", "refused", "cancelled"]);

interface SiteRequest {
  readonly request: HttpRequest;
  readonly label: string;
  readonly path: string;
  /** The whole body, null for none; undefined when it flows through and can be sent only once. */
  readonly body: Uint8Array | null | undefined;
}

/** Why nothing of a deployment answered. */
interface Unanswered {
  readonly state: string;
  /** It had answered before. */
  readonly isMoving: boolean;
  /** The program may have been given the request, or a part of it. */
  readonly wasSent: boolean;
  readonly cause: unknown;
}

/**
 * Gives what the deployment of a label answers. A request waits while its deployment moves to another node when its
 * body can be sent again, and its method is idempotent or its program was never given it; others are asked to come back.
 */
export function createSiteServer(deps: SiteServerDeps) {
  let waiting = 0;

  return async function serve(request: HttpRequest, label: string, path: string): Promise<HttpResponse> {
    const body = WITHOUT_BODY.has(request.method) ? null : await takeBody(request);
    const asked = { request, label, path, body };
    let answer = await attempt(deps, asked);
    if (!("isMoving" in answer)) return answer;
    const endMs = deps.clock.monotonicMs() + MOVING_MOST_MS;
    if (answer.isMoving && mayRepeat(asked, answer) && waiting < WAITING_MAX) {
      waiting++;
      try {
        while ("isMoving" in answer && mayRepeat(asked, answer) && deps.clock.monotonicMs() < endMs) {
          await deps.clock.sleep(MOVING_PAUSE_MS, request.signal);
          answer = await attempt(deps, asked);
        }
      } finally {
        waiting--;
      }
    }
    if (!("isMoving" in answer)) return answer;
    const { state, cause } = answer;
    const spec = state === "moving" ? ingressErrors.moving : ingressErrors.notReady;
    throw fail(spec, { state }, cause === undefined ? {} : { cause });
  };
}

/** Once the program may have seen it, only what is idempotent is sent again. @source RFC 9110 section 9.2.2 */
function mayRepeat({ request, body }: SiteRequest, { wasSent }: Unanswered): boolean {
  return body !== undefined && (!wasSent || IDEMPOTENT.has(request.method));
}

/** Of a request of another method than GET and HEAD. A body whose size is not announced, or too large, flows through. */
async function takeBody(request: HttpRequest): Promise<SiteRequest["body"]> {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  if (coding !== undefined) return undefined;
  if (length === undefined || Number(length) === 0) return null;
  return Number(length) <= REPLAYED_BYTES ? request.body() : undefined;
}

/** Answers, or says why nothing does now. What the node refused to begin or could not be reached for is `Unanswered`. */
async function attempt(
  deps: SiteServerDeps,
  { request, label, path, body }: SiteRequest,
): Promise<HttpResponse | Unanswered> {
  const target = deps.findTarget(label);
  // To the public what is private is not there.
  if (target === undefined || target === "private") throw fail(ingressErrors.deploymentMissing, { deployment: label });
  if (typeof target === "string") {
    if (FAILED_STATES.has(target)) throw fail(ingressErrors.deploymentFailed, { state: target });
    return { state: target, isMoving: target === "moving", wasSent: false, cause: undefined };
  }
  const isMoving = target.hasAnswered === true;
  const upstream = {
    origin: target.nodeUrl,
    path: `/w/${target.workload}${path}`,
    body,
    headers: { "x-dsdn-request-id": deps.newRequestId() },
  };
  let answer: HttpResponse;
  try {
    answer = await deps.proxy.forward(request, upstream);
  } catch (cause) {
    const wasSent = isError(cause, baseErrors.unreachable);
    if (!wasSent && !isError(cause, netErrors.nodeNotReached)) throw cause;
    deps.onRefusal(target);
    return { state: "moving", isMoving, wasSent, cause };
  }
  if (answer.status !== 404 || answer.headers?.[WORKLOAD_HEADER] === target.workload) {
    return withHostOnlyCookies(answer);
  }
  // The node itself answered: it was given the workload and does not run it yet, or runs it no more.
  if (answer.body instanceof Readable) answer.body.destroy();
  deps.onRefusal(target);
  return { state: "starting", isMoving, wasSent: false, cause: undefined };
}
