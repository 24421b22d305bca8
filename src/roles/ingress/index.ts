import { join } from "node:path";
import {
  type Clock,
  createHttpServer,
  type Disk,
  type HttpRequest,
  type HttpResponse,
  type HttpServer,
  type HttpServerFactory,
  type Lifecycle,
  type Logger,
  type Random,
  type Route,
  type Step,
  startAll,
  stopAll,
  toHex,
} from "../../base/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import {
  ACME_CHALLENGE_PREFIX,
  type Certificates,
  type ChunkFetcher,
  createChunkFetcher,
  createSignInGate,
  createSiteProxy,
  type SignInRule,
  type SiteProxy,
} from "../../net/index.ts";
import type { EventSink, Genesis } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import { chunkSources, openApiRoute, placementNodes, roleRoutes } from "../surface/index.ts";
import { askPendingSequence, askPublishRequest } from "./ask-roles.ts";
import { CONTENT_PREFIX, createGateway } from "./gateway.ts";
import { createLinks, type Links } from "./links/links.ts";
import { createNewVersions, type NewVersions } from "./new-versions.ts";
import { olderRoutes } from "./older-routes.ts";
import { createOverview, type Overview } from "./overview/overview.ts";
import { readRoutes } from "./read-routes.ts";
import { createRecentRequests } from "./recent.ts";
import { createDomainLabels, createSiteTargets } from "./site-targets.ts";
import { createSpreader } from "./spreader.ts";
import { workloadLogRoute } from "./workload-log-route.ts";
import { writeRoutes } from "./write-routes.ts";

export { ingressErrors } from "./errors.ts";

export interface IngressOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  /** Deployments answer at `<label>.<siteDomain>`. */
  readonly siteDomain: string;
  /** What this ingress keeps and the log does not: share links. */
  readonly dataFolder: string;
  readonly coordinatorUrls: readonly string[];
  readonly chainRpcUrl?: string;
  /** Origins of other sites whose pages may ask this ingress; none unless said. */
  readonly allowedOrigins?: readonly string[];
  /** Whoever writes must have signed in there, or carry `token`. */
  readonly signIn?: SignInRule;
  /** HTTPS beside HTTP. */
  readonly https?: {
    readonly port: number;
    readonly certificates: Certificates;
    /** Answers a certificate authority that asks over HTTP whether a name leads here. */
    readonly findChallenge?: (token: string) => string | undefined;
  };
}

export interface IngressDeps {
  /** `createHttpServer` of base unless said. */
  readonly createHttpServer?: HttpServerFactory;
  readonly genesis: Genesis;
  readonly replica: Replica;
  readonly da: DataAvailability;
  readonly sink: EventSink;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/**
 * The way in: keyless. Everything it says is derived from the log, everything it stores is on the nodes; but for its
 * halves of share links, which must not outlive them and so lie at this ingress alone.
 */
export interface Ingress extends Lifecycle {
  readonly url: string;
  readonly port: number;
}

/** The gateway, after the questions of a certificate authority. @source RFC 8555 section 8.3 */
function answering(find: (token: string) => string | undefined, { intercept }: Pick<Gateway, "intercept">) {
  return async (request: HttpRequest): Promise<HttpResponse | undefined> => {
    const url = request.raw.url ?? "";
    const answer = url.startsWith(ACME_CHALLENGE_PREFIX) ? find(url.slice(ACME_CHALLENGE_PREFIX.length)) : undefined;
    if (answer === undefined) return intercept(request);
    return { status: 200, headers: { "content-type": "application/octet-stream" }, body: answer };
  };
}

type Gateway = ReturnType<typeof createGateway>;

export function createIngress(options: IngressOptions, deps: IngressDeps): Ingress {
  return new RunningIngress(options, deps);
}

class RunningIngress implements Ingress {
  readonly #options: IngressOptions;
  readonly #deps: IngressDeps;
  readonly #server: HttpServer;
  readonly #secureServer: HttpServer | undefined;
  readonly #proxy: SiteProxy = createSiteProxy();
  /** Apart from the sites: those who follow logs, however many and however quiet the log, take no site's connection. */
  readonly #logProxy: SiteProxy = createSiteProxy({ bodyTimeoutMs: 0 });
  readonly #newVersions: NewVersions = createNewVersions();
  readonly #recent = createRecentRequests();
  readonly #links: Links;
  readonly #overview: Overview;
  readonly #counters = { requests: 0, siteRequests: 0, errors: 0, chunkFaults: 0 };

