export * from "./acme.ts";
export * from "./certificates.ts";
export * from "./chunk-fetcher.ts";
export * from "./dns.ts";
export * from "./errors.ts";
export * from "./event-sink.ts";
export * from "./outbox.ts";
export * from "./site-proxy.ts";
