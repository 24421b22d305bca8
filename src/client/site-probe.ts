import { DsdnError, requestHost } from "../base/index.ts";
import { type DeploymentDetails, GATEWAY_HEADER, WORKLOAD_HEADER } from "../protocol/index.ts";

/** What a deployment answered to one request. */
export interface SiteAnswer {
  readonly status: number;
  /** Id of the version that answered; undefined when none did. */
  readonly workload: string | undefined;
  /** Why nothing of the deployment answered: an error code of the gateway or of the way to it. */
  readonly refusal: string | undefined;
  readonly body: Uint8Array;
}

const TIMEOUT_MS = 30_000;
const BODY_BYTES_MAX = 1024 * 1024;

/**
 * Asks a deployment for a page through an ingress, by its own host name whether that resolves here or not.
 * @param options.path - `/` unless said.
 * @throws the signal's reason only: a lost connection is an answer with a refusal.
 */
export async function probeSite(
  ingressUrl: string,
  deployment: Pick<DeploymentDetails, "url">,
  options: { readonly path?: string; readonly signal?: AbortSignal | undefined } = {},
): Promise<SiteAnswer> {
  const { path = "/", signal } = options;
  const { host } = new URL(deployment.url);
  try {
    const facts = { dialUrl: ingressUrl, host, path, timeoutMs: TIMEOUT_MS, maxBytes: BODY_BYTES_MAX, signal };
    const { status, headers, body } = await requestHost(facts);
    return { status, workload: headers[WORKLOAD_HEADER], refusal: headers[GATEWAY_HEADER], body };
  } catch (error) {
    if (!(error instanceof DsdnError)) throw error;
    return { status: 0, workload: undefined, refusal: error.code, body: new Uint8Array(0) };
  }
}
