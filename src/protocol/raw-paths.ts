/**
 * Routes that answer with bytes or lines instead of `{summary, details, audit}`:
 * `GET /v1/chunks/{chunk}` the stored bytes, one `Range` honoured; `GET /v1/workloads/{workload}/logs?follow=1` NDJSON
 * lines {timeMs, stream, requestId, text}.
 */
export const ingressRawPaths = { chunk: "/v1/chunks/{chunk}", workloadLogs: "/v1/workloads/{workload}/logs" } as const;
