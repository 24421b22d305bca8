import { Readable } from "node:stream";
import { fail, type HttpRequest, type HttpResponse, type Route, renderError, toDsdnError } from "../../base/index.ts";
import type { SiteProxy } from "../../net/index.ts";
import { GATEWAY_HEADER, WORKLOAD_HEADER } from "../../protocol/index.ts";
import { sharedOriginHeaders } from "../../runtime/index.ts";
import { ingressErrors } from "./errors.ts";

/** Where a deployment answers right now. */
export interface SiteTarget {
  readonly workload: string;
  readonly nodeUrl: string;
}

export interface GatewayDeps {
  readonly siteDomain: string;
  readonly proxy: SiteProxy;
  /** Undefined when no deployment has the label; a text when it exists but nothing answers yet. */
  readonly findTarget: (label: string) => SiteTarget | string | undefined;
  readonly newRequestId: () => string;
}

/** Below it deployments answer on the ingress's own host name. */
export const CONTENT_PREFIX = "/d/";

/**
 * Serves deployments on their own origin `http://<label>.<domain>`, and below `/d/<label>/` of the ingress under a
 * sandboxing policy, because that address shares the interface's origin. Nothing of the network's own interface is
 * reachable under a deployment's host name.
 */
export function createGateway(deps: GatewayDeps) {
  const suffix = `.${deps.siteDomain}`;

  async function serve(request: HttpRequest, label: string, path: string): Promise<HttpResponse> {
    const target = deps.findTarget(label);
    if (target === undefined) throw fail(ingressErrors.deploymentMissing, { deployment: label });
    if (typeof target === "string") throw fail(ingressErrors.notReady, { state: target });
    const answer = await deps.proxy.forward(request, {
      origin: target.nodeUrl,
      path: `/w/${target.workload}${path}`,
      headers: { "x-dsdn-request-id": deps.newRequestId() },
    });
    if (answer.status !== 404 || answer.headers?.[WORKLOAD_HEADER] === target.workload) return answer;
    // The node itself answered: it was given the workload and does not run it yet.
    if (answer.body instanceof Readable) answer.body.destroy();
    throw fail(ingressErrors.notReady, { state: "starting" });
  }

  const intercept = async (request: HttpRequest): Promise<HttpResponse | undefined> => {
    if (!request.host.endsWith(suffix)) return undefined;
    const label = request.host.slice(0, -suffix.length);
    try {
      return await serve(request, label, request.raw.url ?? "/");
    } catch (error) {
      return errorPage(error);
    }
  };

  const fallback: Route = {
    method: "*",
    path: `${CONTENT_PREFIX}{label}/{rest*}`,
    isOpen: true,
    handle: async (request) => {
      const label = request.params["label"] ?? "";
      const path = (request.raw.url ?? "").slice(CONTENT_PREFIX.length + label.length);
      const answer = await serve(request, label, path);
      const headers = Object.entries(answer.headers ?? {}).filter(([name]) => name.toLowerCase() !== "set-cookie");
      return { ...answer, headers: Object.fromEntries([...headers, ...sharedOriginHeaders]) };
    },
  };
  return { intercept, fallback };
}

function errorPage(cause: unknown): HttpResponse {
  const error = toDsdnError(cause);
  const [english, indonesian] = [renderError(error, "en"), renderError(error, "id")];
  const line = (text: string) => `<p>${text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)}</p>`;
  const body = [
    "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><title>DSDN</title>",
    "<style>body{font:16px/1.5 system-ui;max-width:40rem;margin:15vh auto;padding:0 1rem;color:#222;background:#fff}",
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#111}}code{opacity:.6}</style>",
    `<main lang=en>${line(english.message)}${line(english.hint)}</main>`,
    `<main lang=id>${line(indonesian.message)}${line(indonesian.hint)}</main><code>${error.code}</code>`,
  ].join("");
  return {
    status: error.spec.httpStatus,
    body,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "cache-control": "no-store",
      [GATEWAY_HEADER]: error.code,
      ...(error.spec.httpStatus === 503 ? { "retry-after": "2" } : {}),
    },
  };
}
