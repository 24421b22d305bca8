import { fail, type Route, toBase64, toHex } from "../../base/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import { encodeProof, type Replica } from "../../state/index.ts";
import { answer, type Metric, metricsRoutes, queryNumber } from "./answers.ts";
import { roleErrors } from "./errors.ts";

export interface RoleSurface {
  readonly role: string;
  readonly replica: Replica;
  readonly da: Pick<DataAvailability, "health">;
  readonly metrics: () => readonly Metric[] | Promise<readonly Metric[]>;
  readonly metricsPaths?: readonly string[];
  /** What is wrong with the role itself, in a few words each. */
  readonly issues?: () => readonly string[];
}

/** What every role answers: liveness, readiness, the state it derived from the log, and metrics. */
export function roleRoutes(surface: RoleSurface): Route[] {
  const { role, replica } = surface;
  const health = () => {
    const da = surface.da.health();
    const issues = [
      ...(da.isConnected ? [] : ["data availability is not connected"]),
      ...(replica.halted === undefined ? [] : [`replay halted: ${replica.halted.code}`]),
      ...(surface.issues?.() ?? []),
    ];
    return { healthy: issues.length === 0, role, da_connected: da.isConnected, height: replica.height, issues };
  };
  return [
    {
      method: "GET",
      path: "/health",
      handle: () => {
        const facts = health();
        return { status: facts.healthy ? 200 : 503, json: facts };
      },
    },
    { method: "GET", path: "/ready", handle: () => ({ json: { ready: true, role } }) },
    {
      method: "GET",
      path: "/system/info",
      handle: () => ({
        json: { role, network: replica.state.network, height: replica.height, stateRoot: toHex(replica.state.root) },
      }),
    },
    {
      method: "GET",
      path: "/v1/state/root",
      handle: (request) => {
        const height = queryNumber(request, "height", replica.height, Number.MAX_SAFE_INTEGER);
        const root = replica.rootAt(height);
        if (root === undefined) throw fail(roleErrors.heightUnknown, { height });
        const stateRoot = toHex(root);
        return { json: answer(`state root at height ${height}: ${stateRoot}`, { height, stateRoot }) };
      },
    },
    {
      method: "GET",
      path: "/v1/state/leaf",
      handle: (request) => {
        const path = request.query.get("path") ?? "";
        const value = replica.state.leaf(path);
        const proof = toBase64(encodeProof(replica.state.prove(path)));
        const facts = { height: replica.height, stateRoot: toHex(replica.state.root), path, proof };
        return { json: answer(path, { ...facts, value: value === undefined ? null : toBase64(value) }) };
      },
    },
    ...metricsRoutes(
      async () => [...commonMetrics(surface), ...(await surface.metrics())],
      [...(surface.metricsPaths ?? ["/metrics"])],
    ),
  ];
}

function commonMetrics(surface: RoleSurface): Metric[] {
  const da = surface.da.health();
  const labels = { role: surface.role };
  const gauge = (name: string, help: string, value: number): Metric => ({ name, help, kind: "gauge", value, labels });
  return [
    gauge("dsdn_log_height", "Newest log height this role has applied.", surface.replica.height),
    gauge("dsdn_da_connected", "1 while the data-availability layer answers.", da.isConnected ? 1 : 0),
    gauge("dsdn_da_head_height", "Newest height the data-availability layer showed.", da.lastHeight),
    gauge("dsdn_da_lag_milliseconds", "Time since the data-availability layer last answered.", da.lagMs),
    gauge("dsdn_da_latency_milliseconds", "Duration of its last answer.", da.latencyMs),
    gauge(
      "dsdn_replay_halted",
      "1 when an upgrade this program does not know stopped the replay.",
      surface.replica.halted === undefined ? 0 : 1,
    ),
  ];
}
