import { systemClock, systemDisk, systemRandom } from "../base/index.ts";
import { type DevnetOptions, startLocalDevnet } from "./devnet.ts";
import type { Devnet } from "./port.ts";

/**
 * Starts every role of a network on this machine, on its real disk and clock. `status().ingressUrl` of the result is
 * what a client connects to. Errors as `startLocalDevnet`.
 */
export function startDevnet(options: DevnetOptions): Promise<Devnet> {
  return startLocalDevnet(options, { disk: systemDisk(), clock: systemClock(), random: systemRandom() });
}
