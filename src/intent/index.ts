export * from "./compile.ts";
export * from "./errors.ts";
