import type { Clock, Disk, Lifecycle, Logger, Random } from "../base/index.ts";

/** What a role that runs alone is given from outside. */
export interface RunDeps {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly env: { readonly [name: string]: string | undefined };
}

/** A role that runs alone. */
export interface RunningRole extends Lifecycle {
  /** Where it answers; known after `start`. */
  readonly url: () => string;
}
