export { quickjsEngine } from "./child/engine.ts";
export * from "./errors.ts";
export * from "./port.ts";
export * from "./quickjs-runtime.ts";
export * from "./runtimes.ts";
export { type ByteCache, createByteCache } from "./site/byte-cache.ts";
export * from "./site/static-site.ts";
export { createSpareChildren, type SpareChildren } from "./spare-children.ts";
