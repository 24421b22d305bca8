import { type HttpResponse, type Route, toBase64, toHex } from "../../base/index.ts";
import type { SignInRule } from "../../net/index.ts";
import { type ApiAnswer, encodeGenesis, ingressApi } from "../../protocol/index.ts";
import { answer, serveApi } from "../surface/index.ts";
import { chunkRoutes } from "./chunk-routes.ts";
import { deploymentRoutes } from "./deployment-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { objectRoutes } from "./object-routes.ts";
import type { ReadSurface } from "./read-surface.ts";
import { sessionRoutes } from "./session-routes.ts";
import { nodeView } from "./views.ts";

/** The routes that only read: every answer is a function of the log. */
export function readRoutes(surface: ReadSurface): Route[] {
  const { replica } = surface;
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
    ...chunkRoutes(surface),
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
