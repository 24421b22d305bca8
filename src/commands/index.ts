import type { findKnownWay } from "./framework/config/known-way.ts";

export { commandErrors } from "./framework/errors.ts";
export { start } from "./framework/start.ts";

/** The networks the user added by name, for programs that use the library. See `findKnownWay`. */
export async function findKnownNetwork(...place: Parameters<typeof findKnownWay>): ReturnType<typeof findKnownWay> {
  const known = await import("./framework/config/known-way.ts");
  return known.findKnownWay(...place);
}
