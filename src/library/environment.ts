import { resolve } from "node:path";
import type { Place } from "../profile/index.ts";

/** The environment of the program that uses the library. */
export function programEnvironment(): Place["env"] {
  return process.env;
}

/** Where the program runs, as somebody whose folder of `dsdn` is `home`. */
export function programPlace(home: string | undefined): Place {
  const folder = resolve(".");
  const env = programEnvironment();
  return { env: home === undefined ? env : { ...env, DSDN_HOME: resolve(home) }, folder };
}
