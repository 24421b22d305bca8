import {
  type DsdnError,
  type HttpRequest,
  type HttpResponse,
  languageOf,
  type Route,
  renderError,
  toDsdnError,
  toProblem,
} from "../../base/index.ts";
import { GATEWAY_HEADER } from "../../protocol/index.ts";
import { onSharedOrigin } from "../surface/index.ts";
import { createSiteServer, type SiteServerDeps } from "./site-server.ts";

export interface GatewayDeps extends SiteServerDeps {
  readonly siteDomain: string;
  /** The label of the deployment a host name of its own was given to. */
  readonly findLabel: (host: string) => string | undefined;
}

/** Below it deployments answer on the ingress's own host name. */
export const CONTENT_PREFIX = "/d/";

/**
 * The answer to a page of the shared address that asks before it sends: its origin is opaque, so even its own API is
 * another site to it. @source Fetch standard, CORS-preflight request
 */
const PREFLIGHT_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "access-control-max-age": "600",
  vary: "access-control-request-headers",
} as const;

const RETRY_SECONDS = 2;

/**
 * Serves deployments on their own origin `http://<label>.<domain>`, on host names they were given, and below `/d/<label>/` of the ingress under a
 * sandboxing policy, because that address shares the interface's origin. Nothing of the network's own interface is
 * reachable under a deployment's host name.
 */
export function createGateway(deps: GatewayDeps) {
  const suffix = `.${deps.siteDomain}`;

  const serve = createSiteServer(deps);

  const intercept = async (request: HttpRequest): Promise<HttpResponse | undefined> => {
    const { host, isContentHost } = request;
    // What is given to a deployment and a name of this service all the same stays this service's.
    if (!isContentHost) return undefined;
    const label = host.endsWith(suffix) ? host.slice(0, -suffix.length) : deps.findLabel(host);
    if (label === undefined) return undefined;
    return serve(request, label, request.raw.url ?? "/").catch((error: unknown) => refuse(request, error));
  };

  const fallback: Route = {
    method: "*",
    path: `${CONTENT_PREFIX}{label}/{rest*}`,
    isOpen: true,
    handle: async (request) => {
      const asked = request.headers["access-control-request-headers"];
      if (request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined) {
        return { status: 204, headers: { ...PREFLIGHT_HEADERS, "access-control-allow-headers": asked ?? "*" } };
      }
      const label = request.params["label"] ?? "";
      const path = (request.raw.url ?? "").slice(CONTENT_PREFIX.length + label.length);
      return onSharedOrigin(await serve(request, label, path).catch((error: unknown) => refuse(request, error)));
    },
  };
  return { intercept, fallback };
}

/** A page for a person, problem details for a program; both name the code in a field. */
function refuse(request: HttpRequest, cause: unknown): HttpResponse {
  const error = toDsdnError(cause);
  const isForPerson = (request.headers.accept ?? "").includes("text/html");
  const canWait = error.spec.httpStatus === 503;
  const problem = () => JSON.stringify(toProblem(error, languageOf(request.headers["accept-language"])));
  return {
    status: error.spec.httpStatus,
    body: isForPerson ? renderErrorPage(error, canWait && request.method === "GET") : problem(),
    headers: {
      "content-type": isForPerson ? "text/html; charset=utf-8" : "application/problem+json",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "cache-control": "no-store",
      [GATEWAY_HEADER]: error.code,
      ...(canWait ? { "retry-after": String(RETRY_SECONDS) } : {}),
    },
  };
}

function renderErrorPage(error: DsdnError, isReloading: boolean): string {
  const section = (language: "en" | "id") => {
    const { message, hint } = renderError(error, language);
    return `<section lang=${language}><h1>${escapeHtml(message)}</h1><p>${marked(hint)}</p></section>`;
  };
  return [
    `<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">`,
    isReloading ? `<meta http-equiv=refresh content=${RETRY_SECONDS}>` : "",
    `<title>DSDN</title><style>${ERROR_STYLE}</style><main>${section("en")}${section("id")}</main>`,
    `<footer><code>${error.code}</code></footer>`,
  ].join("");
}

const ERROR_STYLE = [
  ":root{color-scheme:light dark}*{box-sizing:border-box}",
  "body{font:1.0625rem/1.6 system-ui,sans-serif;max-width:40rem;margin:12vh auto 2rem;padding:0 1.25rem;",
  "color:light-dark(#1b2430,#e8edf2);background:light-dark(#fbfcfd,#10161d);overflow-wrap:anywhere}",
  "h1{font-size:1.375rem;line-height:1.3;margin:0 0 .5rem}p{margin:0}",
  "section+section{margin-top:2rem;padding-top:2rem;border-top:1px solid light-dark(#d5dde5,#2d3a47)}",
  "p,footer{color:light-dark(#4d5b6b,#a9b6c4)}footer{margin-top:2rem;font-size:.875rem}",
].join("");

/** The words between backticks are commands. */
function marked(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
