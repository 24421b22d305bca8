export { commandErrors } from "./framework/errors.ts";
export { start } from "./framework/start.ts";
