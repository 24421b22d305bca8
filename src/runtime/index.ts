export { type ByteCache, createByteCache } from "./byte-cache.ts";
export { quickjsEngine } from "./child/engine.ts";
export * from "./errors.ts";
export * from "./port.ts";
export * from "./quickjs-runtime.ts";
export * from "./runtimes.ts";
export { createSpareChildren, type SpareChildren } from "./spare-children.ts";
export * from "./static-site.ts";
