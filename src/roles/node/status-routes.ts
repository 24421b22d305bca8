import type { Route } from "../../base/index.ts";
import { toPeerId } from "../../crypto/index.ts";
import type { DataAvailability } from "../../da/index.ts";
import type { Outbox } from "../../net/index.ts";
import { idBytes, type KeyId, type NodeClass } from "../../protocol/index.ts";
import type { Replica } from "../../state/index.ts";
import type { ChunkStore } from "../../storage/index.ts";
import { roleRoutes } from "../surface/index.ts";
import type { Keeper } from "./keeper.ts";
import type { Scrubber } from "./scrubber.ts";
import type { WorkloadHost } from "./workload-host.ts";

/** What the node's answers about itself speak of. */
export interface StatusRouteDeps {
  readonly self: KeyId;
  readonly zone: string;
  readonly class: NodeClass;
  readonly capacityBytes: number;
  readonly replica: Replica;
  readonly da: Pick<DataAvailability, "health">;
  readonly store: ChunkStore;
  readonly host: WorkloadHost;
  readonly keeper: Keeper;
  readonly scrubber: Scrubber;
  readonly outbox: Outbox;
}

/** Who the node is, how it is, and its metrics. */
export function statusRoutes(deps: StatusRouteDeps): Route[] {
  const { self, zone, capacityBytes, replica, da, host } = deps;
  const info = () => ({
    node_id: self,
    peer_id: toPeerId(idBytes(self)),
    zone,
    class: deps.class,
    capacity_bytes: capacityBytes,
    status: replica.state.findNode(self)?.status ?? "pending",
  });
  const assignments = () => replica.state.workloadsOnNode(self).map(({ id, status }) => ({ workload: id, status }));
  return [
    { method: "GET", path: "/info", handle: () => ({ json: info() }) },
    {
      method: "GET",
      path: "/status",
      handle: () => ({ json: { ...info(), height: replica.height, workloads: host.count } }),
    },
    {
      method: "GET",
      path: "/state",
      handle: () => ({ json: { height: replica.height, chunks: replica.state.chunksOnNode(self).length } }),
    },
    { method: "GET", path: "/state/fallback", handle: () => ({ json: { active: false } }) },
    { method: "GET", path: "/state/assignments", handle: () => ({ json: { assignments: assignments() } }) },
    { method: "GET", path: "/da/status", handle: () => ({ json: da.health() }) },
    ...roleRoutes({
      role: "node",
      replica,
      da,
      metricsPaths: ["/metrics", "/metrics/prometheus"],
      metrics: () => metricsOf(deps),
    }),
  ];
}

async function metricsOf({ store, host, outbox, keeper, scrubber }: StatusRouteDeps) {
  const gauge = (name: string, help: string, value: number) => ({ name, help, kind: "gauge" as const, value });
  const counter = (name: string, help: string, value: number) => ({ name, help, kind: "counter" as const, value });
  const stats = await store.stats();
  return [
    gauge("dsdn_node_chunks", "Chunks on disk.", stats.chunks),
    gauge("dsdn_node_chunk_bytes", "Bytes of chunks on disk.", stats.bytes),
    gauge("dsdn_node_workloads", "Workloads hosted.", host.count),
    gauge("dsdn_node_outbox_events", "Own events on their way to the log.", outbox.pendingCount),
    counter("dsdn_node_repaired_chunks_total", "Chunks pulled from others.", keeper.repaired),
    counter("dsdn_node_scrubbed_chunks_total", "Chunks read back and found whole.", scrubber.scrubbed),
    counter("dsdn_node_damaged_chunks_total", "Times a chunk on disk was found damaged.", keeper.damagedCount),
  ];
}
