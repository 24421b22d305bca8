import { DsdnError, requestHost } from "../../base/index.ts";
import { type DeploymentDetails, GATEWAY_HEADER, WORKLOAD_HEADER } from "../../protocol/index.ts";

/** What a deployment answered to one request. */
export interface SiteAnswer {
  readonly status: number;
  /** Names in lower case; several fields of one name are joined. */
  readonly headers: { readonly [name: string]: string | undefined };
  /** Id of the version that answered; undefined when none did. */
  readonly workload: string | undefined;
  /** Why nothing of the deployment answered: an error code of the gateway or of the way to it. */
  readonly refusal: string | undefined;
  /** True when the ingress knows no such deployment: to the public what is private is not there. */
  readonly isAbsent: boolean;
  readonly body: Uint8Array;
}

/** What is asked; `GET /` unless said. */
export interface SiteRequest {
  readonly method?: string | undefined;
  /** Path and query, beginning with a slash. */
  readonly path?: string | undefined;
  readonly headers?: { readonly [name: string]: string } | undefined;
  readonly body?: Uint8Array | undefined;
  /** A longer answer is cut here; 1 MiB unless said. */
  readonly maxBytes?: number | undefined;
  /** Whoever takes longer has not answered; 30,000 unless said. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const ABSENT = "DSDN_INGRESS_DEPLOYMENT_MISSING";
const TIMEOUT_MS = 30_000;
const BODY_BYTES_MAX = 1024 * 1024;

/**
 * Asks a deployment through an ingress, by its own host name whether that resolves here or not.
 * @throws the signal's reason only: a lost connection is an answer with a refusal.
 */
export async function probeSite(
  ingressUrl: string,
  deployment: Pick<DeploymentDetails, "url">,
  request: SiteRequest = {},
): Promise<SiteAnswer> {
  const { path = "/", maxBytes = BODY_BYTES_MAX, timeoutMs = TIMEOUT_MS, ...rest } = request;
  const { host } = new URL(deployment.url);
  try {
    const facts = { ...rest, dialUrl: ingressUrl, host, path, timeoutMs, maxBytes };
    const { status, headers, body } = await requestHost(facts);
    const refusal = headers[GATEWAY_HEADER];
    return { status, headers, workload: headers[WORKLOAD_HEADER], refusal, isAbsent: refusal === ABSENT, body };
  } catch (error) {
    if (!(error instanceof DsdnError)) throw error;
    return {
      status: 0,
      headers: {},
      workload: undefined,
      refusal: error.code,
      isAbsent: false,
      body: new Uint8Array(0),
    };
  }
}
