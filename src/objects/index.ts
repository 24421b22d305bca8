export * from "./build.ts";
export * from "./check.ts";
export * from "./content-id.ts";
export * from "./errors.ts";
export * from "./packer.ts";
export * from "./paths.ts";
export * from "./read-plan.ts";
export * from "./reader.ts";