  constructor(options: IngressOptions, deps: IngressDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#links = createLinks(
      { folder: join(options.dataFolder, "links") },
      {
        ...deps,
        findRequest: async (object) => this.#recent.find(object) ?? (await askPublishRequest(deps.replica, object)),
      },
    );
    this.#overview = createOverview({
      ...deps,
      coordinatorUrls: options.coordinatorUrls,
      site: () => ({ domain: options.siteDomain, port: this.#server.port }),
    });
    const findLabel = createDomainLabels(deps.replica, options);
    const gateway = createGateway({
      siteDomain: options.siteDomain,
      findLabel,
      proxy: this.#proxy,
      findTarget: createSiteTargets({ replica: deps.replica, newVersions: this.#newVersions }),
      clock: deps.clock,
      onRefusal: ({ workload }) => this.#newVersions.forget(workload),
      newRequestId: countRequests(deps.random),
    });
    const { host, port, token, siteDomain, https, signIn, allowedOrigins = [] } = options;
    const gate = signIn === undefined ? undefined : createSignInGate(signIn, deps);
    const serverOptions = {
      name: "ingress",
      host,
      contentHosts: [`*.${siteDomain}`],
      isContentHost: (name: string) => findLabel(name) !== undefined,
      contentPrefix: CONTENT_PREFIX,
      allowedOrigins,
      ...(token === undefined ? {} : { token }),
      ...(gate === undefined ? {} : { admit: gate.admit }),
    };
    const serverDeps = {
      routes: [...this.#routes(), gateway.fallback],
      log: deps.log,
      intercept: https?.findChallenge === undefined ? gateway.intercept : answering(https.findChallenge, gateway),
      observe: ({ route, status }: { route: string; status: number }) => {
        this.#counters.requests++;
        if (route === "site") this.#counters.siteRequests++;
        if (status >= 500) this.#counters.errors++;
      },
    };
    const create = this.#deps.createHttpServer ?? createHttpServer;
    this.#server = create({ ...serverOptions, port }, serverDeps);
    this.#secureServer =
      https === undefined
        ? undefined
        : create({ ...serverOptions, port: https.port, tls: https.certificates }, serverDeps);
  }

  get url(): string {
    return this.#server.url;
  }

  get port(): number {
    return this.#server.port;
  }

  start(signal?: AbortSignal): Promise<void> {
    return startAll(this.#steps(), signal);
  }

  async stop(): Promise<void> {
    await stopAll(this.#steps());
    await this.#proxy.close();
    await this.#logProxy.close();
  }

  /** HTTP first: an authority asks there before there is a certificate. */
  #steps(): Step[] {
    const { https } = this.#options;
    const always = [
      { name: "share links", part: this.#links.store },
      { name: "log feed", part: this.#overview.feed },
      { name: "server", part: this.#server },
    ];
    if (https === undefined || this.#secureServer === undefined) return always;
    const certificates = { name: "certificates", part: https.certificates };
    return [...always, certificates, { name: "secure server", part: this.#secureServer }];
  }

  #routes(): Route[] {
    const { replica, da, clock, genesis, sink, log } = this.#deps;
    const recent = this.#recent;
    const fetcher: ChunkFetcher = createChunkFetcher({
      clock,
      onFault: (fault) => {
        this.#counters.chunkFaults++;
        log.warn("chunk read failed", { node: fault.node, kind: fault.kind });
      },
    });
    const spreader = createSpreader({
      network: replica.state.network,
      nodes: () => placementNodes(replica.state),
      log,
    });
    return [
      ...readRoutes({
        genesis,
        replica,
        da,
        fetcher,
        recent,
        findRequest: (object) => askPublishRequest(replica, object),
        clock,
        holdersOf: (chunk) => chunkSources(replica.state, chunk),
        site: () => ({ domain: this.#options.siteDomain, port: this.#server.port }),
        chainRpcUrl: this.#options.chainRpcUrl ?? null,
        signIn: this.#options.signIn,
        pendingSequenceOf: (author) => askPendingSequence(this.#options.coordinatorUrls, author),
      }),
      ...writeRoutes({ replica, spreader, sink, recent, clock, log }),
      workloadLogRoute({ replica, proxy: this.#logProxy }),
      ...this.#links.routes,
      ...this.#overview.routes,
      ...olderRoutes({ clock }),
      ...roleRoutes({ role: "ingress", replica, da, metrics: () => this.#metrics() }),
      openApiRoute(),
    ];
  }

  #metrics() {
    const counter = (name: string, help: string, value: number) => ({ name, help, kind: "counter" as const, value });
    return [
      counter("dsdn_ingress_requests_total", "Requests answered.", this.#counters.requests),
      counter("dsdn_ingress_site_requests_total", "Requests of deployments answered.", this.#counters.siteRequests),
      counter("dsdn_ingress_errors_total", "Answers with a status of 500 or more.", this.#counters.errors),
      counter("dsdn_ingress_chunk_faults_total", "Nodes that failed to give a chunk.", this.#counters.chunkFaults),
    ];
  }
}

/** Ids that tell the requests of this and every other run apart, 16 hex digits; nobody has to be unable to guess them. */
function countRequests(random: Random): () => string {
  const run = toHex(random.bytes(4));
  let count = 0;
  return () => {
    count = (count + 1) % 2 ** 32;
    return run + count.toString(16).padStart(8, "0");
  };
}
