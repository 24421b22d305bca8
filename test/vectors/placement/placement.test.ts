/**
 * Frozen placements: own vectors. Every role computes the same, so a change here would send chunks and workloads of a
 * running network elsewhere; add a protocol version instead.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  type Placement,
  type PlacementNode,
  place,
  type SchedulableWorkload,
  type Schedule,
  schedule,
} from "../../../src/placement/index.ts";
import type { ChunkId } from "../../../src/protocol/index.ts";

const { nodes, placements, schedules }: {
  nodes: PlacementNode[];
  placements: { chunk: ChunkId; count: number; placement: Placement }[];
  schedules: { workload: SchedulableWorkload; schedule: Schedule }[];
} = JSON.parse(readFileSync(new URL("placement.json", import.meta.url), "utf8"));

test.each(placements)("the replicas of $chunk belong where they always did", ({ chunk, count, placement }) => {
  expect(place({ nodes }, chunk, count)).toEqual(placement);
});

test.each(schedules)("the workload $workload.id runs where it always did", ({ workload, schedule: frozen }) => {
  expect(schedule(nodes, workload)).toEqual(frozen);
});
