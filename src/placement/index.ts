export * from "./place.ts";
export * from "./schedule.ts";
