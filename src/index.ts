/** The package's public face: a client of any network, and a whole network on this machine. */
import type { Devnet, DevnetOptions } from "./devnet/index.ts";

export { type Client, type ConnectOptions, connect } from "./client/index.ts";
export type { Devnet, DevnetOptions } from "./devnet/index.ts";

/**
 * Starts every role of a network on this machine; `status().ingressUrl` is what `connect` wants. The code is loaded
 * when this is first called. Errors as the devnet's own.
 */
export async function startDevnet(options: DevnetOptions): Promise<Devnet> {
  const devnet = await import("./devnet/index.ts");
  return devnet.startDevnet(options);
}
