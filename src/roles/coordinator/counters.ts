/** Counters for the metrics, since start. */
export interface CoordinatorCounters {
  blobsPosted: number;
  bytesPosted: number;
  eventsPosted: number;
  lastPostLatencyMs: number;
  lastPostHeight: number;
}
