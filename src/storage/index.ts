export * from "./chunk-store.ts";
export * from "./disk-chunk-store.ts";
export * from "./errors.ts";
export * from "./memory-chunk-store.ts";
export * from "./scrub.ts";
