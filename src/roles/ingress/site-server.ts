import { Readable } from "node:stream";
import { baseErrors, type Clock, fail, type HttpRequest, type HttpResponse, isError } from "../../base/index.ts";
import type { SiteProxy } from "../../net/index.ts";
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
/** Requests without a body that change nothing. @source RFC 9110 section 9.2.1 */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Statuses of a workload that nothing but a new version changes. */
const FAILED_STATES: ReadonlySet<string> = new Set(["failed", "refused", "cancelled"]);

interface SiteRequest {
  readonly request: HttpRequest;
  readonly label: string;
  readonly path: string;
}

/** Why nothing of a deployment answered; `isMoving` when it had answered before. */
interface Unanswered {
  readonly state: string;
  readonly isMoving: boolean;
  readonly cause: unknown;
}

/**
 * Gives what the deployment of a label answers. A request that may be repeated waits while its deployment moves to
 * another node; others are asked to come back.
 */
export function createSiteServer(deps: SiteServerDeps) {
  let waiting = 0;

  return async function serve(request: HttpRequest, label: string, path: string): Promise<HttpResponse> {
    const asked = { request, label, path };
    let answer = await attempt(deps, asked);
    if (!("isMoving" in answer)) return answer;
    const endMs = deps.clock.monotonicMs() + MOVING_MOST_MS;
    const mayWait = answer.isMoving && REPEATABLE.has(request.method) && waiting < WAITING_MAX;
    if (mayWait) waiting++;
    try {
      while (mayWait && "isMoving" in answer && deps.clock.monotonicMs() < endMs) {
        await deps.clock.sleep(MOVING_PAUSE_MS, request.signal);
        answer = await attempt(deps, asked);
      }
    } finally {
      if (mayWait) waiting--;
    }
    if (!("isMoving" in answer)) return answer;
    const { state, cause } = answer;
    throw fail(ingressErrors.notReady, { state }, cause === undefined ? {} : { cause });
  };
}

/** Answers, or says why nothing does now. What the node refused to begin or could not be reached for is `Unanswered`. */
async function attempt(
  deps: SiteServerDeps,
  { request, label, path }: SiteRequest,
): Promise<HttpResponse | Unanswered> {
  const target = deps.findTarget(label);
  // To the public what is private is not there.
  if (target === undefined || target === "private") throw fail(ingressErrors.deploymentMissing, { deployment: label });
  if (typeof target === "string") {
    if (FAILED_STATES.has(target)) throw fail(ingressErrors.deploymentFailed, { state: target });
    return { state: target, isMoving: target === "moving", cause: undefined };
  }
  const isMoving = target.hasAnswered === true;
  const upstream = {
    origin: target.nodeUrl,
    path: `/w/${target.workload}${path}`,
    headers: { "x-dsdn-request-id": deps.newRequestId() },
  };
  let answer: HttpResponse;
  try {
    answer = await deps.proxy.forward(request, upstream);
  } catch (cause) {
    if (!isError(cause, baseErrors.unreachable)) throw cause;
    deps.onRefusal(target);
    return { state: "moving", isMoving, cause };
  }
  if (answer.status !== 404 || answer.headers?.[WORKLOAD_HEADER] === target.workload) {
    return withHostOnlyCookies(answer);
  }
  // The node itself answered: it was given the workload and does not run it yet, or runs it no more.
  if (answer.body instanceof Readable) answer.body.destroy();
  deps.onRefusal(target);
  return { state: "starting", isMoving, cause: undefined };
}
