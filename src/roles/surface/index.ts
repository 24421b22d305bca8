export * from "./answers.ts";
export * from "./chunk-sources.ts";
export * from "./errors.ts";
export * from "./log-view.ts";
export * from "./openapi.ts";
export * from "./package-reader.ts";
export * from "./publish-request.ts";
export * from "./role-routes.ts";
