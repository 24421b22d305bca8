export * from "./chunk-merkle.ts";
export * from "./ed25519.ts";
export * from "./eip712.ts";
export * from "./errors.ts";
export * from "./hash.ts";
export * from "./merkle.ts";
export * from "./peer-id.ts";
export * from "./wallet.ts";
