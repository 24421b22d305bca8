import type { Clock, Lifecycle, Route } from "../../../base/index.ts";
import type { DataAvailability } from "../../../da/index.ts";
import { ingressApi } from "../../../protocol/index.ts";
import type { Replica } from "../../../state/index.ts";
import { answer, queryNumber, serveApi } from "../../surface/index.ts";
import type { SiteAddress } from "../views.ts";
import { createAgreement } from "./agreement.ts";
import { dashboardRoute } from "./dashboard-route.ts";
import { createLogFeed } from "./log-feed.ts";
import { createNewestObjects, newestDeployments } from "./newest.ts";

export interface OverviewDeps {
  readonly replica: Replica;
  readonly da: Pick<DataAvailability, "health" | "getAll" | "headerAt">;
  readonly clock: Clock;
  readonly coordinatorUrls: readonly string[];
  readonly site: () => SiteAddress;
}

/** The network as a whole: its routes, the page that shows them, and what follows the log for it. */
export interface Overview {
  readonly routes: readonly Route[];
  readonly feed: Lifecycle;
}

const MAX_WAIT_MS = 60_000;
const MAX_HEIGHTS = 200;
const MAX_ROWS = 100;

export function createOverview(deps: OverviewDeps): Overview {
  const { replica } = deps;
  const feed = createLogFeed(deps);
  const newestObjects = createNewestObjects(deps);
  const compareRoots = createAgreement(deps);
  const routes = [
    serveApi(ingressApi.log, async (request) => {
      const limit = Math.max(1, queryNumber(request, "limit", 50, MAX_HEIGHTS));
      const after = request.query.has("after") ? queryNumber(request, "after", 0, Number.MAX_SAFE_INTEGER) : undefined;
      const waitMs = queryNumber(request, "waitMs", 0, MAX_WAIT_MS);
      const heights = await feed.list({ after, limit, waitMs, signal: request.signal });
      return answer(`${heights.length} height(s) up to ${replica.height}`, { height: replica.height, heights });
    }),
    serveApi(ingressApi.newestObjects, (request) => {
      const found = newestObjects(queryNumber(request, "limit", 20, MAX_ROWS));
      const wantedReplicas = replica.state.genesis.governed.replicationFactor;
      return answer(`${found.total} object(s)`, { ...found, objects: [...found.objects], wantedReplicas });
    }),
    serveApi(ingressApi.newestDeployments, (request) => {
      const limit = queryNumber(request, "limit", 20, MAX_ROWS);
      const { deployments, total } = newestDeployments(replica.state, { limit, site: deps.site() });
      return answer(`${total} deployment(s)`, { deployments: [...deployments], total });
    }),
    serveApi(ingressApi.stateAgreement, async () => {
      const { roles, ...facts } = await compareRoots();
      const differing = roles.filter(({ verdict }) => verdict === "differs").length;
      return answer(`${differing} of ${roles.length} role(s) differ at height ${facts.height}`, {
        ...facts,
        roles: [...roles],
      });
    }),
    dashboardRoute({ isDevnet: replica.state.genesis.stage === "devnet" }),
  ];
  return { routes, feed };
}
